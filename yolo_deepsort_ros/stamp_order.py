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

"""Tells stamps that come late from a time that has started again."""

from __future__ import annotations

from enum import auto, Enum
import math


class Order(Enum):
    """Where a stamp lies, seen from those before."""

    NEXT = auto()  #: later than all before
    LATE = auto()  #: not later: to be left out
    RESTART = auto()  #: time has started again here, as in a bag that loops


class StampOrder:
    """
    Judges each stamp by those before.

    A stamp that lies back is late. Time has started again when a second one, later than the
    first, lies back further than late ones do.

    Attributes
    ----------
    last : float
        The newest stamp, in the unit of the caller; -inf before the first.
    doubtful : float
        The newest stamp that lies further back than late ones do and may be a restart's first;
        inf without one.

    """

    def __init__(self) -> None:
        self.last = -math.inf
        self.doubtful = math.inf

    def judge(self, stamp: float, window: float = 0) -> Order:
        """
        Return where a stamp lies; nothing is changed.

        Parameters
        ----------
        stamp : float
            The stamp.
        window : float
            How far back it may lie and be late for certain.

        """
        if stamp > self.last:
            return Order.NEXT
        is_second = stamp < self.last - window and stamp > self.doubtful
        return Order.RESTART if is_second else Order.LATE

    def take(self, stamp: float, window: float = 0) -> Order:
        """Return the same, and count the stamp among those before."""
        order = self.judge(stamp, window)
        is_doubtful = order is Order.LATE and stamp < self.last - window
        self.doubtful = stamp if is_doubtful else math.inf
        if order is not Order.LATE:
            self.last = stamp
        return order
