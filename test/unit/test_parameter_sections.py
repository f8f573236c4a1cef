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

"""A section of a parameter file that misses its node is reported, and nothing else."""

import pytest

from yolo_deepsort_ros.nodes.parameters.parameter_sections import asides, strayed

NODE = '/robot1/detector'


def lines(tmp_path, content, node=NODE):
    path = tmp_path / 'given.yaml'
    path.write_text(content)
    return list(strayed(['detector_node', '--ros-args', '--params-file', str(path)], node))


def section(*names):
    """Return a file with a value under each of these names."""
    return ''.join(f'{name}: {{ros__parameters: {{confidence: 0.5}}}}\n' for name in names)


@pytest.mark.parametrize(('content', 'named'), [
    (section('/**/detecter'), '/**/detecter'),
    (section('detector'), '/detector'),  # outside of every namespace
    (section('/robot2/detector'), '/robot2/detector'),
    (section('/*/*/detector'), '/*/*/detector'),
    (section('/**', '/**/Detector', '/**/tracker'), '/**/Detector'),
    ('robot1: {detectr: {ros__parameters: {confidence: 0.5}}}', '/robot1/detectr'),
])
def test_a_section_that_misses_is_named_with_the_right_one(tmp_path, content, named):
    found = lines(tmp_path, content)
    assert len(found) == 1
    assert f"given.yaml: the section '{named}' does not reach {NODE}" in found[0]
    assert found[0].endswith("did you mean '/**/detector'?")


@pytest.mark.parametrize('content', [
    section('/**'),
    section('/**/detector'),
    section('/robot1/detector', '/robot2/detector'),
    section('/*/detector', '/**/detecter'),
    'robot1: {detector: {ros__parameters: {confidence: 0.5}}}',
    section('/**/tracker', '/**/lidar'),
    '/**/detecter: {confidence: 0.5}',  # rcl refuses it
    '', '[', '- detecter', '1: {ros__parameters: {}}',
])
def test_what_reaches_it_or_is_meant_for_others_is_not(tmp_path, content):
    assert lines(tmp_path, content) == []


def test_only_the_node_that_was_meant_reports(tmp_path):
    reports = [name for name in ('camera', 'detector', 'tracker', 'annotator')
               if lines(tmp_path, section('/**/detecter', '/**/trackr'), f'/{name}')]
    assert reports == ['detector', 'tracker']


def test_a_file_that_is_not_there_is_for_others_to_report():
    assert list(strayed(['--params-file', 'nowhere.yaml', '--params-file'], NODE)) == []


def test_what_a_file_says_to_several_nodes_the_first_counting_most(tmp_path):
    path = tmp_path / 'given.yaml'
    path.write_text(
        '/**/camera: {ros__parameters: {source: a.mp4, autostart: false}}\n'
        '/robot1/detector: {ros__parameters: {confidence: 0.3, autostart: true}}\n'
        '/robot2/detector: {ros__parameters: {confidence: 0.7}}\n'
        '/**/tracker: {ros__parameters: {n_init: 2}}\n'
    )
    again = tmp_path / 'again.yaml'
    again.write_text('/**/camera: {ros__parameters: {source: b.mp4}}')
    arguments = ['--params-file', str(path), '--params-file', str(again), '--params-file', 'no']
    said = asides(arguments, '/robot1/pipeline', ['/robot1/camera', '/robot1/detector'])
    assert said.values() == {'source': 'b.mp4', 'autostart': False, 'confidence': 0.3}
    assert said.others == {
        '/robot1/camera': {'source': 'b.mp4', 'autostart': False},
        '/robot1/detector': {'confidence': 0.3, 'autostart': True},
    }
    assert said.named == set()
    assert [line.partition(':')[0] for line in said.unread] == ['no']


@pytest.mark.parametrize(('arguments', 'content', 'named'), [
    (['-p', 'rate:=5', '--param', 'source:=a:=b'], '', {'rate', 'source'}),
    (['-p', 'camera:rate:=5', '-p', '/robot1/camera:loop:=1', '-p', 'other:fps:=1'], '',
     {'rate', 'loop'}),
    (['-r', 'rate:=5', '-p'], '', set()),
    ([], section('/**/camera'), {'confidence'}),
    ([], section('/*/camera', '/robot2/camera'), {'confidence'}),
    ([], section('/**', '/robot1/*', '/robot2/camera', 'camera'), set()),
    ([], '/**/camera: {ros__parameters: {a: {/b: {1: 2}}, c: []}}', {'a./b.1', 'c'}),
], ids=str)
def test_what_is_given_to_one_node_by_name(tmp_path, arguments, content, named):
    path = tmp_path / 'given.yaml'
    path.write_text(content)
    arguments = ['camera_node', '--ros-args', '--params-file', str(path), *arguments]
    assert asides(arguments, '/robot1/camera', []).named == named
