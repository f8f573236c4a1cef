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

"""The images between the messages of a detector that does not look at each of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

from yolo_deepsort_ros.stamp_order import Order, StampOrder

ImageType = TypeVar('ImageType')


@dataclass(frozen=True)
class _Event(Generic[ImageType]):
    stamp: int
    image: ImageType | None = None  #: None: a message
    is_overtaken: bool = False  #: its turn was over when it came


class SkippedImages(Generic[ImageType]):
    """
    Says which images nobody looked at, and when it is their turn.

    After a message the detector passes over `every` - 1 images: so many are due as they come,
    others once a later message shows that nobody looked at them. Whatever is lost on the way,
    stamps only grow, but for images that came late.

    Parameters
    ----------
    every : int
        Images from one message to the next; 1: none is ever due.
    image_buffer : int
        Most images that wait; the oldest goes first.

    Notes
    -----
    Stamps are integers (nanoseconds). What lies back is late. It goes its way, but counts for
    nothing, unless a second image or message shows that a bag has started again: then it was
    the beginning, and all from before is void.

    """

    def __init__(self, every: int, image_buffer: int) -> None:
        self._every = every
        self._image_buffer = image_buffer
        self._back: list[_Event[ImageType]] = []  # from the first that lies back on
        self._begin()

    def _begin(self) -> None:
        self._images, self._messages = StampOrder(), StampOrder()
        self._looked = -1  # stamp of the last message
        self._done = -1  # stamp of the last image that is done with
        self._passed: list[int] = []  # stamps passed over since the last message
        self._waiting: dict[int, ImageType] = {}
        self._overtaken: list[ImageType] = []  # late ones, whose turn is over

    def is_late(self, stamp: int) -> bool:
        """Tell whether a message is about an image that was passed over, or one before."""
        return not self._back and self._looked <= stamp <= self._done != self._looked

    def look(self, stamp: int) -> list[ImageType]:
        """Take a message, a late one too; return the images that were passed over before it."""
        order = self._messages.take(stamp)
        if order is Order.RESTART or (order is Order.LATE and self._looked > self._images.last):
            self._begin_again()
        elif order is Order.LATE:
            self._remember(_Event(stamp))
            return []
        if self._back:
            self._remember(_Event(stamp))
        return self._look(stamp)

    def add_image(self, stamp: int, image: ImageType) -> None:
        """Take an image."""
        if self._every == 1:
            return
        order = self._images.take(stamp)
        if order is Order.LATE:
            self._remember(_Event(stamp, image, stamp <= self._done))
        elif order is Order.RESTART:
            self._begin_again()
        elif self._back:  # time goes on
            self._overtaken += [
                event.image for event in self._back
                if event.image is not None and event.is_overtaken
            ]
            self._back.clear()
        self._add(stamp, image)

    def due(self) -> list[ImageType]:
        """Return the images whose turn it is."""
        overtaken, self._overtaken = self._overtaken, []
        if self._looked < 0:
            return overtaken
        stamps = list(self._waiting)[:self._every - 1 - len(self._passed)]
        self._passed += stamps
        self._done = max(stamps, default=self._done)
        return [*overtaken, *(self._waiting.pop(stamp) for stamp in stamps)]

    def _look(self, stamp: int) -> list[ImageType]:
        is_first = self._looked < 0
        past = [image for each, image in self._waiting.items() if each < stamp and not is_first]
        self._looked = stamp
        self._done = max(stamp, self._done)
        self._waiting = {
            each: image for each, image in self._waiting.items() if each > self._done
        }
        self._passed = [each for each in self._passed if each > stamp]
        return past

    def _add(self, stamp: int, image: ImageType) -> None:
        if stamp > self._done:
            self._waiting[stamp] = image
            self._waiting = dict(sorted(self._waiting.items()))
        while len(self._waiting) > self._image_buffer:
            del self._waiting[next(iter(self._waiting))]

    def _remember(self, event: _Event[ImageType]) -> None:
        self._back = [*self._back, event][-self._image_buffer:]

    def _begin_again(self) -> None:
        """Begin with what came first of the new time."""
        events, self._back = self._back, []
        self._begin()
        for event in events:
            if event.image is None:
                self._messages.take(event.stamp)
                self._look(event.stamp)
            else:
                self._images.take(event.stamp)
                self._add(event.stamp, event.image)
