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


"""Points of the floor that a user gives, and how well they fit."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from yolo_deepsort_ros.calibration import Calibration
from yolo_deepsort_ros.locating.floor_view import FloorView
from yolo_deepsort_ros.locating.ground_file import check_points, Ground
from yolo_deepsort_ros.locating.homography import MIN_POINTS

Point = tuple[float, float, float, float]  #: u, v in pixels, x, y in metres


class FloorPoints:
    """
    Points of one picture.

    Parameters
    ----------
    size : (int, int)
        Width and height of the picture.
    calibration : Calibration or None
        Of the camera, for pictures of that size.
    points : iterable of Point, optional
        Those that are known already.

    Attributes
    ----------
    points : tuple of Point

    """

    def __init__(
        self, size: tuple[int, int], calibration: Calibration | None, points: Iterable[Point] = ()
    ) -> None:
        self.size = size
        self._calibration = calibration
        self.points = tuple(points)

    def add(self, point: Point) -> None:
        """
        Take another point.

        Raises
        ------
        ConfigurationError, InputError
            When the points then define no view of the floor; it is forgotten.

        """
        points = FloorPoints(self.size, self._calibration, (*self.points, point))
        if len(points.points) >= MIN_POINTS:
            points.fit()
        else:
            check_points(points.ground.pixels, points.ground.metres, self.size)
        self.points = points.points

    def forget_last(self) -> None:
        """Drop the point that was given last, if any."""
        self.points = self.points[:-1]

    def fit(self) -> tuple[Ground, list[str]]:
        """
        Return what the points say, and lines that tell how well they fit.

        Raises
        ------
        ConfigurationError, InputError
            When they define no view of the floor.

        """
        ground = self.ground
        check_points(ground.pixels, ground.metres, self.size)
        pixels, metres = np.array(ground.pixels), np.array(ground.metres)
        view = FloorView.from_points(pixels, metres, self.size, self._calibration)
        errors = np.linalg.norm(view.meet(view.ideal(pixels)) - metres, axis=1)
        lines = [
            f'point {number}: pixel {u:g}, {v:g}; metres {x:g}, {y:g}; off by {error:.3f} m'
            for number, ((u, v, x, y), error) in enumerate(
                zip(self.points, errors, strict=True), start=1)
        ]
        if len(self.points) == MIN_POINTS:
            lines.append('four points always fit: a fifth shows how good they are')
        if view.knows_heights:
            lines.append(
                f'the camera is {view.camera_height:.2f} m above the floor; focal length '
                f'{view.focal_length:.0f} px'
            )
        return ground, lines

    @property
    def ground(self) -> Ground:
        """The points as a ground has them."""
        return Ground(
            tuple((u, v) for u, v, _, _ in self.points),
            tuple((x, y) for _, _, x, y in self.points), size=self.size,
        )
