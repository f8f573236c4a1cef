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

"""Where the floor is in the axes of the camera that sees it."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from yolo_deepsort_ros.array_types import Floats
from yolo_deepsort_ros.locating.floor_view import FloorView, OPTICAL_TO_BODY


class Pose(NamedTuple):
    """A frame in another: metres, and a quaternion x, y, z, w."""

    place: Floats
    turn: Floats


def floor_in_camera(view: FloorView) -> Pose | None:
    """
    Return the pose of the floor's frame in the camera's optical frame.

    None where heights are not known, and for a mirrored floor, whose axes are of another hand.
    """
    if not view.knows_heights:
        return None
    # RQ decomposition: the camera matrix is upper triangular, with a positive diagonal.
    reverse = np.eye(3)[::-1]
    q, r = np.linalg.qr((reverse @ view.matrix[:, :3]).T)
    camera_matrix, rotation = reverse @ r.T @ reverse, reverse @ q.T
    signs = np.sign(np.diag(camera_matrix))
    camera_matrix, rotation = camera_matrix * signs, signs[:, np.newaxis] * rotation
    if not np.linalg.det(rotation) > 0:
        return None
    return Pose(np.linalg.solve(camera_matrix, view.matrix[:, 3]), quaternion(rotation))


def quaternion(rotation: Floats) -> Floats:
    """Return the quaternion x, y, z, w of a rotation matrix (3, 3), w not negative."""
    # Of the four ways to compute it the one that divides by the largest number.
    m = rotation
    squares = np.array([
        1 + m[0, 0] - m[1, 1] - m[2, 2], 1 - m[0, 0] + m[1, 1] - m[2, 2],
        1 - m[0, 0] - m[1, 1] + m[2, 2], 1 + m[0, 0] + m[1, 1] + m[2, 2],
    ])
    products = np.array([
        [squares[0], m[0, 1] + m[1, 0], m[0, 2] + m[2, 0], m[2, 1] - m[1, 2]],
        [m[0, 1] + m[1, 0], squares[1], m[1, 2] + m[2, 1], m[0, 2] - m[2, 0]],
        [m[0, 2] + m[2, 0], m[1, 2] + m[2, 1], squares[2], m[1, 0] - m[0, 1]],
        [m[2, 1] - m[1, 2], m[0, 2] - m[2, 0], m[1, 0] - m[0, 1], squares[3]],
    ])
    found = products[np.argmax(squares)]
    return np.asarray(found / (math.copysign(np.linalg.norm(found), found[3]) or 1.0))


def view_yaw(rotation: Floats) -> float:
    """Return the direction of a view on the floor in radians, x is 0; see `OPTICAL_TO_BODY`."""
    forward, _, up = (rotation @ OPTICAL_TO_BODY.T).T
    # A camera that looks straight down has its picture's upper edge ahead.
    x, y = forward[:2] if np.hypot(*forward[:2]) > abs(up[2]) * 1e-6 else up[:2]
    return math.atan2(y, x)
