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

"""What is said of parameters that have no effect, and where."""

from array import array
from pathlib import Path

import pytest

from yolo_deepsort_ros.config.node_configs import CameraConfig, NODES, PipelineConfig
from yolo_deepsort_ros.nodes.parameters.parameter_remarks import remarks
from yolo_deepsort_ros.nodes.parameters.parameter_sections import Asides, asides

DEFAULTS = Path(__file__).parents[2] / 'config' / 'tracking.yaml'
REPLACED = [f'/test/{node}' for node in NODES]
QOS = 'qos_overrides./test/tracks.publisher.durability'


def said(to=(), given=None, group=PipelineConfig, **others):
    """Return the lines, for what is said to the node by name, what it has, and others'."""
    given = {**dict.fromkeys(to, 1), **(given or {})}
    by_node = {f'/test/{node}': values for node, values in others.items()}
    return list(remarks(given, Asides(frozenset(to), by_node), group.parameters()))


@pytest.mark.parametrize(('lines', 'expected'), [
    (said(to=['rate', 'use_sim_time', QOS]), []),
    (said(given={'image_transport': 'raw', 'cameras': None}), []),  # in a section for all
    (said(tracker={'confidence': 0.3, 'image_transport': 'raw'}, camera={'cameras': []}), []),
    (said(tracker={'confidance': 0.3}),
     ["unknown parameter 'confidance'; did you mean 'confidence'?"]),
    (said(detector={'image_transprt': 'raw'}),
     ["unknown parameter 'image_transprt'; did you mean 'image_transport'?"]),
    (said(given={'confidance': 0.3}, tracker={'confidance': 0.3}, camera={'confidance': 0.3}),
     ["unknown parameter 'confidance'; did you mean 'confidence'?"]),
    (said(to=['image_transport']), [
        'image_transport means nothing to this node; it is a parameter of detector, tracker, '
        'annotator',
    ]),
    (said(to=['confidence'], group=CameraConfig), [
        'confidence means nothing to this node; it is a parameter of detector, pipeline',
    ]),
    (said(tracker={'use_sim_time': True}), [
        'use_sim_time is not taken over from the section of /test/tracker; write it into one for '
        'this node',
    ]),
    (said(tracker={QOS: 'volatile'}), [
        f'{QOS} is not taken over from the section of /test/tracker; write it into one for this '
        f'node',
    ]),
    (said(given={'use_sim_time': True}, tracker={'use_sim_time': True}), []),
])
def test_what_has_no_effect(lines, expected):
    assert lines == expected


DISAGREE = {'detector': {'detect_every': 2}, 'tracker': {'detect_every': 3}}


@pytest.mark.parametrize(('lines', 'expected'), [
    (said(**DISAGREE), [
        'detect_every: parameter files say 2 to /test/detector, 3 to /test/tracker; 2 counts '
        'here; to have another, write a section for this node',
    ]),
    (said(given={'detect_every': 3}, **DISAGREE), [
        'detect_every: parameter files say 2 to /test/detector, 3 to /test/tracker; 3 counts '
        'here; to have another, write a section for this node',
    ]),
    (said(to=['detect_every'], **DISAGREE), []),
    (said(detector={'detect_every': 2}, tracker={'detect_every': 2}), []),
    (said(detector={'image_transport': 'raw'}, tracker={'image_transport': 'auto'}), []),
    (said(given={'input_size': array('q', [320, 256])}, detector={'input_size': [320, 256]}), []),
    (said(given={'classes': None}, detector={'classes': []}), []),
])
def test_what_sections_disagree_about(lines, expected):
    assert lines == expected


def test_nothing_is_said_of_the_defaults():
    found = asides(['--params-file', str(DEFAULTS)], '/test/pipeline', REPLACED)
    assert found.values()['confidence'] == 0.4
    assert list(remarks({'use_sim_time': False}, found, PipelineConfig.parameters())) == []


def test_a_pipeline_says_it_once_and_works(start, tmp_path):
    (tmp_path / 'given.yaml').write_text(
        '/**/detector: {ros__parameters: {detect_every: 2}}\n'
        '/**/tracker: {ros__parameters: {detect_every: 3, confidance: 0.3}}\n'
    )
    node = start('pipeline', '--params-file', str(tmp_path / 'given.yaml'),
                 '-p', 'image_transport:=auto', '-p', 'model:=arena-tiny', source='no.mp4')
    assert node.wait() == 2
    lines = node.text.splitlines()
    assert sum('[WARN]' in line for line in lines) == 3
    for words in ("unknown parameter 'confidance'; did", 'image_transport means nothing to this',
                  'say 2 to /test/detector, 3 to /test/tracker; 2 counts here'):
        assert node.text.count(words) == 1
