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

"""A picture of tracks over time: one line for each id."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from yolo_deepsort_ros.error_text import pip_install, shown
from yolo_deepsort_ros.errors import MissingDependencyError, OutputError
from yolo_deepsort_ros.evaluation.mot import MotRows
from yolo_deepsort_ros.evaluation.tracking_metrics import match
from yolo_deepsort_ros.linear_assignment import linear_sum_assignment
from yolo_deepsort_ros.visualization.drawing import colour_of, ink_on, NO_ID

WIDTH, LINE, FRAME = 10.0, 0.22, 1.1  #: inches: of the picture, a line, what is round the lines
DOTS = 110  #: per inch
MIN_NAMED = 0.07  #: share of the width that a name takes


def draw_timeline(
    path: Path, tracks: MotRows, rate: float, truth: MotRows | None = None,
    lost: NDArray[np.int64] | None = None, labels: Mapping[int, str] | None = None,
) -> None:
    """
    Draw when each id was seen.

    A line has gaps where its id was not seen, and the colour that its id has in annotated
    pictures. With a truth it has at each moment the colour of the object that the track is
    on: that of the id that follows the object longest, grey where it is on none. A line of
    two colours is a switch. Objects are named on the lines, ids by their class beside them.

    Parameters
    ----------
    path : Path
        The picture to write; its suffix says the format.
    tracks : MotRows
        What a tracker said.
    rate : float
        Frames per second.
    truth : MotRows, optional
        Ground truth.
    lost : ndarray of int64, optional
        Frames, in order, of which the tracker knew nothing; a line goes on over them.
    labels : mapping of int to str, optional
        Names of the classes in column 8 of the tracks.

    Raises
    ------
    MissingDependencyError
        When `matplotlib` is not installed.
    OutputError
        When the picture cannot be written.

    """
    figure_type = _figure_type()
    ids = np.unique(tracks.ids)
    figure = figure_type(
        figsize=(WIDTH, FRAME + LINE * max(len(ids), 1)), dpi=DOTS, layout='constrained'
    )
    end = max([*tracks.frames.tolist(), *(truth.frames.tolist() if truth else ())], default=1)
    axes = figure.add_subplot(
        xlabel='time [s]', xlim=(0, end / rate), ylim=(len(ids) - 0.4, -0.6)
    )
    kinds = _kinds(tracks, tracks.ids, labels or {})
    axes.set_yticks(range(len(ids)), [f'{kinds[number]} {number}'.strip() for number in ids])
    objects = tracks.ids if truth is None else _objects(truth, tracks)
    shades = _shades(tracks.ids, objects)
    names = {} if truth is None else _kinds(tracks, objects, labels or {})
    for line, number in enumerate(ids):
        is_its = tracks.ids == number
        for start, stop, seen in _runs(tracks.frames[is_its], objects[is_its], lost):
            span = (start - 1) / rate, (stop - start) / rate
            shade = shades[seen]
            axes.broken_barh([span], (line - 0.35, 0.7), facecolor=_colour(shade))
            if seen in names and seen != NO_ID and span[1] > MIN_NAMED * end / rate:
                axes.text(
                    span[0], line, f' {names[seen]} {seen}', va='center', fontsize='xx-small',
                    color=_colour_of_text(shade), clip_on=True,
                )
    told = 'id' if truth is None else 'object, named on the line; grey: on none'
    axes.set_title(f'One line for each id. Colour: of the {told}', loc='left', fontsize='medium')
    axes.grid(axis='x', alpha=0.3)
    axes.set_axisbelow(True)
    try:
        figure.savefig(path)
    except OSError as error:
        raise OutputError(f'{shown(path)}: cannot write the picture ({error.strerror})') from None


def _kinds(
    tracks: MotRows, numbers: NDArray[np.int64], labels: Mapping[int, str]
) -> dict[int, str]:
    """Return the class that the tracks of each number are said to be of most often."""
    has_classes = tracks.others.shape[1] > 0
    classes = tracks.others[:, 0].astype(int) if has_classes else np.full(len(tracks), -1)
    common = {
        number: Counter(classes[numbers == number].tolist()).most_common(1)[0][0]
        for number in np.unique(numbers).tolist()
    }
    return {number: labels.get(kind, '') for number, kind in common.items()}


def _shades(ids: NDArray[np.int64], objects: NDArray[np.int64]) -> dict[int, int]:
    """
    Return for each object the id whose colour it has.

    One to one so that most frames have the colour of their own id, as IDF1 pairs them; an
    object that is left over has a colour of no id.
    """
    known_ids, at = np.unique(ids, return_inverse=True)
    known, on = np.unique(objects, return_inverse=True)
    frames = np.zeros((len(known), len(known_ids)))
    np.add.at(frames, (on, at), known[on] != NO_ID)
    rows, columns = linear_sum_assignment(frames, maximize=True)
    shades = {
        int(known[row]): int(known_ids[column])
        for row, column in zip(rows, columns, strict=True) if frames[row, column]
    }
    spare = count(int(ids.max(initial=0)) + 1)
    return {
        number: NO_ID if number == NO_ID else shades.get(number) or next(spare)
        for number in known.tolist()
    }


def _figure_type() -> Any:
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        raise MissingDependencyError(
            f'a picture of the tracks needs matplotlib ({error}): {pip_install("matplotlib")}'
        ) from None
    return Figure


def _objects(truth: MotRows, tracks: MotRows) -> NDArray[np.int64]:
    """Return the id of the true object that each row is on, `NO_ID` for none."""
    return np.asarray(np.append(truth.ids, NO_ID)[match(truth, tracks)])


def _runs(
    frames: NDArray[np.int64], objects: NDArray[np.int64], lost: NDArray[np.int64] | None
) -> list[tuple[int, int, int]]:
    """Return first frame, frame after the last, and object of each unbroken run."""
    order = np.argsort(frames, kind='stable')
    frames, objects = frames[order], objects[order]
    known = frames if lost is None else frames - np.searchsorted(lost, frames)
    is_break = (np.diff(known) != 1) | (np.diff(objects) != 0)
    starts = np.flatnonzero(np.append(True, is_break))
    ends = np.flatnonzero(np.append(is_break, True))
    return list(zip(
        frames[starts].tolist(), (frames[ends] + 1).tolist(), objects[starts].tolist(),
        strict=True,
    ))


def _colour_of_text(number: int) -> tuple[float, float, float]:
    """Return the colour of text that is read on the colour of a number."""
    blue, green, red = ink_on(colour_of(number))
    return red / 255, green / 255, blue / 255


def _colour(number: int) -> tuple[float, float, float]:
    """Return red, green, blue in [0, 1]."""
    blue, green, red = colour_of(number)
    return red / 255, green / 255, blue / 255
