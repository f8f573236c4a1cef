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
from yolo_deepsort_ros.config import TrackerConfig
from yolo_deepsort_ros.deepsort import kalman_filter
from yolo_deepsort_ros.deepsort.assignment import assign, Indices
from yolo_deepsort_ros.deepsort.cascade import match_cascade
from yolo_deepsort_ros.deepsort.gallery import Gallery
from yolo_deepsort_ros.deepsort.measurements import Measurements
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

    """

    rows: Indices
    columns: Indices
    free_columns: Indices


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

    """

    def __init__(
        self,
        config: TrackerConfig,
        table: TrackTable,
        gallery: Gallery,
        found: Measurements,
        periods: float,
    ) -> None:
        self._config = config
        self._table = table
        self._gallery = gallery
        self._found = found
        self._is_left = np.ones(len(table), np.bool_)
        self._just_seen = (table.missed == periods) | (table.missed <= config.overlap_age)

    def associate(self) -> Association:
        """Match by appearance, then by overlap, at last detections of low score."""
        is_weak = self._found.scores < self._config.first_score
        if not self._config.first_score:
            is_weak = np.zeros(len(self._found), np.bool_)
        rows, columns, free = self._by_appearance((~is_weak).nonzero()[0])
        tentative = self._table.ids == 0
        candidates = np.concatenate([
            tentative.nonzero()[0], (self._is_left & self._just_seen & ~tentative).nonzero()[0]
        ])
        more_rows, more_columns, free = self._by_overlap(candidates, free)
        rows, columns = np.append(rows, more_rows), np.append(columns, more_columns)
        if is_weak.any():
            candidates = (self._is_left & self._just_seen).nonzero()[0]
            more_rows, more_columns, _ = self._by_overlap(candidates, is_weak.nonzero()[0])
            rows, columns = np.append(rows, more_rows), np.append(columns, more_columns)
        return Association(rows, columns, free)

    def _by_appearance(self, columns: Indices) -> tuple[Indices, Indices, Indices]:
        """Match confirmed tracks; return rows and columns, and the columns left over."""
        table = self._table
        confirmed = (table.ids > 0).nonzero()[0]
        levels = table.time_since_update[confirmed]
        if not self._config.cascade:
            levels = np.ones_like(levels)
        costs = self._appearance_costs(confirmed)[:, columns]
        rows, matched, free = match_cascade(costs, levels, self._config.max_cosine_distance)
        return self._settled(confirmed[rows]), columns[matched], columns[free]

    def _by_overlap(
        self, rows: Indices, columns: Indices
    ) -> tuple[Indices, Indices, Indices]:
        """Match these tracks; return rows and columns, and the columns left over."""
        costs = 1.0 - iou_matrix(self._table.tlwh[rows], self._found.tlwh[columns])
        self._forbid_other_classes(costs, rows, columns)
        matched = assign(costs, self._config.max_iou_distance)
        return (
            self._settled(rows[matched.rows]), columns[matched.columns],
            columns[matched.free_columns],
        )

    def _appearance_costs(self, rows: Indices) -> NDArray[np.float64]:
        """Cosine distances, shape (rows, N); `inf` outside the gate of the motion."""
        table, found = self._table, self._found
        costs = np.full((len(rows), len(found)), np.inf)
        if found.described.any() and len(rows):
            near, columns = kalman_filter.gate(table.states[rows], found.xyah)
            if not found.described.all():
                has_look = found.described[columns]
                near, columns = near[has_look], columns[has_look]
            slots = table.slots[rows[near]]
            costs[near, columns] = self._gallery.distances(slots, found.features, columns)
            self._forbid_other_classes(costs, rows, np.arange(len(found)))
        return costs

    def _forbid_other_classes(
        self, costs: NDArray[np.float64], rows: Indices, columns: Indices
    ) -> None:
        if self._config.class_aware:
            kinds = self._table.class_ids[rows, None]
            costs[kinds != self._found.class_ids[columns]] = np.inf

    def _settled(self, rows: Indices) -> Indices:
        """Take note that these tracks have their detection."""
        self._is_left[rows] = False
        return rows
