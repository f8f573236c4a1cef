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

"""Sources that end before their time."""

from __future__ import annotations

import math
from typing import Any

from yolo_deepsort_ros.sources.frame import Frame
from yolo_deepsort_ros.sources.source import Source

ROUNDING = 1e-6  #: s; stamps of today have a resolution of a quarter of it


class LimitedSource(Source):
    """
    A source that ends before its time; all else is the source's.

    Parameters
    ----------
    source : Source
        Closed with this one, and at the limits.
    duration : float
        Seconds after the first frame at which to end, by stamps; where frames are even, by their
        number, so that none is read in vain. 0 for no limit.
    max_frames : int
        Frames after which to end; 0 for no limit.

    """

    def __init__(self, source: Source, duration: float, max_frames: int) -> None:
        self._source = source
        self._left: float = max_frames or math.inf  # frames
        self._duration = duration - ROUNDING if duration else math.inf
        self._first: float | None = None
        is_timed = bool(duration) and not source.is_live
        in_time = math.ceil(duration * source.rate) if is_timed else math.inf
        length = min(math.inf if source.length is None else source.length, self._left, in_time)
        self.length = None if length == math.inf else int(length)
        self.calibration = source.calibration
        if source.is_even:
            self._left, self._duration = min(self._left, in_time), math.inf

    def __getattr__(self, name: str) -> Any:
        return getattr(self._source, name)

    def read(self) -> Frame | None:
        """Return the source's next frame; None, with the source closed, at the end."""
        frame = self._source.read() if self._left else None
        if frame is not None:
            self._left -= 1
            self._first = frame.stamp if self._first is None else self._first
            if frame.stamp - self._first < self._duration:
                return frame
        self.close()
        return None

    def close(self) -> None:
        """Release the source."""
        self._source.close()
