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

"""Keeps the last depth images until the tracks of their time have come."""

from __future__ import annotations

from collections import deque
from threading import Condition
import time
from typing import Generic, TypeVar

MessageType = TypeVar('MessageType')
KEPT = 15  #: images; half a second at 30 Hz


class NewestDepth(Generic[MessageType]):
    """
    The newest images by their stamps; one thread adds them, another looks for them.

    Examples
    --------
    >>> images = NewestDepth()
    >>> for stamp in (100, 133, 166):
    ...     images.add(stamp, f'of {stamp}')
    >>> images.near(150, 20), images.near(100, 200), images.near(300, 20)
    ('of 166', 'of 100', None)

    """

    def __init__(self) -> None:
        self._change = Condition()  # guards what is kept
        self._kept: deque[tuple[int, MessageType]] = deque(maxlen=KEPT)

    def add(self, stamp: int, message: MessageType) -> None:
        """Keep an image; a stamp that lies back starts time again."""
        with self._change:
            if self._kept and stamp < self._kept[-1][0]:
                self._kept.clear()
            self._kept.append((stamp, message))
            self._change.notify_all()

    def wait_for(self, stamp: int, deadline: float) -> None:
        """Return once an image of this stamp or a later one is there, or `monotonic` says so."""
        with self._change:
            self._change.wait_for(
                lambda: any(number >= stamp for number, _ in self._kept),
                max(deadline - time.monotonic(), 0.0),
            )

    def near(self, stamp: int, slop: int) -> MessageType | None:
        """Return the image of this very stamp, else the newest one no further from it."""
        with self._change:
            kept = list(self._kept)
        for number, message in kept:
            if number == stamp:
                return message
        fitting = [message for number, message in kept if abs(number - stamp) <= slop]
        return fitting[-1] if fitting else None

    def clear(self) -> None:
        """Forget all."""
        with self._change:
            self._kept.clear()
