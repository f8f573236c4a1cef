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

"""Ground truth of every benchmark and tool that is known: what of it counts, and what is said."""

from __future__ import annotations

import json
from pathlib import Path

from command_line import run
import pytest

from yolo_deepsort_ros.errors import ConfigurationError, InputError
from yolo_deepsort_ros.evaluation.mot import read_mot
from yolo_deepsort_ros.evaluation.truth_formats import find_format, FORMAT_NAMES, FORMATS

NEAR, FAR, AWAY = '10,10,40,80', '300,10,40,80', '500,200,40,80'


@pytest.fixture
def compare(tmp_path, capsys):
    """Write truth and tracks, run `evaluate` on them, return its JSON and its warnings."""
    pytest.importorskip('trackeval', reason='no trackeval: figures are not tested')

    def compared(truth, tracks, *options):
        for name, lines in (('gt.txt', truth), ('tracks.txt', tracks)):
            (tmp_path / name).write_text('\n'.join(lines))
        status, out, err = run(
            capsys, 'evaluate', '--gt', tmp_path / 'gt.txt', '--tracks', tmp_path / 'tracks.txt',
            *options,
        )
        assert status == 0, err
        return json.loads(out[-1]), err
    return compared


@pytest.mark.parametrize(('name', 'row'), [
    ('mot15', '1,1,1,2,3,4'),
    ('mot15', '1,1,1,2,3,4,1,-4.1554,-7.3591,0'),
    ('mot15', '1,1,1,2,3,4,1,-1,-1,-1'),
    ('mot15', '1,1,1,2,3,4,0.93,2,-1,-1'),
    ('mot17', '1,1,1,2,3,4,1,1,0.5'),
    ('mot17', '1,1,1,2,3,4,1,1,1\n1,2,1,2,3,4,0,6,1\n1,3,1,2,3,4,0,3,1'),
    ('mot20', '1,1,1,2,3,4,1,1,1\n1,2,1,2,3,4,0,6,1'),
    ('mot20', '1,1,1,2,3,4,1,1,1\n1,2,1,2,3,4,0,13,1'),
    ('visdrone', '1,1,1,2,3,4,1,4,0,2\n1,2,1,2,3,4,0,0,0,0'),
])
def test_a_format_is_known_by_its_columns_and_their_values(tmp_path, name, row):
    (tmp_path / 'gt.txt').write_text(row)
    assert find_format(read_mot(tmp_path / 'gt.txt')).name == name


@pytest.mark.parametrize(('folder', 'name'), [('MOT20-01', 'mot20'), ('MOT17-04-SDP', 'mot17')])
def test_the_name_of_the_sequence_decides_before_the_classes(tmp_path, folder, name):
    path = tmp_path / folder / 'gt' / 'gt.txt'
    path.parent.mkdir(parents=True)
    path.write_text('1,1,1,2,3,4,1,1,1\n1,2,1,2,3,4,0,6,1')
    assert find_format(read_mot(path)).name == name


def test_every_name_but_auto_is_a_format():
    assert sorted(FORMAT_NAMES) == sorted(['auto', *(form.name for form in FORMATS)])


@pytest.mark.parametrize(('name', 'columns'), [('mot17', 10), ('visdrone', 9), ('cvat', 7)])
def test_another_number_of_columns_is_refused(tmp_path, name, columns):
    (tmp_path / 'gt.txt').write_text(','.join(['1'] * columns))
    with pytest.raises(InputError, match=f'has {columns} columns; {name} has'):
        find_format(read_mot(tmp_path / 'gt.txt'), name)


def test_perfect_tracks_of_three_classes_are_perfect_once_the_format_is_said(compare):
    boxes = [(1, NEAR), (2, FAR), (3, AWAY)]
    truth = [f'{frame},{kind},{box},1,{kind},1' for frame in (1, 2) for kind, box in boxes]
    tracks = [f'{frame},{kind},{box},0.9' for frame in (1, 2) for kind, box in boxes]
    figures, warnings = compare(truth, tracks)
    assert figures['mota'] == 0  # the track on the car is false
    assert figures['assumed'] == {
        'benchmark': 'mot17', 'classes': ['pedestrian'], 'rows': 2, 'rows_ignored': 4}
    assert warnings == [
        'evaluate: 4 of 6 true boxes do not count: mot17 counts class pedestrian; the file has '
        'pedestrian 2, person on vehicle 2, car 2; see --format and --classes'
    ]
    figures, warnings = compare(truth, tracks, '--format', 'cvat')
    assert (figures['mota'], figures['idf1'], warnings) == (1, 1, [])
    assert figures['assumed'] == {
        'benchmark': 'cvat', 'classes': 'all', 'rows': 6, 'rows_ignored': 0}


def test_an_export_of_cvat_is_known_by_its_labels_which_name_the_classes(compare, tmp_path):
    (tmp_path / 'labels.txt').write_text('person\ncar\n')
    truth = [f'1,1,{NEAR},1,1,1', f'1,2,{FAR},1,2,1', f'1,3,{AWAY},0,1,1']
    tracks = [f'1,1,{NEAR},1', f'1,2,{FAR},1', f'1,3,{AWAY},1']
    figures, _ = compare(truth, tracks)
    assert (figures['mota'], figures['assumed']['benchmark']) == (1, 'cvat')  # one is ignored
    figures, warnings = compare(truth, tracks, '--classes', 'car')
    assert figures['mota'] == 1  # a track on a person is neither right nor wrong
    assert figures['assumed']['classes'] == ['car']
    assert 'counts class car; the file has person 2, car 1' in warnings[0]


@pytest.mark.parametrize(('benchmark', 'precision'), [('mot20', 1), ('mot17', 1 / 2)])
def test_class_6_is_a_distractor_of_mot20_alone(compare, benchmark, precision):
    truth = [f'1,1,{NEAR},1,1,1', f'1,2,{FAR},0,6,1', f'1,3,{AWAY},0,7,1']
    tracks = [f'1,1,{NEAR},1', f'1,2,{FAR},1', f'1,3,{AWAY},1']
    figures, _ = compare(truth, tracks, '--format', benchmark)
    assert figures['precision'] == pytest.approx(precision)  # class 7 is one of both
    assert figures['assumed']['benchmark'] == benchmark


@pytest.mark.parametrize(('name', 'track', 'precision'), [
    ('inside', '610,310,20,40', 1),
    ('mostly inside', '585,310,40,40', 1),
    ('mostly outside', '575,310,40,40', 1 / 2),
    ('elsewhere', AWAY, 1 / 2),
])
def test_a_track_in_a_region_of_visdrone_is_left_out(compare, name, track, precision):
    truth = [f'1,1,{NEAR},1,4,0,0', '1,0,600,300,200,200,0,0,0,0']
    figures, _ = compare(truth, [f'1,1,{NEAR},1', f'1,2,{track},1'])
    assert figures['assumed'] == {
        'benchmark': 'visdrone', 'rows': 1, 'rows_ignored': 1, 'classes': [
            'pedestrian', 'people', 'bicycle', 'car', 'van', 'truck', 'tricycle',
            'awning-tricycle', 'bus', 'motor'],
    }
    assert figures['precision'] == pytest.approx(precision)


def test_an_object_inside_a_region_still_counts(compare):
    truth = [f'1,1,{NEAR},1,4,0,0', '1,0,0,0,200,200,0,0,0,0']
    assert compare(truth, [f'1,1,{NEAR},1'])[0]['recall'] == 1


@pytest.mark.parametrize(('form', 'words', 'message'), [
    ('mot17', ['pedestrain'], "no class 'pedestrain'; did you mean 'pedestrian'"),
    ('mot17', [''], "no class ''"),
    ('mot15', ['pedestrian'], 'mot15 has no classes'),
])
def test_classes_that_are_not_there_are_refused(form, words, message):
    [found] = [one for one in FORMATS if one.name == form]
    with pytest.raises(ConfigurationError, match=message):
        found.with_classes(words)


@pytest.mark.parametrize(('case', 'options'), [('evaluate', ['--format', 'cvat']), ('mot20', [])])
def test_perfect_tracks_of_the_cases_are_perfect(shared_data: Path, capsys, case, options):
    pytest.importorskip('trackeval', reason='no trackeval: figures are not tested')
    folder = shared_data.parent / 'cases' / case
    status, out, _ = run(capsys, 'evaluate', '--gt', folder / 'gt.txt', '--tracks',
                         folder / 'tracks.txt', *options)
    figures = json.loads(out[-1])
    assert (status, figures['mota'], figures['idf1']) == (0, 1, 1)
    assert figures['assumed']['benchmark'] == (options[1] if options else case)
