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

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from yolo_deepsort_ros.error_text import shown
from yolo_deepsort_ros.errors import MissingDependencyError, OutputError
from yolo_deepsort_ros.evaluation.mot import MotRows
from yolo_deepsort_ros.evaluation.tracking_metrics import match
from yolo_deepsort_ros.visualization.drawing import colour_of, NO_ID

WIDTH, LINE, FRAME = 10.0, 0.22, 1.1  #: inches: of the picture, a line, what is round the lines
DOTS = 110  #: per inch


def draw_timeline(
    path: Path, tracks: MotRows, rate: float, truth: MotRows | None = None,
    lost: NDArray[np.int64] | None = None,
) -> None:
    """
    Draw when each id was seen.

    A line has gaps where its id was not seen. Without a truth each line has the colour that
    its id has in annotated pictures; with one it has at each moment the colour of the object
    that the track is on, grey where it is on none: a line of two colours is a switch.

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
    axes = figure.add_subplot(xlabel='time [s]', ylabel='id', ylim=(len(ids) - 0.4, -0.6))
    axes.set_yticks(range(len(ids)), ids)
    objects = tracks.ids if truth is None else _objects(truth, tracks)
    for line, number in enumerate(ids):
        is_its = tracks.ids == number
        for start, stop, seen in _runs(tracks.frames[is_its], objects[is_its], lost):
            span = ((start - 1) / rate, (stop - start) / rate)
            axes.broken_barh([span], (line - 0.35, 0.7), facecolor=_colour(seen))
    colours = 'of the id' if truth is None else 'of the object; grey: on none'
    axes.set_title(f'One line for each id. Colour: {colours}', loc='left', fontsize='medium')
    axes.grid(axis='x', alpha=0.3)
    try:
        figure.savefig(path)
    except OSError as error:
        raise OutputError(f'{shown(path)}: cannot write the picture ({error.strerror})') from None


def _figure_type() -> Any:
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        raise MissingDependencyError(
            f'a picture of the tracks needs matplotlib ({error}): pip install matplotlib'
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


def _colour(number: int) -> tuple[float, float, float]:
    """Return red, green, blue in [0, 1]."""
    blue, green, red = colour_of(number)
    return red / 255, green / 255, blue / 255
