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

"""When each id was seen, for the time line of the page and for who is followed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from yolo_deepsort_ros.stamp_order import Order, StampOrder
from yolo_deepsort_ros.web.shown_frame import ShownTracks

HOLE = 2.0  #: s without any message after which nobody knows what was there
LENGTH = 600.0  #: s that are remembered
MAX_IDS = 500
KEPT = 2.0  #: s; how long a tracker keeps a hidden id, until its parameters are known


@dataclass(eq=False)
class Seen:
    """
    One id.

    Attributes
    ----------
    id : int
    label : str
        Its class.
    spans : list of [float, float]
        First and last stamp (s) of each time that it was seen without a gap.
    version : int
        Grows whenever it is seen.

    """

    id: int  # noqa: A003
    label: str
    version: int = 0
    spans: list[list[float]] = field(default_factory=list)

    @property
    def first(self) -> float:
        """The stamp at which it was seen first, as far as is remembered."""
        return self.spans[0][0]

    @property
    def last(self) -> float:
        """The stamp at which it was seen last."""
        return self.spans[-1][1]


class IdHistory:
    """
    The ids of one camera over time.

    Parameters
    ----------
    on_restart : callable
        Called when ids have begun anew: time has started again, or an id is back that the
        tracker cannot have kept.

    Attributes
    ----------
    kept : float
        Seconds that the tracker keeps an id that is hidden.
    now : float
        The newest stamp; 0 before the first.

    """

    def __init__(self, on_restart: Callable[[], None]) -> None:
        self._on_restart = on_restart
        self.kept = KEPT
        self.clear()

    def clear(self) -> None:
        """Forget all."""
        self._order = StampOrder()
        self._seen: dict[int, Seen] = {}
        self._present: set[int] = set()
        self._looked: list[list[float]] = []
        self._largest = 0
        self._version = 0
        self.now = 0.0

    def add(self, shown: ShownTracks) -> bool:
        """Take note of the tracks of a stamp; return whether it is later than those before."""
        stamp = shown.stamp / 1e9
        order = self._order.take(stamp)
        if order is Order.LATE:
            return False
        if order is Order.RESTART or self._has_begun_anew(shown, stamp):
            self.clear()
            self._order.take(stamp)
            self._on_restart()
        is_hole = not self._looked or stamp - self.now > HOLE
        if is_hole:
            self._looked.append([stamp, stamp])
        self._looked[-1][1] = self.now = stamp
        self._version += 1
        present = set()
        for track in shown.tracks:
            if track.id:
                present.add(track.id)
                self._take(track.id, track.label, stamp, is_new=is_hole)
        self._present = present
        self._forget(stamp - LENGTH)
        return True

    def age(self, number: int) -> float:
        """Return how many seconds ago an id was given, as far as is remembered."""
        return self.now - self._seen[number].first if number in self._seen else 0.0

    def hidden_for(self, number: int) -> float:
        """Return for how many seconds an id has not been seen; inf for one that never was."""
        return self.now - self._seen[number].last if number in self._seen else float('inf')

    def since(self, version: int) -> tuple[int, dict[str, Any]]:
        """Return the newest version, and what has changed since an older one, for the page."""
        rows = [
            {'id': each.id, 'class': each.label,
             'spans': [[round(end, 3) for end in span] for span in each.spans]}
            for each in self._seen.values() if each.version > version
        ]
        return self._version, {
            'now': self.now, 'looked': self._looked, 'rows': rows, 'is_all': version == 0,
        }

    def _take(self, number: int, label: str, stamp: float, *, is_new: bool) -> None:
        seen = self._seen.setdefault(number, Seen(number, label))
        if is_new or number not in self._present:
            seen.spans.append([stamp, stamp])
        seen.spans[-1][1] = stamp
        seen.label, seen.version = label, self._version
        self._largest = max(self._largest, number)

    def _has_begun_anew(self, shown: ShownTracks, stamp: float) -> bool:
        """Tell whether an id is there that nobody gives twice: a reset that nobody told us of."""
        if not self._looked:
            return False
        since = stamp - self.kept - HOLE
        for track in shown.tracks:
            if track.id and track.id not in self._present and track.id <= self._largest:
                seen = self._seen.get(track.id)
                # One that is unknown may have been lost before anybody looked.
                if (seen.last if seen else self._looked[-1][0]) < since:
                    return True
        return False

    def _forget(self, before: float) -> None:
        while self._looked and self._looked[0][1] < before:
            del self._looked[0]
        old = [number for number, seen in self._seen.items() if seen.last < before]
        excess = sorted(self._seen, key=lambda number: self._seen[number].last)[:-MAX_IDS]
        for number in {*old, *excess}:
            del self._seen[number]
