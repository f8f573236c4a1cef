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

"""What the demo makes of its record: the score against a truth, the picture of the tracks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
import math
from pathlib import Path
import sys
from typing import Any

import numpy as np
from numpy.typing import NDArray

from yolo_deepsort_ros.errors import MissingDependencyError
from yolo_deepsort_ros.evaluation.mot import MotRows, read_mot
from yolo_deepsort_ros.evaluation.tracking_metrics import evaluate
from yolo_deepsort_ros.simulation.arena.arena import HEIGHT, RATE, WIDTH
from yolo_deepsort_ros.simulation.arena.arena_config import arena_config, ArenaConfig
from yolo_deepsort_ros.visualization.timeline import draw_timeline

ARENA_SECONDS = 20.0  #: shown of the arena, which has no end, unless asked otherwise
AHEAD = 10**9  #: bytes of pictures drawn before the first is shown
RESULTS = ('tracks.txt', 'annotated.mp4', 'gt.txt', 'gt_3d.csv', 'tracks.png')  #: files of a demo
FIGURES = ('mota', 'idf1', 'hota', 'num_switches')


def arena_parameters(
    values: Mapping[str, Any], truth: Path
) -> tuple[dict[str, Any], ArenaConfig]:
    """
    Return the parameters of a demo of the arena, and the options of its source.

    It ends, writes its truth, and is drawn before it begins, as far as memory goes, so that
    drawing takes nothing from the nodes that are measured.

    Parameters
    ----------
    values : mapping
        What was given; it has precedence, but for zeros and empty texts.
    truth : Path
        File for the truth.

    """
    rate, width, height = arena_shape(values)
    seconds = values.get('duration') or math.inf
    frames = values.get('max_frames') or math.inf
    if min(seconds, frames) == math.inf:
        seconds = ARENA_SECONDS
    ahead = min(math.ceil(seconds * rate) if seconds < math.inf else math.inf, frames)
    given = arena_config(values['source'])
    options = given.replace(
        ahead=given.ahead or int(min(ahead, AHEAD // (3 * width * height))),
        truth=given.truth or str(truth),
    )
    return {**values, 'duration': 0.0 if seconds == math.inf else seconds}, options


def arena_shape(values: Mapping[str, Any]) -> tuple[float, int, int]:
    """Return the rate, width and height of the arena's pictures by the parameters."""
    return (
        values.get('rate') or RATE, values.get('width') or WIDTH, values.get('height') or HEIGHT
    )


def remove_results(folder: Path) -> None:
    """Remove what an earlier demo has left: it is not of this one."""
    for name in RESULTS:
        (folder / name).unlink(missing_ok=True)


def judge(
    folder: Path, frames: int, rate: float | None, truth: Path | None,
    lost: NDArray[np.int64] | None = None, class_indices: Mapping[str, int] | None = None,
) -> dict[str, Any]:
    """
    Write `tracks.png`, and with a truth `gt.txt`, into a folder that holds `tracks.txt`.

    Parameters
    ----------
    folder : Path
        Where the demo's files are.
    frames : int
        Images published; what the truth says of later ones is left out.
    rate : float or None
        Images a second; None when there were fewer than two.
    truth : Path or None
        Ground truth in the same frame numbers.
    lost : ndarray of int64, optional
        Frames whose tracks have not come, in order: no gaps of the tracks.
    class_indices : mapping of str to int, optional
        The classes that column 8 of the tracks means.

    Returns
    -------
    dict
        `FIGURES`; empty without a truth.

    """
    if rate is None:
        return {}
    tracks = read_mot(folder / 'tracks.txt')
    seen = _copied(truth, folder / 'gt.txt', frames) if truth else None
    with _if_installed():
        # Names come before the numbers that stand for them.
        named = reversed(list((class_indices or {}).items()))
        labels = {index: name for name, index in named}
        draw_timeline(folder / 'tracks.png', tracks, rate, seen, lost, labels)
    if seen:
        with _if_installed():
            figures = evaluate(seen, tracks)
            return {name: round(figures[name], 4) for name in FIGURES}
    return {}


def _copied(truth: Path, path: Path, frames: int) -> MotRows:
    """Copy the truth of that many frames, and read it."""
    with open(truth, encoding='ascii') as source, open(path, 'w', encoding='ascii') as copy:
        copy.writelines(line for line in source if int(line.partition(',')[0]) <= frames)
    return read_mot(path)


@contextmanager
def _if_installed() -> Iterator[None]:
    """Say in a line what a missing library would have done."""
    try:
        yield
    except MissingDependencyError as error:
        print(f'demo: {error}', file=sys.stderr)
