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

"""Parameters: declared once, checked, and named in errors."""

import pytest

from yolo_deepsort_ros.config import config as config_module
from yolo_deepsort_ros.config.network_config import DetectorConfig
from yolo_deepsort_ros.config.node_configs import CameraConfig, FlowConfig, NODES, PipelineConfig
from yolo_deepsort_ros.config.source_config import SourceConfig
from yolo_deepsort_ros.config.stage_configs import CaptureConfig
from yolo_deepsort_ros.config.tracker_config import TrackerConfig
from yolo_deepsort_ros.errors import ConfigurationError


@pytest.mark.parametrize('node', NODES)
def test_every_parameter_is_documented_and_its_default_is_allowed(node):
    for name, declared in NODES[node].parameters().items():
        assert declared.text, name
        assert declared.check(declared.default) == declared.default


def test_one_name_has_one_meaning():
    seen = {}
    for group in NODES.values():
        for name, declared in group.parameters().items():
            assert seen.setdefault(name, declared) == declared


@pytest.mark.parametrize('group, name, text, value', [
    (TrackerConfig, 'max_age', '60', 60),
    (TrackerConfig, 'max_cosine_distance', '0.3', 0.3),
    (SourceConfig, 'loop', 'true', True),
    (SourceConfig, 'rate', '25', 25.0),
    (DetectorConfig, 'classes', 'person, dog', ('person', 'dog')),
    (DetectorConfig, 'classes', '', ()),
    (DetectorConfig, 'input_size', '416,320', (416, 320)),
])
def test_values_are_read_from_text(group, name, text, value):
    parsed = group.parameters()[name].parse(text)
    assert (parsed, type(parsed)) == (value, type(value))


@pytest.mark.parametrize('group, values, message', [
    (TrackerConfig, {'max_ag': 3}, "unknown parameter 'max_ag'; did you mean 'max_age'"),
    (TrackerConfig, {'gate': 3}, "unknown parameter 'gate'; it is gating_distance now"),
    (TrackerConfig, {'qqq': 3}, 'known: max_cosine_distance, '),
    (TrackerConfig, {'max_age': 0}, 'max_age: 0 is out of range 1'),
    (TrackerConfig, {'max_age': 3.5}, 'max_age: 3.5 is not of type int'),
    (TrackerConfig, {'max_age': True}, 'max_age: True is not of type int'),
    (TrackerConfig, {'max_iou_distance': 10**400}, 'is out of range'),
    (TrackerConfig, {'max_age': 10**400}, 'is out of range'),
    (CameraConfig, {'rotate': 45}, r'rotate: 45 is none of 0 \| 90 \| 180 \| 270'),
    (TrackerConfig, {'max_cosine_distance': float('nan')}, 'not a finite number'),
    (TrackerConfig, {'max_iou_distance': 1.5}, r'max_iou_distance: 1.5 is out of range 0 … 1'),
    (TrackerConfig, {'profile': 'paper'}, "profile: 'paper' is none of deepsort"),
    (DetectorConfig, {'classes': 'person'}, "classes: 'person' is not a list; write .person."),
    (DetectorConfig, {'classes': [1]}, 'classes: 1 is not of type str'),
    (DetectorConfig, {'backend': 'x' * 5000}, r"^backend: 'x{199}…' is none of auto, "),
    (DetectorConfig, {'model': list(range(5000))}, r'^model: \[0, .{196}… is not of type'),
    (DetectorConfig, {'x' * 5000: 1}, r"^unknown parameter 'x{199}…'; known: "),
])
def test_refused_with_a_line_that_names_the_value(group, values, message):
    with pytest.raises(ConfigurationError, match=message):
        group.from_mapping(values)


@pytest.mark.parametrize('name', ['', ' ', 'a b\n', 'a\0', '/lens', 'lens ', '\tlens', 'a\u2028b'])
def test_a_frame_is_one_that_tf2_takes(name):
    with pytest.raises(ConfigurationError, match=r'frame_id: .* names no frame of tf2; ') as error:
        CaptureConfig(frame_id=name)
    assert str(error.value).isprintable()
    for usual in ('lens', 'left/lens', 'front lens', 'caméra'):
        assert CaptureConfig(frame_id=usual).frame_id == usual


@pytest.mark.parametrize('name, text, message', [
    ('max_age', 'ten', "max_age: 'ten' is not an integer"),
    ('max_cosine_distance', 'x', "'x' is not a number"),
])
def test_text_that_is_no_value(name, text, message):
    with pytest.raises(ConfigurationError, match=message):
        TrackerConfig.parameters()[name].parse(text)


def test_a_list_of_an_empty_text_is_empty():
    assert DetectorConfig(classes=['', 'person']).classes == ('person',)
    assert DetectorConfig(classes=['']) == DetectorConfig()


def test_integers_become_floats_where_a_float_is_meant():
    assert TrackerConfig(max_cosine_distance=1).max_cosine_distance == 1.0


@pytest.mark.parametrize('group, changed, refused', [
    (TrackerConfig, {'max_age': 60, 'gating_distance': 20.0}, None),
    (TrackerConfig, {'gallery_budget': 50, 'max_age': 60}, 'gallery_budget'),
    (DetectorConfig, {'confidence': 0.1, 'classes': ['cat']}, None),
    (DetectorConfig, {'confidence': 0.1, 'model': 'other'}, 'model'),
])
def test_only_live_parameters_differ_in_a_successor(group, changed, refused):
    now, then = group(), group(**changed)
    if refused is None:
        now.check_successor(then)
        return
    with pytest.raises(ConfigurationError, match=f'^{refused}: cannot change at work'):
        now.check_successor(then)


STRONG = {'profile': 'strong'}


@pytest.mark.parametrize('given, n_init', [
    ({}, 3),
    (STRONG, 2),
    ({**STRONG, 'n_init': 5}, 5),
    ({**STRONG, 'n_init': 3}, 3),  # given, though it is the default
    ({'source': 'arena'}, 5),
    ({'source': 'arena', **STRONG}, 5),  # its false boxes last for some frames
    ({'source': 'arena', **STRONG, 'n_init': 3}, 3),
])
def test_a_value_given_counts_before_the_source_and_that_before_the_profile(given, n_init):
    assert FlowConfig.from_mapping(given).tracker.n_init == n_init
    assert PipelineConfig.from_mapping(given).tracking.tracker.n_init == n_init


def test_a_replaced_value_leaves_what_was_given_and_brings_what_it_brings():
    config = PipelineConfig.from_mapping({**STRONG, 'n_init': 3, 'detect_every': 2})
    then = config.replace(profile='fast', source='arena')
    tracker = then.tracking.tracker
    assert (tracker.n_init, tracker.reid_every, tracker.camera_motion) == (3, 10, True)
    assert then.detection.detect_every == tracker.detect_every == 2  # each group that knows it
    assert then.detection.detector.model == 'arena-tiny'
    assert then.given == {'profile': 'fast', 'n_init': 3, 'detect_every': 2, 'source': 'arena'}
    assert then.values()['n_init'] == 3
    with pytest.raises(ConfigurationError, match="'n_initt'; did you mean 'n_init'"):
        config.replace(n_initt=1)


def test_a_profile_cannot_change_at_work_what_cannot_change():
    now = TrackerConfig(profile='fast')
    now.check_successor(now.replace(profile='strong'))
    with pytest.raises(ConfigurationError, match=r'cannot change at work'):
        now.check_successor(now.replace(profile='deepsort'))


@pytest.mark.parametrize('given, expected', [
    ({}, ('auto', 'cpu', 'float32')),
    ({'backend': 'opencv', 'device': 'gpu', 'precision': 'auto'}, ('opencv', 'gpu', 'auto')),
    ({'precision': 'int8'}, ('auto', 'cpu', 'float32')),  # asks the detector alone for it
    ({'backend': 'opencv', 'reid_backend': 'auto', 'reid_device': 'gpu', 'device': 'cuda',
      'precision': 'int8', 'reid_precision': 'int8'}, ('auto', 'gpu', 'int8')),
])
def test_the_network_of_appearance_is_run_as_the_detectors_unless_it_is_told_otherwise(
    given, expected
):
    found = FlowConfig.from_mapping(given).embedder.inference
    assert (found.backend, found.device, found.precision) == expected


def test_a_new_group_does_not_look_its_types_up_again(monkeypatch):
    """That took 15 ms, at each change of a parameter."""
    PipelineConfig.from_mapping({})
    monkeypatch.setattr(config_module, 'get_type_hints', None)
    assert PipelineConfig.from_mapping({'n_init': 2}).replace(max_age=5).values()['n_init'] == 2
