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

"""When the frames of a recording are due, and the stamps they carry."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

MAX_WAIT = 0.1  #: s; a clock that is set or simulated is looked at again this often


class Schedule(Protocol):
    """Gives each frame its stamp, one after the other."""

    def stamp_of(self, position: float) -> float:
        """Return the stamp of the frame so many periods after the first, when it is due."""


class FreeSchedule:
    """Frames as fast as they are consumed, stamped with the recording's own time from 0."""

    def __init__(self, rate: float) -> None:
        self._rate = rate

    def stamp_of(self, position: float) -> float:
        """Return position / rate at once."""
        return position / self._rate


class PacedSchedule:
    """
    Frames as far apart as in the recording, stamped with the moment at which each was due.

    Stamps are exact as long as the reader keeps up. When it comes more than one
    period late, the schedule moves on to the present, so that a stamp is never more than
    one period behind the clock; the same when the clock is set back.

    Parameters
    ----------
    rate : float
        Nominal frames per second, > 0.
    clock : callable
        Returns the present in seconds.
    wait : callable
        Waits for that many seconds; returns True when there is no use in waiting on.

    """

    def __init__(
        self, rate: float, clock: Callable[[], float], wait: Callable[[float], bool]
    ) -> None:
        self._rate = rate
        self._clock = clock
        self._wait = wait
        self._start: float | None = None  # when frame 0 was due
        self._last = 0.0  # position of the frame before

    def stamp_of(self, position: float) -> float:
        """Wait until the frame is due."""
        period = 1 / self._rate
        now = self._clock()
        if self._start is None:
            self._start = now - position / self._rate
        due = self._start + position / self._rate
        longest = (position - self._last + 0.5) * period
        self._last = position
        while now < due:
            if due - now > longest:  # cannot be but by a clock set back
                return self._move_to(now, due)
            if self._wait(min(due - now, MAX_WAIT)):
                break
            now = self._clock()
        if now - due > period:
            return self._move_to(now, due)
        return due

    def _move_to(self, now: float, due: float) -> float:
        """Shift the schedule so that what was due then is due now."""
        if self._start is not None:
            self._start += now - due
        return now
