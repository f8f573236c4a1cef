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

"""What the demo makes of its record, by hand."""

from __future__ import annotations

import sys

import pytest

from yolo_deepsort_ros.demo.judging import (
    arena_parameters, FIGURES, judge, remove_results, RESULTS,
)

BOX = '10,10,40,80'


def test_what_was_given_counts_also_when_it_is_false_or_zero(tmp_path):
    given = {'class_aware': False, 'nms_iou': 0.0, 'classes': (), 'source': 'arena:truth=mine.txt'}
    values, options = arena_parameters(given, tmp_path / 'gt.txt')
    assert values.items() >= given.items()
    assert options.truth == 'mine.txt'


@pytest.mark.parametrize(('given', 'duration', 'ahead'), [
    ({}, 20.0, 600),
    ({'duration': 2.0}, 2.0, 60),
    ({'duration': 2.0, 'rate': 10.0}, 2.0, 20),
    ({'max_frames': 50}, 0.0, 50),
    ({'duration': 2.0, 'max_frames': 50}, 2.0, 50),
    ({'duration': 1000.0}, 1000.0, 1085),  # a gigabyte
    ({'width': 1280, 'height': 960}, 20.0, 271),
    ({'source': 'arena:ahead=7'}, 20.0, 7),
])
def test_the_arena_ends_and_is_drawn_ahead_as_memory_goes(tmp_path, given, duration, ahead):
    values, options = arena_parameters({'source': 'arena', **given}, tmp_path / 'gt.txt')
    assert (values['duration'], options.ahead) == (duration, ahead)
    assert options.truth == str(tmp_path / 'gt.txt')


@pytest.fixture
def truth(tmp_path):
    """Return a truth of three frames, beside a folder with the tracks of two."""
    (tmp_path / 'tracks.txt').write_text(f'1,5,{BOX},1\n2,5,{BOX},1\n')
    path = tmp_path / 'truth.txt'
    path.write_text(''.join(f'{frame},1,{BOX},1,1,1\n' for frame in (1, 2, 3)))
    return path


def test_only_the_frames_published_are_asked_for(tmp_path, truth):
    pytest.importorskip('trackeval', reason='trackeval is not installed')
    figures = judge(tmp_path, 2, 10.0, truth)
    assert list(figures) == list(FIGURES)
    assert figures['mota'] == 1
    assert (tmp_path / 'gt.txt').read_text() == f'1,1,{BOX},1,1,1\n2,1,{BOX},1,1,1\n'
    assert judge(tmp_path, 3, 10.0, truth)['mota'] == pytest.approx(2 / 3, abs=1e-4)


def test_what_an_earlier_demo_left_does_not_stay(tmp_path, truth):
    for name in RESULTS:
        (tmp_path / name).write_text('old')
    assert judge(tmp_path, 0, None, None) == {}
    assert {path.name for path in tmp_path.iterdir()} == {*RESULTS, 'truth.txt'}
    remove_results(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ['truth.txt']


def test_a_missing_library_is_one_line(tmp_path, truth, monkeypatch, capsys):
    for name in ('trackeval', 'matplotlib', 'matplotlib.figure'):
        monkeypatch.setitem(sys.modules, name, None)
    assert judge(tmp_path, 3, 10.0, truth) == {}
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 2
    assert 'pip install matplotlib' in lines[0]
    assert 'pip install trackeval' in lines[1]
