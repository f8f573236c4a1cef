# Copyright 2026 The yolo_deepsort_ros authors
#
# Licensed under the Apache License, Version 2.0 (the "License");
# you may not use this file except in compliance with the License.
# You may obtain a copy of the License at
#
#     http://www.apache.org/licenses/LICENSE-2.0
#
# Unless required by applicable law or agreed to in writing, software
# distributed under the License is distributed on an "AS IS" BASIS,
# WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
# See the License for the specific language governing permissions and
# limitations under the License.

"""Starts the camera, the detector, the tracker and the annotator."""

import os

from ament_index_python.packages import get_package_share_directory, PackageNotFoundError
from launch import LaunchContext, LaunchDescription
from launch.action import Action
from launch.actions import (
    DeclareLaunchArgument, LogInfo, OpaqueFunction, SetEnvironmentVariable,
)
from launch.conditions import IfCondition
from launch.substitutions import LaunchConfiguration
from launch_ros.actions import Node
from launch_ros.parameter_descriptions import ParameterValue

from yolo_deepsort_ros import options
from yolo_deepsort_ros.config import NODES
from yolo_deepsort_ros.nodes.environment import shared_memory

PACKAGE = 'yolo_deepsort_ros'
SHARE = get_package_share_directory(PACKAGE)
#: Arguments that are parameters and override the YAML file when given.
PARAMETERS = ('source', 'model', 'weights', 'names', 'reid', 'autostart')
FROM_FILE = 'empty: as in params_file'
#: name: (default, text)
ARGUMENTS = {
    'namespace': ('', 'namespace of all nodes and topics; empty: none'),
    **{
        name: ('', f'{options.PARAMETERS[name].text} [{FROM_FILE}]')
        for name in PARAMETERS if name != 'autostart'
    },
    'params_file': (
        os.path.join(SHARE, 'config', 'tracking.yaml'),
        "YAML file with the nodes' parameters; the default holds all defaults",
    ),
    'use_sim_time': ('false', 'take the time from /clock; default false'),
    'autostart': ('', 'true: the nodes configure and activate themselves, false: a manager does '
                      f'it [{FROM_FILE}, there true]'),
    'use_respawn': (
        'false', 'start a node again 2 s after it ends, whatever it ended of: a video begins '
                 'again, a wrong parameter is named again each time; default false'
    ),
    'log_level': ('info', 'debug, info, warn, error or fatal; default info'),
    'annotate': ('true', 'start the annotator, which draws while somebody looks; default true'),
    'rviz': ('false', 'show annotated_image in rviz2, where it is installed; default false'),
}


def generate_launch_description() -> LaunchDescription:
    """Declare the arguments, set the transport, start the nodes."""
    return LaunchDescription([
        *(
            DeclareLaunchArgument(name, default_value=default, description=text)
            for name, (default, text) in ARGUMENTS.items()
        ),
        *(
            SetEnvironmentVariable(name, value)
            for name, value in shared_memory(os.environ, SHARE).items()
        ),
        OpaqueFunction(function=start_nodes),
    ])


def start_nodes(context: LaunchContext) -> list[Action]:
    """Return what to start, now that the arguments' values are known."""
    names = [name for name in NODES if name != 'annotator' or is_true(context, 'annotate')]
    nodes: list[Action] = [start_node(context, name) for name in names]
    return [*nodes, start_rviz()] if is_true(context, 'rviz') else nodes


def start_node(context: LaunchContext, name: str) -> Node:
    """Return one node with its parameters: the file's, and over them the arguments given."""
    known = NODES[name].parameters()
    given = [
        key for key in PARAMETERS if key in known and LaunchConfiguration(key).perform(context)
    ]
    return Node(
        package=PACKAGE,
        executable=f'{name}_node',
        name=name,
        namespace=LaunchConfiguration('namespace'),
        parameters=[
            LaunchConfiguration('params_file'),
            {'use_sim_time': ParameterValue(LaunchConfiguration('use_sim_time'), value_type=bool)},
            {
                # By its kind: the text of a device index would become an integer.
                key: ParameterValue(LaunchConfiguration(key), value_type=known[key].kind)
                for key in given
            },
        ],
        arguments=['--ros-args', '--log-level', LaunchConfiguration('log_level')],
        respawn=is_true(context, 'use_respawn'),
        respawn_delay=2.0,
        output='screen',
    )


def start_rviz() -> Action:
    """Return rviz2, in the nodes' namespace to find their topics, or say why not."""
    try:
        get_package_share_directory('rviz2')
    except PackageNotFoundError:
        distro = os.environ.get('ROS_DISTRO', '<distro>')
        return LogInfo(msg=f'rviz:=true, but rviz2 is not installed (apt install '
                           f'ros-{distro}-rviz2); the nodes run without it')
    return Node(
        package='rviz2',
        executable='rviz2',
        namespace=LaunchConfiguration('namespace'),
        arguments=['-d', os.path.join(SHARE, 'config', 'tracking.rviz')],
        parameters=[
            {'use_sim_time': ParameterValue(LaunchConfiguration('use_sim_time'), value_type=bool)},
        ],
        output='screen',
    )


def is_true(context: LaunchContext, name: str) -> bool:
    """Return the value of an argument that is true or false."""
    return IfCondition(LaunchConfiguration(name)).evaluate(context)
