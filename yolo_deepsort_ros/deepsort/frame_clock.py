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

import math
from statistics import median

from yolo_deepsort_ros.errors import StampError

LEARNING_STEPS = 30  #: first stamp differences whose median is taken for the period
_SNAP = 1e-3  #: periods; a step this close to a whole number is that number


class FrameClock:
    """
    Measures the time between frames in nominal frame periods.

    Parameters
    ----------
    frame_rate : float
        Nominal rate in Hz; 0 takes the median of the first stamp differences.

    """

    def __init__(self, frame_rate: float) -> None:
        self._frame_rate = frame_rate
        self.reset()

    def reset(self) -> None:
        """Forget all stamps, and the rate if it was learnt."""
        self._last = math.nan
        self._steps: list[float] = []
        self._period = 1 / self._frame_rate if self._frame_rate else 0.0

    @property
    def rate(self) -> float:
        """Frame periods per second; 1 while still unknown."""
        return 1 / self._period if self._period else 1.0

    def check(self, stamp: float) -> bool:
        """
        Tell whether the stamp follows the one before; a backwards one does not.

        Raises
        ------
        StampError
            When it is not finite, or equal to the one before.

        """
        if not math.isfinite(stamp):
            raise StampError(f'stamp {stamp} is not a finite number of seconds')
        if stamp == self._last:
            raise StampError(f'stamp {stamp:.9f} s was already used: each frame needs its own')
        return not stamp < self._last

    def ahead(self, stamp: float) -> float:
        """Return the frame periods to a stamp that is to come, 1 while they are unknown."""
        step = stamp - self._last
        return step / self._period if self._period and step > 0 else 1.0

    def advance(self, stamp: float) -> float:
        """Take the next stamp in seconds; return the frame periods passed (1 at first)."""
        step = stamp - self._last
        self._last = stamp
        if math.isnan(step):
            return 1.0
        if not self._frame_rate and len(self._steps) < LEARNING_STEPS:
            self._steps.append(step)
            self._period = median(self._steps)
        periods = step / self._period
        whole = round(periods)
        return float(whole) if abs(periods - whole) < _SNAP else periods
