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

"""Figures of positions in metres against a truth in metres."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from yolo_deepsort_ros.array_types import Floats
from yolo_deepsort_ros.error_text import shown
from yolo_deepsort_ros.errors import InputError
from yolo_deepsort_ros.evaluation.mot import MotRows
from yolo_deepsort_ros.evaluation.tracking_metrics import considered, match

INSIDE_90 = 4.605  #: chi-square quantile 0.9 of 2 degrees of freedom
FIGURES = ('error_m_p50', 'error_m_p95', 'velocity_error_p50', 'inside_90')


@dataclass(frozen=True, eq=False)
class PlacedRows:
    """
    The rows of a file of positions, or of the arena's truth in metres.

    Attributes
    ----------
    frames, ids : ndarray of int64, shape (N,)
        Frames count from 1.
    places, velocities : ndarray, shape (N, 2)
        Metres, metres a second; NaN where the file leaves velocities out.
    covariances : ndarray, shape (N, 2, 2)
        Of the places; NaN in a truth.

    """

    frames: NDArray[np.int64]
    ids: NDArray[np.int64]
    places: Floats
    velocities: Floats
    covariances: Floats


@dataclass(frozen=True, eq=False)
class PositionErrors:
    """
    How far positions are from the truth, a row for each that is matched.

    Attributes
    ----------
    frames : ndarray of int64, shape (M,)
    true_places, errors, velocity_errors : ndarray, shape (M, 2)
    distances : ndarray, shape (M,)
        Squared, in units of the positions' own covariances.

    """

    frames: NDArray[np.int64]
    true_places: Floats
    errors: Floats
    velocity_errors: Floats
    distances: Floats

    def figures(self) -> dict[str, float | None]:
        """Return `FIGURES`; None where nothing is matched, or no velocity known."""
        lengths = np.linalg.norm(self.errors, axis=1)
        speeds = np.linalg.norm(self.velocity_errors, axis=1)
        speeds = speeds[np.isfinite(speeds)]
        is_inside = self.distances < INSIDE_90
        values = (
            float(np.quantile(lengths, 0.5)) if len(lengths) else None,
            float(np.quantile(lengths, 0.95)) if len(lengths) else None,
            float(np.median(speeds)) if len(speeds) else None,
            float(is_inside.mean()) if len(is_inside) else None,
        )
        return {
            name: None if value is None else round(value, 3)
            for name, value in zip(FIGURES, values, strict=True)
        }


def read_positions(path: Path) -> PlacedRows:
    """
    Read a file of `PositionsFile`, or the arena's truth in metres.

    Raises
    ------
    InputError
        When it cannot be read.

    """
    try:
        with open(path, encoding='utf-8') as file:
            lines = [line.rstrip('\n').split(',') for line in file][1:]
        table = np.array(
            [[float(text or 'nan') for text in (line + [''] * 12)[:12]] for line in (
                line[:12] for line in lines
            )], np.float64,
        ).reshape(-1, 12)
    except (OSError, UnicodeDecodeError, ValueError) as error:
        raise InputError(f'{shown(path)}: {shown(error)}; give a file of --positions') from None
    sx, sy, _, sxy = table[:, 8:12].T
    return PlacedRows(
        table[:, 0].astype(np.int64), table[:, 1].astype(np.int64), table[:, 2:4], table[:, 5:7],
        np.stack([sx**2, sxy, sxy, sy**2], axis=1).reshape(-1, 2, 2),
    )


def position_errors(
    truth: MotRows, tracks: MotRows, true_places: PlacedRows, positions: PlacedRows
) -> PositionErrors:
    """
    Compare the positions of tracks with those of the objects that they are on.

    Parameters
    ----------
    truth, tracks : MotRows
        Boxes of objects and tracks; those that overlap best, by half at least, belong together.
    true_places, positions : PlacedRows
        Of the same frames and ids.

    """
    counted = considered(truth)
    matched = match(counted, tracks)
    is_matched = matched >= 0
    frames = tracks.frames[is_matched]
    said = _rows_of(positions, frames, tracks.ids[is_matched])
    true = _rows_of(true_places, frames, counted.ids[matched[is_matched]])
    is_known = (said >= 0) & (true >= 0)
    said, true = said[is_known], true[is_known]
    errors = positions.places[said] - true_places.places[true]
    weighted = np.linalg.solve(positions.covariances[said], errors[:, :, np.newaxis])[:, :, 0]
    return PositionErrors(
        frames[is_known], true_places.places[true], errors,
        positions.velocities[said] - true_places.velocities[true],
        (errors * weighted).sum(axis=1),
    )


def _rows_of(rows: PlacedRows, frames: NDArray[np.int64], ids: NDArray[np.int64]) -> (
    NDArray[np.int64]
):
    """Return the rows of these frames and ids, -1 for none."""
    place_of = {
        key: number for number, key in enumerate(
            zip(rows.frames.tolist(), rows.ids.tolist(), strict=True)
        )
    }
    keys = zip(frames.tolist(), ids.tolist(), strict=True)
    return np.array([place_of.get(key, -1) for key in keys], np.int64)
