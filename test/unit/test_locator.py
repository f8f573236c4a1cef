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

"""Tracks in metres: on the floor, by heights, by depth images."""

import tracemalloc

from hypothesis import given, strategies as st
import numpy as np
import pytest

from yolo_deepsort_ros.calibration import Calibration
from yolo_deepsort_ros.locating.class_heights import Height
from yolo_deepsort_ros.locating.depth_image import Expectation, surfaces
from yolo_deepsort_ros.locating.floor_view import FloorView
from yolo_deepsort_ros.locating.locator import Locator
from yolo_deepsort_ros.tracks import Tracks

SIZE = (640, 480)
CAMERA = Calibration.ideal(*SIZE, (500.0, 0.0, 319.5, 0.0, 500.0, 239.5, 0.0, 0.0, 1.0))
HIGH = FloorView.from_pose(CAMERA, height=3.0, pitch=0.4)
LOW = FloorView.from_pose(CAMERA, height=1.2, pitch=0.1)
TALL, WIDE = 1.7, 0.5


def boxes(view, places, height=TALL):
    """Return the boxes of upright objects at places of the floor, shape (N, 4)."""
    places = np.array(places, float).reshape(-1, 2)
    feet, _, depths = view.project(np.column_stack([places, np.zeros(len(places))]))
    heads = view.project(np.column_stack([places, np.full(len(places), height)]))[0]
    width = WIDE * 500.0 / depths
    return np.column_stack([feet[:, 0] - width / 2, heads[:, 1], width, feet[:, 1] - heads[:, 1]])


def tracks_of(tlwh, missed=0):
    seen = vars(Tracks.seen(1 + np.arange(len(tlwh)), tlwh))
    return Tracks(**{**seen, 'time_since_update': np.full(len(tlwh), missed)})


def walk(locator, view, path, rate=10.0, size=SIZE, **options):
    """Locate one object on a path, shape (F, 2); return the last positions."""
    for number, place in enumerate(path):
        positions = locator.update(
            tracks_of(boxes(view, place)), ['person'], number / rate, view, size, **options
        )
    return positions


@given(
    st.floats(0.8, 5.0), st.floats(0.15, 0.6), st.floats(3.0, 12.0), st.floats(-2.0, 2.0),
)
def test_a_placed_object_is_located_where_it_is(height, pitch, ahead, left):
    view = FloorView.from_pose(CAMERA, height, pitch)
    positions = Locator().update(
        tracks_of(boxes(view, [ahead, left])), ['person'], 0.0, view
    )
    if len(positions):
        assert positions.places[0] == pytest.approx([ahead, left], rel=0.02, abs=0.02)
        assert np.linalg.eigvalsh(positions.covariances[0]).min() > 0
        assert positions.heights[0] == pytest.approx(TALL, rel=0.05)
        assert positions.widths[0] == pytest.approx(WIDE, rel=0.05)


def test_the_velocity_is_that_of_the_object():
    path = np.column_stack([np.linspace(5, 8, 31), np.linspace(-1, 0.5, 31)])  # 1 m/s, 0.5 m/s
    positions = walk(Locator(), HIGH, path)
    assert positions.velocities[0] == pytest.approx([1.0, 0.5], abs=0.1)
    assert positions.ways == ('ground+height',)


def test_a_jump_of_one_box_counts_little_and_one_that_lasts_is_followed():
    locator = Locator()
    before = walk(locator, HIGH, [[6.0, 0.0]] * 30).places[0]
    jumped = locator.update(
        tracks_of(boxes(HIGH, [11.0, 0.0])), ['person'], 3.0, HIGH, SIZE).places[0]
    assert np.linalg.norm(jumped - before) < 0.5
    for number in range(31, 61):
        there = locator.update(
            tracks_of(boxes(HIGH, [11.0, 0.0])), ['person'], number / 10, HIGH, SIZE)
    assert there.places[0] == pytest.approx([11.0, 0.0], abs=0.3)


def test_noise_is_long_along_the_ray_and_short_across_it():
    positions = Locator().update(tracks_of(boxes(LOW, [8.0, 0.0])), ['person'], 0.0, LOW, SIZE)
    along, across = positions.spreads[0]
    assert along > 2 * across


def spread_across(positions, row=0):
    """Return the standard deviation of a place across the ray from the camera."""
    x, y = positions.places[row] / np.linalg.norm(positions.places[row])
    return np.sqrt([-y, x] @ positions.covariances[row, :2, :2] @ [-y, x])


@pytest.mark.parametrize('depth', [None, np.full(SIZE[::-1], 6.0, np.float32)])
@pytest.mark.parametrize('what', ['hidden', 'cut'])
def test_a_box_that_hides_or_loses_a_side_does_not_pretend_to_know_its_middle(depth, what):
    alone = walk(Locator(), LOW, 5 * [[6.0, 0.0]], depth=depth)
    locator = Locator()
    for number in range(5):
        tlwh = boxes(LOW, [6.0, 0.0])
        if what == 'hidden':  # the left quarter, by one that stands before it
            tlwh = np.vstack([tlwh, boxes(LOW, [4.0, 0.35])])
        else:
            tlwh[:, 0] = 0.0
        found = locator.update(
            tracks_of(tlwh), ['person'], number / 10, LOW, SIZE, depth=depth)
    assert spread_across(found) > 1.5 * spread_across(alone)


@pytest.mark.parametrize('depth', [None, np.full(SIZE[::-1], 6.0, np.float32)])
def test_the_middle_of_a_body_is_never_known_better_than_bodies_are_round(depth):
    locator, tlwh = Locator(), boxes(LOW, [6.0, 0.0])
    tlwh += tlwh[:, 2:3] * [-1, 0, 2, 0]  # a body three times as wide
    for number in range(300):
        found = locator.update(
            tracks_of(tlwh), ['crate'], number / 10, LOW, SIZE, depth=depth)
    along, across = np.sqrt(np.diag(found.covariances[0])[:2])
    assert along > 0.25 * 3 * WIDE / 2
    assert across > 0.15 * 3 * WIDE / 2


def test_a_mirrored_scene_mirrors_the_result():
    path = np.column_stack([np.linspace(4, 6, 11), np.linspace(0.5, 1.5, 11)])
    here = walk(Locator(), HIGH, path)
    there = walk(Locator(), HIGH, path * [1, -1])
    assert there.places == pytest.approx(here.places * [1, -1], abs=1e-6)
    assert there.velocities == pytest.approx(here.velocities * [1, -1], abs=1e-6)


def cut(tlwh, bottom=480.0):
    """Cut boxes at the lower border of the picture."""
    tlwh = tlwh.copy()
    tlwh[:, 3] = np.minimum(tlwh[:, 3], bottom - tlwh[:, 1])
    return tlwh


def test_a_cut_box_is_not_placed_by_its_edge():
    near = boxes(LOW, [1.5, 0.0])
    assert near[0, 1] + near[0, 3] > 480
    assert len(Locator().update(tracks_of(cut(near)), ['person'], 0.0, LOW, SIZE)) == 0


def test_a_known_height_places_a_cut_box():
    low = FloorView.from_pose(CAMERA, height=0.4, pitch=0.0)
    near = boxes(low, [4.0, 0.1])
    locator = Locator({'person': Height(1.7, 0.1)})
    for number in range(10):
        positions = locator.update(
            tracks_of(cut(near, bottom=280.0)), ['person'], number / 10, low, (640, 280)
        )
    assert positions.ways == ('height',)
    assert positions.places[0] == pytest.approx([4.0, 0.1], abs=0.1)
    assert positions.spreads[0, 0] > 0.1 / 1.3 * 4.0 * 0.5  # no better than the height is known


def test_a_height_once_seen_places_the_object_when_its_foot_is_hidden():
    locator = Locator()
    path = np.column_stack([np.linspace(6, 4, 21), np.zeros(21)])
    walk(locator, HIGH, path)
    for number in range(21, 31):
        place = [4 - 0.1 * (number - 20), 0.0]
        whole = boxes(HIGH, place)
        left, top, width, height = whole[0]
        hider = [left - 5, top + 0.6 * height, width + 10, height]  # before its feet, and lower
        both = tracks_of(np.array([whole[0], hider]))
        positions = locator.update(both, ['person'], number / 10, HIGH, SIZE)
        assert positions.ways[0] == 'height'
        assert positions.places[0] == pytest.approx(place, abs=0.15)


def test_a_track_that_is_not_seen_moves_on_and_is_less_certain():
    locator = Locator()
    path = np.column_stack([np.linspace(5, 7, 21), np.zeros(21)])
    seen = walk(locator, HIGH, path)
    coasting = locator.update(
        tracks_of(boxes(HIGH, path[-1]), missed=1), ['person'], 2.5, HIGH, SIZE
    )
    assert coasting.ways == ('motion',)
    assert coasting.places[0, 0] == pytest.approx(seen.places[0, 0] + 0.5, abs=0.1)
    assert coasting.spreads[0, 0] > seen.spreads[0, 0]


def test_time_that_goes_back_forgets():
    locator = Locator()
    walk(locator, HIGH, np.column_stack([np.linspace(5, 7, 21), np.zeros(21)]))
    positions = locator.update(tracks_of(boxes(HIGH, [6.0, 0.0])), ['person'], 0.0, HIGH, SIZE)
    assert positions.velocities[0] == pytest.approx([0.0, 0.0])


def test_an_id_that_another_object_takes_over_is_there_at_once():
    locator, there, here = Locator(), (9.0, -2.0), (8.0, 2.0)
    for number in range(20):
        place = there if number < 15 else here
        positions = locator.update(
            tracks_of(boxes(LOW, place)), ['person'], number / 30, LOW, SIZE)
        if number > 15:
            assert positions.places[0] == pytest.approx(here, abs=0.3)


def test_a_crowd_does_not_fill_the_memory():
    generator = np.random.default_rng(0)
    tlwh = generator.uniform((0, 0, 5, 20), (600, 300, 60, 180), (4000, 4))
    tracemalloc.start()
    Locator().update(tracks_of(tlwh), ['person'], 0.0, LOW, SIZE)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 100e6


def test_above_the_horizon_nothing_is_known():
    box = np.array([[300.0, 50.0, 40.0, 80.0]])
    assert len(Locator().update(tracks_of(box), ['person'], 0.0, LOW, SIZE)) == 0


def test_points_without_a_size_place_objects_by_their_feet():
    floor = np.array([[3.0, -1.0], [3.0, 1.0], [8.0, -2.0], [8.0, 2.0], [5.0, 0.0]])
    pixels = HIGH.project(np.column_stack([floor, np.zeros(5)]))[0]
    view = FloorView.from_points(pixels, floor)
    positions = walk(Locator(), HIGH, np.full((5, 2), [6.0, 0.5]))
    by_points = Locator().update(tracks_of(boxes(HIGH, [6.0, 0.5])), ['person'], 0.0, view)
    assert by_points.places == pytest.approx(positions.places, abs=0.02)
    assert by_points.ways == ('ground',)
    assert np.isnan(by_points.heights).all()


def depth_scene(view, place, holes=0.0, hider=None):
    """Return a depth image of an upright board at a place of the floor before a far wall."""
    depth = np.full((480, 640), 12.0, np.float32)
    [[left, top, width, height]] = boxes(view, place).round().astype(int)
    distance = view.project(np.array([[*place, TALL / 2]]))[2][0]
    depth[max(top, 0):top + height, left + width // 8:left + width - width // 8] = distance - 0.1
    if hider is not None:
        depth[max(top, 0):top + height, left:left + width // 4] = hider
    generator = np.random.default_rng(1)
    depth[generator.random(depth.shape) < holes] = 0.0
    depth[:4] = np.nan
    return depth


@pytest.mark.parametrize(('holes', 'hider'), [(0.0, None), (0.4, None), (0.2, 1.5)])
def test_a_depth_image_places_objects_before_walls_and_behind_posts(holes, hider):
    place = np.array([5.0, 0.4])
    depth = depth_scene(LOW, place, holes, hider)
    positions = walk(Locator(), LOW, np.full((8, 2), place), depth=depth)
    assert positions.ways == ('depth+ground+height',)
    assert positions.places[0] == pytest.approx(place, abs=0.15)
    assert positions.spreads[0, 0] < 0.1


def test_what_goes_on_beside_a_box_is_not_the_object_in_it():
    """A thin body before a wall that fills most of its box, and nothing is known of it yet."""
    tlwh = np.round(boxes(LOW, [6.0, 0.0]))
    depth = np.full(SIZE[::-1], 9.0, np.float32)
    x, y, width, height = tlwh[0].astype(int)
    depth[y:y + height, x + width * 3 // 8:x + width * 5 // 8] = 6.0
    assert surfaces(depth, tlwh, LOW).ranges == pytest.approx([6.0], abs=0.1)
    # Two of whom each fills a box go on beside one another.
    pair = np.round(boxes(LOW, [[6.0, 0.3], [6.0, -0.3]]))
    for x, y, width, height in pair.astype(int):
        depth[y:y + height, x:x + width] = 6.0
    assert surfaces(depth, pair, LOW).ranges == pytest.approx([6.0, 6.0], abs=0.1)


@pytest.mark.parametrize('value', [0.0, np.nan, np.inf, -1.0])
def test_an_empty_depth_image_changes_nothing(value):
    depth = np.full((480, 640), value, np.float32)
    place = np.full((4, 2), [5.0, 0.4])
    assert walk(Locator(), LOW, place, depth=depth).places == pytest.approx(
        walk(Locator(), LOW, place).places
    )


def test_boxes_outside_a_depth_image_have_no_depth():
    depth = np.full((48, 64), 3.0, np.float32)
    outside = np.array([[-50.0, 0.0, 20.0, 20.0], [99.0, 10.0, 20.0, 20.0], [9.0, 60.0, 5.0, 5.0]])
    assert np.isnan(surfaces(depth, outside, LOW).ranges).all()


def test_the_floor_in_a_box_is_not_the_object():
    place = np.array([7.0, 0.5])
    rows, columns = np.mgrid[:480, :640]
    pixels = np.column_stack([columns.ravel(), rows.ravel()]).astype(float)
    floor = HIGH.project(np.column_stack([HIGH.meet(pixels), np.zeros(len(pixels))]))[2]
    depth = floor.reshape(480, 640).astype(np.float32)
    [[left, top, width, height]] = boxes(HIGH, place).round().astype(int)
    heights = np.linspace(TALL, 0.0, height)
    upright = HIGH.project(np.column_stack([np.tile(place, (height, 1)), heights]))[2]
    depth[top:top + height, left + width // 3:left + width - width // 3] = upright[:, None]
    seen = surfaces(depth, boxes(HIGH, place), HIGH)
    assert seen.ranges == pytest.approx(np.linalg.norm(place), abs=0.05)
    assert seen.bearings[0] == pytest.approx(place / np.linalg.norm(place), abs=0.01)


@pytest.mark.parametrize(('expected', 'found'), [((), 2.0), ((5.0,), 5.0), ((5.0, 2.0), 2.0)])
def test_what_is_expected_decides_between_surfaces(expected, found):
    """A post before the object covers more of its box."""
    depth = np.full((480, 640), 2.0, np.float32)
    box = np.array([[300.0, 100.0, 40.0, 100.0]])
    depth[:, 328:] = 5.0
    level = FloorView.from_pose(CAMERA, 1.2, 0.0)
    known = [Expectation(np.array([value]), np.array([0.1])) for value in expected]
    assert surfaces(depth, box, level, known).ranges[0] == pytest.approx(found, abs=0.05)


def test_a_stout_object_stands_before_its_middle():
    """A crate touches the floor in front of where it is; a ball and a walker do not."""
    wide = boxes(HIGH, [6.0, 0.0], height=0.8)
    wide[0, :3] = [wide[0, 0] - wide[0, 3] / 2, wide[0, 1], wide[0, 3] * 1.2]
    slim = wide.copy()
    slim[0, 2] *= 0.3
    places = [
        Locator().update(tracks_of(box), ['crate'], 0.0, HIGH, SIZE).places[0, 0]
        for box in (wide, slim)
    ]
    assert places[1] == pytest.approx(6.0, abs=0.05)
    assert 6.15 < places[0] < 6.35
