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

"""What holds for any input: boxes, filter, assignment and tracker."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
import numpy as np
from oracles import best_total_cost, count_pixels_iou
import pytest

from yolo_deepsort_ros import Detections, Tracker, Tracks
from yolo_deepsort_ros.boxes import iou_matrix, tlwh_to_xyah, xyah_to_tlwh
from yolo_deepsort_ros.config.tracker_config import PROFILES
from yolo_deepsort_ros.deepsort import kalman_filter
from yolo_deepsort_ros.deepsort.assignment import assign

coordinate = st.floats(-1e4, 1e4)
length = st.floats(0.5, 1e4)
box = st.tuples(coordinate, coordinate, length, length)
pixel_box = st.tuples(*[st.integers(0, 40)] * 2, *[st.integers(0, 20)] * 2)
frame = st.lists(st.tuples(box, st.integers(0, 3)), max_size=6)


@given(st.lists(pixel_box, min_size=1, max_size=5), st.lists(pixel_box, min_size=1, max_size=5))
def test_iou_counts_pixels(first, second):
    expected = [[count_pixels_iou(a, b) for b in second] for a in first]
    np.testing.assert_allclose(iou_matrix(first, second), expected)


@given(st.lists(box, max_size=8))
def test_boxes_survive_the_round_trip(boxes):
    there = tlwh_to_xyah(boxes)
    np.testing.assert_allclose(
        xyah_to_tlwh(there), np.array(boxes).reshape(-1, 4), rtol=1e-9, atol=1e-6
    )


@given(arrays(float, st.tuples(st.integers(1, 5), st.integers(1, 5)), elements=st.floats(0, 1)),
       st.floats(0.1, 0.9))
def test_assignment_is_the_cheapest(costs, limit):
    found = assign(costs, limit)
    limited = np.where(costs > limit, limit + 1e-5, costs)
    refused = min(costs.shape) - len(found.rows)
    total = limited[found.rows, found.columns].sum() + refused * (limit + 1e-5)
    assert total == pytest.approx(best_total_cost(limited))
    assert (costs[found.rows, found.columns] <= limit).all()
    assert sorted([*found.rows, *found.free_rows]) == list(range(costs.shape[0]))
    assert sorted([*found.columns, *found.free_columns]) == list(range(costs.shape[1]))


@given(st.lists(st.tuples(st.sampled_from(['predict', 'update']), st.floats(0.1, 50),
                          st.tuples(*[st.floats(-20, 20)] * 2)), max_size=40),
       st.sampled_from([kalman_filter.PAPER_SHAPE, kalman_filter.FREE_SHAPE]))
def test_covariances_stay_positive(history, shape):
    box_xyah = np.array([[100.0, 100.0, 0.5, 50.0]])
    states = kalman_filter.initiate(box_xyah, shape)
    for step, periods, (dx, dy) in history:
        if step == 'predict':
            states = kalman_filter.predict(states, periods, shape)
        else:
            measured = np.add(box_xyah, [dx, dy, 0, 0])
            states = kalman_filter.update(states, measured, shape)
        blocks = states[:, (2, 3, 3, 4)].transpose(0, 2, 1).reshape(4, 2, 2)
        assert (np.linalg.eigvalsh(blocks) > 0).all()


def detections(content):
    """One Detections from boxes and the looks (0..3) of each."""
    boxes = [entry[0] for entry in content]
    looks = np.eye(4)[[entry[1] for entry in content]]
    return Detections(boxes, np.ones(len(boxes)), None, looks if len(boxes) else None)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(frame, st.floats(0.01, 5)), max_size=25))
def test_ids_are_unique_without_gaps_and_never_come_back_to_life(frames):
    tracker = Tracker(frame_rate=10, n_init=2, max_age=3)
    stamp, alive, highest = 0.0, set(), 0
    for content, step in frames:
        stamp += step
        tracks = tracker.update(detections(content), stamp)
        ids = tracks.ids[tracks.ids > 0].tolist()
        assert len(set(ids)) == len(ids)
        fresh = sorted(set(ids) - alive)
        assert fresh == list(range(highest + 1, highest + 1 + len(fresh)))
        highest += len(fresh)
        alive = set(ids)
        assert np.isfinite(tracks.tlwh).all()
        assert len(tracks) >= len(content)


@settings(max_examples=40, deadline=None)
@given(st.lists(frame, max_size=12), st.lists(frame, max_size=12))
def test_two_trackers_never_meet(first, second):
    alone, beside, other = Tracker(frame_rate=10), Tracker(frame_rate=10), Tracker(frame_rate=10)
    for index, content in enumerate(first):
        expected = alone.update(detections(content), index / 10)
        if index < len(second):
            other.update(detections(second[index]), index / 10)
        got = beside.update(detections(content), index / 10)
        np.testing.assert_array_equal(got.ids, expected.ids)
        np.testing.assert_array_equal(got.tlwh, expected.tlwh)


@settings(max_examples=40, deadline=None)
@given(st.lists(frame, max_size=10), st.randoms(use_true_random=False),
       st.sampled_from(sorted(PROFILES)))
def test_the_order_of_detections_only_orders_the_results(contents, random, profile):
    """Boxes that differ are told apart; ids, given in the order of birth, may change names."""
    straight, shuffled = (Tracker(frame_rate=10, profile=profile) for _ in range(2))
    for index, content in enumerate(contents):
        content = list({box: (box, look) for box, look in content}.values())
        mixed = random.sample(content, len(content))
        expected = straight.update(detections(content), index / 10)
        got = shuffled.update(detections(mixed), index / 10)
        assert len(got) == len(expected)
        order, other = (np.lexsort(np.round(t.tlwh, 6).T) for t in (expected, got))
        np.testing.assert_allclose(got.tlwh[other], expected.tlwh[order], atol=1e-5)
        np.testing.assert_array_equal(got.hits[other], expected.hits[order])


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1),
       st.sampled_from(sorted(PROFILES)))
def test_no_score_ends_a_track(scores, profile):
    """Other detectors have any, and they are passed on."""
    tracker = Tracker(profile=profile, n_init=1)
    tracker.update(Detections([[10, 20, 30, 60]], [0.9]), 0.0)
    for number, score in enumerate(scores, start=1):
        tracks = tracker.update(Detections([[10, 20, 30, 60]], [score]), number / 10)
        assert tracks.ids.max() <= 1
        if profile == 'deepsort':
            assert tracks.ids.tolist() == [1]
            assert tracks.scores.tolist() == [min(max(score, -1e6), 1e6)]


@given(st.lists(frame, min_size=1, max_size=8), st.sampled_from(sorted(PROFILES)))
def test_results_hold_no_reference_to_the_state(contents, profile):
    tracker = Tracker(frame_rate=10, profile=profile)
    kept = []
    for index, content in enumerate(contents):
        tracks = tracker.update(detections(content), index / 10)
        kept.append((tracks, {name: array.copy() for name, array in vars(tracks).items()}))
        for array in vars(tracks).values():
            assert not array.flags.writeable
    for tracks, copies in kept:
        for name, array in copies.items():
            np.testing.assert_array_equal(getattr(tracks, name), array)


stamps = st.lists(
    st.one_of(
        st.sampled_from([('next', 1.0), ('next', 0.3), ('next', 40.0), ('equal', 0.0)]),
        st.tuples(st.just('late'), st.floats(0.001, 3)),
        st.tuples(st.just('far'), st.floats(3.1, 1e4)),
        st.tuples(st.just('zero'), st.just(0.0)),
        st.tuples(st.just('any'), st.floats(-1e12, 1e12)),
    ), max_size=30,
)


@settings(max_examples=60, deadline=None)
@given(stamps, st.data(), st.sampled_from([0.0, 10.0]))
def test_stamps_of_any_order(steps, data, rate):
    """None raises, no id comes back, and frames left out change nothing of what follows."""
    parameters = {'frame_rate': rate, 'n_init': 1}
    messy, clean = Tracker(**parameters), Tracker(**parameters)
    newest, last, highest, before = -np.inf, Tracks.empty(), 0, 0
    for kind, size in steps:
        base = max(newest, 0.0)
        stamp = {'next': base + size / 10, 'zero': 0.0, 'any': size}.get(kind, base - size / 10)
        found = detections(data.draw(frame))
        late, setbacks = messy.late, messy.setbacks
        tracks = messy.update(found, stamp)
        if messy.late > late:
            assert stamp <= newest
            assert len(tracks.reported) == 0
            assert_same(tracks, last)
            continue
        if messy.setbacks > setbacks:
            assert stamp < newest
            clean, before = Tracker(**parameters), highest  # ids go on
        else:
            assert stamp > newest
        expected = clean.update(found, stamp)
        assert_same(tracks, replace(expected, ids=expected.ids + before * (expected.ids > 0)))
        assert len(tracks.reported) == len(expected.reported)
        highest = max(highest, tracks.ids.max(initial=0))
        newest, last = stamp, tracks


def assert_same(tracks, expected):
    """Compare all but what is to be shown."""
    for name in set(vars(tracks)) - {'is_reported'}:
        np.testing.assert_array_equal(getattr(tracks, name), getattr(expected, name))
