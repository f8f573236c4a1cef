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
Which detection belongs to which track: by appearance, then by overlap.

References
----------
Wojke, Bewley, Paulus, ICIP 2017, section 2.3, and, for the detections of low score,
Zhang et al., "ByteTrack: Multi-Object Tracking by Associating Every Detection Box",
ECCV 2022, section 3.

"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from yolo_deepsort_ros.boxes import iou_matrix
from yolo_deepsort_ros.config.tracker_config import TrackerConfig
from yolo_deepsort_ros.deepsort import kalman_filter
from yolo_deepsort_ros.deepsort.assignment import assign, Indices
from yolo_deepsort_ros.deepsort.cascade import match_cascade
from yolo_deepsort_ros.deepsort.gallery import Gallery
from yolo_deepsort_ros.deepsort.measurements import Measurements
from yolo_deepsort_ros.deepsort.score_limits import ScoreLimits
from yolo_deepsort_ros.deepsort.track_table import TrackTable


class Association(NamedTuple):
    """
    The outcome of a frame.

    Attributes
    ----------
    rows, columns : ndarray of int, shape (K,)
        The matched tracks and their detections.
    free_columns : ndarray of int
        Detections that start a track, in the order of their births.
    lone_columns : ndarray of int
        Detections that are too weak for that.

    """

    rows: Indices
    columns: Indices
    free_columns: Indices
    lone_columns: Indices


class Associator:
    """
    Takes the decisions of one frame.

    Parameters
    ----------
    config : TrackerConfig
    table : TrackTable
        Predicted tracks; they are not changed.
    gallery : Gallery
        Their looks.
    found : Measurements
    periods : float
        Time since the frame before; a track that missed exactly these was seen in it.
    limits : ScoreLimits

    """

    def __init__(
        self,
        config: TrackerConfig,
        table: TrackTable,
        gallery: Gallery,
        found: Measurements,
        periods: float,
        limits: ScoreLimits,
    ) -> None:
        self._config = config
        self._table = table
        self._gallery = gallery
        self._found = found
        self._limits = limits
        self._is_left = np.ones(len(table), np.bool_)
        self._just_seen = table.missed == periods
        self._rows: list[Indices] = []
        self._columns: list[Indices] = []

    def associate(self) -> Association:
        """Match by appearance, then by overlap, at last what says less."""
        config, table, found = self._config, self._table, self._found
        is_weak = found.scores < self._limits.strong
        is_tentative = table.ids == 0
        free = self._by_appearance((~is_weak).nonzero()[0])
        seen = (self._is_left & self._just_seen & ~is_tentative).nonzero()[0]
        free = self._by_overlap(np.append(is_tentative.nonzero()[0], seen), free)
        if config.iou_max_age > 1 and not found.described.all():
            away = self._is_left & ~is_tentative & (table.missed <= config.iou_max_age)
            blind = ~found.described[free]
            left = self._by_overlap(away.nonzero()[0], free[blind])
            free = np.append(free[~blind], left)
        lone = is_weak.nonzero()[0]
        if len(lone):
            seen = (self._is_left & self._just_seen).nonzero()[0]
            lone = self._by_overlap(seen, lone)
        return Association(
            np.concatenate(self._rows), np.concatenate(self._columns), free, lone
        )

    def _by_appearance(self, columns: Indices) -> Indices:
        """Match confirmed tracks; return the columns left over."""
        table = self._table
        confirmed = (table.ids > 0).nonzero()[0]
        levels = table.time_since_update[confirmed]
        if not self._config.cascade:
            levels = np.ones_like(levels)
        costs = self._appearance_costs(confirmed)[:, columns]
        rows, matched, free = match_cascade(costs, levels, self._config.max_cosine_distance)
        self._settle(confirmed[rows], columns[matched])
        return columns[free]

    def _by_overlap(self, rows: Indices, columns: Indices) -> Indices:
        """Match these tracks; return the columns left over."""
        if not len(rows) or not len(columns):
            return columns
        costs = 1.0 - iou_matrix(self._table.tlwh[rows], self._found.tlwh[columns])
        self._forbid_other_classes(costs, rows, columns)
        matched = assign(costs, self._config.max_iou_distance)
        self._settle(rows[matched.rows], columns[matched.columns])
        return columns[matched.free_columns]

    def _appearance_costs(self, rows: Indices) -> NDArray[np.float64]:
        """Cosine distances, shape (rows, N); `inf` outside the gate of the motion."""
        costs = np.full((len(rows), len(self._found)), np.inf)
        near, columns, distances = self._appearance_pairs(rows)
        costs[near, columns] = distances
        self._forbid_other_classes(costs, rows, np.arange(len(self._found)))
        return costs

    def _appearance_pairs(
        self, rows: Indices, is_open: NDArray[np.bool_] | None = None
    ) -> tuple[Indices, Indices, NDArray[np.float64]]:
        """
        Return the pairs within the gate of the motion: places in rows, columns, distances.

        Columns that are not open are left out.
        """
        table, found = self._table, self._found
        usable = found.described if is_open is None else found.described & is_open
        if not usable.any():
            nobody = np.zeros(0, np.intp)
            return nobody, nobody, np.zeros(0)
        near, columns = kalman_filter.gate(
            table.states[rows], found.xyah, self._config.gating_distance
        )
        if not usable.all():
            kept = usable[columns]
            near, columns = near[kept], columns[kept]
        slots = table.slots[rows[near]]
        return near, columns, self._gallery.distances(slots, found.features, columns)

    def _forbid_other_classes(
        self, costs: NDArray[np.float64], rows: Indices, columns: Indices
    ) -> None:
        if self._config.class_aware:
            kinds = self._table.class_ids[rows, None]
            costs[kinds != self._found.class_ids[columns]] = np.inf

    def _settle(self, rows: Indices, columns: Indices) -> None:
        """Take note that these tracks have these detections."""
        self._is_left[rows] = False
        self._rows.append(rows)
        self._columns.append(columns)
