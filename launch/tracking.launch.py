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

from ament_index_python.packages import get_package_share_directory
from launch import LaunchContext, LaunchDescription
from launch.actions import DeclareLaunchArgument, OpaqueFunction, SetEnvironmentVariable
from launch.conditions import IfCondition
from launch.substitutions import LaunchConfiguration
from launch_ros.actions import Node
from launch_ros.parameter_descriptions import ParameterValue

from yolo_deepsort_ros import options
from yolo_deepsort_ros.config import NODES
from yolo_deepsort_ros.nodes.environment import shared_memory

PACKAGE = 'yolo_deepsort_ros'
SHARE = get_package_share_directory(PACKAGE)
#: Arguments that are parameters: they override the YAML file when given.
PARAMETERS = ('source', 'model', 'weights', 'names', 'reid')
#: name: (default, text)
ARGUMENTS = {
    'namespace': ('', 'namespace of all nodes and topics'),
    'params_file': (
        os.path.join(SHARE, 'config', 'tracking.yaml'), "YAML file with the nodes' parameters"
    ),
    **{name: ('', f'{options.PARAMETERS[name].text} [empty: as in params_file]')
       for name in PARAMETERS},
    'use_sim_time': ('false', 'take the time from /clock'),
    'annotate': ('true', 'start the annotator, which draws while somebody looks'),
    'use_respawn': ('false', 'start a node again when it ends; a video then starts again too'),
    'log_level': ('info', 'debug, info, warn, error or fatal'),
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


def start_nodes(context: LaunchContext) -> list[Node]:
    """Return the nodes, now that the arguments' values are known."""
    annotate = IfCondition(LaunchConfiguration('annotate')).evaluate(context)
    return [start_node(context, name) for name in NODES if annotate or name != 'annotator']


def start_node(context: LaunchContext, name: str) -> Node:
    """Return one node with its parameters: the file's, and over them the arguments given."""
    given = {key: LaunchConfiguration(key).perform(context) for key in PARAMETERS}
    return Node(
        package=PACKAGE,
        executable=f'{name}_node',
        name=name,
        namespace=LaunchConfiguration('namespace'),
        parameters=[
            LaunchConfiguration('params_file'),
            {'use_sim_time': ParameterValue(LaunchConfiguration('use_sim_time'), value_type=bool)},
            {
                # As text: a device index would become an integer.
                key: ParameterValue(value, value_type=str)
                for key, value in given.items() if value and key in NODES[name].parameters()
            },
        ],
        arguments=['--ros-args', '--log-level', LaunchConfiguration('log_level')],
        respawn=IfCondition(LaunchConfiguration('use_respawn')).evaluate(context),
        respawn_delay=2.0,
        output='screen',
    )
