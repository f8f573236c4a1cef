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


"""Laws of the locator that hold for any pose, any boxes and any depth."""

from hypothesis import given, settings, strategies as st
import numpy as np
import pytest

from yolo_deepsort_ros.calibration import Calibration
from yolo_deepsort_ros.locating.floor_view import FloorView
from yolo_deepsort_ros.locating.locator import Locator
from yolo_deepsort_ros.tracks import Tracks

SIZE = (640, 480)
CAMERA = Calibration.ideal(*SIZE, (500.0, 0.0, 320.0, 0.0, 500.0, 240.0, 0.0, 0.0, 1.0))
TALL, SLIM = 1.7, 0.4

poses = st.tuples(st.floats(0.5, 6.0), st.floats(-0.1, 1.0), st.floats(-0.3, 0.3))
boxes = st.lists(
    st.tuples(st.floats(-40, 600), st.floats(-40, 440), st.floats(4, 300), st.floats(4, 400)),
    min_size=1, max_size=6,
).map(np.array)


def located(view, frames, depth=None):
    locator = Locator()
    for number, tlwh in enumerate(frames):
        found = locator.update(
            Tracks.seen(1 + np.arange(len(tlwh)), tlwh), ['person'], number / 10, view, SIZE, depth
        )
    return found


def mirrored(tlwh):
    flipped = tlwh.copy()
    flipped[:, 0] = SIZE[0] - tlwh[:, 0] - tlwh[:, 2]
    return flipped


@given(poses, st.floats(2.0, 15.0), st.floats(-3.0, 3.0))
def test_what_is_placed_and_projected_is_located_there(pose, ahead, left):
    view = FloorView.from_pose(CAMERA, *pose)
    ends = np.array([[ahead, left, 0.0], [ahead, left, TALL]])
    (foot, head), _, depths = view.project(ends)
    if depths.min() < 0.5 or foot[1] <= head[1] + 5:
        return
    height = foot[1] - head[1]
    # Slender, and where its foot is: the middle of a rolled camera's box lies aside.
    tlwh = np.array([[foot[0] - 0.1 * height, head[1], 0.2 * height, height]])
    positions = located(view, [tlwh] * 3)
    for place, covariance in zip(positions.places, positions.covariances, strict=True):
        if positions.ways[0].startswith('ground'):
            away = np.linalg.norm(np.array([ahead, left]))
            assert np.linalg.norm(place - [ahead, left]) < 0.02 * away + 0.02
        assert np.linalg.eigvalsh(covariance).min() > 0


@given(poses, st.lists(boxes, min_size=1, max_size=4), st.floats(0.3, 30.0))
@settings(max_examples=40)
def test_covariances_are_positive_whatever_the_boxes_do(pose, frames, distance):
    view = FloorView.from_pose(CAMERA, *pose)
    generator = np.random.default_rng(len(frames))
    depth = generator.uniform(0.0, distance, SIZE[::-1]).astype(np.float32)
    for image in (None, depth):
        positions = located(view, frames, image)
        assert np.isfinite(positions.places).all()
        for covariance in positions.covariances:
            assert np.linalg.eigvalsh(covariance).min() > 0


@given(st.floats(0.5, 6.0), st.floats(0.0, 1.0), st.lists(boxes, min_size=1, max_size=3),
       st.integers(0, 99))
def test_a_mirrored_scene_mirrors_the_places(height, pitch, frames, seed):
    view = FloorView.from_pose(CAMERA, height, pitch)
    here = located(view, frames)
    there = located(view, [mirrored(tlwh) for tlwh in frames])
    assert there.ids.tolist() == here.ids.tolist()
    assert there.ways == here.ways
    scale = 1 + np.abs(here.places).max(initial=0.0)
    assert there.places == pytest.approx(here.places * [1, -1], abs=1e-5 * scale)
    assert there.velocities == pytest.approx(here.velocities * [1, -1], abs=1e-4 * scale)


@given(st.floats(-2.5, 2.5), st.floats(4.0, 9.0))
def test_a_mirrored_depth_image_mirrors_the_place(left, ahead):
    view = FloorView.from_pose(CAMERA, 1.2, 0.1)
    (foot, head), _, depths = view.project(np.array([[ahead, left, 0.0], [ahead, left, TALL]]))
    height = foot[1] - head[1]
    # Of whole pixels: a half one is sampled on one side alone.
    tlwh = np.rint([[foot[0] - 0.1 * height, head[1], 0.2 * height + 1, height]])
    depth = np.full(SIZE[::-1], 12.0, np.float32)
    x, y, width, tall = tlwh[0].astype(int)
    depth[max(y, 0):y + tall, max(x, 0):max(x + width, 0)] = depths.mean()
    here = located(view, [tlwh] * 3, depth)
    there = located(view, [mirrored(tlwh)] * 3, depth[:, ::-1])
    assert there.places == pytest.approx(here.places * [1, -1], abs=0.02)
    assert there.ways == here.ways
