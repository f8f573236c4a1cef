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

"""Sources that run by themselves: a thread keeps the newest frame only."""

from __future__ import annotations

from collections.abc import Callable
from threading import Condition, Event, Thread

import numpy as np

from yolo_deepsort_ros.errors import SourceError
from yolo_deepsort_ros.sources.capture import Capture
from yolo_deepsort_ros.sources.frame import Frame, Image
from yolo_deepsort_ros.sources.source import Source

CLOSING_TIME = 1.0  #: s; how long `close` waits for a grab that is under way


class LiveSource(Source):
    """
    The newest frame of a camera or stream, stamped when it was grabbed.

    Drivers buffer several frames; reading without a pause in a thread of its own empties
    the buffers, so that `read` never returns a stale frame, nor the same one twice.

    Parameters
    ----------
    name : str
        What to call the source in a message.
    capture : Capture
        An open device or stream; the thread owns it from now on.
    rate : float
        Frames per second as the driver tells them; 0 when unknown.
    can_end : bool
        Whether an end is an end (a stream), not a failure (a camera).
    clock : callable
        Returns the present in seconds.
    duration : float
        Seconds after the first frame at which to end; 0 for no limit.
    max_frames : int
        Frames after which to end; 0 for no limit.
    patience : float
        Longest wait for a frame in seconds.

    """

    is_live = True

    def __init__(
        self,
        name: str,
        capture: Capture,
        *,
        rate: float,
        can_end: bool,
        clock: Callable[[], float],
        duration: float = 0.0,
        max_frames: int = 0,
        patience: float = 5.0,
    ) -> None:
        self.name = name
        self.rate = rate
        self._capture = capture
        self._can_end = can_end
        self._clock = clock
        self._duration = duration
        self._max_frames = max_frames
        self._patience = patience
        self._index = 0
        self._first_stamp = 0.0
        self._newest: tuple[Image, float] | None = None
        self._is_over = False
        self._arrival = Condition()  # guards the two above
        self._closed = Event()
        self._thread = Thread(target=self._keep_newest, name=f'grab {name}', daemon=True)
        self._thread.start()

    def read(self) -> Frame | None:
        """Wait for a frame newer than the last one delivered; None at the end."""
        if self._max_frames and self._index >= self._max_frames:
            self.close()
            return None
        with self._arrival:
            self._arrival.wait_for(
                lambda: self._newest is not None or self._is_over, self._patience
            )
            newest, self._newest = self._newest, None
        if newest is None or self._closed.is_set():
            self._check()
            return None
        image, stamp = newest
        if self._index == 0:
            self._first_stamp = stamp
        if self._duration and stamp - self._first_stamp >= self._duration:
            self.close()
            return None
        frame = Frame(image, stamp, self._index)
        self._index += 1
        return frame

    def close(self) -> None:
        """End the thread, which releases the capture when its last grab returns."""
        self._closed.set()
        self._end()
        self._thread.join(CLOSING_TIME)

    def _check(self) -> None:
        """Raise unless the lack of a frame is an end."""
        if self._closed.is_set() or (self._is_over and self._can_end and self._index):
            return
        if not self._is_over:
            raise SourceError(
                f'{self.name}: no frame for {self._patience:g} s; check that it is running'
            )
        if self._index:
            raise SourceError(f'{self.name}: stopped giving frames; check that it is plugged in')
        raise SourceError(f'{self.name}: opened, but gives no frame; check that it is not in use')

    def _keep_newest(self) -> None:
        try:
            while not self._closed.is_set() and self._capture.grab():
                stamp = self._clock()
                decoded, image = self._capture.retrieve()
                if decoded:
                    with self._arrival:
                        self._newest = np.asarray(image, np.uint8), stamp
                        self._arrival.notify_all()
        finally:
            self._capture.release()
            self._end()

    def _end(self) -> None:
        with self._arrival:
            self._is_over = True
            self._arrival.notify_all()
