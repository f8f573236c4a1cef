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

"""The launch file, where launch is installed."""

import importlib.util
from pathlib import Path

import pytest

FILE = Path(__file__).resolve().parents[2] / 'launch' / 'tracking.launch.py'


@pytest.fixture
def launch_file(graph):
    for module in ('launch', 'launch_ros'):
        pytest.importorskip(module, reason=f'no {module}: a robot has it')
    spec = importlib.util.spec_from_file_location('tracking_launch', FILE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_argument_has_a_default_and_a_text(launch_file):
    arguments = launch_file.generate_launch_description().get_launch_arguments()
    assert [argument.name for argument in arguments] == [
        'namespace', 'source', 'model', 'weights', 'names', 'reid', 'params_file', 'use_sim_time',
        'autostart', 'use_respawn', 'log_level', 'annotate', 'rviz',
    ]
    assert all(argument.default_value is not None for argument in arguments)
    assert all(argument.description for argument in arguments)


@pytest.mark.parametrize(('arguments', 'nodes'), [
    ({}, ['camera', 'detector', 'tracker', 'annotator']),
    ({'annotate': 'false'}, ['camera', 'detector', 'tracker']),
])
def test_nodes(start_nodes, arguments, nodes):
    assert [node.node_executable for node in start_nodes(arguments)] == [
        f'{name}_node' for name in nodes
    ]


@pytest.mark.parametrize(('given', 'expected'), [
    ({}, {'use_sim_time': False}),
    ({'source': '0', 'autostart': 'False'}, {
        'use_sim_time': False, 'source': '0', 'autostart': False,
    }),
])
def test_arguments_given_override_the_file(start_nodes, given, expected):
    """A device index stays text, a truth value becomes one."""
    from launch import LaunchContext
    from launch_ros.utilities import evaluate_parameters
    context = LaunchContext()
    context.launch_configurations.update(
        {'params_file': 'x.yaml', 'use_sim_time': 'false', **given}
    )
    camera = start_nodes(given)[0]
    _, *over = evaluate_parameters(context, camera._Node__parameters)
    assert {name: value for values in over for name, value in values.items()} == expected


def test_rviz_or_why_there_is_none(start_nodes, monkeypatch, launch_file, tmp_path):
    from launch.actions import LogInfo
    from launch_ros.actions import Node
    monkeypatch.setattr(launch_file, 'get_package_share_directory', lambda _: str(tmp_path))
    shown = start_nodes({'rviz': 'true'})[-1]
    assert isinstance(shown, Node)
    assert shown.node_executable == 'rviz2'

    def find_nothing(_):
        raise launch_file.PackageNotFoundError
    monkeypatch.setattr(launch_file, 'get_package_share_directory', find_nothing)
    assert isinstance(start_nodes({'rviz': 'true'})[-1], LogInfo)


@pytest.fixture
def start_nodes(launch_file):
    """Return what starts with these arguments."""
    from launch import LaunchContext

    def actions(arguments):
        context = LaunchContext()
        for argument in launch_file.generate_launch_description().get_launch_arguments():
            argument.visit(context)
        context.launch_configurations.update(arguments)
        return launch_file.start_nodes(context)
    return actions
