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


"""Rotations and rigid motions."""

from __future__ import annotations

import numpy as np

from yolo_deepsort_ros.array_types import Floats


def about_x(angle: float) -> Floats:
    """Return the rotation by that angle in radians, y towards z."""
    sine, cosine = np.sin(angle), np.cos(angle)
    return np.array([[1, 0, 0], [0, cosine, -sine], [0, sine, cosine]])


def about_y(angle: float) -> Floats:
    """Return the rotation by that angle in radians, z towards x."""
    sine, cosine = np.sin(angle), np.cos(angle)
    return np.array([[cosine, 0, sine], [0, 1, 0], [-sine, 0, cosine]])


def about_z(angle: float) -> Floats:
    """Return the rotation by that angle in radians, x towards y."""
    sine, cosine = np.sin(angle), np.cos(angle)
    return np.array([[cosine, -sine, 0], [sine, cosine, 0], [0, 0, 1]])


def motion(rotation: Floats, pivot: tuple[float, float, float]) -> Floats:
    """Return the motion, shape (3, 4), that rotates the origin's surroundings, then shifts."""
    return np.concatenate([rotation, np.array(pivot)[:, None]], axis=1)


def after(first: Floats, second: Floats) -> Floats:
    """Return the motion that does the second, then the first: a child on its parent."""
    rotation = first[:, :3] @ second[:, :3]
    return np.concatenate([rotation, first[:, :3] @ second[:, 3:] + first[:, 3:]], axis=1)


STILL = motion(np.eye(3), (0.0, 0.0, 0.0))  #: the motion that changes nothing
