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
from pathlib import Path
import sys

from yolo_deepsort_ros.calibration import Calibration, read_calibration
from yolo_deepsort_ros.cli.options import file_name
from yolo_deepsort_ros.errors import ConfigurationError
from yolo_deepsort_ros.files import Closable, user_path
from yolo_deepsort_ros.locating.frame_locator import FrameLocator
from yolo_deepsort_ros.locating.ground_file import read_ground
from yolo_deepsort_ros.locating.positions_file import PositionsFile
from yolo_deepsort_ros.sources.frame import Frame
from yolo_deepsort_ros.tracks import Tracks


def add_position_options(parser: argparse.ArgumentParser) -> None:
    """Add `--positions` and what it needs."""
    parser.add_argument(
        '--positions', metavar='FILE', type=file_name,
        help='write where the tracks are in metres; needs --ground, but for the arena',
    )
    parser.add_argument(
        '--ground', metavar='FILE', type=file_name,
        help='how the camera stands over the floor: YAML of points, or of height and pitch',
    )
    parser.add_argument(
        '--camera-info', metavar='FILE', type=file_name,
        help='calibration of the camera, as camera_calibration writes it',
    )


def position_inputs(args: argparse.Namespace) -> list[Path]:
    """
    Return the files that the options of `add_position_options` read.

    Raises
    ------
    ConfigurationError
        Where they are given without `--positions`.

    """
    given = {'--ground': args.ground, '--camera-info': args.camera_info}
    files = {option: user_path(name) for option, name in given.items() if name}
    if files and not args.positions:
        raise ConfigurationError(f'{" and ".join(files)} without --positions FILE does nothing')
    return list(files.values())


class PositionOutput(Closable):
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
    has_poses : bool
        Whether each frame of the source brings its camera's pose.
    foot_offset : float
        Of the detector, where `--ground` says none.

    Raises
    ------
    ConfigurationError
        Where `--ground` is missing, or what it says is too little.
    InputError, OutputError
        For files that cannot be read or written.

    """

    def __init__(
        self, args: argparse.Namespace, labels: Sequence[str], rate: float,
        calibration: Calibration | None = None, has_poses: bool = False,
        foot_offset: float = 0.0,
    ) -> None:
        if not (args.ground or has_poses):
            raise ConfigurationError('--positions needs --ground FILE: how the camera stands')
        if args.camera_info:
            calibration = read_calibration(args.camera_info)
        ground = read_ground(args.ground) if args.ground else None
        self._locator = FrameLocator(labels, ground, calibration, foot_offset)
        if not rate:
            print('without a rate the velocities are left out: --set frame_rate=30',
                  file=sys.stderr)
        self._file = PositionsFile(args.positions, knows_time=rate > 0)

    def write(
        self, number: int, stamp: float, tracks: Tracks, size: tuple[int, int] | None,
        frame: Frame | None = None,
    ) -> None:
        """Locate the tracks of a frame, counted from 1, of a picture of that width and height."""
        pose, measure = (frame.pose, frame.depth) if frame else (None, None)
        positions = self._locator.locate(
            stamp, tracks.reported, size, pose, measure() if measure else None
        )
        self._file.write(number, positions)

    def close(self) -> None:
        """Finish the file."""
        self._file.close()
