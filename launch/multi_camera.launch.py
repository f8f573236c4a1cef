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

"""Starts tracking.launch.py for several cameras, each in its own namespace."""

import os
import re

from launch import LaunchContext, LaunchDescription
from launch.action import Action
from launch.actions import (
    DeclareLaunchArgument, GroupAction, IncludeLaunchDescription, OpaqueFunction,
    SetEnvironmentVariable,
)
from launch.launch_description_sources import PythonLaunchDescriptionSource

from yolo_deepsort_ros.config.node_configs import COMPOSED, NODES
from yolo_deepsort_ros.config.source_config import is_arena
from yolo_deepsort_ros.errors import ConfigurationError
from yolo_deepsort_ros.inference.usable_cores import usable_cores
from yolo_deepsort_ros.nodes.launching import (
    check_names, declarations, DEFAULTS, is_true, list_of, SHARE, value_of,
)
from yolo_deepsort_ros.nodes.parameters.parameter_file import values_in

TRACKING = os.path.join(SHARE, 'launch', 'tracking.launch.py')
#: What differs from tracking.launch.py, as name: (default, text).
ARGUMENTS = {
    'namespaces': (None, 'one for each camera, with commas between, as in front,left'),
    'sources': ('', 'what each shows, in the order of the namespaces, with commas between '
                    '[empty: as in params_file]'),
    'threads': ('', 'threads of each node [empty: as in params_file; where that is the default, '
                    'or says nothing to a camera: an equal share of the cores, at least 1]'),
    'composed': ('true', 'run all of a camera in one process, the node pipeline, where no frame '
                         'is copied; default true'),
    'shared_detector': (
        'false', 'one detector for all cameras, which looks at the images that wait together; the '
                 'the others are processes then, and composed has no effect; default false'
    ),
}
#: What each camera is given.
OWN = ('namespace', 'source', 'cameras')


def generate_launch_description() -> LaunchDescription:
    """Declare the arguments, set the transport, start the cameras."""
    return LaunchDescription([
        *declarations(ARGUMENTS),
        *of_tracking(),
        OpaqueFunction(function=start_cameras),
    ])


def of_tracking() -> list[Action]:
    """Return the other arguments of tracking.launch.py, and its transport."""
    described = PythonLaunchDescriptionSource(TRACKING).get_launch_description(LaunchContext())
    return [
        action for action in described.entities
        if isinstance(action, SetEnvironmentVariable)
        or (isinstance(action, DeclareLaunchArgument) and action.name not in (*OWN, *ARGUMENTS))
    ]


def start_cameras(context: LaunchContext) -> list[Action]:
    """Return what to start, now that the arguments' values are known."""
    declared = (a.name for a in of_tracking() if isinstance(a, DeclareLaunchArgument))
    check_names(__file__, (*ARGUMENTS, *declared))
    namespaces, sources = list_of(context, 'namespaces'), sources_of(context)
    if not namespaces:
        raise ConfigurationError('namespaces: none is given; name each camera, as in front,left')
    if len(set(namespaces)) < len(namespaces):
        raise ConfigurationError(f'namespaces: {",".join(namespaces)}: give each camera its own')
    if sources and len(sources) != len(namespaces):
        raise ConfigurationError(
            f'sources: {len(sources)} for {len(namespaces)} namespaces; give as many, or none'
        )
    sources = sources or [''] * len(namespaces)
    is_shared = is_true(context, 'shared_detector')
    others = {'web': 'false'}
    if is_shared:
        others.update(composed='false', nodes='camera,tracker,annotator')
    cameras = [
        track(
            namespace=namespace, source=source,
            threads=threads(context, namespace, len(namespaces)), **others,
        )
        for namespace, source in zip(namespaces, sources, strict=True)
    ]
    if is_shared:
        cameras.append(shared_detector(namespaces, sources))
    if is_true(context, 'web'):  # one page for all
        cameras.append(track(
            namespace='', composed='false', nodes='viewer', rviz='false', locate='false'
        ))
    return cameras


def sources_of(context: LaunchContext) -> list[str]:
    """Return the parts of `sources`; an option of the arena belongs to what is before it."""
    value = value_of(context, 'sources')
    return re.split(',(?![a-z_]+=)', value) if value else []


def shared_detector(namespaces: list[str], sources: list[str]) -> Action:
    """Return the detector of all cameras, with all cores; it is the arena's if all are."""
    common = sources[0] if len(set(sources)) == 1 else ''
    return track(
        namespace='', source='arena' if all(map(is_arena, sources)) else common,
        cameras=','.join(namespaces), composed='false', nodes='detector', rviz='false',
        locate='false', web='false',
    )


def track(**arguments: str) -> Action:
    """Return tracking.launch.py with these arguments, the others as they were given here."""
    return GroupAction([IncludeLaunchDescription(
        PythonLaunchDescriptionSource(TRACKING), launch_arguments=arguments.items()
    )])


def threads(context: LaunchContext, namespace: str, cameras: int) -> str:
    """Return the argument for a camera; empty leaves it to the file."""
    given, file = value_of(context, 'threads'), value_of(context, 'params_file')
    nodes = [f'/{namespace}/{node}' for node in (*NODES, *COMPOSED)]
    is_in_file = file != DEFAULTS and any('threads' in values_in(file, node) for node in nodes)
    return given if given or is_in_file else str(max(1, usable_cores() // cameras))
