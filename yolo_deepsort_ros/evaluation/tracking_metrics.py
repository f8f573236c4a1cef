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

"""Figures of multi-object tracking, computed by the library `trackeval`."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from yolo_deepsort_ros.boxes import covered_shares, iou_matrix
from yolo_deepsort_ros.error_text import pip_install, shown
from yolo_deepsort_ros.errors import InputError, MissingDependencyError
from yolo_deepsort_ros.evaluation.mot import MotRows
from yolo_deepsort_ros.evaluation.truth_formats import find_format, TruthFormat
from yolo_deepsort_ros.linear_assignment import linear_sum_assignment

MIN_OVERLAP = 0.5  #: IoU at which a track is on an object
MAX_INSIDE = 0.5  #: share of a track's box in a region to ignore, beyond which it is left out


def evaluate(
    truth: MotRows, tracks: MotRows, form: TruthFormat | None = None
) -> dict[str, float]:
    """
    Compare tracks with ground truth.

    The frames from 1 to the last one of the ground truth are compared, no others: tracks
    in a frame without true objects are false, tracks after the last frame are left out.

    Parameters
    ----------
    truth : MotRows
        Ground truth. As the benchmarks do, a track on a box that is neither right nor wrong
        to track is left out in that frame, and so is one most of which lies in a region to
        ignore; other boxes that do not count are as if they were not there.
    tracks : MotRows
        What a tracker said.
    form : TruthFormat, optional
        The format of the ground truth, which says what counts; left out: `find_format`.

    Returns
    -------
    dict
        In the meaning of py-motmetrics: `mota` (at most 1), `idf1`, `precision`, `recall`
        at an overlap (IoU) of 0.5, `hota` as the mean over its overlaps 0.05 to 0.95, all
        float; `num_switches` of identity, `mostly_tracked` objects (in more than 0.8 of
        their frames), `num_objects` (true boxes), all int.

    Raises
    ------
    InputError
        When no true box counts, or an id comes twice in a frame.
    MissingDependencyError
        When `trackeval` is not installed.

    References
    ----------
    Bernardin and Stiefelhagen 2008 (CLEAR MOT), Ristani et al. 2016 (IDF1),
    Luiten et al. 2021 (HOTA), Milan et al. 2016 (MOT16, sec. 4.1: distractors).

    """
    metrics = _metrics()
    data = _compared(truth, tracks, form or find_format(truth))
    quiet = {'PRINT_CONFIG': False}
    clear = metrics.CLEAR(quiet).eval_sequence(data)
    identity = metrics.Identity(quiet).eval_sequence(data)
    hota = metrics.HOTA().eval_sequence(data)
    return {
        'mota': float(clear['MOTA']),
        'idf1': float(identity['IDF1']),
        'hota': float(np.mean(hota['HOTA'])),
        'num_switches': int(clear['IDSW']),
        'precision': float(clear['CLR_Pr']),
        'recall': float(clear['CLR_Re']),
        'mostly_tracked': int(clear['MT']),
        'num_objects': data['num_gt_dets'],
    }


def considered(truth: MotRows, form: TruthFormat | None = None) -> MotRows:
    """Return the rows of a ground truth that count; see `evaluate`."""
    return truth[(form or find_format(truth)).roles(truth).counts]


def match(truth: MotRows, tracks: MotRows) -> NDArray[np.int64]:
    """
    Say which true box each track is on, by the best one-to-one match in each frame.

    Returns
    -------
    ndarray of int64, shape (T,)
        For each row of the tracks a row of the truth that it overlaps by at least
        `MIN_OVERLAP`; -1 where there is none.

    """
    matched = np.full(len(tracks), -1)
    true_rows, said_rows = np.arange(len(truth)), np.arange(len(tracks))
    for frame in np.intersect1d(truth.frames, tracks.frames):
        true, said = true_rows[truth.frames == frame], said_rows[tracks.frames == frame]
        overlap = iou_matrix(truth.tlwh[true], tracks.tlwh[said])  # (G, T)
        overlap[overlap < MIN_OVERLAP] = 0.0
        at, by = linear_sum_assignment(overlap, maximize=True)
        is_match = overlap[at, by] > 0
        matched[said[by[is_match]]] = true[at[is_match]]
    return matched


def _metrics() -> Any:
    try:
        from trackeval import metrics
    except ImportError as error:
        raise MissingDependencyError(
            f'figures need the library trackeval ({error}): {pip_install("trackeval")}, in a '
            f'virtual environment (it brings a newer NumPy)'
        ) from None
    return metrics


def _compared(truth: MotRows, tracks: MotRows, form: TruthFormat) -> dict[str, Any]:
    """Return both as trackeval's metrics want them: lists by frame, ids from 0 without gaps."""
    counting = considered(truth, form)
    if not len(counting):
        raise InputError(
            f'{shown(truth.path)}: no box of this ground truth counts, read as {form.name} is; '
            f'see --format and --classes'
        )
    last = int(truth.frames.max())
    tracks = tracks[tracks.frames <= last]
    _check_ids(counting, last)
    _check_ids(tracks, last)
    tracks = tracks[~_is_left_out(truth, tracks, form)]
    true_ids, true_count = _renumbered(counting, last)
    said_ids, said_count = _renumbered(tracks, last)
    return {
        'num_timesteps': last,
        'num_gt_ids': true_count,
        'num_gt_dets': len(counting),
        'gt_ids': true_ids,
        'num_tracker_ids': said_count,
        'num_tracker_dets': len(tracks),
        'tracker_ids': said_ids,
        'similarity_scores': [
            iou_matrix(true.tlwh, said.tlwh)
            for true, said in zip(
                counting.by_frame(last), tracks.by_frame(last), strict=True
            )
        ],
    }


def _check_ids(rows: MotRows, last: int) -> None:
    """Refuse an id that comes twice in a frame."""
    for frame, found in enumerate(rows.by_frame(last), start=1):
        unique, count = np.unique(found.ids, return_counts=True)
        if (count > 1).any():
            twice = unique[count > 1][0]
            line = found.lines[found.ids == twice][1]
            raise InputError(f'{shown(rows.path)}, line {line}: id {twice} twice in frame {frame}')


def _is_left_out(truth: MotRows, tracks: MotRows, form: TruthFormat) -> NDArray[np.bool_]:
    """Say of each row of the tracks whether it is neither right nor wrong."""
    roles = form.roles(truth)
    objects = ~roles.is_region
    matched = match(truth[objects], tracks)
    left_out = np.append(roles.is_neutral[objects], False)[matched]
    left_out |= (matched < 0) & _is_inside(truth[roles.is_region], tracks)
    return np.asarray(left_out)


def _is_inside(regions: MotRows, tracks: MotRows) -> NDArray[np.bool_]:
    """Say of each row of the tracks whether most of it lies in one region of its frame."""
    inside = np.zeros(len(tracks), dtype=np.bool_)
    for frame in np.intersect1d(regions.frames, tracks.frames):
        there = np.flatnonzero(tracks.frames == frame)
        shares = covered_shares(tracks.tlwh[there], regions.tlwh[regions.frames == frame])
        inside[there] = (shares > MAX_INSIDE).any(axis=1)
    return inside


def _renumbered(rows: MotRows, last: int) -> tuple[list[NDArray[np.int64]], int]:
    """Return the ids of each frame, numbered from 0 without gaps, and how many there are."""
    names = np.unique(rows.ids)
    return [np.searchsorted(names, found.ids) for found in rows.by_frame(last)], len(names)
