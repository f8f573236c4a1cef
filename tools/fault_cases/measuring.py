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

"""What the records of the witness say: rate, silence, time to recover, losses, ids."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
import itertools
from typing import Any, NamedTuple

WINDOW = 1.0  #: s over which a rate is judged
NORMAL = 0.8  #: share of the rate before the fault that counts as normal


class Tracks(NamedTuple):
    """One message of tracks as it was received."""

    time: float  #: s of a clock that all processes share and nobody sets
    stamp: int  #: ns
    ids: tuple[str, ...]
    names: tuple[str, ...]


class Status(NamedTuple):
    """One status of a node."""

    time: float  #: s
    level: int
    message: str
    values: dict[str, str]


def rate(times: Sequence[float], begin: float, end: float) -> float:
    """Return arrivals a second from `begin` to `end`; the times are in order."""
    return (bisect_left(times, end) - bisect_left(times, begin)) / max(end - begin, 1e-9)


def recovery(times: Sequence[float], end: float, normal: float, now: float) -> float | None:
    """
    Return how long after the cause's end the normal rate begins (s); None as long as it has not.

    Parameters
    ----------
    times : sequence of float
        Arrivals, in order.
    end : float
        When the cause ended.
    normal : float
        Rate before the fault (Hz).
    now : float
        Up to when arrivals are known.

    """
    first = bisect_left(times, end)
    for begin in (end, *times[first:]):
        if begin + WINDOW > now:
            return None
        if rate(times, begin, begin + WINDOW) >= NORMAL * normal:
            return begin - end
    return None


def silence(times: Sequence[float], begin: float, end: float) -> float:
    """Return the longest time without an arrival from `begin` to `end` (s)."""
    inside = times[bisect_left(times, begin):bisect_left(times, end)]
    return max(after - before for before, after in itertools.pairwise((begin, *inside, end)))


def lost(images: Sequence[tuple[float, int]], tracked: set[int], begin: float, end: float) -> int:
    """Return how many images published from `begin` to `end` have no tracks; by stamp."""
    return sum(begin <= time < end and stamp not in tracked for time, stamp in images)


def ids_of(tracks: Sequence[Tracks], begin: float, end: float) -> set[str]:
    """Return the ids seen from `begin` to `end`."""
    return {found for message in tracks if begin <= message.time < end for found in message.ids}


def counter(status: Status | None, name: str) -> int:
    """Return a counter of a status; 0 where the node has said nothing of it."""
    value: Any = status.values.get(name, '0') if status else '0'
    return int(value) if str(value).isdecimal() else 0
