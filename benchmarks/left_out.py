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

"""
Whether the constants of `strong` would be chosen by data that they are not judged on.

`scripts/run python3 benchmarks/left_out.py --data DATA`. Each constant is moved alone. For each
group of sequences the value that is best on the mean of all other groups is taken, and its
gain over the constant as it stands is read on the group that was left out.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
import sys
from types import ModuleType
from typing import NamedTuple

from accuracy import ROOT, run
from groups import grouped, JITTERED, versioned, VERSIONS
import numpy as np
from sequences import Sequence

from yolo_deepsort_ros.deepsort import score_limits, staged_association


class Constant(NamedTuple):
    """A constant, and what it might be instead."""

    module: ModuleType
    name: str
    others: tuple[float, ...]


CONSTANTS = [
    Constant(staged_association, 'SURE', (0.5, 0.7)),
    Constant(staged_association, 'WEAK_IOU', (0.4, 0.6)),
    Constant(staged_association, 'CONFIRMED_IOU', (0.15, 0.3)),
    Constant(staged_association, 'WIDENED_BY', (0.2, 0.4)),
    Constant(staged_association, 'TAKEN_IOU', (0.4, 0.6)),
    Constant(score_limits, 'MEMORY', (300, 1000)),
    Constant(score_limits, 'START_SHARE', (0.55, 0.75)),
    Constant(score_limits, 'STRONG', (0.7, 0.8)),
]


def main() -> None:
    """Print a Markdown table on stdout, progress on stderr."""
    parser = argparse.ArgumentParser(description='Leave one group of sequences out.')
    parser.add_argument('--data', type=Path, default=ROOT.parent / 'shared' / 'data')
    parser.add_argument('--cache', type=Path, default=ROOT / '.build' / 'accuracy',
                        help="keeps the networks' results")
    arguments = parser.parse_args()
    groups = grouped(arguments.data, arguments.cache)
    as_is = scores(groups)
    print(f'| constant | {" | ".join(groups)} | mean |')
    print('|---' * (len(groups) + 2) + '|')
    for module, name, others in CONSTANTS:
        standing = getattr(module, name)
        found = {standing: as_is}
        for value in others:
            with moved(module, name, value):
                found[value] = scores(groups)
            print(f'{name} {value}: {found[value] - as_is}', file=sys.stderr, flush=True)
        chosen = [
            max(found, key=lambda value: np.delete(found[value], place).mean())
            for place in range(len(groups))
        ]
        gains = [found[value][place] - as_is[place] for place, value in enumerate(chosen)]
        cells = ' | '.join(
            f'{value:g}: {gain:+.1f}' for value, gain in zip(chosen, gains, strict=True)
        )
        print(f'| {name} = {standing:g} | {cells} | {np.mean(gains):+.2f} |', flush=True)


def scores(groups: dict[str, list[Sequence]]) -> np.ndarray:
    """Return the mean of IDF1 and HOTA of each group, forwards and backwards."""
    return np.array([
        np.mean([
            run(versioned(scene, version), 0.0, {'profile': 'strong'})[1:3]
            for scene in scenes for version in VERSIONS[::1 + JITTERED]
        ])
        for scenes in groups.values()
    ])


@contextmanager
def moved(module: ModuleType, name: str, value: float) -> Iterator[None]:
    """Let a constant have another value."""
    standing = getattr(module, name)
    setattr(module, name, value)
    try:
        yield
    finally:
        setattr(module, name, standing)


if __name__ == '__main__':
    main()
