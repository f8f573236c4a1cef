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

"""`--positions`: where the tracks of a command are, in metres."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
import sys
from typing import Any

from yolo_deepsort_ros.calibration import Calibration, read_calibration
from yolo_deepsort_ros.cli.options import file_name
from yolo_deepsort_ros.errors import ConfigurationError
from yolo_deepsort_ros.locating.ground_file import read_ground
from yolo_deepsort_ros.locating.locator import Locator
from yolo_deepsort_ros.locating.positions_file import PositionsFile
from yolo_deepsort_ros.tracks import Tracks


def add_position_options(parser: argparse.ArgumentParser) -> None:
    """Add `--positions` and what it needs."""
    parser.add_argument(
        '--positions', metavar='FILE', type=file_name,
        help='write where the tracks are in metres; needs --ground',
    )
    parser.add_argument(
        '--ground', metavar='FILE', type=file_name,
        help='how the camera stands over the floor: YAML of points, or of height and pitch',
    )
    parser.add_argument(
        '--camera-info', metavar='FILE', type=file_name,
        help='calibration of the camera, as camera_calibration writes it',
    )


class PositionOutput:
    """
    Locates the tracks of each frame and writes them; a context manager.

    Parameters
    ----------
    args : argparse.Namespace
        With the options of `add_position_options`.
    labels : sequence of str
        Names of the classes.
    rate : float
        Frames a second; 0: unknown, and so are velocities.
    calibration : Calibration, optional
        Of the source, where no file is given.

    Raises
    ------
    ConfigurationError
        Where `--ground` is missing, or what it says is too little.
    InputError, OutputError
        For files that cannot be read or written.

    """

    def __init__(
        self, args: argparse.Namespace, labels: Sequence[str], rate: float,
        calibration: Calibration | None = None,
    ) -> None:
        if not args.ground:
            raise ConfigurationError('--positions needs --ground FILE: how the camera stands')
        self._ground = read_ground(args.ground)
        if args.camera_info:
            calibration = read_calibration(args.camera_info)
        self._calibration = calibration
        self._locator = Locator(self._ground.class_heights, self._ground.foot_offset)
        self._labels = labels
        self._size = self._ground.size
        self._view = self._ground.view(self._size, calibration)
        if not rate:
            print('without a rate the velocities are left out: --set frame_rate=30',
                  file=sys.stderr)
        self._file = PositionsFile(args.positions, knows_time=rate > 0)

    def write(
        self, frame: int, stamp: float, tracks: Tracks, size: tuple[int, int] | None
    ) -> None:
        """Locate the tracks of a frame, counted from 1, of a picture of that width and height."""
        if size is not None and size != self._size:
            if self._ground.size:
                raise ConfigurationError(
                    f'--ground is for pictures of {self._ground.size[0]} x '
                    f'{self._ground.size[1]}, not of {size[0]} x {size[1]}'
                )
            self._size = size
            self._view = self._ground.view(size, self._scaled(size))
        positions = self._locator.update(
            tracks.reported, self._labels, stamp, self._view, self._size
        )
        self._file.write(frame, positions)

    def close(self) -> None:
        """Finish the file."""
        self._file.close()

    def __enter__(self) -> PositionOutput:
        return self

    def __exit__(self, *_: Any) -> None:
        self.close()

    def _scaled(self, size: tuple[int, int]) -> Calibration | None:
        if self._calibration is None:
            return None
        scaled = self._calibration.scaled(*size)
        if scaled is None:
            raise ConfigurationError(
                f'the calibration is for pictures of {self._calibration.width} x '
                f'{self._calibration.height}, not of {size[0]} x {size[1]}'
            )
        return scaled
