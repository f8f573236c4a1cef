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

"""The life of tracks, frame by frame."""

import time
from types import SimpleNamespace

import numpy as np
import pytest
from tracker_runs import run, seen

from yolo_deepsort_ros import Detections, Tracker, TrackState
from yolo_deepsort_ros.config.tracker_config import TrackerConfig
from yolo_deepsort_ros.errors import ConfigurationError, InputError, StampError

RED, BLUE = [1.0, 0.0], [0.0, 1.0]
HERE, THERE = [10, 10, 20, 40], [300, 200, 30, 30]


def test_an_id_is_given_at_confirmation():
    tracker = Tracker(frame_rate=10)
    states = []
    for index in range(4):
        tracks = tracker.update(seen(HERE, features=[RED]), index / 10)
        states.append((tracks.ids[0], TrackState(tracks.states[0]).name, tracks.hits[0]))
    assert states == [
        (0, 'TENTATIVE', 1), (0, 'TENTATIVE', 2), (1, 'CONFIRMED', 3), (1, 'CONFIRMED', 4),
    ]


def test_a_tentative_track_dies_at_its_first_miss():
    tracker = Tracker(frame_rate=10)
    assert len(run(tracker, [seen(HERE), seen(HERE), Detections.empty()])) == 0


def test_a_confirmed_track_coasts_then_dies_after_max_age():
    tracker = Tracker(frame_rate=10, max_age=5)
    run(tracker, [seen(HERE)] * 3)
    lives = []
    for index in range(3, 10):
        tracks = tracker.update(Detections.empty(), index / 10)
        lives.append((len(tracks), len(tracks.reported)))
    assert lives == [(1, 1), (1, 0), (1, 0), (1, 0), (1, 0), (0, 0), (0, 0)]


def test_appearance_brings_an_id_back_after_a_gap_where_overlap_cannot():
    frames = [seen(HERE, features=[RED])] * 3 + [Detections.empty()] * 5
    moved = [14, 14, 20, 40]
    with_features, without = Tracker(frame_rate=10), Tracker(frame_rate=10)
    run(with_features, frames)
    run(without, [Detections(f.tlwh, f.scores) for f in frames])
    assert run(with_features, [seen(moved, features=[RED])], 8).reported.ids.tolist() == [1]
    assert run(without, [seen(moved)], 8).reported.ids.tolist() == []


def test_another_look_at_the_same_place_is_another_object_after_a_gap():
    tracker = Tracker(frame_rate=10)
    run(tracker, [seen(HERE, features=[RED])] * 3 + [Detections.empty()] * 2)
    tracks = run(tracker, [seen(HERE, features=[BLUE])] * 3, 5)
    assert tracks.reported.ids.tolist() == [2]


def test_motion_forbids_a_jump_whatever_the_looks():
    tracker = Tracker(frame_rate=10)
    run(tracker, [seen(HERE, features=[RED])] * 3)
    tracks = run(tracker, [seen(THERE, features=[RED])] * 3, 3)
    assert tracks.ids.tolist() == [1, 2]
    assert tracks.time_since_update.tolist() == [3, 0]


def test_ids_are_never_reused_and_reset_starts_again_at_one():
    tracker = Tracker(frame_rate=10, max_age=1)
    assert run(tracker, [seen(HERE)] * 3).ids.tolist() == [1]
    assert run(tracker, [Detections.empty()] * 3 + [seen(HERE)] * 3, 3).ids.tolist() == [2]
    tracker.reset()
    assert run(tracker, [seen(HERE)] * 3).ids.tolist() == [1]


def test_a_backwards_clock_drops_the_tracks_and_goes_on_numbering(caplog):
    tracker = Tracker(frame_rate=10)
    run(tracker, [seen(HERE)] * 3, first=100)
    assert run(tracker, [seen(HERE)], first=0).ids.tolist() == [1]
    tracks = run(tracker, [seen(HERE)] * 3, first=1)
    assert tracks.ids.tolist() == [2]
    assert caplog.text.count('clock went backwards') == 1


def test_a_late_frame_is_left_out(caplog):
    disturbed, calm = Tracker(frame_rate=10), Tracker(frame_rate=10)
    walk = [seen([10 + 4 * i, 10, 20, 40]) for i in range(12)]
    before, _ = run(disturbed, walk[:6]), run(calm, walk[:6])
    for stamp in (0.5, 0.498, 0.25, 0.0, -100.0):  # the same, late, late, of another time
        tracks = disturbed.update(seen([500, 500, 20, 40]), stamp)
        assert len(tracks.reported) == 0
        assert tracks.ids.tolist() == [1]
        for column in ('tlwh', 'states', 'ages', 'time_since_update', 'velocities'):
            np.testing.assert_array_equal(getattr(tracks, column), getattr(before, column))
    assert (disturbed.late, disturbed.setbacks) == (5, 0)
    assert caplog.text.count('it is left out') == 1
    later = [run(tracker, walk[6:], 6) for tracker in (disturbed, calm)]
    for column in vars(before):
        np.testing.assert_array_equal(getattr(later[0], column), getattr(later[1], column))


def test_a_live_change_of_late_periods():
    tracker = Tracker(frame_rate=10, late_periods=0)
    run(tracker, [seen(HERE)] * 5, first=10)
    tracker.adopt(TrackerConfig(frame_rate=10, late_periods=3))
    assert [tracker.update(seen(HERE), stamp).ids.tolist() for stamp in (1.2, 1.3)] == [[1]] * 2
    assert tracker.setbacks == 0
    tracker.adopt(TrackerConfig(frame_rate=10))
    tracker.adopt(TrackerConfig(frame_rate=10, late_periods=0))
    assert [tracker.update(seen(HERE), stamp).ids.tolist() for stamp in (1.2, 1.3)] == [[1], [0]]


def test_restarts_are_counted_and_logged_now_and_then(caplog, monkeypatch):
    machine = SimpleNamespace(now=0.0)
    monkeypatch.setattr(time, 'monotonic', lambda: machine.now)
    tracker = Tracker(frame_rate=10)
    for number in range(200):
        machine.now = number / 10  # 20 s
        for stamp in (1, 2, 3):
            tracker.update(Detections.empty(), stamp)
    assert (tracker.setbacks, tracker.late) == (199, 199)
    lines = [record.args for record in caplog.records if 'clock went' in record.msg]
    assert lines == [(2.0, 1), (2.0, 101)]
    assert len(caplog.records) == 4


def test_dropped_frames_are_predicted_across():
    steady, gappy = Tracker(frame_rate=10), Tracker(frame_rate=10)
    walk = [seen([10 + 4 * i, 10, 20, 40]) for i in range(30)]
    run(steady, walk)
    for index in range(0, 30, 2):
        tracks = gappy.update(walk[index], index / 10)
    assert tracks.ids.tolist() == [1]
    assert tracks.velocities[0] == pytest.approx([40, 0], abs=1.0)  # px/s
    assert tracks.ages[0] == 29


def test_a_miss_over_a_long_step_counts_its_periods():
    tracker = Tracker(frame_rate=10)
    run(tracker, [seen(HERE)] * 3)
    tracks = tracker.update(Detections.empty(), 0.2 + 0.4)
    assert tracks.time_since_update.tolist() == [4]


def test_an_hour_ahead_all_tracks_are_gone():
    tracker = Tracker(frame_rate=10)
    run(tracker, [seen(HERE, features=[RED])] * 3)
    tracks = tracker.update(seen(HERE, features=[RED]), 3600.0)
    assert tracks.ids.tolist() == [0]


def test_class_and_score_are_those_of_the_last_match():
    tracker = Tracker(frame_rate=10)
    run(tracker, [seen(HERE, classes=[3], scores=[0.9])] * 3)
    tracks = run(tracker, [seen(HERE, classes=[5], scores=[0.4]), Detections.empty()], 3)
    assert (tracks.class_ids.tolist(), tracks.scores.tolist()) == ([5], [0.4])


def test_results_share_nothing_with_the_state():
    tracker = Tracker(frame_rate=10)
    tracks = run(tracker, [seen(HERE)] * 3)
    before = tracks.tlwh.copy()
    run(tracker, [seen([50, 50, 20, 40])] * 2, 3)
    np.testing.assert_array_equal(tracks.tlwh, before)
    with pytest.raises(ValueError, match='read-only'):
        tracks.ids[0] = 7


@pytest.mark.parametrize('name, found, stamp, error', [
    ('a stamp that is no number', seen(HERE, features=[RED]), np.nan, StampError),
    ('features of another length', seen(HERE, features=[[1, 0, 0]]), 0.3, InputError),
])
def test_a_refused_call_changes_nothing(name, found, stamp, error):
    disturbed, calm = Tracker(), Tracker()
    frames = [seen(HERE, THERE, features=[RED, BLUE])] * 3
    run(disturbed, frames)
    run(calm, frames)
    with pytest.raises(error):
        disturbed.update(found, stamp)
    later = [run(tracker, frames, 4) for tracker in (disturbed, calm)]
    for column in ('ids', 'tlwh', 'ages', 'hits', 'velocities'):
        np.testing.assert_array_equal(getattr(later[0], column), getattr(later[1], column))


def test_features_of_any_length_but_zero_are_scaled():
    tracker = Tracker(frame_rate=10)
    tiny = [seen(HERE, features=[[1e-42, 0]])] * 3 + [Detections.empty()] * 2
    run(tracker, tiny)
    assert run(tracker, [seen(HERE, features=[[1e38, 0]])], 5).reported.ids.tolist() == [1]


def test_feature_lengths_may_change_when_no_track_is_left():
    tracker = Tracker(frame_rate=10)
    run(tracker, [seen(HERE, features=[RED]), Detections.empty()])
    assert len(run(tracker, [seen(HERE, features=[[1, 0, 0]])], 2)) == 1


def test_parameters_are_checked():
    with pytest.raises(ConfigurationError, match='max_age'):
        Tracker(max_age=-1)
