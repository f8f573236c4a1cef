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

"""What the demo has received, and the figures drawn from it; knows nothing of ROS."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from yolo_deepsort_ros.boxes import Boxes
from yolo_deepsort_ros.evaluation.mot import TrackWriter

LOST_AFTER = 2_000_000_000  #: ns without tracks after which an image counts as lost
NO_CLASS = -1


class Arrival(NamedTuple):
    """The tracks of one image, and when they came (ns)."""

    received: int
    ids: NDArray[np.int64]
    tlwh: Boxes
    scores: NDArray[np.float64]
    names: list[str]


class Record:
    """
    Images published and tracks received, by stamp.

    Stamps and times are integers in nanoseconds of one clock.
    """

    def __init__(self) -> None:
        self._stamps: list[int] = []
        self._arrivals: dict[int, Arrival] = {}

    @property
    def frames(self) -> int:
        """Images published."""
        return len(self._stamps)

    @property
    def is_complete(self) -> bool:
        """Whether the tracks of every image have come."""
        return self._arrivals.keys() >= set(self._stamps)

    @property
    def lost_frames(self) -> NDArray[np.int64]:
        """Numbers of the frames, from 1, whose tracks have not come; in order."""
        missing = [stamp not in self._arrivals for stamp in sorted(self._stamps)]
        return np.flatnonzero(missing).astype(np.int64) + 1

    @property
    def silence(self) -> float:
        """Time from the newest image that has tracks, else from the first, to the newest (s)."""
        tracked = max(self._arrivals, default=min(self._stamps, default=0))
        return (max(self._stamps, default=tracked) - tracked) / 1e9

    @property
    def rate(self) -> float | None:
        """Images a second by the median of their stamps; None before the second."""
        if len(self._stamps) < 2:
            return None
        return 1e9 / max(float(np.median(np.diff(self._stamps))), 1.0)

    @property
    def seconds(self) -> list[float]:
        """Stamps of the images in seconds, in order."""
        return [stamp / 1e9 for stamp in sorted(self._stamps)]

    @property
    def newest(self) -> Arrival | None:
        """The tracks that came last."""
        return next(reversed(self._arrivals.values()), None)

    def tracked_rate(self, newest: int = 0) -> float:
        """
        Tracks received a second, over the newest of them (0 for all).

        Those that come at once, after a wait, count as what their images came in: nothing
        is faster than its source for long.
        """
        newest_stamps = list(self._arrivals)[-newest:]
        times = [self._arrivals[stamp].received for stamp in newest_stamps]
        spans = [max(values) - min(values) for values in (times, newest_stamps) if values]
        seconds = max(spans, default=0) / 1e9
        return (len(times) - 1) / seconds if seconds else 0.0

    def latencies_ms(self, newest: int = 0) -> NDArray[np.float64]:
        """Receipt minus stamp of the newest tracks (0 for all) in milliseconds."""
        delays = list(self.latencies.values())
        return np.array(delays[-newest:], np.float64) / 1e6

    @property
    def latencies(self) -> dict[int, int]:
        """Receipt minus stamp of each image's tracks, by stamp, in the order of receipt (ns)."""
        return {stamp: arrival.received - stamp for stamp, arrival in self._arrivals.items()}

    def add_image(self, stamp: int) -> None:
        """Take note of an image."""
        self._stamps.append(stamp)

    def add_tracks(self, stamp: int, arrival: Arrival) -> None:
        """Take the tracks of the image of that stamp."""
        self._arrivals[stamp] = arrival

    def summary(self, now: int) -> dict[str, Any]:
        """Return the figures; images too young to be lost are not counted as such."""
        ids = {number for arrival in self._arrivals.values() for number in arrival.ids.tolist()}
        latencies = self.latencies_ms()
        p50, p95 = np.percentile(latencies, [50, 95]).round(1) if len(latencies) else (None, None)
        return {
            'frames': self.frames,
            'ids': len(ids),
            'fps': round(self.tracked_rate(), 2),
            'latency_ms_p50': p50,
            'latency_ms_p95': p95,
            'images_lost': sum(self._is_lost(stamp, now) for stamp in self._stamps),
        }

    def last_loss(self, now: int) -> float:
        """Seconds from the first image to the last lost one; one must be lost."""
        lost = (stamp for stamp in self._stamps if self._is_lost(stamp, now))
        return (max(lost) - min(self._stamps)) / 1e9

    def _is_lost(self, stamp: int, now: int) -> bool:
        arrival = self._arrivals.get(stamp)
        return (now if arrival is None else arrival.received) - stamp > LOST_AFTER

    def write(self, path: Path, class_indices: Mapping[str, int]) -> None:
        """
        Write the tracks as MOT rows; an image's frame number is its place among all images.

        Raises
        ------
        InputError
            When the file cannot be written.

        """
        with TrackWriter(path) as writer:
            for frame, stamp in enumerate(sorted(self._stamps), start=1):
                if stamp in self._arrivals:
                    _, ids, tlwh, scores, names = self._arrivals[stamp]
                    classes = [class_indices.get(name, NO_CLASS) for name in names]
                    writer.write(frame, ids, tlwh, scores, classes)
