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

"""Sources that run by themselves, and come back after they were lost."""

from __future__ import annotations

from collections.abc import Callable
import logging
from threading import Event
import time
from typing import Protocol

import cv2

from yolo_deepsort_ros.errors import SourceError
from yolo_deepsort_ros.sources.frame import Frame
from yolo_deepsort_ros.sources.grabber import Grabber, OnDamage
from yolo_deepsort_ros.sources.opencv_capture import Capture, mode_of
from yolo_deepsort_ros.sources.rate import sane_rate
from yolo_deepsort_ros.sources.source import Source

WORD_PERIOD = 5.0  #: s between two lines of damaged frames
FIRST_DELAY, MAX_DELAY = 0.25, 2.0  #: s between two attempts to open; doubled each time
MAX_STUCK = 3  #: grabs that never return, after which no more are begun

_LOG = logging.getLogger(__name__)

OnChange = Callable[[str], None]  #: told what is wrong; '' at the first frame, or the next one


class LiveCamera(Protocol):
    """
    What can be opened time and again.

    Attributes
    ----------
    name : str
        What to call it in a message: of a URL what `public_url` leaves.

    """

    name: str

    def open(self) -> Capture:  # noqa: A003
        """Open it; a `SourceError` says why it cannot be."""

    def can_end(self, capture: Capture) -> bool:
        """Tell whether it has an end, as a film has; a camera has none."""

    def age(self, capture: Capture) -> float:
        """Return the seconds since the frame that was just grabbed was taken; 0 for unknown."""


class LiveSource(Source):
    """
    The newest frame of a camera or stream, stamped when the driver had it.

    Parameters
    ----------
    camera : LiveCamera
        Opened at once, and again when it is lost.
    clock : callable
        Returns the present in seconds.
    patience : float
        Longest wait for a frame in seconds; after it the camera is lost.
    rate : float
        What to take for the rate when the driver does not tell it; 0 for unknown.
    on_change : callable, optional
        Told when the camera is lost and when it is back; without, a loss is an error.
    on_damage : callable, optional
        Told, in a thread, of each frame that came damaged and is left out.
    waits : bool
        Whether a camera that is not there at first is waited for as a lost one is.

    Raises
    ------
    SourceError
        When the camera cannot be opened.

    """

    is_live = True

    def __init__(
        self,
        camera: LiveCamera,
        *,
        clock: Callable[[], float],
        patience: float,
        rate: float = 0.0,
        on_change: OnChange | None = None,
        on_damage: OnDamage | None = None,
        waits: bool = False,
    ) -> None:
        self.name = camera.name
        self.rate = rate
        self.mode = ''
        self._camera = camera
        self._clock = clock
        self._patience = patience
        self._on_change = on_change
        self._on_damage = on_damage
        self._damaged = 0
        self._next_word = 0.0  # when to log of damage again
        self._index = 0
        self._lost_since: float | None = None
        self._delay = FIRST_DELAY
        self._closed = Event()
        self._grabber: Grabber | None = None
        self._stuck: list[Grabber] = []
        try:
            self._open()
        except SourceError as error:
            if not waits or on_change is None:
                raise
            self._lose(error)

    def read(self) -> Frame | None:
        """Wait for a frame newer than the last one delivered; None at the end."""
        while not self._closed.is_set():
            try:
                grabber = self._grabber or self._open()
                if self._closed.is_set():  # while it was being opened
                    break
                taken = grabber.take()
            except SourceError as error:
                if self._on_change is None:
                    raise
                self._lose(error)
                self._closed.wait(self._delay)
                self._delay = min(2 * self._delay, MAX_DELAY)
                continue
            if taken is None:
                break
            self._tell_of_life()
            image, stamp, jpeg = taken
            self._index += 1
            return Frame(image, stamp, self._index - 1, jpeg=jpeg)
        self.close()
        return None

    def close(self) -> None:
        """Release the camera; a driver that does not return keeps its thread."""
        self._closed.set()
        self._release()

    def _open(self) -> Grabber:
        self._stuck = [grabber for grabber in self._stuck if grabber.is_running]
        if len(self._stuck) >= MAX_STUCK:
            raise SourceError(
                f'{self.name}: its driver does not return; plug it in again or restart the program'
            )
        capture = self._camera.open()
        self.name = self._camera.name  # a camera comes back under another number
        self.mode = mode_of(capture)
        self.rate = sane_rate(capture.get(cv2.CAP_PROP_FPS), self.rate)
        self._grabber = Grabber(
            self.name, capture, can_end=self._camera.can_end(capture), age=self._camera.age,
            clock=self._clock, patience=self._patience, on_damage=self._take_damage,
        )
        return self._grabber

    def _release(self) -> None:
        grabber, self._grabber = self._grabber, None
        if grabber is not None:
            grabber.close()
            if grabber.is_running:
                self._stuck.append(grabber)

    def _lose(self, error: SourceError) -> None:
        """Let go of a camera that has failed."""
        self._release()
        if self._lost_since is None:
            self._lost_since = time.monotonic()
            _LOG.warning('%s; waiting until it is there', error)
        if self._on_change is not None and not self._closed.is_set():
            self._on_change(str(error))

    def _take_damage(self, reason: str) -> None:
        """Count a frame that is left out; called from the grabber's thread."""
        self._damaged += 1
        text = f'{self.name}: a damaged frame is left out: {reason}'
        if time.monotonic() >= self._next_word:
            self._next_word = time.monotonic() + WORD_PERIOD
            _LOG.warning('%s (so far: %d)', text, self._damaged)
        if self._on_damage is not None:
            self._on_damage(text)

    def _tell_of_life(self) -> None:
        """Take note of a frame: the first one after a loss ends it."""
        if self._lost_since is not None:
            seconds = time.monotonic() - self._lost_since
            word = 'back' if self._index else 'there'
            _LOG.warning('%s: %s after %.1f s: %s', self.name, word, seconds, self.mode)
        is_news = self._index == 0 or self._lost_since is not None
        self._lost_since, self._delay = None, FIRST_DELAY
        if is_news and self._on_change is not None:
            self._on_change('')
