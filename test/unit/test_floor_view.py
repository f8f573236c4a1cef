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

"""Pixels to metres on the floor and back."""

import math

import cv2
from hypothesis import given, strategies as st
import numpy as np
import pytest

from yolo_deepsort_ros.calibration import Calibration
from yolo_deepsort_ros.errors import InputError
from yolo_deepsort_ros.locating.floor_view import FloorView

K = (500.0, 0.0, 319.5, 0.0, 510.0, 239.5, 0.0, 0.0, 1.0)
CAMERA = Calibration.ideal(640, 480, K)
SQUARE = Calibration.ideal(640, 480, (500.0, 0.0, 319.5, 0.0, 500.0, 239.5, 0.0, 0.0, 1.0))
LENSES = {
    'plumb_bob': (-0.2, 0.05, 0.001, -0.001, 0.0),
    'rational_polynomial': (-0.2, 0.05, 0.001, -0.001, 0.0, 0.1, 0.0, 0.0),
    'equidistant': (0.01, -0.002, 0.001, 0.0),
}

poses = st.tuples(
    st.floats(0.3, 10.0), st.floats(-0.3, 1.3), st.floats(-0.5, 0.5)
)
points = st.lists(
    st.tuples(st.floats(0.5, 30.0), st.floats(-10.0, 10.0)), min_size=1, max_size=8
).map(np.array)


def test_a_point_ahead_by_hand():
    view = FloorView.from_pose(CAMERA, height=1.2, pitch=0.1)
    [[u, v]], _, _ = view.project(np.array([[3.0, 0.0, 0.0]]))
    assert (u, v) == pytest.approx((319.5, 239.5 + 510 * math.tan(math.atan(1.2 / 3) - 0.1)))


def test_left_is_left_and_clockwise_is_clockwise():
    level = FloorView.from_pose(CAMERA, height=1.2, pitch=0.0)
    left, ahead = level.project(np.array([[3.0, 1.0, 1.2], [3.0, 0.0, 1.2]]))[0]
    assert left[0] < ahead[0]
    # A camera that turns clockwise sees the world turn the other way: what is left comes lower.
    turned = FloorView.from_pose(CAMERA, height=1.2, pitch=0.0, roll=0.2)
    assert turned.project(np.array([[3.0, 1.0, 1.2]]))[0][0, 1] > left[1]


@given(poses, points)
def test_what_is_projected_is_met_again(pose, floor):
    view = FloorView.from_pose(CAMERA, *pose)
    pixels, _, depths = view.project(np.column_stack([floor, np.zeros(len(floor))]))
    seen = depths > 0.1
    assert view.meet(pixels[seen]) == pytest.approx(floor[seen], rel=1e-6, abs=1e-6)


@given(poses, points, st.floats(0.1, 2.0))
def test_planes_above_the_floor_and_depths_are_met_too(pose, floor, height):
    view = FloorView.from_pose(CAMERA, *pose)
    places = np.column_stack([floor, np.full(len(floor), height)])
    pixels, _, depths = view.project(places)
    seen = (depths > 0.1) & (abs(pose[0] - height) > 0.05)
    assert view.meet(pixels[seen], height) == pytest.approx(floor[seen], rel=1e-5, abs=1e-5)
    placed = view.camera_position + view.rays(pixels[seen]) * depths[seen, np.newaxis]
    assert placed == pytest.approx(places[seen], abs=1e-6)


@given(poses, points)
def test_slopes_are_differences(pose, floor):
    view = FloorView.from_pose(CAMERA, *pose)
    places = np.column_stack([floor, np.full(len(floor), 0.5)])
    pixels, slopes, depths = view.project(places)
    for axis in range(3):
        step = np.eye(3)[axis] * 1e-6
        moved = view.project(places + step)[0]
        seen = depths > 0.5
        assert (moved - pixels)[seen] / 1e-6 == pytest.approx(
            slopes[seen, :, axis], rel=1e-2, abs=0.1
        )


def test_a_ray_above_the_horizon_meets_nothing():
    view = FloorView.from_pose(CAMERA, height=1.2, pitch=0.0)
    met = view.meet(np.array([[320.0, 100.0], [320.0, 239.5], [320.0, 300.0]]))
    assert np.isfinite(met).all(axis=1).tolist() == [False, False, True]


@pytest.mark.parametrize('model', LENSES)
def test_lenses_are_undone(model):
    lens = Calibration(640, 480, model, LENSES[model], K, CAMERA.r, CAMERA.p)
    view = FloorView.from_pose(lens, height=1.2, pitch=0.4)
    rays = np.array([[0.3, 0.2, 1.0], [-0.4, 0.1, 1.0]])
    matrix, coefficients = np.reshape(K, (3, 3)), np.array(LENSES[model])
    if model == 'equidistant':
        seen = cv2.fisheye.distortPoints(rays[:, np.newaxis, :2].copy(), matrix, coefficients)
    else:
        seen = cv2.projectPoints(rays, np.zeros(3), np.zeros(3), matrix, coefficients)[0]
    assert view.ideal(seen.reshape(-1, 2)) == pytest.approx(rays @ matrix.T[:, :2], abs=0.05)


@given(poses.filter(lambda pose: pose[1] > 0.25), st.booleans())
def test_points_give_back_the_view_they_come_from(pose, is_calibrated):
    real = FloorView.from_pose(SQUARE, *pose)
    floor = np.array([[2.0, -1.0], [2.0, 1.0], [6.0, -2.0], [6.0, 2.0], [4.0, 0.3]]) * pose[0]
    pixels, _, depths = real.project(np.column_stack([floor, np.zeros(5)]))
    if depths.min() < 0.1:
        return
    view = FloorView.from_points(pixels, floor, (640, 480), SQUARE if is_calibrated else None)
    assert view.meet(pixels) == pytest.approx(floor, abs=1e-6 * pose[0])
    heads = np.column_stack([floor, np.full(5, 1.7)])
    assert view.project(heads)[0] == pytest.approx(real.project(heads)[0], abs=0.1)
    assert view.camera_height == pytest.approx(pose[0], rel=1e-3)


@pytest.mark.parametrize(('metres', 'line'), [
    ([[0, 0], [1, 1], [2, 2], [3, 3]], 'line'),
    ([[0, 0], [0, 0], [1, 1], [1, 0]], 'coincide'),
    ([[0, 0], [1, 1], [1, 0]], 'at least 4'),
    ([[0, 0], [np.nan, 1], [1, 0], [1, 1]], 'finite'),
])
def test_points_that_define_no_view_are_refused(metres, line):
    pixels = [[0, 0], [100, 100], [100, 0], [0, 100]][:len(metres)]
    with pytest.raises(InputError, match=line):
        FloorView.from_points(pixels, metres)
