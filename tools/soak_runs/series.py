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

"""What a run has held and how long its frames took, and the verdict over that."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
import time
from typing import Any, NamedTuple

import numpy as np
from scipy.stats import binom

MAX_GROWTH = 5e6  #: bytes an hour
MAX_SLOWDOWN = 1.15
BLOCKS = 20  #: of the last half; the medians of neighbours hardly depend on each other
CONFIDENCE = 0.95
POINTS = 120  #: of a curve in the docs


class Held(NamedTuple):
    """What a process has."""

    anonymous: float  #: bytes of memory of its own
    threads: float
    files: float  #: descriptors


class Sample(NamedTuple):
    """A block of frames."""

    seconds: float  #: since the start
    frames: int  #: since the start
    median_ms: float
    p95_ms: float
    reference_ms: float  #: of work that is always the same
    held: dict[str, Held]  #: by process


def held_by(pid: int | str) -> Held:
    """Look at a process."""
    folder = Path('/proc', str(pid))
    text = (folder / 'status').read_text()
    values = dict(line.split(':', 1) for line in text.splitlines())
    return Held(
        1024.0 * int(values['RssAnon'].split()[0]), int(values['Threads']),
        sum(1 for _ in (folder / 'fd').iterdir()),
    )


def reference() -> None:
    """Do some milliseconds of work as the tracker's: NumPy on small arrays, and Python."""
    array = _REFERENCE
    for _ in range(100):
        array = np.sort(array @ _REFERENCE, axis=1)
        array /= np.abs(array).max()
    sum({n: n for n in range(20_000)}.values())


_REFERENCE = np.random.default_rng(0).normal(size=(50, 50))


def time_of(work: Callable[[], object], clock: Callable[[], float]) -> float:
    """Return how long something takes (ms)."""
    start = clock()
    work()
    return 1000 * (clock() - start)


@dataclass
class Series:
    """
    Samples of a run.

    Attributes
    ----------
    what : str
        Which run.
    samples : list of Sample
        In order.
    inside : dict of str to list of dict
        By process, what `inside.py` has told.

    """

    what: str
    samples: list[Sample] = field(default_factory=list)
    inside: dict[str, list[dict[str, int]]] = field(default_factory=dict)
    begin: float = field(default_factory=time.monotonic)

    def add(
        self, frames: int, milliseconds: Sequence[float], reference_ms: float,
        held: dict[str, Held],
    ) -> None:
        """Add a block of frames."""
        self.samples.append(Sample(
            time.monotonic() - self.begin, frames, float(np.median(milliseconds)),
            float(np.percentile(milliseconds, 95)), reference_ms, held,
        ))

    def verdict(self) -> dict[str, Any]:
        """Return what came of it; `ok` is whether nothing grew and nothing became slower."""
        found: dict[str, Any] = {
            'run': self.what, 'frames': self.samples[-1].frames,
            'hours': round(self.samples[-1].seconds / 3600, 3),
            'growth_mb_per_hour': {}, 'rise_mb': {}, 'constant': {},
            'threads_and_files': {},
        }
        half = self.samples[len(self.samples) // 2:]
        for name in half[0].held:
            held = [sample.held[name].anonymous for sample in half]
            middle, most = growth([sample.seconds / 3600 for sample in half], held)
            found['growth_mb_per_hour'][name] = [round(middle / 1e6, 2), round(most / 1e6, 2)]
            found['rise_mb'][name] = round((held[-1] - held[0]) / 1e6, 2)
            counts = {(sample.held[name].threads, sample.held[name].files) for sample in half}
            found['constant'][name] = len(counts) == 1
            found['threads_and_files'][name] = sorted(counts)
        for column in ('median_ms', 'p95_ms'):
            found[f'{column}_ratio'] = round(self._slowdown(column), 3)
        found['ok'] = (
            all(most < MAX_GROWTH / 1e6 for _, most in found['growth_mb_per_hour'].values())
            and all(found['constant'].values())
            and max(found['median_ms_ratio'], found['p95_ms_ratio']) <= MAX_SLOWDOWN
        )
        return found

    def _slowdown(self, column: str) -> float:
        """Return how the last tenth stands to the second, each by its own reference."""
        tenth = max(len(self.samples) // 10, 1)
        relative = [getattr(each, column) / each.reference_ms for each in self.samples]
        return float(np.median(relative[-tenth:]) / np.median(relative[tenth:2 * tenth]))

    def curves(self) -> dict[str, Any]:
        """Return some points of each curve, for a picture."""
        parts = [
            [self.samples[place] for place in part]
            for part in np.array_split(range(len(self.samples)), POINTS) if len(part)
        ]

        def medians(value: Callable[[Sample], float], digits: int) -> list[float]:
            return [round(float(np.median([value(each) for each in part])), digits)
                    for part in parts]

        return {
            'hours': medians(lambda each: each.seconds / 3600, 4),
            'median': medians(lambda each: each.median_ms / each.reference_ms, 3),
            'p95': medians(lambda each: each.p95_ms / each.reference_ms, 3),
            'anonymous_mb': {
                name: medians(lambda each, name=name: each.held[name].anonymous / 1e6, 2)
                for name in self.samples[0].held
            },
            'inside_mb': {
                name: {
                    column: [round(line[column] / 1e6, 2) for line in lines[::every]]
                    for column in ('heap', 'in_use')
                } | {'blocks': [line['blocks'] for line in lines[::every]]}
                for name, lines in self.inside.items()
                for every in [max(len(lines) // POINTS, 1)]
            },
        }


def growth(hours: Sequence[float], held: Sequence[float]) -> tuple[float, float]:
    """
    Return how fast memory grows, and the upper end of the confidence interval.

    What loses something with each frame grows in most blocks of a run. A heap that must hold
    more than ever before, as when images wait, grows in one, by a step. So growth is the median
    from block to block; its interval is that of a median, by the order of the values alone.

    Parameters
    ----------
    hours, held : sequence of float
        When, and how many bytes.

    Returns
    -------
    middle, most : float
        Bytes an hour: the median, and at most.

    """
    blocks = min(BLOCKS, len(hours))
    x = np.array([np.median(part) for part in np.array_split(hours, blocks)])
    y = np.array([np.median(part) for part in np.array_split(held, blocks)])
    rates = np.sort(np.diff(y) / np.diff(x))
    above = int(binom.ppf(0.5 + CONFIDENCE / 2, len(rates), 0.5))
    if above >= len(rates):
        return float(np.median(rates)) if len(rates) else 0.0, float('inf')
    return float(np.median(rates)), float(rates[above])
