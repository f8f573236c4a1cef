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

from typing import Generic, TypeVar

ImageType = TypeVar('ImageType')


class Between(Generic[ImageType]):
    """
    Says which images nobody looked at, and when it is their turn.

    After a message the detector passes over `every` - 1 images: so many are due as they come,
    others once a later message shows that nobody looked at them. Whatever is lost on the way,
    stamps only grow.

    Parameters
    ----------
    every : int
        Images from one message to the next; 1: none is ever due.
    image_buffer : int
        Most images that wait; the oldest goes first.

    Notes
    -----
    Stamps are integers (nanoseconds). One that goes backwards (a bag that starts again) makes
    all from before void.

    """

    def __init__(self, every: int, image_buffer: int) -> None:
        self._every = every
        self._image_buffer = image_buffer
        self._newest_image = -1
        self._looked = -1  # stamp of the last message
        self._done = -1  # stamp of the last image that is done with
        self._passed: list[int] = []  # stamps passed over since the last message
        self._waiting: dict[int, ImageType] = {}

    def is_late(self, stamp: int) -> bool:
        """Tell whether a message is about an image that was passed over, or one before."""
        return self._looked <= stamp <= self._done != self._looked

    def look(self, stamp: int) -> list[ImageType]:
        """Take a message, a late one too; return the images that were passed over before it."""
        if stamp < self._looked:
            self._begin()
        is_first = self._looked < 0
        past = [image for each, image in self._waiting.items() if each < stamp and not is_first]
        self._looked = stamp
        self._done = max(stamp, self._done)
        self._waiting = {
            each: image for each, image in self._waiting.items() if each > self._done
        }
        self._passed = [each for each in self._passed if each > stamp]
        return past

    def add_image(self, stamp: int, image: ImageType) -> None:
        """Take an image."""
        if stamp < self._newest_image:
            self._waiting.clear()
            if stamp < self._done:  # else a message has come back first
                self._begin()
        self._newest_image = stamp
        if self._every > 1 and stamp > self._done:
            self._waiting[stamp] = image
        while len(self._waiting) > self._image_buffer:
            del self._waiting[next(iter(self._waiting))]

    def due(self) -> list[ImageType]:
        """Return the images whose turn it is."""
        if self._looked < 0:
            return []
        stamps = list(self._waiting)[:self._every - 1 - len(self._passed)]
        self._passed += stamps
        self._done = max(stamps, default=self._done)
        return [self._waiting.pop(stamp) for stamp in stamps]

    def _begin(self) -> None:
        self._looked = self._done = -1
        self._passed.clear()
        self._waiting.clear()
