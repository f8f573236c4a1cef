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

"""The newest frame of an open camera or stream, grabbed in a thread."""

from __future__ import annotations

from collections.abc import Callable
import logging
from threading import Condition, Thread
import time
from typing import Any, NamedTuple

import cv2
import numpy as np

from yolo_deepsort_ros.array_types import Pixels
from yolo_deepsort_ros.error_text import quoted
from yolo_deepsort_ros.errors import InputError, SourceError
from yolo_deepsort_ros.images.compressed_image import decoded, jpeg_in
from yolo_deepsort_ros.sources.opencv_capture import Capture

CLOSING_TIME = 1.0  #: s; how long `close` waits for a grab that is under way
FAILING_TIME = 0.5  #: s; after which grabs that fail one after the other are a loss
#: Failed grabs between two pauses: FFmpeg takes one for each line of a part whose length is wrong.
BURST = 20
PAUSE = 0.001  #: s; a connection that has ended fails at once, a bad sender sends without rest

_LOG = logging.getLogger(__name__)

OnDamage = Callable[[str], None]  #: told, in a thread, why a frame is left out


class Grabbed(NamedTuple):
    """A frame as it came."""

    image: Pixels
    stamp: float
    jpeg: bytes  #: the same, compressed by the camera; empty where it was not


class Grabber:
    """
    Reads a capture without a pause and keeps its newest frame only.

    Drivers buffer several frames; reading in a thread of its own empties the buffers, so
    that `take` never returns a stale frame, nor the same one twice. A frame that is damaged is
    left out; what arrives of several in a form that nobody can tell apart counts as one.

    Parameters
    ----------
    name : str
        What to call the camera in a message.
    capture : Capture
        An open device or stream; the thread owns it from now on.
    can_end : bool
        Whether an end is an end (a film), not a failure (a camera).
    age : callable
        Returns the seconds that the frame just grabbed has waited in the driver.
    clock : callable
        Returns the present in seconds; asked as soon as a frame is grabbed.
    patience : float
        Longest wait for a frame in seconds.
    on_damage : callable
        Told why a frame is left out; called from the thread.

    """

    def __init__(
        self, name: str, capture: Capture, *, can_end: bool, age: Callable[[Capture], float],
        clock: Callable[[], float], patience: float, on_damage: OnDamage,
    ) -> None:
        self._name = name
        self._capture = capture
        self._can_end = can_end
        self._age = age
        self._clock = clock
        self._patience = patience
        self._on_damage = on_damage
        self._damage = ''  # of the newest frame
        self._has_given = False
        self._newest: Grabbed | None = None
        self._is_over = False
        self._is_closed = False
        self._change = Condition()  # guards the three above
        self._thread = Thread(target=self._keep_newest, name=f'grab {name}', daemon=True)
        self._thread.start()

    @property
    def is_running(self) -> bool:
        """Whether the driver is still held, after `close` too while a grab does not return."""
        return self._thread.is_alive()

    def take(self) -> Grabbed | None:
        """
        Wait for a frame newer than the last one taken.

        Returns
        -------
        Grabbed or None
            None at the end, and after `close`.

        Raises
        ------
        SourceError
            When none has come for too long, or none will come any more.

        """
        with self._change:
            self._change.wait_for(
                lambda: self._newest is not None or self._is_over or self._is_closed,
                self._patience,
            )
            newest, self._newest = self._newest, None
            if self._is_closed:
                return None
        if newest is None:
            self._check()
        self._has_given = True
        return newest

    def close(self) -> None:
        """End the thread, which releases the capture when its last grab returns."""
        with self._change:
            self._is_closed = True
            self._change.notify_all()
        self._thread.join(CLOSING_TIME)

    def _check(self) -> None:
        """Raise unless the lack of a frame is an end."""
        if self._damage:
            raise SourceError(
                f'{self._name}: its frames are damaged ({self._damage}); check cable or network'
            )
        if not self._is_over:
            raise SourceError(
                f'{self._name}: no frame for {self._patience:g} s; check that it is running'
            )
        if not self._has_given:
            raise SourceError(
                f'{self._name}: opened, but gives no frame; check that it is not in use'
            )
        if not self._can_end:
            raise SourceError(
                f'{self._name}: stopped giving frames; check that it is plugged in'
            )

    def _keep_newest(self) -> None:
        try:
            self._grab_all()
        except cv2.error as error:
            _LOG.debug('%s: %s', self._name, quoted(error))  # said as any other loss
        finally:
            self._capture.release()
            with self._change:
                self._is_over = True
                self._change.notify_all()

    def _grab_all(self) -> None:
        while self._grab_next():
            stamp = self._clock() - self._age(self._capture)
            try:
                newest = _grabbed(*self._capture.retrieve(), stamp)
            except InputError as error:  # one of many; cheap cables bring some
                self._leave_out(str(error))
                time.sleep(PAUSE)
                continue
            with self._change:
                self._damage = ''
                self._newest = newest
                self._change.notify_all()

    def _grab_next(self) -> bool:
        """Grab past what cannot be; False when there is nothing more to grab."""
        failed, since = 0, 0.0
        while not self._is_closed:
            if self._capture.grab():
                if failed:
                    self._leave_out('it cannot be told from the next')
                return True
            if self._can_end:
                break
            failed += 1
            since = since or time.monotonic()
            if failed % BURST == 0:
                if time.monotonic() - since >= FAILING_TIME:
                    break
                time.sleep(PAUSE)
        return False

    def _leave_out(self, reason: str) -> None:
        self._damage = reason
        if not self._is_closed:
            self._on_damage(reason)


def _grabbed(is_whole: bool, retrieved: Any, stamp: float) -> Grabbed:
    """Return what a capture has retrieved: a picture, or the bytes of one that is compressed."""
    if not is_whole or retrieved is None:
        raise InputError('it is empty or does not decode')
    buffer = np.asarray(retrieved, np.uint8)
    if buffer.size > max(buffer.shape):  # more than one row of bytes
        return Grabbed(buffer, stamp, b'')
    jpeg = jpeg_in(buffer)
    if not jpeg:
        raise InputError('it is no whole JPEG')
    return Grabbed(decoded(jpeg), stamp, jpeg)
