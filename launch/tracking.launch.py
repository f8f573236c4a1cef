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

"""Starts camera, detector, tracker, annotator and locator, or all in one process."""

import os
import sys
from typing import Any, List  # noqa: UP035 - launch knows no list[...]

from ament_index_python.packages import get_package_share_directory, PackageNotFoundError
from launch import LaunchContext, LaunchDescription
from launch.action import Action
from launch.actions import (
    ExecuteProcess, LogInfo, OpaqueFunction, RegisterEventHandler, SetEnvironmentVariable,
)
from launch.event_handlers import OnProcessExit
from launch.events.process import ProcessExited
from launch_ros.actions import Node
from launch_ros.parameter_descriptions import ParameterValue

from yolo_deepsort_ros.cli import options
from yolo_deepsort_ros.config import node_configs
from yolo_deepsort_ros.config.config import Config
from yolo_deepsort_ros.config.node_configs import COMPOSED, NODES, ON_DEMAND
from yolo_deepsort_ros.config.parameter import Parameter
from yolo_deepsort_ros.config.source_config import is_arena
from yolo_deepsort_ros.error_text import quoted, shown
from yolo_deepsort_ros.errors import ConfigurationError, DownloadError
from yolo_deepsort_ros.models.lookup import downloadable
from yolo_deepsort_ros.nodes.launching import (
    check_names, declarations, DEFAULTS, is_true, list_of, log_level, PACKAGE, SHARE, value_of,
)
from yolo_deepsort_ros.nodes.parameters.parameter_file import (
    composed_values, misspelt_section, values_in,
)
from yolo_deepsort_ros.nodes.runtime.environment import shared_memory
from yolo_deepsort_ros.simulation.arena.arena_config import arena_config

#: Arguments that are parameters and override the YAML file when given.
PARAMETERS = (
    'source', 'model', 'weights', 'names', 'reid', 'profile', 'cameras', 'threads', 'autostart',
    'web_port', 'web_host', 'web_token', 'web_control', 'web_allowed_hosts', 'web_recordings',
    'camera_height', 'camera_pitch', 'ground_file', 'target_frame',
)
STANDS = ('camera_height', 'ground_file', 'target_frame')  #: tell how the camera stands
FROM_FILE = 'empty: as in params_file'
#: name: (default, text)
ARGUMENTS = {
    'namespace': ('', 'namespace of all nodes and topics; empty: none'),
    **{
        name: ('', f'{node_configs.PARAMETERS[name].text} [{FROM_FILE}]')
        for name in PARAMETERS if name != 'autostart'
    },
    'params_file': (
        DEFAULTS,
        "YAML file with the nodes' parameters; the default holds all defaults, and with it "
        'source:=arena brings its own model and settings; with another file only that and the '
        'arguments count',
    ),
    'download': (
        'false', 'fetch what model and reid name, where it is not here, before the nodes start; '
                 'default false'
    ),
    'use_sim_time': ('false', 'take the time from /clock; default false'),
    'autostart': ('', 'true: the nodes configure and activate themselves, false: a manager does '
                      f'it [{FROM_FILE}, there true]'),
    'use_respawn': (
        'false', 'start a node again 2 s after it ends, for any reason: a video begins '
                 'again, a wrong parameter is named again each time; default false'
    ),
    'end_with_parent': (
        'true', 'the nodes end when ros2 launch does, also of SIGTERM or SIGKILL; default true'
    ),
    'log_level': ('info', 'debug, info, warn, error or fatal; default info'),
    'composed': (
        'false', 'run all in one process, the node pipeline, where no frame is copied; default '
                 'false'
    ),
    'nodes': (
        '', f'which to start, with commas between: {",".join(NODES)} [empty: all but the '
            f'locator and the viewer]; where composed is false'
    ),
    'annotate': (
        'true', 'start the annotator, which draws while somebody looks, as the pipeline does '
                'anyway; default true'
    ),
    'web': (
        'false', 'show the tracks on a page in a browser: start the viewer too, or have the '
                 'pipeline serve it; default false'
    ),
    'locate': (
        'false', 'say where the tracks are in metres: start the locator too, or have the pipeline '
                 'do it; needs camera_height and camera_pitch, ground_file, or target_frame; '
                 'default false'
    ),
    'rviz': ('false', 'show annotated_image in rviz2, where it is installed; default false'),
}


def generate_launch_description() -> LaunchDescription:
    """Declare the arguments, set the transport, start the nodes."""
    return LaunchDescription([
        *declarations(ARGUMENTS),
        *(
            SetEnvironmentVariable(name, value)
            for name, value in shared_memory(os.environ, SHARE).items()
        ),
        OpaqueFunction(function=start_nodes),
    ])


def start_nodes(context: LaunchContext) -> list[Action]:
    """Return what to start, now that the arguments' values are known."""
    check_names(__file__, ARGUMENTS)
    values, nodes = overriding_values(context), wanted_nodes(context)
    actions: list[Action] = [
        *section_warnings(context), *(start_node(context, *node, values) for node in nodes)
    ]
    if is_true(context, 'rviz'):
        actions.append(start_rviz(context))
    networks = downloadable({**file_values(context), **values})
    if networks and is_true(context, 'download'):
        return fetch_first(networks, actions)
    return actions


def wanted_nodes(context: LaunchContext) -> list[tuple[str, type[Config]]]:
    """Return names and parameters of the nodes to start."""
    if is_true(context, 'composed'):
        return list(COMPOSED.items())
    names = list_of(context, 'nodes') or [name for name in NODES if name not in ON_DEMAND]
    names += [
        name for name, argument in ON_DEMAND.items()
        if is_true(context, argument) and name not in names
    ]
    for name in names:
        if name not in NODES:
            raise ConfigurationError(f'nodes: {shown(name)} is none of {", ".join(NODES)}')
    return [
        (name, NODES[name]) for name in names
        if name != 'annotator' or is_true(context, 'annotate')
    ]


def overriding_values(context: LaunchContext) -> dict[str, Any]:
    """Return the parameters that count more than the file: by arguments, and by the source."""
    texts = {name: value_of(context, name) for name in PARAMETERS}
    given = {
        name: node_configs.PARAMETERS[name].parse(text) for name, text in texts.items() if text
    }
    if value_of(context, 'params_file') != DEFAULTS:
        return given
    is_arena_known = given.keys().isdisjoint(STANDS)
    if is_arena(str(given.get('source'))) and is_true(context, 'locate') and is_arena_known:
        arena = arena_config(given['source'])
        given = {'camera_height': arena.camera_height, 'camera_pitch': arena.camera_pitch, **given}
    return options.with_source_defaults(given)


def file_values(context: LaunchContext) -> dict[str, Any]:
    """Return what the file says to the nodes that have networks."""
    if is_true(context, 'composed'):
        return composed_file_values(context)
    file, namespace = value_of(context, 'params_file'), namespace_of(context)
    return {
        name: value for node in ('tracker', 'detector')
        for name, value in values_in(file, f'{namespace}/{node}').items()
    }


def composed_file_values(context: LaunchContext) -> dict[str, Any]:
    """Return what the file says to the pipeline, and to the nodes that it stands for."""
    file, (name,) = value_of(context, 'params_file'), COMPOSED
    return composed_values(file, f'{namespace_of(context)}/{name}')


def namespace_of(context: LaunchContext) -> str:
    """Return the nodes' namespace as the graph has it; '' for none."""
    namespace = value_of(context, 'namespace').strip('/')
    return f'/{namespace}' if namespace else ''


def section_warnings(context: LaunchContext) -> list[Action]:
    """Return a line for each section of the file whose name is all but that of a node."""
    file = value_of(context, 'params_file')
    names = [name for name, _ in wanted_nodes(context)]
    found = {
        name: misspelt_section(file, name)
        for name in (NODES if names == list(COMPOSED) else names)
    }
    return [
        LogInfo(msg=f'{shown(file)}: the section {quoted(section)} is for no node; did you mean '
                    f'{quoted("/**/" + name)}?')
        for name, section in found.items() if section
    ]


def fetch_first(networks: list[str], actions: list[Action]) -> list[Action]:
    """Return a download, whose success starts the rest; Ctrl-C reaches it as any process."""
    fetch = ExecuteProcess(
        cmd=[sys.executable, '-m', PACKAGE, 'models', 'fetch', *networks], output='screen'
    )

    def go_on(event: ProcessExited, context: LaunchContext) -> list[Action]:
        if event.returncode and not context.is_shutdown:
            raise DownloadError(f'download:=true: {", ".join(networks)} could not be fetched')
        return [] if event.returncode else actions

    return [RegisterEventHandler(OnProcessExit(target_action=fetch, on_exit=go_on)), fetch]


def start_node(
    context: LaunchContext, name: str, group: type[Config], values: dict[str, Any]
) -> Node:
    """
    Return one node with its parameters: the file's, and over them those values it knows.

    The arguments are looked up now: after a download they would be those of another scope.
    """
    known = group.parameters()
    return Node(
        package=PACKAGE,
        executable=f'{name}_node',
        name=name,
        namespace=value_of(context, 'namespace'),
        parameters=[
            value_of(context, 'params_file'),
            taken_over(context) if name in COMPOSED else {},
            {
                name: is_true(context, name) for name in ('use_sim_time', 'end_with_parent')
            },
            {
                name: True for name in ON_DEMAND.values()
                if name in known and is_true(context, name)
            },
            {
                # By its kind: the text of a device index would become an integer.
                key: typed(known[key], value)
                for key, value in values.items() if key in known
            },
        ],
        arguments=['--ros-args', '--log-level', log_level(context)],
        respawn=is_true(context, 'use_respawn'),
        respawn_delay=2.0,
        output='screen',
    )


def taken_over(context: LaunchContext) -> dict[str, ParameterValue]:
    """
    Return what the sections for the four nodes say, for the pipeline.

    ROS itself hands it none of them. Empty lists, which launch cannot hand on, are the default;
    lists of several kinds are refused by ROS, which reads the file, too.
    """
    if value_of(context, 'params_file') == DEFAULTS:
        return {}
    return {
        name: ParameterValue(value, value_type=kind)
        for name, value in composed_file_values(context).items() if (kind := kind_of(value))
    }


def kind_of(value: Any) -> Any:
    """Return a value's type as launch names it; None where it has none."""
    if not isinstance(value, list):
        return None if value is None else type(value)
    kinds = {type(each) for each in value}
    return List[kinds.pop()] if len(kinds) == 1 else None  # noqa: UP006 - as above


def typed(declared: Parameter, value: Any) -> ParameterValue:
    """Return a parameter's value, which nobody takes for one of another kind."""
    if declared.is_list:
        of_kind = List[declared.kind]  # noqa: UP006 - launch knows no list[...]
        return ParameterValue(list(value), value_type=of_kind)
    return ParameterValue(value, value_type=declared.kind)


def start_rviz(context: LaunchContext) -> Action:
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
        namespace=value_of(context, 'namespace'),
        arguments=['-d', os.path.join(SHARE, 'config', 'tracking.rviz')],
        parameters=[{'use_sim_time': is_true(context, 'use_sim_time')}],
        output='screen',
    )
