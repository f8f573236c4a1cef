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

"""Finds the image that belongs to a message."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import Generic, TypeVar

ImageType = TypeVar('ImageType')
MessageType = TypeVar('MessageType')


@dataclass(frozen=True)
class Pair(Generic[ImageType, MessageType]):
    """A message and its image; None when it has none."""

    message: MessageType
    image: ImageType | None
    #: Whether the image was lost, not just older than the first one or overtaken.
    is_lost: bool = field(default=False, compare=False)


@dataclass(frozen=True)
class _Waiting(Generic[MessageType]):
    stamp: int
    message: MessageType
    since: float


class Pairing(Generic[ImageType, MessageType]):
    """
    Pairs images and messages of exactly the same stamp, in order of the messages.

    A message whose image has not come waits. It comes out without one when a newer image
    has come (images keep their order, so its own was lost), when it has waited too long,
    or when too many wait: whatever happens, each message comes out once.

    Parameters
    ----------
    image_buffer : int
        Most images, and most messages, kept waiting; the oldest goes first.
    image_wait : float
        Longest wait of a message in seconds.

    Attributes
    ----------
    strangers : int
        Messages without their image, since the last that had it, between two images.
    has_met : bool
        Whether any message had its image.

    Notes
    -----
    Stamps are integers (nanoseconds). `now` is any clock in seconds that never goes back.
    A stamp that goes backwards is late, or that of a bag that starts again. The images from
    before still pair, but are no sign any more that others were lost.

    """

    def __init__(self, image_buffer: int, image_wait: float) -> None:
        self._image_buffer = image_buffer
        self._image_wait = image_wait
        self._images: dict[int, ImageType] = {}
        self._waiting: deque[_Waiting[MessageType]] = deque()
        self._doubted: set[int] = set()  # images from before the stamps have gone backwards
        self._first_image: int | None = None  # since then
        self._last_image = self._last_message = self._last_out = -1
        self.strangers = 0
        self.has_met = False

    @property
    def is_waiting(self) -> bool:
        """Whether any message waits: then `expire` must be called before long."""
        return bool(self._waiting)

    def is_early(self, stamp: int) -> bool:
        """Tell whether a message is from before the first image: it lacks its own then."""
        return self._first_image is not None and stamp < self._first_image

    def add_image(
        self, stamp: int, image: ImageType, now: float
    ) -> list[Pair[ImageType, MessageType]]:
        """Keep an image; return the pairs that are complete now."""
        self._images.pop(stamp, None)  # of an earlier round of a bag
        if stamp < self._last_image:
            self._doubted = set(self._images)
            self._first_image = None
        if self._first_image is None:
            self._first_image = stamp
        self._last_image = stamp
        self._images[stamp] = image
        while len(self._images) > self._image_buffer:
            del self._images[next(iter(self._images))]
        return self.expire(now)

    def add_message(
        self, stamp: int, message: MessageType, now: float
    ) -> list[Pair[ImageType, MessageType]]:
        """Take a message; return the pairs that are complete now."""
        if stamp < self._last_message:
            self._doubted = set(self._images)
        self._last_message = stamp
        self._waiting.append(_Waiting(stamp, message, now))
        return self.expire(now)

    def expire(self, now: float) -> list[Pair[ImageType, MessageType]]:
        """Return the pairs that are complete or have waited long enough."""
        ready = []
        while self._waiting and self._is_ready(self._waiting[0], now):
            first = self._waiting.popleft()
            image = self._images.get(first.stamp)
            is_overtaken = first.stamp < self._last_out
            is_lost = image is None and not is_overtaken and not self.is_early(first.stamp)
            ready.append(Pair(first.message, image, is_lost))
            if image is not None:
                self.strangers, self.has_met = 0, True
            elif is_lost and any(stamp < first.stamp for stamp in self._images):
                self.strangers += 1
            self._last_out = first.stamp
            self._images = {
                stamp: image for stamp, image in self._images.items() if stamp > first.stamp
            }
        return ready

    def _is_ready(self, first: _Waiting[MessageType], now: float) -> bool:
        return (
            first.stamp in self._images
            or any(stamp > first.stamp for stamp in self._images.keys() - self._doubted)
            or now - first.since >= self._image_wait
            or len(self._waiting) > self._image_buffer
        )
