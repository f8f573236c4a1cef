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

"""Figures of hand-made scenes, and the published ones of the reference tracks."""

from __future__ import annotations

from pathlib import Path
import sys

import pytest

from yolo_deepsort_ros.errors import InputError, MissingDependencyError
from yolo_deepsort_ros.evaluation.mot import MotRows, read_mot
from yolo_deepsort_ros.evaluation.tracking_metrics import considered, evaluate

pytest.importorskip('trackeval', reason='no trackeval: figures are not tested')

NEAR, FAR = '10,10,40,80', '300,10,40,80'


@pytest.fixture
def rows(tmp_path: Path):
    def make(*lines: str) -> MotRows:
        path = tmp_path / 'rows.txt'
        path.write_text('\n'.join(lines))
        return read_mot(path)
    return make


def scene(near: list[int], far: list[int]) -> list[str]:
    """Two boxes that stand still, with these ids frame by frame; 0 where there is none."""
    return [
        f'{frame},{number},{box},1'
        for box, numbers in ((NEAR, near), (FAR, far))
        for frame, number in enumerate(numbers, start=1) if number
    ]


@pytest.mark.parametrize(('near', 'far', 'expected'), [
    ([5] * 10, [6] * 10, {
        'mota': 1, 'idf1': 1, 'hota': 1, 'num_switches': 0, 'precision': 1, 'recall': 1,
        'mostly_tracked': 2, 'num_objects': 20}),
    ([5] * 5 + [7] * 5, [6] * 10, {  # one switch of 20 boxes; 15 of 20 under the best ids
        'mota': 19 / 20, 'idf1': 15 / 20, 'num_switches': 1, 'recall': 1, 'mostly_tracked': 2}),
    ([5] * 10, [0] * 10, {  # half is missed
        'mota': 1 / 2, 'idf1': 2 / 3, 'precision': 1, 'recall': 1 / 2, 'mostly_tracked': 1}),
    ([5] * 10, [6] * 7 + [0] * 3, {'recall': 17 / 20, 'mostly_tracked': 1}),
    ([0] * 10, [0] * 10, {
        'mota': 0, 'idf1': 0, 'hota': 0, 'num_switches': 0, 'precision': 0, 'recall': 0,
        'mostly_tracked': 0, 'num_objects': 20}),
])
def test_figures_by_hand(rows, near: list[int], far: list[int], expected: dict[str, float]):
    truth = rows(*scene([1] * 10, [2] * 10))
    figures = evaluate(truth, rows(*scene(near, far)))
    assert {name: figures[name] for name in expected} == pytest.approx(expected)
    assert list(figures) == [
        'mota', 'idf1', 'hota', 'num_switches', 'precision', 'recall', 'mostly_tracked',
        'num_objects',
    ]


def test_a_false_track_counts_within_the_frames_of_the_truth(rows):
    truth = rows(f'1,1,{NEAR},1', f'3,1,{NEAR},1')
    tracks = rows(f'1,4,{NEAR},1', f'2,4,{NEAR},1', f'3,4,{NEAR},1', f'4,4,{NEAR},1')
    figures = evaluate(truth, tracks)
    assert figures['precision'] == pytest.approx(2 / 3)
    assert figures['mota'] == pytest.approx(1 / 2)


@pytest.mark.parametrize(('line', 'counts'), [
    ('1,1,1,2,3,4', True),
    ('1,1,1,2,3,4,0', False),
    ('1,1,1,2,3,4,1,1,1', True),  # MOT16/17: a pedestrian
    ('1,1,1,2,3,4,1,1,0', True),  # not visible, yet considered
    ('1,1,1,2,3,4,0,1,1', False),
    ('1,1,1,2,3,4,1,3,1', False),  # a car
    ('1,1,1,2,3,4,1,3.5,2.5,0', True),  # MOT15: world coordinates
    ('1,1,1,2,3,4,0,3.5,2.5,0', False),
])
def test_which_boxes_of_a_truth_count(rows, line: str, counts: bool):
    assert len(considered(rows(line))) == counts


@pytest.mark.parametrize(('flag_and_class', 'precision'), [
    ('0,8', 1),  # a distractor: nothing is said of its track
    ('0,7', 1),  # a person who stands still
    ('0,3', 1 / 2),  # a car is no person, nor is it like one
    ('0,1', 1 / 2),  # a person who does not count
])
def test_a_track_on_a_distractor_is_left_out(rows, flag_and_class: str, precision: float):
    truth = rows(f'1,1,{NEAR},1,1,1', f'1,2,{FAR},{flag_and_class},1')
    figures = evaluate(truth, rows(f'1,5,{NEAR},1', f'1,6,{FAR},1'))
    assert figures['precision'] == pytest.approx(precision)


def test_a_track_is_on_what_it_overlaps_most(rows):
    distractor = '16,10,40,80'
    truth = rows(f'1,1,{NEAR},1,1,1', f'1,2,{distractor},0,8,1')
    assert evaluate(truth, rows(f'1,5,{NEAR},1'))['recall'] == 1
    assert evaluate(truth, rows(f'1,5,{distractor},1'))['recall'] == 0


@pytest.mark.parametrize(('truth', 'tracks', 'reason'), [
    ('', f'1,1,{NEAR}', 'no box of this ground truth counts'),
    (f'1,1,{NEAR},0', f'1,1,{NEAR}', 'no box of this ground truth counts'),
    (f'1,1,{NEAR}\n1,1,{FAR}', '', 'line 2: id 1 twice in frame 1'),
    (f'1,1,{NEAR}', f'1,3,{NEAR}\n1,2,{NEAR}\n\n1,3,{FAR}', 'line 4: id 3 twice in frame 1'),
])
def test_what_cannot_be_compared_is_refused(rows, truth: str, tracks: str, reason: str):
    with pytest.raises(InputError, match=reason):
        evaluate(rows(truth), rows(tracks))


def test_without_trackeval_the_remedy_is_named(rows, monkeypatch):
    monkeypatch.setitem(sys.modules, 'trackeval', None)
    with pytest.raises(MissingDependencyError, match='pip install trackeval'):
        evaluate(rows(f'1,1,{NEAR}'), rows(f'1,1,{NEAR}'))


def test_nothing_is_printed(rows, capfd):
    evaluate(rows(f'1,1,{NEAR}'), rows(f'1,1,{NEAR}'))
    assert capfd.readouterr() == ('', '')


def test_the_reference_tracks_have_their_published_figures(shared_data: Path):
    truth = read_mot(shared_data / 'mot' / 'MOT17-05-FRCNN' / 'gt' / 'gt.txt')
    tracks = read_mot(shared_data / 'reference' / 'MOT17-05-FRCNN.tracks.txt')
    figures = evaluate(truth, tracks)
    assert figures['mota'] == pytest.approx(0.476, abs=5e-4)
    assert figures['idf1'] == pytest.approx(0.601, abs=5e-4)
    assert figures['num_switches'] == 22


@pytest.mark.parametrize('name', ['MOT17-05-FRCNN', 'PETS09-S2L1', 'KITTI-17'])
def test_perfect_tracks_are_perfect(shared_data: Path, name: str):
    truth = read_mot(shared_data / 'mot' / name / 'gt' / 'gt.txt')
    figures = evaluate(truth, considered(truth))
    assert (figures['mota'], figures['idf1'], figures['hota']) == pytest.approx((1, 1, 1))
