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

"""Locates the tracks of frames, with what is known of their camera."""

from __future__ import annotations

from collections.abc import Sequence

from yolo_deepsort_ros.array_types import Millimetres
from yolo_deepsort_ros.calibration import Calibration
from yolo_deepsort_ros.errors import ConfigurationError
from yolo_deepsort_ros.images.raw_depth import in_metres
from yolo_deepsort_ros.locating.floor_view import FloorView
from yolo_deepsort_ros.locating.ground_file import Ground
from yolo_deepsort_ros.locating.locator import Locator
from yolo_deepsort_ros.locating.positions import Positions
from yolo_deepsort_ros.tracks import Tracks
from yolo_deepsort_ros.viewpoint import Viewpoint


class FrameLocator:
    """
    A `Locator` that knows how the camera stands, and looks at whole frames.

    Parameters
    ----------
    labels : sequence of str
        Names of the classes.
    ground : Ground or None
        How the camera stands; None where each frame brings its pose.
    calibration : Calibration or None
        Of the camera; needed but where ground points are given.
    foot_offset : float
        See `box_edges`; that of a ground counts more.

    Raises
    ------
    ConfigurationError, InputError
        For a ground that says too little, or points that define no view.

    """

    def __init__(
        self, labels: Sequence[str], ground: Ground | None, calibration: Calibration | None,
        foot_offset: float = 0.0,
    ) -> None:
        self._labels = labels
        self._ground = ground
        self._calibration = self._fitting = calibration
        self._size = None if ground is None else ground.size
        self._view = None if ground is None else ground.view(self._size, calibration)
        known = Ground() if ground is None else ground
        if known.foot_offset is not None:
            foot_offset = known.foot_offset
        self._locator = Locator(known.class_heights, foot_offset)

    def locate(
        self, stamp: float, tracks: Tracks, size: tuple[int, int] | None,
        pose: Viewpoint | None = None, depth: Millimetres | None = None,
    ) -> Positions:
        """
        Locate the tracks of a frame.

        Parameters
        ----------
        stamp : float
            Seconds.
        tracks : Tracks
            Those to locate.
        size : (int, int) or None
            Width and height of the picture.
        pose : Viewpoint, optional
            Of the camera, where no ground was given.
        depth : ndarray of uint16, shape (H, W), optional
            Registered to the picture.

        Raises
        ------
        ConfigurationError
            For a picture of another size than the ground's or the calibration's, or where
            nothing says how the camera stands.

        """
        if size is not None and size != self._size:
            self._take_size(size)
        view = self._view
        if view is None:
            if pose is None or self._fitting is None:
                raise ConfigurationError('nothing says how the camera stands: give --ground FILE')
            view = FloorView.from_transform(self._fitting, pose.rotation, pose.position)
        metres = None if depth is None else in_metres(depth)
        return self._locator.update(tracks, self._labels, stamp, view, self._size, metres)

    def _take_size(self, size: tuple[int, int]) -> None:
        if self._ground and self._ground.size:
            raise ConfigurationError(
                f'--ground is for pictures of {self._ground.size[0]} x '
                f'{self._ground.size[1]}, not of {size[0]} x {size[1]}'
            )
        self._size = size
        if self._calibration:
            self._fitting = self._calibration.scaled(*size)
            if self._fitting is None:
                raise ConfigurationError(
                    f'the calibration is for pictures of {self._calibration.width} x '
                    f'{self._calibration.height}, not of {size[0]} x {size[1]}'
                )
        if self._ground:
            self._view = self._ground.view(size, self._fitting)
