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

"""The picture of tracks over time: its colours where they should be."""

from __future__ import annotations

import sys

import cv2
import numpy as np
import pytest

from yolo_deepsort_ros.errors import MissingDependencyError, OutputError
from yolo_deepsort_ros.evaluation.mot import read_mot
from yolo_deepsort_ros.visualization.drawing import colour_of, NO_ID
from yolo_deepsort_ros.visualization.timeline import draw_timeline

HERE, THERE = '10,10,40,80', '300,10,40,80'


@pytest.fixture
def rows(tmp_path):
    def make(*lines):
        path = tmp_path / 'rows.txt'
        path.write_text('\n'.join(lines))
        return read_mot(path)
    return make


def drawn(path, *arguments):
    draw_timeline(path, *arguments)
    return cv2.imread(str(path))


def area_of(picture, number):
    """Count the pixels that have the colour of an id."""
    return np.count_nonzero(np.abs(picture.astype(int) - colour_of(number)).max(axis=2) <= 2)


def test_each_id_has_a_line_of_its_colour_as_long_as_it_was_seen(rows, tmp_path):
    pytest.importorskip('matplotlib', reason='matplotlib is not installed')
    tracks = rows(*(f'{frame},5,{HERE},1' for frame in range(1, 101)),
                  *(f'{frame},7,{THERE},1' for frame in [*range(1, 26), *range(76, 101)]))
    picture = drawn(tmp_path / 'a.png', tracks, 10.0)
    assert area_of(picture, 7) == pytest.approx(area_of(picture, 5) / 2, rel=0.1)
    assert area_of(picture, NO_ID) < 100
    lines = [np.flatnonzero((np.abs(picture.astype(int) - colour_of(number)).max(axis=2) <= 2)
                            .any(axis=1)) for number in (5, 7)]
    assert lines[0].max() < lines[1].min()


def test_with_a_truth_each_object_has_the_colour_of_the_id_that_follows_it(rows, tmp_path):
    pytest.importorskip('matplotlib', reason='matplotlib is not installed')
    truth = rows(*(f'{frame},{number},{box},1' for frame in range(1, 101)
                   for number, box in ((1, HERE), (2, THERE))))
    tracks = rows(*(f'{frame},5,{HERE if frame <= 60 else THERE},1' for frame in range(1, 101)),
                  *(f'{frame},7,900,900,40,80,1' for frame in range(1, 51)))
    picture = drawn(tmp_path / 'a.png', tracks, 10.0, truth)
    spare = 8  # of object 2, which no id follows longest
    assert area_of(picture, 5) == pytest.approx(area_of(picture, spare) * 60 / 40, rel=0.2)
    assert area_of(picture, NO_ID) == pytest.approx(area_of(picture, 5) * 50 / 60, rel=0.2)
    assert area_of(picture, 7) < 100


def test_right_tracks_have_the_colours_of_the_film(rows, tmp_path):
    pytest.importorskip('matplotlib', reason='matplotlib is not installed')
    truth = rows(*(f'{frame},{number},{box},1' for frame in range(1, 101)
                   for number, box in ((1, HERE), (2, THERE))))
    tracks = rows(*(f'{frame},{number},{box},1' for frame in range(1, 101)
                    for number, box in ((2, HERE), (1, THERE))))
    picture = drawn(tmp_path / 'a.png', tracks, 10.0, truth)
    assert area_of(picture, 1) == pytest.approx(area_of(picture, 2), rel=0.2)
    assert area_of(picture, NO_ID) < 100


def test_objects_are_named_and_time_starts_at_zero(rows, tmp_path, monkeypatch):
    pytest.importorskip('matplotlib', reason='matplotlib is not installed')
    from matplotlib.figure import Figure
    figures = []
    monkeypatch.setattr(Figure, 'savefig', lambda figure, path: figures.append(figure))
    truth = rows(*(f'{frame},9,{HERE},1,1,1' for frame in range(1, 101)))
    tracks = rows(*(f'{frame},5,{HERE},0.9,2,-1,-1' for frame in range(31, 101)))
    draw_timeline(tmp_path / 'a.png', tracks, 10.0, truth, None, {2: 'crate'})
    [axes] = figures[0].axes
    assert axes.get_xlim() == (0, 10)
    assert [text.get_text().strip() for text in axes.texts] == ['crate 9']
    assert [label.get_text() for label in axes.get_yticklabels()] == ['crate 5']


def test_without_tracks_there_is_an_empty_picture(rows, tmp_path):
    pytest.importorskip('matplotlib', reason='matplotlib is not installed')
    assert drawn(tmp_path / 'a.png', rows(), 10.0) is not None


def test_where_it_cannot_be_written(rows, tmp_path):
    pytest.importorskip('matplotlib', reason='matplotlib is not installed')
    with pytest.raises(OutputError, match='cannot write the picture'):
        draw_timeline(tmp_path / 'no' / 'a.png', rows(f'1,5,{HERE},1'), 10.0)


def test_without_matplotlib_the_remedy_is_named(rows, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, 'matplotlib', None)
    monkeypatch.setitem(sys.modules, 'matplotlib.figure', None)
    with pytest.raises(MissingDependencyError, match='pip install matplotlib'):
        draw_timeline(tmp_path / 'a.png', rows(f'1,5,{HERE},1'), 10.0)


def test_images_that_were_lost_are_no_gaps(rows, tmp_path):
    pytest.importorskip('matplotlib', reason='matplotlib is not installed')
    lost = np.array([frame for frame in range(1, 101) if frame % 3 != 1])
    tracks = rows(*(f'{frame},5,{HERE},1' for frame in range(1, 101, 3)),
                  *(f'{frame},7,{THERE},1' for frame in [*range(1, 26, 3), *range(76, 101, 3)]))
    striped = drawn(tmp_path / 'a.png', tracks, 10.0)
    whole = drawn(tmp_path / 'b.png', tracks, 10.0, None, lost)
    assert area_of(striped, 5) < 0.5 * area_of(whole, 5)
    assert area_of(whole, 7) == pytest.approx(area_of(whole, 5) / 2, rel=0.1)
