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

"""What has happened how often, and what a rise of it means."""

from __future__ import annotations

from collections import deque

RESETS = 'resets'  #: the tracker's counter, by which others know that ids have begun anew
WINDOW = 5  #: periods over which rates are taken and bad news counts as recent


class EventCounter:
    """
    Counts events of one kind; a thread may add to a counter that is its own.

    Parameters
    ----------
    name : str
        Key of the diagnostics.
    is_bad : bool
        Whether a rise is a warning.
    is_rated : bool
        Whether its rate tells something.

    Attributes
    ----------
    total : int
        How many there have been.

    Examples
    --------
    >>> refused = EventCounter('refused', is_bad=True)
    >>> refused.add(2)
    >>> refused.mark()
    >>> refused.verdict(seconds=1.0)
    '2 refused within the last 1 s'

    """

    def __init__(self, name: str, *, is_bad: bool = False, is_rated: bool = False) -> None:
        self.name = name
        self.total = 0
        self._is_bad = is_bad
        self._is_rated = is_rated
        self._marks = deque([0], maxlen=WINDOW + 1)  # totals, one a period

    def add(self, number: int = 1) -> None:
        """Take note of events."""
        self.total += number

    def mark(self) -> None:
        """Begin another period."""
        self._marks.append(self.total)

    def restart(self) -> None:
        """Forget the periods, not the total."""
        self._marks.clear()
        self.mark()

    @property
    def recent(self) -> int:
        """How many there were in the last `WINDOW` periods."""
        return self._marks[-1] - self._marks[0]

    def verdict(self, seconds: float) -> str:
        """Return the warning of a rise within these seconds, the time of `recent`; '' for none."""
        if not self._is_bad or self.recent <= 0:
            return ''
        return f'{self.recent} {self.name} within the last {seconds:.0f} s'

    def values(self, seconds: float) -> dict[str, str]:
        """Return what the diagnostics show of it."""
        shown = {self.name: str(self.total)}
        if self._is_rated:
            shown[f'{self.name} per second'] = f'{self.recent / seconds:.1f}'
        return shown
