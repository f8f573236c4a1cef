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

"""`config/tracking.yaml` says what `config.py` says."""

from pathlib import Path
import runpy

import pytest
import yaml

from yolo_deepsort_ros.config.node_configs import (
    DetectorNodeConfig, FlowConfig, NODES, PipelineConfig, TrackerNodeConfig,
)
from yolo_deepsort_ros.config.tracker_config import PROFILES, TrackerConfig
from yolo_deepsort_ros.errors import ConfigurationError
from yolo_deepsort_ros.nodes.parameters.parameter_file import (
    composed_values, misspelt_section, overrides, render, values_in,
)

ROOT = Path(__file__).resolve().parents[2]


def test_the_files_made_from_the_declarations_are_up_to_date():
    tool = runpy.run_path(str(ROOT / 'tools' / 'render_parameters.py'))
    for path, text in tool['rendered']().items():
        command = 'scripts/run python3 tools/render_parameters.py'
        assert path.read_text(encoding='utf-8') == text, command


def test_it_holds_every_parameter_of_every_node_with_its_default():
    content = yaml.safe_load(render().replace('#: ', ''))
    assert list(content) == [f'/**/{node}' for node in NODES]
    for node, group in NODES.items():
        values = content[f'/**/{node}']['ros__parameters']
        assert list(values) == list(group.parameters())
        assert group.from_mapping(values) == group()


@pytest.mark.parametrize('profile', PROFILES)
def test_a_profile_counts_beside_the_file_as_it_is(profile):
    values = yaml.safe_load(render())['/**/tracker']['ros__parameters']
    tracker = TrackerNodeConfig.from_mapping({**values, 'profile': profile}).tracking.tracker
    assert tracker == TrackerConfig(profile=profile)


@pytest.mark.parametrize('profile, given, confidence', [
    ('deepsort', {}, 0.4), ('strong', {}, 0.1), ('fast', {}, 0.1),
    ('strong', {'confidence': 0.3}, 0.3),
])
def test_the_detector_hands_on_the_weak_boxes_that_the_profile_gains_from(
    profile, given, confidence
):
    values = yaml.safe_load(render())['/**/detector']['ros__parameters']
    node = DetectorNodeConfig.from_mapping({**values, 'profile': profile, **given})
    flow = FlowConfig.from_mapping({'profile': profile, **given})
    assert [node.detection.detector.confidence, flow.detector.confidence] == [confidence] * 2


def test_of_the_detector_the_profile_counts_more_than_the_source():
    for profile, confidence in (('deepsort', 0.5), ('strong', 0.1)):
        values = {'source': 'arena', 'profile': profile}
        pipeline = PipelineConfig.from_mapping(values).detection.detector
        assert pipeline.confidence == FlowConfig.from_mapping(values).detector.confidence
        assert pipeline.confidence == confidence


def test_overrides_reach_every_node_that_knows_the_name():
    assert overrides({'threads': 2, 'classes': ('person', 'car')}) == {
        '/**/detector': {'ros__parameters': {'threads': 2, 'classes': ['person', 'car']}},
        '/**/tracker': {'ros__parameters': {'threads': 2}},
        '/**/pipeline': {'ros__parameters': {'threads': 2, 'classes': ['person', 'car']}},
    }


@pytest.mark.parametrize('section, nodes', [
    ('/**', ['/a', '/x/a', '/x/y/a', '/b']),
    ('/**/a', ['/a', '/x/a', '/x/y/a']),
    ('/*/a', ['/x/a']),
    ('a', ['/a']),
    ('/a', ['/a']),
    ('/x/a', ['/x/a']),
    ('x/*', ['/x/a']),
    ('a.', []),
])
def test_sections_are_for_the_nodes_that_ros_means(tmp_path, section, nodes):
    path = tmp_path / 'own.yaml'
    path.write_text(yaml.safe_dump({section: {'ros__parameters': {'model': 'm'}}, 'other': 1}))
    every = ['/a', '/x/a', '/x/y/a', '/b']
    assert [node for node in every if values_in(path, node)] == nodes
    assert values_in(path, '//a') == values_in(path, '/a')


def test_the_last_section_counts_and_namespaces_may_be_nested(tmp_path):
    path = tmp_path / 'own.yaml'
    path.write_text('/**: {ros__parameters: {model: m, rate: 1}}\n'
                    'x: {a: {ros__parameters: {model: o}}}')
    assert values_in(path, '/x/a') == {'model': 'o', 'rate': 1}


def test_what_a_file_says_to_the_pipeline_is_what_it_says_to_the_nodes_it_stands_for(tmp_path):
    path = tmp_path / 'own.yaml'
    path.write_text(
        '/**/tracker: {ros__parameters: {detect_every: 3, n_init: 2}}\n'
        '/left/detector: {ros__parameters: {detect_every: 2, confidence: 0.3}}\n'
        '/right/detector: {ros__parameters: {confidence: 0.7}}\n'
        '/*/pipeline: {ros__parameters: {n_init: 4}}\n'
        '/**: {ros__parameters: {confidence: 0.5, threads: 2, qos_overrides: {/t.depth: 1}}}\n'
    )
    assert composed_values(path, '/left/pipeline') == {
        'detect_every': 2, 'confidence': 0.3, 'n_init': 4, 'threads': 2,
        'qos_overrides./t.depth': 1,
    }
    assert composed_values(path, '/pipeline') == {
        'detect_every': 3, 'confidence': 0.5, 'n_init': 2, 'threads': 2,
        'qos_overrides./t.depth': 1,
    }


@pytest.mark.parametrize(('names', 'missed'), [
    (['/**/detecter', '/**/tracker'], '/**/detecter'),
    (['/robot1/Detector'], '/robot1/Detector'),
    (['/**/detecter', '/left/detector'], None),  # one of somebody else's, beside ours
    (['/front/detector', '/back/detector'], None),  # of several cameras
    (['/**'], None), (['/**/tracker', '/**/lidar'], None),
])
def test_a_section_whose_name_is_all_but_a_nodes(tmp_path, names, missed):
    path = tmp_path / 'own.yaml'
    path.write_text(''.join(f'{name}: {{ros__parameters: {{rate: 1.0}}}}\n' for name in names))
    assert misspelt_section(path, 'detector') == missed


@pytest.mark.parametrize(('text', 'value'), [
    ('2024-01-01', '2024-01-01'), ('2020-99-99', '2020-99-99'), ('=', '='),
    ('0x_', '0x_'), ('1:30', '1:30'), ('1_000', '1_000'), ('0x1F', 31), ('-.5', -0.5),
    ('4e-1', 0.4), ('-4E+2', -400.0), ('.5', 0.5), ('12', 12), ('"4e-1"', '4e-1'), ('4e', '4e'),
    ('y', True), ('N', False), ('yes', True), ('"y"', 'y'), ('north', 'north'),
])
def test_words_mean_what_they_mean_to_ros(tmp_path, text, value):
    path = tmp_path / 'own.yaml'
    path.write_text(f'a: {{ros__parameters: {{first: 1}}}}\n---\n'
                    f'a: {{ros__parameters: {{said: {text}}}}}')
    assert values_in(path, '/a') == {'first': 1, 'said': value}


@pytest.mark.parametrize('content, problem', [
    ('', 'not a file of parameters; give params_file'),
    ('[a]', 'not a file of parameters; give params_file'),
    ('a: [', 'not YAML: '),
    ('a: !!int 0x_', 'not YAML: '),
    ('a: &a {b: *a}', 'not YAML: '),
    ('[' * 3000, 'not YAML: '),
    (None, 'No such file or directory; give params_file'),
])
def test_what_is_no_parameter_file_is_one_line(tmp_path, content, problem):
    path = tmp_path / 'own.yaml'
    if content is not None:
        path.write_text(content)
    with pytest.raises(ConfigurationError) as caught:
        values_in(path, '/a')
    assert str(caught.value).startswith(f'{path}: {problem}')
    assert str(caught.value).isprintable()
