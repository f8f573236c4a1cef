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

"""Tells whether a node's time goes on: with `use_sim_time` it is that of `/clock`."""

from __future__ import annotations

from rclpy.clock import Clock

#: Looks at an unchanged time after which it stands still; a slow simulation may skip one.
STILL = 3


class SimClock:
    """
    Looks at a clock once in a while.

    Parameters
    ----------
    clock : Clock
        The node's.

    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._last = -1
        self._unchanged = 0

    def look(self) -> str:
        """Return why no time passes; '' while it does."""
        now = self._clock.now().nanoseconds
        self._unchanged = self._unchanged + 1 if now == self._last else 0
        self._last = now
        if now <= 0:
            return 'waits for /clock'
        return 'the time of /clock stands still' if self._unchanged >= STILL else ''
