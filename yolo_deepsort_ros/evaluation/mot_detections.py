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

"""Detections of files, in the format of the MOTChallenge or with features."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
import logging
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from yolo_deepsort_ros.detections import Detections, usable
from yolo_deepsort_ros.error_text import shown
from yolo_deepsort_ros.errors import InputError
from yolo_deepsort_ros.evaluation.mot import check_places, mot_rows, MotRows
from yolo_deepsort_ros.evaluation.mot_table import is_array_file, read_table

logger = logging.getLogger(__name__)


def read_detections(path: str | Path) -> Iterator[tuple[int, Detections]]:
    """
    Read detections frame by frame.

    Parameters
    ----------
    path : str or Path
        A MOT `det.txt`, whose columns after the seventh are ignored, or an array file
        (`.npy`) with seven MOT columns and then one appearance vector in each row.

    Returns
    -------
    iterator of (int, Detections)
        Frame numbers from 1 to the last one in the file, those without objects included,
        in the file's order within a frame.

    A box or score that cannot be used is left out, and so is a vector that is not finite or all
    zero; one warning counts the rows.

    Raises
    ------
    InputError
        At once, when the file cannot be read or holds no row, or the frame of a row is no
        number of a frame.

    """
    path = Path(path)
    lines, table = read_table(path)
    if not len(table):
        raise InputError(f'{shown(path)}: holds no detections')
    check_places(path, lines, table)
    last = int(table[:, 0].max())
    rows = mot_rows(path, lines, table)
    is_good = usable(rows.tlwh, rows.scores)
    _tell_of_unusable(rows, ~is_good, 'the box or score cannot be used: left out')
    rows = rows[is_good]
    features = None
    if is_array_file(path) and rows.others.shape[1] > 0:
        features = _features(rows)
        rows = replace(rows, others=features)
    return (
        (frame, Detections(
            found.tlwh, found.scores, features=None if features is None else found.others
        ))
        for frame, found in enumerate(rows.by_frame(last), start=1)
    )


def _features(rows: MotRows) -> NDArray[np.float64]:
    """Return the vectors, NaN where there is none that can be used."""
    with np.errstate(over='ignore', under='ignore', invalid='ignore'):
        features = rows.others.astype(np.float32).astype(np.float64)
    is_bad = ~np.isfinite(features).all(axis=1) | ~features.any(axis=1)
    _tell_of_unusable(
        rows, is_bad, 'the vector is not finite, or all zero: matched by overlap alone'
    )
    features[is_bad] = np.nan
    return features


def _tell_of_unusable(rows: MotRows, is_bad: Any, what: str) -> None:
    count = int(is_bad.sum())
    if count:
        unit = 'row' if is_array_file(rows.path) else 'line'
        logger.warning('%s: in %d of %d rows, first in %s %d, %s', shown(rows.path), count,
                       len(rows), unit, rows.lines[is_bad.argmax()], what)
