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


"""What each option of the tracker changes, and what odd input does not."""

import numpy as np
import pytest
from tracker_runs import run, seen

from yolo_deepsort_ros import Detections, Tracker, TrackState
from yolo_deepsort_ros.config.parameter_names import REMOVED
from yolo_deepsort_ros.config.tracker_config import PROFILES, TrackerConfig
from yolo_deepsort_ros.errors import ConfigurationError, InputError

RED, BLUE = [1.0, 0.0], [0.0, 1.0]
NONE = [np.nan, np.nan]
HERE, THERE = [10, 10, 20, 40], [300, 200, 30, 30]
NOTHING = Detections.empty()


def tracker_with(**parameters):
    return Tracker(frame_rate=10, **parameters)


@pytest.mark.parametrize('profile, values', PROFILES.items())
def test_a_profile_sets_what_is_left_at_its_default(profile, values):
    config = TrackerConfig(profile=profile, max_iou_distance=0.6)
    assert {name: getattr(config, name) for name in values} == values
    assert config.max_iou_distance == 0.6


def test_a_given_value_beats_the_profile():
    assert TrackerConfig(profile='strong', n_init=5).n_init == 5


def test_max_age_in_seconds_overrides_the_periods():
    for steps, alive in ((5, 1), (6, 0)):
        tracker = tracker_with(max_age=1, max_age_s=0.55)
        run(tracker, [seen(HERE)] * 3)
        assert len(run(tracker, [NOTHING] * steps, 3)) == alive


def test_weak_detections_go_on_with_a_track_but_start_none():
    tracker = tracker_with(low_score_threshold=0.5)
    run(tracker, [seen(HERE)] * 3)
    tracks = run(tracker, [seen(HERE, THERE, scores=[0.2, 0.2])] * 3, 3)
    assert (tracks.ids.tolist(), tracks.hits.tolist()) == ([1], [6])


def test_without_a_first_score_even_negative_ones_start_tracks():
    assert len(run(tracker_with(), [seen(HERE, scores=[-3.0])])) == 1


@pytest.mark.parametrize('cascade, time_since_update', [(True, [0, 3]), (False, [2, 0])])
def test_who_was_seen_last_chooses_first_or_all_at_once(cascade, time_since_update):
    tracker = tracker_with(cascade=cascade)
    beside, alike = [12, 10, 20, 40], [0.9, 0.436]
    run(tracker, [seen(HERE, beside, features=[RED, alike])] * 3 + [seen(HERE, features=[RED])])
    tracks = run(tracker, [NOTHING, seen(beside, features=[alike])], 4)
    assert tracks.time_since_update.tolist() == time_since_update


@pytest.mark.parametrize('name', REMOVED)
def test_what_gained_nothing_is_answered_with_that(name):
    with pytest.raises(ConfigurationError, match=f"'{name}'; it is gone"):
        Tracker(**{name: 0.5})


@pytest.mark.parametrize('aware, ids', [(False, [1]), (True, [1, 0])])
def test_classes_may_keep_tracks_and_detections_apart(aware, ids):
    tracker = tracker_with(class_aware=aware)
    run(tracker, [seen(HERE, classes=[3])] * 3)
    assert run(tracker, [seen(HERE, classes=[5])], 3).ids.tolist() == ids


def test_the_class_is_voted_for_by_score():
    tracker = tracker_with(class_voting=True)
    votes = [(3, 0.9), (3, 0.9), (5, 0.4), (5, 0.9), (5, 0.9)]
    shown = [
        tracker.update(seen(HERE, classes=[kind], scores=[score]), index / 10).class_ids[0]
        for index, (kind, score) in enumerate(votes)
    ]
    assert shown == [3, 3, 3, 3, 5]


@pytest.mark.parametrize('memory, away, feature, ids', [
    (0, 20, RED, [2]), (50, 20, RED, [1]), (50, 20, BLUE, [2]), (50, 90, RED, [2]),
])
def test_a_lost_object_gets_its_id_back_for_a_while(memory, away, feature, ids):
    tracker = tracker_with(reid_memory=memory, max_age=5)
    run(tracker, [seen(HERE, features=[RED])] * 3)
    run(tracker, [NOTHING] * away, 3)
    tracks = run(tracker, [seen(THERE, features=[feature])] * 3, 3 + away)
    assert tracks.ids.tolist() == ids
    fresh = run(tracker, [seen(THERE, HERE, features=[feature, NONE])] * 3, 6 + away)
    assert fresh.ids.tolist() == [*ids, ids[0] + 1], 'numbers go on without gaps'


def test_an_object_without_a_look_is_found_again_by_overlap():
    for age, ids in ((1, [1, 0]), (5, [1])):
        tracker = tracker_with(iou_max_age=age)
        run(tracker, [seen(HERE)] * 3 + [NOTHING] * 3)
        assert run(tracker, [seen(HERE)], 6).ids.tolist() == ids


def test_the_camera_carries_the_tracks():
    shift = [[1, 0, 200], [0, 1, 100]]
    for motion, ids in ((None, [1, 0]), (shift, [1])):
        tracker = tracker_with()
        run(tracker, [seen(HERE, features=[RED])] * 3)
        tracks = tracker.update(seen([210, 110, 20, 40], features=[RED]), 0.3, motion)
        assert tracks.ids.tolist() == ids
    np.testing.assert_allclose(tracks.velocities, 0, atol=1e-6)


def test_a_turning_zooming_camera_turns_and_scales_box_speed_and_doubt():
    tracker, turn = tracker_with(), [[0, -2, 500], [2, 0, 0]]
    before = run(tracker, [seen([10 + 4 * i, 10, 20, 40]) for i in range(9)])
    after = tracker.predict(0.9, turn)
    centre = before.tlwh[0, :2] + before.tlwh[0, 2:] / 2 + before.velocities[0] / 10
    np.testing.assert_allclose(
        after.tlwh[0, :2] + after.tlwh[0, 2:] / 2, [500 - 2 * centre[1], 2 * centre[0]]
    )
    np.testing.assert_allclose(after.tlwh[0, 3], 2 * before.tlwh[0, 3], rtol=1e-3)
    np.testing.assert_allclose(after.velocities[0], 2 * before.velocities[0, ::-1], atol=1e-6)
    assert after.covariances[0, 0, 0] > 4 * before.covariances[0, 0, 0]


@pytest.mark.parametrize('motion', [
    [[1, 0], [0, 1]], 'left', [[1, 0, np.nan], [0, 1, 0]], [[0, 0, 0], [0, 0, 0]],
    [[-1, 0, 0], [0, 1, 0]], [[9, 0, 0], [0, 9, 0]],
])
def test_what_no_camera_does_is_refused_and_changes_nothing(motion):
    tracker = tracker_with()
    before = run(tracker, [seen(HERE)] * 3)
    with pytest.raises(InputError, match='camera_motion'):
        tracker.update(seen(HERE), 0.3, motion)
    after = tracker.update(seen(HERE), 0.3)
    assert (before.ages + 1).tolist() == after.ages.tolist()


def test_between_detections_tracks_move_on_and_miss_nothing():
    tracker = tracker_with(detect_every=3)
    shown = []
    for index in range(24):
        if tracker.wants_detections:
            tracks = tracker.update(seen([10 + 3 * index, 10, 20, 40]), index / 10)
        else:
            tracks = tracker.predict(index / 10)
        shown.append((tracks.reported.ids.tolist(), tracks.states[0], round(tracks.tlwh[0, 0])))
    assert shown[6][:2] == ([1], TrackState.CONFIRMED)
    assert shown[23][:2] == ([1], TrackState.COASTING)
    assert abs(shown[23][2] - (10 + 3 * 23)) <= 2


def test_a_miss_after_skipped_frames_counts_them_all():
    tracker = tracker_with()
    run(tracker, [seen(HERE)] * 3)
    tracker.predict(0.3)
    tracker.predict(0.4)
    assert tracker.update(NOTHING, 0.5).time_since_update.tolist() == [3]


def test_looks_are_wanted_where_motion_is_ambiguous_and_now_and_then():
    tracker = tracker_with(reid_every=5)
    beside = [22, 10, 20, 40]
    assert tracker.wanted(seen(HERE), 0.0).tolist() == [True]
    run(tracker, [seen(HERE, THERE, features=[RED, BLUE])])
    assert tracker.wanted(seen(HERE, THERE, [600, 9, 9, 9]), 0.1).tolist() == [0, 0, 1]
    assert tracker.wanted(seen(HERE, beside, THERE), 0.1).tolist() == [1, 1, 0]
    crowded = tracker_with(reid_every=5)
    run(crowded, [seen(HERE, beside, THERE, features=[RED, BLUE, RED])])
    assert crowded.wanted(seen(HERE, THERE), 0.1).tolist() == [1, 0]
    for index in range(1, 5):
        run(tracker, [seen(HERE, THERE, features=[NONE, NONE])], index)
    assert tracker.wanted(seen(HERE, THERE), 0.5).tolist() == [True, True]


def test_a_detection_without_a_look_is_matched_by_overlap_beside_one_that_has():
    tracker = tracker_with()
    run(tracker, [seen(HERE, THERE, features=[RED, BLUE])] * 3)
    tracks = run(tracker, [seen(THERE, HERE, features=[BLUE, NONE])] * 2, 3)
    assert (tracks.ids.tolist(), tracks.hits.tolist()) == ([1, 2], [5, 5])


@pytest.mark.parametrize('features', [[[1, np.nan]], [[np.inf, 1]], [[0, 0]]])
def test_half_a_look_is_refused(features):
    with pytest.raises(InputError):
        seen(HERE, features=features)


@pytest.mark.parametrize('profile', PROFILES)
def test_odd_input_is_handled(profile):
    tracker = tracker_with(profile=profile)
    random = np.random.default_rng(0)
    boxes = np.hstack([random.uniform(-500, 2000, (5000, 2)), random.uniform(1, 80, (5000, 2))])
    crowd = Detections(boxes, np.ones(5000), None, random.normal(size=(5000, 4)))
    for stamp, found in enumerate([
        NOTHING, seen(HERE, HERE, HERE), seen([-1e6, -1e6, 1e6, 1e6], [1e6, 1e6, 1e-3, 1e-3]),
        crowd, seen(HERE), seen(HERE, HERE), NOTHING,
    ]):
        tracks = tracker.update(found, float(stamp))
        assert np.isfinite(tracks.tlwh).all()
        assert np.isfinite(tracks.covariances).all()
    assert len(tracker.update(NOTHING, 7 + 3600.0)) == 0


def test_a_covariance_near_singular_stays_usable():
    tracker = tracker_with(profile='strong')
    for index in range(2000):  # an object that never moves, always surely seen
        tracks = tracker.update(seen([5, 5, 1e-3, 1e-3], scores=[1.0]), index / 10)
    assert tracks.ids.tolist() == [1]
    assert (np.linalg.eigvalsh(tracks.covariances[0]) > 0).all()
