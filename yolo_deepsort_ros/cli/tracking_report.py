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

"""What the tracking commands show while they run, and say at their end."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
import json
import time
from typing import TypeVar

from tqdm import tqdm

from yolo_deepsort_ros.cli.options import file_name
from yolo_deepsort_ros.deepsort.offline_tracks import TrackHistory
from yolo_deepsort_ros.detections import Detections
from yolo_deepsort_ros.error_text import quoted
from yolo_deepsort_ros.evaluation.mot import TrackWriter
from yolo_deepsort_ros.stage_timer import StageTimer
from yolo_deepsort_ros.tracks import Tracks

Item = TypeVar('Item')


def progress(items: Iterable[Item], total: int | None = None) -> Iterable[Item]:
    """Show a bar on stderr while iterating, when that is a terminal."""
    bar: Iterable[Item] = tqdm(items, total=total, unit=' frames', disable=None)
    return bar


class Summary:
    """Counts frames and ids, and prints the last line of a command."""

    def __init__(self, timer: StageTimer) -> None:
        self.timer = timer
        self._start = time.perf_counter()
        self._frames = 0
        self._ids: set[int] = set()

    def count(self, tracks: Tracks) -> None:
        """Take note of the tracks of one more frame."""
        self._frames += 1
        self._ids.update(tracks.reported.ids.tolist())

    def show(self) -> None:
        """Print one JSON object on stdout."""
        seconds = time.perf_counter() - self._start
        print(json.dumps({
            'frames': self._frames,
            'tracks': len(self._ids),
            'fps': round(self._frames / seconds, 2),
            'stages_ms': self.timer.medians_ms,
        }))


class RowOutput:
    """
    The file of rows: written frame by frame, or at the end where what comes later improves them.

    A context manager.

    Parameters
    ----------
    args : argparse.Namespace
        Parsed options of a parser that `add_row_options` has filled.

    """

    def __init__(self, args: argparse.Namespace) -> None:
        self._writer = TrackWriter(args.out)
        is_improved = args.smooth or args.fill_gaps
        self._history = TrackHistory(args.fill_gaps, args.smooth) if is_improved else None

    def write(self, frame: int, tracks: Tracks, found: Detections) -> None:
        """Take the tracks of a frame and the detections that they were made of."""
        if self._history:
            self._history.add(frame, tracks, found)
        else:
            shown = tracks.reported
            self._writer.write(frame, shown.ids, shown.tlwh, shown.scores, shown.class_ids)

    def __enter__(self) -> RowOutput:
        self._writer.__enter__()
        return self

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        if error is not None:
            self._writer.__exit__(kind, error, trace)
            return
        with self._writer:
            for rows in self._history.rows() if self._history else ():
                self._writer.write(*rows)


def add_row_options(parser: argparse.ArgumentParser, *, needs_out: bool) -> None:
    """Add the options about the rows of tracks."""
    parser.add_argument(
        '--out', metavar='FILE', type=file_name, required=needs_out,
        help='write the tracks as MOT rows',
    )
    parser.add_argument(
        '--fill-gaps', metavar='N', type=_count, default=0,
        help='add rows where an id is missing for up to N frames in a row; for recordings',
    )
    parser.add_argument(
        '--smooth', action='store_true',
        help='smooth the boxes in the rows by the frames that came later; for recordings',
    )


def _count(text: str) -> int:
    """Return a whole number from 0."""
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f'{quoted(text)} is not a whole number from 0')
    return int(text)
