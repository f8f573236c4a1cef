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
Finished tracks of recorded material: smoothed by what came later, and their gaps filled.

Nothing of it runs in the graph: a robot does not know what comes later.

References
----------
Rauch, Tung, Striebel, "Maximum likelihood estimates of linear dynamic systems", AIAA Journal
3(8), 1965: the recursion of `smoothed`.

"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from yolo_deepsort_ros.boxes import Boxes, iou_matrix, tlwh_to_xyah, xyah_to_tlwh
from yolo_deepsort_ros.deepsort.assignment import assign
from yolo_deepsort_ros.deepsort.kalman_filter import initiate, predict, update
from yolo_deepsort_ros.detections import Detections
from yolo_deepsort_ros.tracks import Tracks

MAX_DISTANCE = 0.7  #: 1 - IoU of a track and the detection that it has taken; as the tracker's
MIN_SIDE = 1e-3  #: px; of a smoothed box


class Rows(NamedTuple):
    """The rows of one frame: its number, ids, boxes, scores and classes."""

    frame: int
    ids: NDArray[np.int64]
    tlwh: Boxes
    scores: NDArray[np.float64]
    class_ids: NDArray[np.int64]


class TrackHistory:
    """
    Keeps all that a tracker has reported, to give it out improved at the end.

    Parameters
    ----------
    fill_gaps : int
        Gaps of up to so many frames between two rows of an id get rows; 0 for none.
    smooth : bool
        Whether boxes are smoothed by what came later.

    Examples
    --------
    >>> import numpy as np
    >>> from yolo_deepsort_ros import Detections, Tracker
    >>> tracker, history = Tracker(n_init=1), TrackHistory(fill_gaps=1, smooth=False)
    >>> for frame, left in ((1, 0.0), (2, 2.0), (3, None), (4, None), (5, 8.0)):
    ...     boxes = [] if left is None else [[left, 0.0, 40.0, 80.0]]
    ...     found = Detections(np.reshape(boxes, (-1, 4)), np.ones(len(boxes)))
    ...     history.add(frame, tracker.update(found, frame), found)
    >>> [rows.frame for rows in history.rows() if len(rows.ids)]
    [1, 2, 3, 4, 5]

    """

    def __init__(self, fill_gaps: int, smooth: bool) -> None:
        self._fill_gaps = fill_gaps
        self._smooth = smooth
        self._rows: list[NDArray[np.float64]] = []

    def add(self, frame: int, tracks: Tracks, found: Detections) -> None:
        """
        Take the tracks of a frame.

        Parameters
        ----------
        frame : int
            Its number, above the one before.
        tracks : Tracks
            All live tracks; those reported are kept.
        found : Detections
            What the tracker was given in this frame.

        """
        shown = tracks.reported
        is_matched = shown.time_since_update == 0
        measured = np.where(is_matched[:, None], shown.tlwh, np.nan)
        if self._smooth:
            costs = 1 - iou_matrix(shown.tlwh, found.tlwh)
            is_other = shown.class_ids[:, None] != found.class_ids
            costs[is_other | ~is_matched[:, None]] = np.inf
            pairs = assign(costs, MAX_DISTANCE)
            measured[pairs.rows] = found.tlwh[pairs.columns]
        self._rows.append(np.column_stack([
            np.full(len(shown), frame), shown.ids, shown.tlwh, shown.scores, shown.class_ids,
            measured,
        ]))

    def rows(self) -> Iterator[Rows]:
        """Yield the improved rows of each frame that has any, in order; ids as the tracker's."""
        table = np.concatenate([np.zeros((0, 12)), *self._rows])
        parts = [self._improved(table[table[:, 1] == number]) for number in np.unique(table[:, 1])]
        table = np.concatenate([np.zeros((0, 8)), *parts])
        table = table[np.lexsort((table[:, 1], table[:, 0]))]
        for frame in np.unique(table[:, 0]):
            there = table[table[:, 0] == frame]
            yield Rows(
                int(frame), there[:, 1].astype(np.int64), there[:, 2:6], there[:, 6],
                there[:, 7].astype(np.int64),
            )

    def _improved(self, track: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the rows of one id, (N, 8), of those that `add` has made, (M, 12)."""
        frames, measured = track[:, 0].astype(np.int64), track[:, 8:]
        every = with_gaps_filled(frames, self._fill_gaps)
        rows = np.empty((len(every), 8))
        rows[:, 0] = every
        for column in range(1, 7):
            rows[:, column] = np.interp(every, frames, track[:, column])
        rows[:, 7] = track[np.searchsorted(frames, every, side='right') - 1, 7]
        is_measured = ~np.isnan(measured[:, 0])
        if self._smooth and is_measured[0]:
            rows[:, 2:6] = smoothed(every, frames[is_measured], measured[is_measured])
        return rows


def with_gaps_filled(frames: NDArray[np.int64], longest: int) -> NDArray[np.int64]:
    """Return frames in order with the missing ones of gaps up to that length, shape (M,)."""
    missing = np.diff(frames, prepend=frames[0]) - 1
    runs = [
        np.arange(frame - gap, frame + 1) if 0 < gap <= longest else [frame]
        for frame, gap in zip(frames.tolist(), missing.tolist(), strict=True)
    ]
    return np.concatenate(runs).astype(np.int64)


def smoothed(
    wanted: NDArray[np.int64], frames: NDArray[np.int64], boxes_tlwh: Boxes
) -> Boxes:
    """
    Return the likeliest boxes of one object, given all its measurements.

    Parameters
    ----------
    wanted : ndarray of int64, shape (M,)
        Frames in order, none before the first measurement.
    frames : ndarray of int64, shape (N,)
        Frames of the measurements, in order; at least one.
    boxes_tlwh : ndarray, shape (N, 4)
        The measured boxes, in pixels.

    Returns
    -------
    ndarray, shape (M, 4)
        Left, top, width, height in pixels; sizes > 0.

    """
    measured = dict(zip(frames.tolist(), tlwh_to_xyah(boxes_tlwh)[:, None], strict=True))
    every = sorted({*wanted.tolist(), *measured})
    state = initiate(measured[every[0]])
    known, expected = [state], [state]  # after each frame's measurement, and before it
    for before, frame in pairwise(every):
        state = predict(state, frame - before)
        expected.append(state)
        state = update(state, measured[frame]) if frame in measured else state
        known.append(state)
    means = known[-1][0, :2]
    found = {every[-1]: means[0]}
    for i in range(len(every) - 2, -1, -1):
        means = _step_back(known[i][0], expected[i + 1][0], means, every[i + 1] - every[i])
        found[every[i]] = means[0]
    boxes = xyah_to_tlwh(np.maximum(
        np.array([found[frame] for frame in wanted.tolist()]), [-np.inf, -np.inf, *[MIN_SIDE] * 2]
    ))
    return boxes


def _step_back(
    known: NDArray[np.float64], expected: NDArray[np.float64], later: NDArray[np.float64],
    periods: int,
) -> NDArray[np.float64]:
    """
    Return position and velocity of each coordinate, shape (2, 4), given all that came later.

    `known` (5, 4) is the state here, `expected` (5, 4) what it foretold for the next frame,
    `later` (2, 4) what is known of that frame in the end; see `kalman_filter` for the parts.
    """
    _, _, variance, covariance, velocity_variance = known
    _, _, next_variance, next_covariance, next_velocity_variance = expected
    carried = np.array([  # P F' with F = [[1, t], [0, 1]]
        [variance + periods * covariance, covariance],
        [covariance + periods * velocity_variance, velocity_variance],
    ])  # (2, 2, 4)
    inverse = np.array([
        [next_velocity_variance, -next_covariance], [-next_covariance, next_variance],
    ]) / (next_variance * next_velocity_variance - next_covariance**2)
    gain = np.einsum('ikc,kjc->ijc', carried, inverse)
    back: NDArray[np.float64] = known[:2] + np.einsum('ijc,jc->ic', gain, later - expected[:2])
    return back
