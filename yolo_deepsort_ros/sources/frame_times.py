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

"""The times of a video's frames, from those that its container tells."""

from __future__ import annotations

import logging

ROUNDING = 0.002  #: s; containers count in milliseconds, or finer
MIN_STEP, MAX_STEP = 0.5, 1.5  #: periods from one frame to the next while the rate is constant
MAX_TIME = 1e9  #: s

_LOG = logging.getLogger(__name__)


class FrameTimes:
    """
    Gives each frame its time in seconds from the first, always later than the one before.

    Times of a constant rate are multiples of its period, without the container's rounding. One
    that is not later than that of the frame before is taken to be a period later. That the rate
    varies is logged once.

    Parameters
    ----------
    name : str
        What to call the video in a message.
    rate : float
        Nominal frames per second.

    Examples
    --------
    >>> times = FrameTimes('a film', 10.0)
    >>> [times.of_next(told) for told in (5.0, 5.101, 5.2, 5.2)]
    [0.0, 0.1, 0.2, 0.30000000000000004]

    """

    def __init__(self, name: str, rate: float) -> None:
        self._name = name
        self._rate = rate
        self._has_warned = False
        self.restart()

    def restart(self) -> None:
        """Go back to the first frame."""
        self._index = 0
        self._first = self._last = 0.0

    def of_next(self, told: float) -> float:
        """Return the time of the next frame, which the container shows at `told` seconds."""
        self._index += 1
        if self._index == 1:
            self._first = told
            return 0.0
        even = (self._index - 1) / self._rate
        time = told - self._first
        if abs(time - even) <= ROUNDING:
            time = even
        if not self._last < time < MAX_TIME:
            time = self._last + 1 / self._rate
        self._look_at((time - self._last) * self._rate)
        self._last = time
        return time

    def _look_at(self, periods: float) -> None:
        if not MIN_STEP <= periods <= MAX_STEP and not self._has_warned:
            self._has_warned = True
            _LOG.warning(
                '%s: its frame rate varies; frames are timed as the file tells', self._name
            )
