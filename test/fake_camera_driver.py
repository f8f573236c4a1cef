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

"""Captures whose frames come when the test says so, and cameras that open them."""

from __future__ import annotations

from queue import Queue
import threading

import cv2
import numpy as np

from yolo_deepsort_ros.config.source_config import SourceConfig
from yolo_deepsort_ros.errors import SourceError
from yolo_deepsort_ros.sources.limited import LimitedSource
from yolo_deepsort_ros.sources.live import LiveSource
from yolo_deepsort_ros.sources.opening import open_source
from yolo_deepsort_ros.sources.source import Source

END = object()  #: of the connection: every grab fails from now on
FAILS = object()  #: a grab that does, once


class FakeCapture:
    """A driver whose `grab` waits for the test's `give`."""

    def __init__(
        self, *where: object, opens: bool = True, refuses: bool = False, frames: int = 0
    ) -> None:
        self.where = where
        self.opens = opens
        self.refuses = refuses
        self.released = threading.Event()
        self.properties: dict[int, float] = {
            cv2.CAP_PROP_FPS: 25.0, cv2.CAP_PROP_FRAME_COUNT: frames,
        }
        self.calls: list[int] = []
        self._coming: Queue = Queue()
        self._grabs: Queue = Queue()
        self._current: object = None

    def give(self, *shades: object) -> None:
        """Let the driver have these frames; return when all but the last are taken in."""
        for shade in shades:
            self._coming.put(shade)
        for _ in shades:
            self._grabs.get(timeout=5)

    def isOpened(self) -> bool:  # noqa: N802
        return self.opens

    def get(self, key: int) -> float:
        return self.properties.get(key, 0.0)

    def set(self, key: int, value: float) -> bool:  # noqa: A003
        self.calls.append(key)
        if not self.refuses:
            self.properties[key] = value
        return not self.refuses

    def grab(self) -> bool:
        if self._current is END:
            return False
        self._current = self._coming.get()
        self._grabs.put(None)
        return self._current not in (END, FAILS)

    def retrieve(self) -> tuple[bool, object]:
        if self._current is None:
            return False, None
        if isinstance(self._current, bytes):
            return True, np.frombuffer(self._current, np.uint8)[None]
        return True, np.full((2, 2, 3), self._current, np.uint8)

    def release(self) -> None:
        self.released.set()


class Ticks:
    """A clock that advances by one second each time it is read."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        self.now += 1.0
        return self.now


class FakeCamera:
    """Opens one capture after the other; None stands for a camera that is away."""

    name = 'camera'

    def __init__(self, *captures: FakeCapture | None, can_end: bool = False) -> None:
        self._captures = list(captures)
        self._can_end = can_end

    def open(self) -> FakeCapture:  # noqa: A003
        capture = self._captures.pop(0)
        if capture is None:
            raise SourceError('no camera')
        return capture

    def can_end(self, capture: FakeCapture) -> bool:
        return self._can_end

    def age(self, capture: FakeCapture) -> float:
        return 0.0


class Changes(list):
    """What a source says of itself."""

    def __call__(self, problem: str) -> None:
        self.append(problem)


def source_of(
    *captures: FakeCapture | None, can_end=False, duration=0.0, max_frames=0, **values: object
) -> Source:
    settings = {'clock': Ticks(), 'patience': 5.0, **values}
    source = LiveSource(FakeCamera(*captures, can_end=can_end), **settings)
    return LimitedSource(source, duration, max_frames) if duration or max_frames else source


def opened(
    name: str, made: list[FakeCapture], driver: dict[str, object] | None = None, **options: object
) -> LiveSource:
    def factory(*where: object) -> FakeCapture:
        made.append(FakeCapture(*where, **(driver or {})))
        return made[-1]
    return open_source(SourceConfig(source=name, **options), paced=True, capture=factory)
