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
        'namespace', 'params_file', 'source', 'model', 'weights', 'names', 'reid', 'use_sim_time',
        'annotate', 'use_respawn', 'log_level',
    ]
    assert all(argument.default_value is not None for argument in arguments)
    assert all(argument.description for argument in arguments)


@pytest.mark.parametrize(('arguments', 'nodes'), [
    ({}, ['camera', 'detector', 'tracker', 'annotator']),
    ({'annotate': 'false'}, ['camera', 'detector', 'tracker']),
])
def test_nodes(launch_file, arguments, nodes):
    from launch import LaunchContext
    context = LaunchContext()
    for argument in launch_file.generate_launch_description().get_launch_arguments():
        argument.visit(context)
    context.launch_configurations.update(arguments)
    found = launch_file.start_nodes(context)
    assert [node.node_executable for node in found] == [f'{name}_node' for name in nodes]
