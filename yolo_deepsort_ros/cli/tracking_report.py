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

from collections.abc import Iterable
import json
import time
from typing import TypeVar

from tqdm import tqdm

from yolo_deepsort_ros.evaluation.mot import TrackWriter
from yolo_deepsort_ros.stage_timer import StageTimer
from yolo_deepsort_ros.tracks import Tracks

Item = TypeVar('Item')


def progress(items: Iterable[Item]) -> Iterable[Item]:
    """Show a bar on stderr while iterating, when that is a terminal."""
    bar: Iterable[Item] = tqdm(items, unit=' frames', disable=None)
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


def write_rows(writer: TrackWriter, frame: int, tracks: Tracks) -> None:
    """Write the rows of one frame."""
    shown = tracks.reported
    writer.write(frame, shown.ids, shown.tlwh, shown.scores, shown.class_ids)
