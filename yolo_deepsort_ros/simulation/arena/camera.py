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
from yolo_deepsort_ros.viewpoint import Viewpoint

HEIGHT = 5.0  #: m above the floor, unless asked otherwise
TILT = float(np.radians(28.5))  #: below the horizon, unless asked otherwise
NEAREST = 0.1  #: m before the camera, from which things can be seen
FIELD_OF_VIEW = np.radians(42.0)  #: from the top to the bottom of the picture

#: The world's x (to the right), y (away) and z (up) as the camera's right, down, forward.
_AXES = np.array([[1.0, 0.0, 0.0], [0.0, 0.0, -1.0], [0.0, 1.0, 0.0]])
#: The world's axes as those of robots: x away, y to the left, z up.
TO_ROBOT_AXES = np.array([[0.0, 1.0, 0.0], [-1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])


@dataclass(frozen=True, eq=False)
class Camera:
    """
    A pinhole camera; at rest it stands over the origin and looks along y.

    Attributes
    ----------
    width, height : int
        Of the picture in pixels; square pixels.
    focal : float
        Focal length in pixels.
    rotation : ndarray, shape (3, 3)
        From world axes to right, down, forward.
    position : ndarray, shape (3,)
        Of the pinhole in the world.

    """

    width: int
    height: int
    focal: float
    rotation: Floats
    position: Floats

    @classmethod
    def at_rest(
        cls, width: int, height: int, above: float = HEIGHT, tilt: float = TILT
    ) -> Camera:
        """Return the camera as it is mounted, metres above the floor, radians down."""
        focal = height / 2 / np.tan(FIELD_OF_VIEW / 2)
        position = np.array([0.0, 0.0, above])
        return cls(width, height, float(focal), about_x(tilt) @ _AXES, position)

    def moved(self, x: float, y: float, turn: float) -> Camera:
        """Return the camera shifted over the floor, and turned by radians to the left."""
        return replace(
            self, rotation=self.rotation @ about_z(-turn),
            position=self.position + np.array([x, y, 0.0]),
        )

    def swayed(self, pan: float, tilt: float, roll: float) -> Camera:
        """Return the camera turned by small angles in radians."""
        sway = about_z(roll) @ about_x(tilt) @ about_y(pan)
        return replace(self, rotation=sway @ self.rotation)

    def widened(self, margin: int) -> Camera:
        """Return a camera whose picture has that many pixels more on each side."""
        return replace(self, width=self.width + 2 * margin, height=self.height + 2 * margin)

    @property
    def pose(self) -> Viewpoint:
        """Where the camera is in robots' axes, its origin below the camera at rest."""
        return Viewpoint(TO_ROBOT_AXES @ self.rotation.T, TO_ROBOT_AXES @ self.position)

    @property
    def matrix(self) -> Floats:
        """From directions in the camera to pixels, shape (3, 3)."""
        return np.array([
            [self.focal, 0, self.width / 2], [0, self.focal, self.height / 2], [0, 0, 1]
        ])

    def half_width_at(self, away: float) -> float:
        """Return metres from the middle of the picture to its side, on the floor."""
        depth = self.rotation[2] @ (np.array([0.0, away, 0.0]) - self.position)
        return float(depth * self.width / 2 / self.focal)

    def sees_past(self, points: Floats) -> bool:
        """Return whether any of the points, shape (N, 3), is not before the camera."""
        return bool(((points - self.position) @ self.rotation[2]).min() < NEAREST)

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
