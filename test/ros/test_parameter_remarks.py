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

"""What is said of parameters that have no effect, and of files that are as they should be."""

from pathlib import Path

import pytest
from rcl_interfaces.srv import GetParameters, ListParameters
from rclpy.parameter import parameter_value_to_python
import yaml

from yolo_deepsort_ros.config.node_configs import CameraConfig, COMPOSED, NODES, PipelineConfig
from yolo_deepsort_ros.nodes.parameters.parameter_remarks import remarks

DEFAULTS = Path(__file__).parents[2] / 'config' / 'tracking.yaml'
QOS = 'qos_overrides./test/tracks.publisher.durability'
ARENA = {'source': 'arena', 'width': 320, 'height': 240}
WORKING = {'camera': ARENA, 'detector': {'model': 'arena-tiny'},
           'locator': {'camera_height': 1.2}, 'pipeline': {**ARENA, 'model': 'arena-tiny'}}


@pytest.mark.parametrize(('names', 'group', 'expected'), [
    (['rate', 'use_sim_time', QOS], CameraConfig, []),
    (['image_transport', 'confidence', 'cameras'], CameraConfig, []),  # in a section for all
    (['confidance'], PipelineConfig,
     ["unknown parameter 'confidance'; did you mean 'confidence'?"]),
    (['qos_overrides./t.publisher.length'], CameraConfig,
     ["unknown parameter 'qos_overrides./t.publisher.length'; it is qos_overrides./FULL/TOPIC"
      '.SIDE.POLICY, SIDE one of publisher, subscription, POLICY one of history, depth, '
      'reliability, durability, deadline, liveliness, liveliness_lease_duration']),
])
def test_names_without_effect(names, group, expected):
    assert list(remarks(names, group.parameters())) == expected


def dump_of(peer, node):
    """Return what `ros2 param dump` writes of a node."""
    names = peer.call(
        ListParameters, f'{node}/list_parameters', ListParameters.Request()
    ).result.names
    values = peer.call(
        GetParameters, f'{node}/get_parameters', GetParameters.Request(names=names)
    ).values
    plain = map(parameter_value_to_python, values)
    return {f'/test/{node}': {'ros__parameters': {
        name: list(value) if hasattr(value, 'tolist') else value
        for name, value in zip(names, plain, strict=True)
    }}}


@pytest.mark.parametrize('name', [*NODES, *COMPOSED])
def test_a_dump_of_a_node_at_work_loads_again(start, peer, tmp_path, name):
    first = start(name, **WORKING.get(name, {}))
    peer.until(lambda: peer.state(name) == 'active', 'work')
    dumped = dump_of(peer, name)
    values = dumped[f'/test/{name}']['ros__parameters']
    assert any(key.startswith('qos_overrides.') for key in values) or name == 'annotator'
    (tmp_path / 'dump.yaml').write_text(yaml.safe_dump(dumped))
    first.end()
    peer.forget_clients()
    again = start(name, '--params-file', str(tmp_path / 'dump.yaml'))
    peer.until(lambda: peer.state(name) == 'active', f'work: {again.text}')
    assert '[WARN]' not in again.text
    assert dump_of(peer, name) == dumped


def test_a_file_for_several_cameras_and_the_defaults_go_without_a_word(start, peer, tmp_path):
    (tmp_path / 'cameras.yaml').write_text(
        '/front/camera: {ros__parameters: {source: arena}}\n'
        '/test/camera: {ros__parameters: {source: arena, frame_id: left}}\n'
        '/**/detector: {ros__parameters: {confidence: 0.5}}\n'
    )
    camera = start('camera', '--params-file', str(DEFAULTS),
                   '--params-file', str(tmp_path / 'cameras.yaml'))
    peer.until(lambda: peer.state('camera') == 'active', 'work')
    assert '[WARN]' not in camera.text
