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

"""Smoothed tracks against a textbook solution, and what filling gaps must leave alone."""

from __future__ import annotations

from itertools import pairwise
import json

from command_line import run
from hypothesis import given, settings, strategies as st
import numpy as np
import pytest

from yolo_deepsort_ros.boxes import iou_matrix, tlwh_to_xyah
from yolo_deepsort_ros.deepsort.offline_tracks import smoothed, TrackHistory, with_gaps_filled
from yolo_deepsort_ros.deepsort.tracker import Tracker
from yolo_deepsort_ros.detections import Detections
from yolo_deepsort_ros.evaluation.mot import read_mot

HEIGHT = 80.0
FRAMES = st.lists(st.integers(1, 60), min_size=1, max_size=12, unique=True).map(sorted)


def batch_means(frames, positions):
    """
    Return the likeliest (position, velocity) in each frame by one dense system.

    Of one coordinate with the noise of a box 80 px high: a start at rest, a step from each
    frame to the next, and the measurements, all in one weighted least squares.
    """
    every = np.arange(frames[0], frames[-1] + 1)
    information = np.zeros((2 * len(every), 2 * len(every)))
    vector = np.zeros(2 * len(every))
    position, velocity, measured = HEIGHT / 20, HEIGHT / 160, HEIGHT / 20
    # The first measurement starts the track; those that follow are measured.
    information[:2, :2] += np.diag([1 / (2 * position)**2, 1 / (10 * velocity)**2])
    vector[0] += positions[0] / (2 * position)**2
    for i in range(len(every) - 1):
        step = np.zeros((2, 2 * len(every)))
        step[:, 2 * i:2 * i + 4] = [[-1, -1, 1, 0], [0, -1, 0, 1]]
        information += step.T @ np.diag([1 / position**2, 1 / velocity**2]) @ step
    for frame, at in list(zip(frames, positions, strict=True))[1:]:
        i = 2 * (frame - frames[0])
        information[i, i] += 1 / measured**2
        vector[i] += at / measured**2
    return np.linalg.solve(information, vector).reshape(-1, 2)


def boxes_at(lefts):
    return np.array([[left, 10.0, 40.0, HEIGHT] for left in lefts])


def test_against_one_dense_least_squares_solution():
    frames = np.arange(5, 25)
    lefts = 3.0 * frames + np.random.default_rng(1).normal(0, 4, len(frames))
    result = smoothed(frames, frames, boxes_at(lefts))
    expected = batch_means(frames.tolist(), (lefts + 20).tolist())[:, 0]
    np.testing.assert_allclose(tlwh_to_xyah(result)[:, 0], expected, atol=1e-9)


def test_a_noisy_walk_comes_closer_to_the_truth():
    frames = np.arange(1, 101)
    truth = boxes_at(100 + 40 * np.sin(frames / 12))
    noise = np.random.default_rng(0).normal(0, 3, truth.shape)
    result = smoothed(frames, frames, truth + noise)
    assert np.abs(result - truth).mean() < 0.6 * np.abs(noise).mean()


@given(FRAMES, st.data())
@settings(deadline=None)
def test_any_boxes_give_boxes(frames, data):
    sides = st.floats(0.5, 5000.0)
    boxes = np.array(data.draw(st.lists(
        st.tuples(st.floats(-1e5, 1e5), st.floats(-1e5, 1e5), sides, sides),
        min_size=len(frames), max_size=len(frames),
    )))
    wanted = np.arange(frames[0], frames[-1] + 3)
    result = smoothed(wanted, np.array(frames), boxes)
    assert result.shape == (len(wanted), 4)
    assert np.isfinite(result).all()
    assert (result[:, 2:] > 0).all()


@given(FRAMES, st.floats(-500, 500), st.floats(-500, 500))
@settings(deadline=None)
def test_a_shifted_track_gives_shifted_boxes(frames, right, down):
    boxes = boxes_at(np.cos(frames) * 100)
    every = np.array(frames)
    shift = np.array([right, down, 0, 0])
    np.testing.assert_allclose(
        smoothed(every, every, boxes + shift), smoothed(every, every, boxes) + shift, atol=1e-6)


@given(FRAMES, st.integers(0, 8))
def test_gaps_are_filled_up_to_their_length_and_no_frame_goes(frames, longest):
    filled = with_gaps_filled(np.array(frames), longest).tolist()
    assert filled == sorted({*filled})
    assert {*filled} >= {*frames}
    for before, after in pairwise(frames):
        inner = [frame for frame in filled if before < frame < after]
        is_short = after - before - 1 <= longest
        assert inner == (list(range(before + 1, after)) if is_short else [])


def detected(left):
    """Return what is found of a box at that place, None for hidden; it looks always the same."""
    lefts = [] if left is None else [left]
    count = len(lefts)
    return Detections(boxes_at(lefts).reshape(-1, 4), np.full(count, 0.9),
                      features=np.ones((count, 4)))


def tracked(history, lefts, **options):
    """Track a box that is at those places, None for hidden, with the history watching."""
    tracker = Tracker(n_init=1, **options)
    for frame, left in enumerate(lefts, 1):
        found = detected(left)
        history.add(frame, tracker.update(found, frame), found)
    return list(history.rows())


HIDDEN = [*np.arange(0.0, 20, 2), *[None] * 5, *np.arange(30.0, 50, 2)]


@pytest.mark.parametrize('smooth', [False, True])
@pytest.mark.parametrize(('longest', 'frames'), [
    (3, [*range(2, 12), *range(16, 26)]),  # the tracker itself shows one frame of coasting
    (4, list(range(2, 26))),
])
def test_a_hidden_object_is_where_it_must_have_been(longest, frames, smooth):
    rows = tracked(TrackHistory(longest, smooth), HIDDEN)
    assert [row.frame for row in rows] == frames
    assert {tuple(row.ids.tolist()) for row in rows} == {(1,)}
    truth = boxes_at([2.0 * (row.frame - 1) for row in rows])
    for row, box in zip(rows, truth, strict=True):
        assert iou_matrix(row.tlwh, box)[0, 0] > 0.8


def test_without_options_the_rows_are_those_of_the_tracker():
    tracker, plain = Tracker(n_init=1), []
    history = TrackHistory(0, smooth=False)
    for frame, left in enumerate(HIDDEN, 1):
        found = detected(left)
        tracks = tracker.update(found, frame)
        history.add(frame, tracks, found)
        plain += [tracks.reported.tlwh] if len(tracks.reported) else []
    for row, tlwh in zip(history.rows(), plain, strict=True):
        np.testing.assert_array_equal(row.tlwh, tlwh)


def test_no_tracks_give_no_rows():
    assert tracked(TrackHistory(5, smooth=True), [None, None]) == []


@pytest.fixture
def hidden_object(tmp_path):
    path = tmp_path / 'det.npy'
    np.save(path, [
        [frame, -1, left, 10, 40, HEIGHT, 0.9, 1, 1]
        for frame, left in enumerate(HIDDEN, 1) if left is not None
    ])
    return path


@pytest.mark.parametrize('options', [['--fill-gaps', '5'], ['--fill-gaps', '5', '--smooth']])
def test_the_command_writes_improved_rows(hidden_object, tmp_path, capsys, options):
    out = tmp_path / 'tracks.txt'
    status, lines, _ = run(
        capsys, 'track-detections', hidden_object, '--set', 'n_init=1', '--out', out, *options)
    rows = read_mot(out)
    assert status == 0
    assert json.loads(lines[-1])['frames'] == 25
    assert rows.frames.tolist() == list(range(2, 26))
    assert rows.others.shape == (24, 3)


@pytest.mark.parametrize(('arguments', 'message'), [
    (['track', '{scene}/pictures', '--model', '{scene}/colours.cfg', '--smooth'],
     '--smooth and --fill-gaps act on the file of --out; give one'),
    (['track', 'http://127.0.0.1:9/a', '--model', '{scene}/colours.cfg', '--smooth', '--out',
      '{out}/t.txt'], '--smooth and --fill-gaps are for recordings'),
])
def test_where_they_cannot_act_is_said(arguments, message, scene, tmp_path, capsys):
    status, out, err = run(
        capsys, *(word.format(scene=scene, out=tmp_path) for word in arguments))
    assert (status, out, len(err)) == (2, [], 1)
    assert message in err[0]


def test_a_gap_of_less_than_nothing_is_refused(capsys):
    with pytest.raises(SystemExit):
        run(capsys, 'track-detections', 'a', '--out', 'b', '--fill-gaps', '-1')
    assert '--fill-gaps' in capsys.readouterr().err


@pytest.fixture(scope='module')
def scene(tmp_path_factory):
    import cv2
    from darknet_files import write_colour_network
    folder = tmp_path_factory.mktemp('scene')
    (folder / 'pictures').mkdir()
    cv2.imwrite(str(folder / 'pictures' / '1.png'), np.zeros((64, 64, 3), np.uint8))
    write_colour_network(folder)
    return folder
