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
from typing import NamedTuple

import cv2
import numpy as np

from yolo_deepsort_ros.compressed_image import decoded, jpeg_in
from yolo_deepsort_ros.errors import InputError, SourceError
from yolo_deepsort_ros.sources.capture import Capture
from yolo_deepsort_ros.sources.frame import Image
from yolo_deepsort_ros.wording import quoted

CLOSING_TIME = 1.0  #: s; how long `close` waits for a grab that is under way

_LOG = logging.getLogger(__name__)


class Grabbed(NamedTuple):
    """A frame as it came."""

    image: Image
    stamp: float
    jpeg: bytes  #: the same, compressed by the camera; empty where it was not


class Grabber:
    """
    Reads a capture without a pause and keeps its newest frame only.

    Drivers buffer several frames; reading in a thread of its own empties the buffers, so
    that `take` never returns a stale frame, nor the same one twice.

    Parameters
    ----------
    name : str
        What to call the camera in a message.
    capture : Capture
        An open device or stream; the thread owns it from now on.
    can_end : bool
        Whether an end is an end (a film), not a failure (a camera).
    clock : callable
        Returns the present in seconds; asked as soon as a frame is grabbed.
    patience : float
        Longest wait for a frame in seconds.

    """

    def __init__(
        self, name: str, capture: Capture, *, can_end: bool, clock: Callable[[], float],
        patience: float,
    ) -> None:
        self._name = name
        self._capture = capture
        self._can_end = can_end
        self._clock = clock
        self._patience = patience
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
        while not self._is_closed and self._capture.grab():
            stamp = self._clock()
            is_whole, buffer = self._capture.retrieve()
            if not is_whole:
                continue
            try:
                newest = _grabbed(np.asarray(buffer, np.uint8), stamp)
            except InputError as error:  # one of many; cheap cables bring some
                _LOG.debug('%s: %s', self._name, error)
                continue
            with self._change:
                self._newest = newest
                self._change.notify_all()


def _grabbed(buffer: Image, stamp: float) -> Grabbed:
    """Return what a capture has retrieved: a picture, or the bytes of one that is compressed."""
    if buffer.ndim == 3 and buffer.shape[2] == 3:
        return Grabbed(buffer, stamp, b'')
    jpeg = jpeg_in(buffer)
    return Grabbed(decoded(jpeg), stamp, jpeg)
