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


"""The motion of the camera, from pictures that were moved on purpose."""

import cv2
import numpy as np
import pytest

from yolo_deepsort_ros.deepsort.camera_motion import CameraMotion

SCENE = cv2.GaussianBlur(
    np.random.default_rng(0).integers(0, 255, (1100, 1600, 3), np.uint8), (0, 0), 4
)
SCENE = cv2.normalize(SCENE, None, 0, 255, cv2.NORM_MINMAX)


def turned(degrees, zoom, right, down):
    matrix = cv2.getRotationMatrix2D((640, 360), degrees, zoom)
    matrix[:, 2] += right, down
    return matrix


@pytest.mark.parametrize('name, matrix', [
    ('stands still', turned(0, 1, 0, 0)),
    ('pans', turned(0, 1, -14, 6)),
    ('rolls and zooms', turned(2, 1.03, 5, 0)),
])
def test_the_motion_is_that_of_the_picture(name, matrix):
    flow = CameraMotion()
    before = SCENE[:720, :1280]
    after = cv2.warpAffine(SCENE, matrix, (1280, 720))
    assert flow.estimate(before) is None
    found = flow.estimate(after)
    corners = np.array([[100, 100, 1], [1180, 100, 1], [640, 620, 1]]).T
    np.testing.assert_allclose(found @ corners, matrix @ corners, atol=1.5)


def test_what_moves_by_itself_has_no_say():
    flow, before, box = CameraMotion(), SCENE[:720, :1280].copy(), (0, 0, 1280, 500)
    after = before.copy()
    after[:480, 20:] = before[:480, :-20]  # most of the picture drives to the right
    flow.estimate(before, [box])
    np.testing.assert_allclose(flow.estimate(after, [box])[:, 2], 0, atol=0.5)


def test_nothing_is_said_without_evidence():
    flow = CameraMotion()
    flat = np.full((240, 320, 3), 90, np.uint8)
    assert [flow.estimate(picture) for picture in (flat, flat)] == [None, None]
    flow.estimate(SCENE[:240, :320])
    assert flow.estimate(SCENE[:200, :320]) is None, 'another size'
    assert flow.estimate(flat[:200]) is None, 'nothing to follow'
