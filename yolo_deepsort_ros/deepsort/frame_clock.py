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

"""Time stamps as frame periods, the unit of the filter."""

from __future__ import annotations

import logging
import math
import time

from yolo_deepsort_ros.errors import StampError
from yolo_deepsort_ros.stage_timer import median
from yolo_deepsort_ros.stamp_order import Order, StampOrder

logger = logging.getLogger(__name__)

LOG_PAUSE = 10.0  #: s; between two lines that say the same
LEARNING_STEPS = 30  #: first stamp differences whose median is taken for the period
MIN_PERIOD = 1e-6  #: s; of a learnt one
MAX_STEP = 1e9  #: s; no track outlives it, and its square in periods is a number
_SNAP = 1e-3  #: periods; a step this close to a whole number is that number


class FrameClock:
    """
    Measures the time between frames in nominal frame periods.

    Parameters
    ----------
    frame_rate : float
        Nominal rate in Hz; 0 takes the median of the first stamp differences.

    Attributes
    ----------
    late : int
        How many stamps were late.
    restarts : int
        How often time has started again.

    """

    def __init__(self, frame_rate: float) -> None:
        self._frame_rate = frame_rate
        self.late = 0
        self.restarts = 0
        self._logged: dict[str, float] = {}  # when each line was last, on the machine's own clock
        self.reset()

    def reset(self) -> None:
        """Forget all stamps, and the rate if it was learnt."""
        self._order = StampOrder()
        self._steps: list[float] = []
        self._period = 1 / self._frame_rate if self._frame_rate else 0.0

    @property
    def rate(self) -> float:
        """Frame periods per second; 1 while still unknown."""
        return 1 / self._period if self._period else 1.0

    def judge(self, stamp: float, late_periods: float) -> Order:
        """
        Tell where a stamp lies; nothing is changed.

        Parameters
        ----------
        stamp : float
            Seconds.
        late_periods : float
            Frame periods by which a stamp may lie back and be late for certain; while they are
            unknown none is.

        Raises
        ------
        StampError
            When it is not finite.

        """
        if not math.isfinite(stamp):
            raise StampError(f'stamp {stamp} is not a finite number of seconds')
        return self._order.judge(stamp, self._window(late_periods))

    def take(self, stamp: float, late_periods: float) -> tuple[Order, float]:
        """
        Take a stamp; parameters and errors are those of `judge`.

        Returns
        -------
        (Order, float)
            Where it lies, and the frame periods passed since the one before: 0 when it is
            late, 1 at first.

        """
        order, last = self.judge(stamp, late_periods), self._order.last
        if order is Order.RESTART:
            self.restarts += 1
            self._tell('the clock went backwards to %.3f s: all tracks are dropped (setbacks so '
                       'far: %d)', stamp, self.restarts)
            self.reset()
        self._order.take(stamp, self._window(late_periods))
        if order is not Order.LATE:
            return order, self._periods_to(stamp, last) if order is Order.NEXT else 1.0
        self.late += 1
        self._tell('a frame of %.3f s comes after one of %.3f s: it is left out (late so far: %d)',
                   stamp, last, self.late)
        return order, 0.0

    def ahead(self, stamp: float) -> float:
        """Return the frame periods to a stamp that is to come, 1 while they are unknown."""
        step = min(stamp - self._order.last, MAX_STEP)
        return step / self._period if self._period and step > 0 else 1.0

    def _window(self, late_periods: float) -> float:
        """Return how far back a late stamp may lie, in seconds."""
        return (late_periods + _SNAP) * self._period

    def _periods_to(self, stamp: float, last: float) -> float:
        if math.isinf(last):
            return 1.0
        step = min(stamp - last, MAX_STEP)
        if not self._frame_rate and len(self._steps) < LEARNING_STEPS:
            self._steps.append(step)
            self._period = max(median(self._steps), MIN_PERIOD)
        periods = step / self._period
        whole = round(periods)
        return float(whole) if abs(periods - whole) < _SNAP else periods

    def _tell(self, line: str, *values: float) -> None:
        """Log a warning, not too often."""
        now = time.monotonic()
        if now - self._logged.get(line, -LOG_PAUSE) >= LOG_PAUSE:
            self._logged[line] = now
            logger.warning(line, *values)
