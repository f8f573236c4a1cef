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

"""Sources that lie on a disk: every frame is delivered, none dropped."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event, Lock
from typing import Protocol

from yolo_deepsort_ros.array_types import Pixels
from yolo_deepsort_ros.calibration import Calibration
from yolo_deepsort_ros.errors import SourceError
from yolo_deepsort_ros.sources.frame import Frame
from yolo_deepsort_ros.sources.schedule import FreeSchedule, PacedSchedule, Schedule
from yolo_deepsort_ros.sources.source import Source


class Recording(Protocol):
    """
    Pictures in order: a video file, a folder.

    Attributes
    ----------
    name : str
        The path.
    rate : float
        The recording's own frames per second, > 0.
    about : str
        Something else to say of it, for people; '' for nothing.
    time : float or None
        Seconds from the first picture to the one last read; None where pictures are 1 / rate
        apart.

    """

    name: str
    rate: float
    about: str
    time: float | None

    @property
    def length(self) -> int | None:
        """Pictures in it; None when unknown or without an end."""

    def read(self) -> Pixels | None:
        """Return the next picture; None at the end."""

    def rewind(self) -> None:
        """Go back to the first picture."""

    def close(self) -> None:
        """Release the files."""


class RecordedSource(Source):
    """
    A recording, paced or as fast as it is consumed.

    Parameters
    ----------
    recording : Recording
        Where the pictures come from; closed with this source.
    rate : float
        Frames per second; 0 takes the recording's own.
    paced : bool
        Whether to deliver when each frame is due, stamped by the clock; otherwise at once,
        stamped with the recording's own time.
    clock : callable
        Returns the present in seconds.
    loop : bool
        Whether to start again at the end; indices and stamps go on.
    calibration : Calibration, optional
        Of the camera, where it is known.

    """

    is_live = False

    def __init__(
        self,
        recording: Recording,
        *,
        rate: float,
        paced: bool,
        clock: Callable[[], float],
        loop: bool,
        calibration: Calibration | None = None,
    ) -> None:
        self.name = recording.name
        self.rate = rate or recording.rate
        self.mode = ', '.join(filter(None, (f'{self.rate:g} Hz', recording.about)))
        self.calibration = calibration
        self.length = None if loop else recording.length
        self.is_even = recording.time is None
        self._recording = recording
        self._loop = loop
        self._index = 0
        self._position = -1.0  # of the last frame, in periods
        self._start = 0.0  # where the present round begins
        self._closed = Event()
        self._lock = Lock()  # a recording is read or closed, never both
        self._schedule: Schedule = FreeSchedule(self.rate)
        if paced:
            self._schedule = PacedSchedule(self.rate, clock, self._closed.wait)

    def read(self) -> Frame | None:
        """Return the next frame when it is due; None at the end."""
        with self._lock:
            image = None if self._closed.is_set() else self._next_image()
        if image is None:
            return None
        position = self._position + 1
        if self._recording.time is not None:
            position = self._start + self._recording.time * self.rate
        stamp = self._schedule.stamp_of(position)
        if self._closed.is_set():
            return None
        self._position = position
        frame = self._frame(image, stamp, self._index)
        self._index += 1
        return frame

    def _frame(self, image: Pixels, stamp: float, index: int) -> Frame:
        """Return the picture last read as a frame."""
        return Frame(image, stamp, index)

    def close(self) -> None:
        """Release the files; a waiting `read` returns None."""
        self._closed.set()
        with self._lock:
            self._recording.close()

    def _next_image(self) -> Pixels | None:
        image = self._recording.read()
        if image is None and self._index == 0:
            raise SourceError(f'{self.name}: holds no frame that can be decoded')
        if image is None and self._loop:
            self._recording.rewind()
            self._start = self._position + 1
            image = self._recording.read()
        return image
