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

"""A video that runs at the pace of the source, whatever pictures are missing."""

from __future__ import annotations

from collections.abc import Callable
import math
from pathlib import Path

from yolo_deepsort_ros.array_types import Pixels
from yolo_deepsort_ros.visualization.video import VideoWriter

RATE_PICTURES = 15  #: pictures that wait until the rate is taken
UNKNOWN_RATE = 30.0  #: Hz; of a video of a single picture
TOLERANCE = 0.25  #: frames that a picture may be early to count as the one after a lost one
MAX_STILL = 10.0  #: s; a longer gap is a source that was away, and is cut


class SteadyVideo:
    """
    Writes each picture at the time of its stamp, and repeats the one before until then.

    Parameters
    ----------
    path : Path
        The file.
    rate_of_source : callable
        Returns the source's frames per second, or None while unknown; asked once.

    """

    def __init__(self, path: Path, rate_of_source: Callable[[], float | None]) -> None:
        self.path = path
        self._rate_of_source = rate_of_source
        self._rate = UNKNOWN_RATE
        self._writer: VideoWriter | None = None
        self._waiting: list[tuple[int, Pixels]] = []
        self._last: tuple[int, Pixels] | None = None
        self._start = 0  # ns; the stamp of frame 0 of `_count`
        self._count = 0

    @property
    def is_there(self) -> bool:
        """Whether anything has been written."""
        return self._writer is not None

    def add(self, stamp: int, picture: Pixels) -> None:
        """Take the picture of that stamp (ns)."""
        self._waiting.append((stamp, picture))
        if self._writer or len(self._waiting) >= RATE_PICTURES:
            self._write_waiting()

    def close(self) -> None:
        """Write what waits, and finish the file."""
        self._write_waiting()
        if self._writer:
            self._writer.close()

    def _write_waiting(self) -> None:
        if self._waiting and self._writer is None:
            self._rate = self._rate_of_source() or UNKNOWN_RATE
            self._writer = VideoWriter(self.path, self._rate)
        for stamp, picture in self._waiting:
            self._write(stamp, picture)
        self._waiting.clear()

    def _write(self, stamp: int, picture: Pixels) -> None:
        if self._writer is None:
            return
        if self._last and 0 < stamp - self._last[0] < MAX_STILL * 1e9:
            late = (stamp - self._start) / 1e9 * self._rate - self._count
            for _ in range(math.floor(late + TOLERANCE)):
                self._writer.write(self._last[1])
                self._count += 1
        else:
            self._start, self._count = stamp, 0
        self._writer.write(picture)
        self._count += 1
        self._last = stamp, picture
