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

"""Turns the stamps of frames into a time that nobody sets."""

from __future__ import annotations

MIN_STEP = 1.0  #: s; less is no step of a clock: frames may have to wait so long
DRIFT = 1e-3  #: s/s; a clock that is slewed runs off by half of it
MAX_DRIFT = 0.1  #: s; from one frame to the next, however long it takes


class FrameTime:
    """
    Follows the clock of the stamps through its steps, where arrival times show them.

    A robot without a clock chip starts in the past, and is set ahead once it finds a time
    server. No frame arrives before it was made: when one comes after its stamp by a second less
    than any before, the clock was set ahead. When a stamp lies back by more than a second and is
    the present of this machine's clock, the clock was set back. Any other stamp that lies back,
    as in a bag that loops, is left to the tracker. So is a gap during which nothing arrived.

    Attributes
    ----------
    step : float
        Seconds by which the clock was found to be set at the last frame; 0: it was not.

    """

    def __init__(self) -> None:
        self.step = 0.0
        self._has_seen = False
        self._offset = 0.0  # from stamps to this time
        self._former_offset = 0.0  # before the last step
        self._last: tuple[float, float] | None = None  # time and arrival of the last frame
        self._min_delay = 0.0  # from time to arrival

    def begin_again(self) -> None:
        """Take the next frame as it comes: time has started again."""
        self._last = None

    def of(self, stamp: float, arrival: float, now: float) -> float | None:
        """
        Return the time of a frame.

        Parameters
        ----------
        stamp : float
            Seconds, on a clock that may be set.
        arrival : float
            When it came, in seconds on a clock that is never set.
        now : float
            The same on this machine's clock.

        Returns
        -------
        float or None
            Seconds; up to the first step the stamp itself. None for a stamp that was left empty:
            zero after another frame.

        """
        self.step = 0.0
        if stamp == 0 and self._has_seen:
            return None
        self._has_seen = True
        if self._last is None:
            self._min_delay = arrival - stamp - self._offset
        else:
            self._follow(stamp, arrival, now, *self._last)
        time = stamp + self._offset
        self._min_delay = min(self._min_delay, arrival - time)
        self._last = time, arrival
        return time

    def _follow(
        self, stamp: float, arrival: float, now: float, last: float, last_arrival: float
    ) -> None:
        """Change the offset if the clock was set."""
        passed = arrival - last_arrival
        self._min_delay += min(DRIFT * passed, MAX_DRIFT)
        time = stamp + self._offset
        excess = arrival - time - self._min_delay
        is_ahead, is_back = excess < -MIN_STEP, time < last - MIN_STEP
        if not is_ahead and not is_back:
            return
        offset = self._former_offset
        if abs(stamp + offset - last - passed) > MIN_STEP:  # nor back to what it was
            if is_back and abs(now - stamp) > excess / 2:
                return
            offset = last + passed - stamp
        self.step = self._offset - offset
        self._former_offset, self._offset = self._offset, offset
