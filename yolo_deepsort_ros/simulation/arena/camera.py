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


"""The pinhole camera over the arena."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from yolo_deepsort_ros.array_types import Floats
from yolo_deepsort_ros.simulation.arena.rigid import about_x, about_y, about_z

HEIGHT = 5.0  #: m above the floor
TILT = np.radians(28.5)  #: below the horizon
FIELD_OF_VIEW = np.radians(42.0)  #: from the top to the bottom of the picture

#: The world's x (to the right), y (away) and z (up) as the camera's right, down, forward.
_AXES = np.array([[1.0, 0.0, 0.0], [0.0, 0.0, -1.0], [0.0, 1.0, 0.0]])


@dataclass(frozen=True, eq=False)
class Camera:
    """
    A pinhole camera at (0, 0, HEIGHT) that looks along y.

    Attributes
    ----------
    width, height : int
        Of the picture in pixels; square pixels.
    focal : float
        Focal length in pixels.
    rotation : ndarray, shape (3, 3)
        From world axes to right, down, forward.

    """

    width: int
    height: int
    focal: float
    rotation: Floats

    @classmethod
    def at_rest(cls, width: int, height: int) -> Camera:
        """Return the camera as it is mounted."""
        focal = height / 2 / np.tan(FIELD_OF_VIEW / 2)
        return cls(width, height, float(focal), about_x(TILT) @ _AXES)

    def swayed(self, pan: float, tilt: float, roll: float) -> Camera:
        """Return the camera turned by small angles in radians."""
        sway = about_z(roll) @ about_x(tilt) @ about_y(pan)
        return replace(self, rotation=sway @ self.rotation)

    def widened(self, margin: int) -> Camera:
        """Return a camera whose picture has that many pixels more on each side."""
        return replace(self, width=self.width + 2 * margin, height=self.height + 2 * margin)

    @property
    def position(self) -> Floats:
        """The place of the pinhole in the world."""
        return np.array([0.0, 0.0, HEIGHT])

    @property
    def matrix(self) -> Floats:
        """From directions in the camera to pixels, shape (3, 3)."""
        return np.array([
            [self.focal, 0, self.width / 2], [0, self.focal, self.height / 2], [0, 0, 1]
        ])

    def half_width_at(self, away: float) -> float:
        """Return metres from the middle of the picture to its side, on the floor."""
        depth = away * np.cos(TILT) + HEIGHT * np.sin(TILT)
        return float(depth * self.width / 2 / self.focal)

    def project(self, points: Floats) -> Floats:
        """Return the pixels, shape (N, 2), of points before the camera, shape (N, 3)."""
        seen = (points - self.position) @ (self.matrix @ self.rotation).T
        return np.asarray(seen[:, :2] / seen[:, 2:])

    def plane_to_pixels(self, origin: Floats, right: Floats, up: Floats) -> Floats:
        """Return the homography from metres along two edges of a plane to pixels."""
        plane = np.stack([right, up, origin - self.position], axis=1)
        return np.asarray(self.matrix @ self.rotation @ plane)


def turn_in_pixels(before: Camera, after: Camera) -> Floats:
    """Return the homography that turns the picture of one camera into another's."""
    turn = after.rotation @ before.rotation.T
    return np.asarray(after.matrix @ turn @ np.linalg.inv(before.matrix))
