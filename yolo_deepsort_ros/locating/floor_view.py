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

"""How a camera sees the floor: pixels to metres and back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
import math

import numpy as np
from numpy.typing import ArrayLike

from yolo_deepsort_ros.array_types import Floats
from yolo_deepsort_ros.calibration import Calibration
from yolo_deepsort_ros.locating.homography import homography, square_pixels, with_heights
from yolo_deepsort_ros.locating.lens import Lens

HORIZON = 1e-9  #: smallest share of the depth that still counts as below the horizon
#: Optical axes (x right, y down, z forward) in a camera's body axes (x forward, y left, z up).
OPTICAL_TO_BODY = np.array([[0.0, 0.0, 1.0], [-1.0, 0.0, 0.0], [0.0, -1.0, 0.0]])


def tilted(pitch: float, roll: float) -> Floats:
    """Return the rotation, shape (3, 3), from optical axes to those of `FloorView.from_pose`."""
    down, turn = math.sin(pitch), math.sin(roll)
    ahead, straight = math.cos(pitch), math.cos(roll)
    pitched = np.array([[ahead, 0, down], [0, 1, 0], [-down, 0, ahead]])
    rolled = np.array([[1, 0, 0], [0, straight, -turn], [0, turn, straight]])
    return np.asarray(pitched @ rolled @ OPTICAL_TO_BODY)


@dataclass(frozen=True, eq=False)
class FloorView:
    """
    A camera over a flat floor, z = 0; z points up, lengths are metres.

    Attributes
    ----------
    matrix : ndarray, shape (3, 4)
        Carries homogeneous metres (x, y, z, 1) to homogeneous ideal pixels, with positive depth
        before the camera. The third column is NaN where heights are not known.
    lens : Lens or None
        Undoes the distortion of pixels; None: there is none.

    Examples
    --------
    >>> import numpy as np
    >>> view = FloorView.from_points(
    ...     [[0, 100], [100, 100], [0, 0], [100, 0]], [[0, 1], [0, 0], [1, 1], [1, 0]])
    >>> np.round(view.meet(np.array([[50.0, 50.0]])), 3).tolist()
    [[0.5, 0.5]]

    """

    matrix: Floats
    lens: Lens | None = None

    @classmethod
    def from_pose(
        cls, calibration: Calibration, height: float, pitch: float, roll: float = 0.0
    ) -> FloorView:
        """
        Make the view of a calibrated camera whose height and tilt are known.

        The origin lies on the floor below the camera; x is the view's horizontal direction, y
        points left (REP-103).

        Parameters
        ----------
        calibration : Calibration
            Of the pictures.
        height : float
            Metres above the floor.
        pitch, roll : float
            Radians: positive where the camera looks down; where it turns clockwise as seen
            along the view.

        """
        return cls.from_transform(
            calibration, tilted(pitch, roll), np.array([0.0, 0.0, height])
        )

    @classmethod
    def from_transform(
        cls, calibration: Calibration, rotation: ArrayLike, position: ArrayLike
    ) -> FloorView:
        """
        Make the view of a calibrated camera from its place over the floor, as tf2 gives it.

        Parameters
        ----------
        calibration : Calibration
            Of the pictures.
        rotation : array_like, shape (3, 3)
            Carries the camera's optical axes into those of the floor's frame.
        position : array_like, shape (3,)
            Of the camera in that frame, metres.

        """
        axes = np.array(rotation, np.float64).T
        lens = Lens(calibration)
        shift = axes @ -np.array(position, np.float64)
        return cls(lens.camera_matrix @ np.column_stack([axes, shift]), lens)

    @classmethod
    def from_points(
        cls,
        pixels: ArrayLike,
        metres: ArrayLike,
        size: Sequence[int] | None = None,
        calibration: Calibration | None = None,
    ) -> FloorView:
        """
        Make the view that carries at least four pixels to known points of the floor.

        With a calibration the camera's pose follows; with the picture's size alone the focal
        length too, for square pixels and the axis in the middle. With neither only points of
        the floor can be converted.

        Parameters
        ----------
        pixels, metres : array_like, shape (N, 2)
            Corresponding points.
        size : (int, int), optional
            Width and height of the picture.
        calibration : Calibration, optional
            Of the pictures.

        Raises
        ------
        InputError
            For fewer than four points, or when three of four lie on a line.

        """
        lens = None if calibration is None else Lens(calibration)
        pixels = np.array(pixels, np.float64).reshape(-1, 2)
        ideal = pixels if lens is None else lens.ideal(pixels)
        to_pixels = homography(np.array(metres, np.float64).reshape(-1, 2), ideal)
        camera_matrix = None
        if lens is not None:
            camera_matrix = lens.camera_matrix
        elif size is not None:
            camera_matrix = square_pixels(to_pixels, size)
        if camera_matrix is None:
            return cls(np.insert(to_pixels, 2, np.nan, axis=1), None)
        return cls(with_heights(to_pixels, camera_matrix), lens)

    @cached_property
    def knows_heights(self) -> bool:
        """Whether points above the floor can be converted."""
        return bool(np.isfinite(self.matrix[:, 2]).all())

    @cached_property
    def camera_position(self) -> Floats:
        """Where the camera is, shape (3,), metres; NaN where `knows_heights` is false."""
        if not self.knows_heights:
            return np.full(3, np.nan)
        return np.asarray(-self._to_rays @ self.matrix[:, 3])

    @property
    def camera_height(self) -> float:
        """Metres of the camera above the floor; NaN where `knows_heights` is false."""
        return float(self.camera_position[2])

    @cached_property
    def _to_rays(self) -> Floats:
        return np.asarray(np.linalg.inv(self.matrix[:, :3]), np.float64)

    @cached_property
    def focal_length(self) -> float:
        """Pixels a unit of slope; NaN where `knows_heights` is false."""
        across, down, axis = self.matrix[:, :3]
        return float(np.sqrt(
            np.linalg.norm(np.cross(across, axis)) * np.linalg.norm(np.cross(down, axis))
        ))

    @cached_property
    def _adjugates(self) -> tuple[Floats, Floats]:
        """The adjugate (3, 3) of the map from the floor to rays, and its growth a metre up."""
        x, y, up, shift = self.matrix.T
        nothing = np.zeros(3)
        return (
            np.array([np.cross(y, shift), np.cross(shift, x), np.cross(x, y)]),
            np.array([np.cross(y, up), np.cross(up, x), nothing]),
        )

    def ideal(self, pixels: Floats) -> Floats:
        """Return pixels without the lens's distortion, shape (N, 2)."""
        return pixels if self.lens is None else self.lens.ideal(pixels)

    def meet(self, ideal: Floats, heights: ArrayLike = 0.0) -> Floats:
        """
        Return where the rays of ideal pixels meet planes above the floor.

        Parameters
        ----------
        ideal : ndarray, shape (N, 2)
            Pixels without distortion.
        heights : array_like, shape (N,) or ()
            Metres of the planes above the floor.

        Returns
        -------
        ndarray, shape (N, 2)
            Metres; NaN where the ray never meets its plane.

        """
        heights = np.broadcast_to(np.array(heights, np.float64), len(ideal))
        rays = np.column_stack([ideal, np.ones(len(ideal))])
        on_floor, growth = self._adjugates
        points = rays @ on_floor.T
        determinants = self.matrix[:, 0] @ on_floor[0]
        with np.errstate(divide='ignore', invalid='ignore', over='ignore'):
            if heights.any():
                points = points + heights[:, np.newaxis] * (rays @ growth.T)
                determinants = determinants + heights * (self.matrix[:, 0] @ growth[0])
            met = points[:, :2] / points[:, 2:]
            # The depth of the point found is determinant / points[2]: positive before the camera.
            shares = points[:, 2] * np.sign(determinants)
            is_met = shares > HORIZON * np.abs(points[:, :2]).max(axis=1, initial=0.0)
        return np.where(is_met[:, np.newaxis], met, np.nan)

    def rays(self, ideal: Floats) -> Floats:
        """
        Return how far points move whose depth grows by a metre.

        Parameters
        ----------
        ideal : ndarray, shape (N, 2)
            Pixels without distortion.

        Returns
        -------
        ndarray, shape (N, 3)
            Metres a metre along the camera's axis; NaN where `knows_heights` is false.

        """
        if not self.knows_heights:
            return np.full((len(ideal), 3), np.nan)
        return np.asarray(np.column_stack([ideal, np.ones(len(ideal))]) @ self._to_rays.T)

    def project(self, points: Floats) -> tuple[Floats, Floats, Floats]:
        """
        Return the ideal pixels of points, their slopes and depths.

        Parameters
        ----------
        points : ndarray, shape (N, 3)
            Metres.

        Returns
        -------
        (ndarray, shape (N, 2), ndarray, shape (N, 2, 3), ndarray, shape (N,))
            Pixels; their derivatives by x, y and z; depths in the matrix's unit, positive
            before the camera.

        """
        columns = [0, 1, 2] if self.knows_heights else [0, 1]
        flat = self.matrix[:, columns] @ points[:, columns].T + self.matrix[:, 3:]  # (3, N)
        with np.errstate(divide='ignore', invalid='ignore'):
            pixels = (flat[:2] / flat[2]).T
            slopes = (
                self.matrix[np.newaxis, :2, :3]
                - pixels[:, :, np.newaxis] * self.matrix[np.newaxis, 2:, :3]
            ) / flat[2][:, np.newaxis, np.newaxis]
        return pixels, slopes, flat[2]


def along_and_across(rays: Floats, along: Floats, across: Floats) -> Floats:
    """Return the covariances on the floor, (N, 2, 2), of spreads along rays and across them."""
    lengths = np.linalg.norm(rays, axis=1, keepdims=True)
    ahead = rays / np.maximum(lengths, 1e-9)
    aside = ahead[:, ::-1] * [-1.0, 1.0]
    return np.asarray(
        along[:, None, None] ** 2 * ahead[:, :, None] * ahead[:, None, :]
        + across[:, None, None] ** 2 * aside[:, :, None] * aside[:, None, :]
    )
