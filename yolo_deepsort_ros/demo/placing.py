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

"""`--positions` of the demo: where its tracks are in metres, and how true that is."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping, Sequence
import math
from pathlib import Path
from typing import Any

import numpy as np

from yolo_deepsort_ros.calibration import read_calibration
from yolo_deepsort_ros.demo.judging import arena_shape
from yolo_deepsort_ros.errors import ConfigurationError
from yolo_deepsort_ros.evaluation.mot import MotRows, read_mot
from yolo_deepsort_ros.files import user_path
from yolo_deepsort_ros.locating.frame_locator import FrameLocator
from yolo_deepsort_ros.locating.ground_file import read_ground
from yolo_deepsort_ros.locating.position_metrics import position_errors, read_positions
from yolo_deepsort_ros.locating.positions_file import PositionsFile
from yolo_deepsort_ros.simulation.arena.arena import Arena
from yolo_deepsort_ros.simulation.arena.arena_config import ArenaConfig
from yolo_deepsort_ros.simulation.arena.truth import CLASSES
from yolo_deepsort_ros.sources.arena_source import arena_calibration
from yolo_deepsort_ros.tracks import Tracks

OPTIONS = ('positions', 'ground', 'camera_info')


class Placing:
    """
    Locates the tracks of a demo when it is over.

    Parameters
    ----------
    args : argparse.Namespace
        With the options of `add_position_options`.
    is_arena : bool
        Whether the source is the arena, which knows its camera.

    Raises
    ------
    ConfigurationError, InputError
        When nothing says how the camera stands, or a file cannot be read.

    """

    def __init__(self, args: argparse.Namespace, is_arena: bool) -> None:
        self._args = args
        if not (args.ground or is_arena):
            raise ConfigurationError('--positions needs --ground FILE: how the camera stands')
        self.path = Path(args.positions)
        self._ground = read_ground(args.ground) if args.ground else None
        self._calibration = read_calibration(args.camera_info) if args.camera_info else None
        if self._ground and not is_arena:
            self._ground.view(self._ground.size, self._calibration)  # what is wrong shows now

    def as_options(self) -> Iterator[str]:
        """Yield the same as options of `track`."""
        for name in OPTIONS:
            given = getattr(self._args, name)
            if given:
                yield from (f'--{name.replace("_", "-")}', given)

    def locate(
        self, tracks: MotRows, stamps: Sequence[float], size: tuple[int, int] | None,
        class_indices: Mapping[str, int],
    ) -> None:
        """Write the positions of tracks whose frames have these stamps, from that of frame 1."""
        locator = FrameLocator(_labels(class_indices), self._ground, self._calibration)
        with PositionsFile(self.path) as file:
            for number, stamp in enumerate(stamps, start=1):
                file.write(number, locator.locate(stamp, _tracks_of(tracks, number), size))

    def judged(
        self, folder: Path, frames: int, config: ArenaConfig, values: Mapping[str, Any]
    ) -> dict[str, Any]:
        """
        Locate the tracks of a demo of the arena, with depth and by the floor alone.

        Parameters
        ----------
        folder : Path
            With `tracks.txt` and `gt.txt`; `gt_3d.csv` is put there.
        frames : int
            Frames of the demo.
        config : ArenaConfig
            Of the arena, with a truth in metres.
        values : mapping
            The parameters, for rate and size of the pictures.

        Returns
        -------
        dict
            What the summary says of positions.

        """
        with (
            open(user_path(config.truth_3d), encoding='ascii') as source,
            open(folder / 'gt_3d.csv', 'w', encoding='ascii') as copy,
        ):
            copy.write(next(source))
            copy.writelines(line for line in source if int(line.partition(',')[0]) <= frames)
        rate, width, height = arena_shape(values)
        arena = Arena(config, width=width, height=height, rate=rate)
        tracks, truth = read_mot(folder / 'tracks.txt'), read_mot(folder / 'gt.txt')
        true_places = read_positions(folder / 'gt_3d.csv')
        found = {}
        for way in ('ground', 'depth') if config.depth else ('ground',):  # the last file stays
            self._locate_in_arena(tracks, frames, arena, with_depth=way == 'depth')
            errors = position_errors(truth, tracks, true_places, read_positions(self.path))
            found[way] = errors.figures()
        best = min(found.values(), key=lambda figures: figures['error_m_p50'] or math.inf)
        return {
            'positions': dict(reversed(found.items())),
            'position_error_m_p50': best['error_m_p50'],
            'position_error_m_p95': best['error_m_p95'],
            'velocity_error_p50': best['velocity_error_p50'],
        }

    def _locate_in_arena(
        self, tracks: MotRows, frames: int, arena: Arena, *, with_depth: bool
    ) -> None:
        """Write the positions of the tracks of that many frames of the arena."""
        calibration = self._calibration or arena_calibration(*arena.size)
        locator = FrameLocator(CLASSES, self._ground, calibration)
        with PositionsFile(self.path) as file:
            for number in range(1, frames + 1):
                pose, measure = arena.survey(number - 1)
                depth = measure() if measure and with_depth else None
                file.write(number, locator.locate(
                    (number - 1) / arena.rate, _tracks_of(tracks, number), arena.size, pose, depth
                ))


def _labels(class_indices: Mapping[str, int]) -> list[str]:
    labels = [''] * (max(class_indices.values(), default=-1) + 1)
    for name, index in class_indices.items():
        labels[index] = name
    return labels


def _tracks_of(tracks: MotRows, number: int) -> Tracks:
    rows = tracks.frames == number
    return Tracks.seen(
        tracks.ids[rows], tracks.tlwh[rows], tracks.others[rows, 0].astype(np.int64)
    )
