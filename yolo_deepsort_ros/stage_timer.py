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

"""How long each stage of the flow takes."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
import math
import time

TIMES_KEPT = 10000  #: newest durations of each stage, so that a long run stays small


class StageTimer:
    """
    Collects how long each stage of the flow takes.

    Parameters
    ----------
    kept : int
        Newest durations of each stage that count.

    """

    def __init__(self, kept: int = TIMES_KEPT) -> None:
        self._seconds: defaultdict[str, deque[float]] = defaultdict(lambda: deque(maxlen=kept))
        self._newest: dict[str, float] = {}

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time the body of a `with` statement."""
        start = time.perf_counter()
        yield
        seconds = self._newest[name] = time.perf_counter() - start
        self._seconds[name].append(seconds)

    def take_newest_ms(self) -> dict[str, float]:
        """Return how long each stage since the last call took, its last time, in milliseconds."""
        newest, self._newest = self._newest, {}
        return {name: round(1e3 * seconds, 3) for name, seconds in newest.items()}

    def clear(self) -> None:
        """Forget all durations."""
        self._seconds.clear()

    @property
    def medians_ms(self) -> dict[str, float]:
        """Median duration of each stage in milliseconds."""
        return self._of_each(median)

    @property
    def p95_ms(self) -> dict[str, float]:
        """Duration of each stage in milliseconds that 95 % do not exceed."""
        return self._of_each(p95)

    def _of_each(self, figure: Callable[[Sequence[float]], float]) -> dict[str, float]:
        # Lists, for another thread may be at work.
        stages = list(self._seconds.items())
        return {name: round(1e3 * figure(list(times)), 3) for name, times in stages}


def median(values: Iterable[float]) -> float:
    """
    Return the middle of the values, or the mean of the two there; there must be one.

    As `statistics` does, which would bring decimal fractions and cryptography into each node.
    """
    ordered = sorted(values)
    middle = len(ordered) // 2
    return (ordered[middle] + ordered[~middle]) / 2


def p95(values: Iterable[float]) -> float:
    """Return the least of the values that 95 % of them do not exceed; there must be one."""
    ordered = sorted(values)
    return ordered[math.ceil(0.95 * len(ordered)) - 1]
