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

"""From one stage of a pipeline to the next, which works in a thread of its own."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from threading import Condition, Thread
from typing import Generic, TypeVar

ItemType = TypeVar('ItemType')

CLOSE_WAIT = 10.0  #: s; far more than a stage takes


class StageQueue(Generic[ItemType]):
    """
    Hands items to a thread that uses them in their order, while the next ones are made.

    Few items wait. A newer one takes the oldest one's place, or waits itself until there is room.
    When the thread is idle, `put` returns once it has begun: only one thread runs Python at a
    time, and the one that has just got to work is to be it.

    Parameters
    ----------
    name : str
        Of the thread.
    use : callable
        Takes an item; must not raise.
    on_replaced : callable or None
        Called when an item gives way to a newer one; None lets `put` wait instead.
    room : int
        How many may wait.

    """

    def __init__(
        self,
        name: str,
        use: Callable[[ItemType], None],
        on_replaced: Callable[[], None] | None = None,
        room: int = 1,
    ) -> None:
        self._use = use
        self._on_replaced = on_replaced
        self._room = room
        self._change = Condition()  # guards the three below
        self._waiting: deque[ItemType] = deque()
        self._is_busy = False
        self._is_closed = False
        self._thread = Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def put(self, item: ItemType) -> None:
        """Hand an item over; after `close` it is dropped."""
        with self._change:
            if self._is_full and self._on_replaced is not None:
                self._waiting.popleft()
                self._on_replaced()
            self._change.wait_for(lambda: not self._is_full or self._is_closed)
            if not self._is_closed:
                self._waiting.append(item)
                self._change.notify_all()
                self._change.wait_for(lambda: self._is_busy or not self._waiting)

    def drain(self, patience: float) -> None:
        """Return when all items have been used, or after that many seconds."""
        with self._change:
            self._change.wait_for(lambda: not (self._waiting or self._is_busy), patience)

    def close(self) -> None:
        """Drop what waits and end the thread."""
        with self._change:
            self._is_closed = True
            self._waiting.clear()
            self._change.notify_all()
        self._thread.join(CLOSE_WAIT)

    @property
    def _is_full(self) -> bool:
        return len(self._waiting) >= self._room

    def _run(self) -> None:
        while True:
            with self._change:
                self._is_busy = False
                self._change.notify_all()
                self._change.wait_for(lambda: self._waiting or self._is_closed)
                if self._is_closed:
                    return
                item = self._waiting.popleft()
                self._is_busy = True
                self._change.notify_all()
            self._use(item)
