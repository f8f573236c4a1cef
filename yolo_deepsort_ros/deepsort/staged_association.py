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
Which detection belongs to which track, the surest decisions first.

1. Confirmed tracks by appearance, where there is any: strong boxes within the gate.
2. Confirmed tracks by overlap, up to `iou_max_age`: strong boxes. Pairs that are each
   other's best and alike enough are taken first, the rest is one optimal assignment.
3. Confirmed tracks that are left over, by wide boxes: who moved further than foreseen.
4. Confirmed tracks seen in the last frame: weak boxes that overlap well.
5. Tentative tracks: what is left from the candidates' score on.

References
----------
Zhang et al., "ByteTrack", ECCV 2022, section 3 (weak boxes last). Shim et al., "Focusing
on Tracks for Online Multi-Object Tracking", CVPR 2025 (sure pairs; no birth upon a
track). Yang et al., "Hybrid-SORT", AAAI 2024 (overlap of heights). Yang et al.,
"Hard to Track Objects with Irregular Motions and Similar Appearances? Make It Easier by
Buffering the Matching Space", WACV 2023 (wide boxes).

"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from yolo_deepsort_ros.boxes import height_iou_matrix, iou_matrix, widened
from yolo_deepsort_ros.deepsort.assignment import assign, Indices
from yolo_deepsort_ros.deepsort.association import Association, Associator
from yolo_deepsort_ros.deepsort.sure_pairs import sure_pairs

SURE = 0.6  #: similarity from which a pair of mutual best is taken at once
WEAK_IOU = 0.5  #: least overlap of a weak box
CONFIRMED_IOU = 0.2  #: least overlap of a confirmed track and a strong box
WIDENED_BY = 0.3  #: of a box's size, on each side
WIDE_SIMILARITY = 0.2  #: least overlap of wide boxes times the ratio of their heights
TAKEN_IOU = 0.5  #: overlap with a taken box above which a leftover is no new object
#: A box upon a taken one, of any class, is its shadow below this share of that one's score.
SHADOW, SHADOW_IOU = 0.7, 0.3


class StagedAssociator(Associator):
    """Takes the decisions of one frame; parameters as of `Associator`."""

    def associate(self) -> Association:
        """Match in the order above."""
        table, scores, limits = self._table, self._found.scores, self._limits
        is_confirmed = table.ids > 0
        self._overlaps = iou_matrix(table.tlwh, self._found.tlwh)
        everything = np.arange(len(scores))
        self._forbid(self._overlaps, np.arange(len(table)), everything)
        self._heights = height_iou_matrix(table.tlwh, self._found.tlwh)
        strong = (scores >= limits.strong).nonzero()[0]
        free = self._by_appearance(strong)
        is_young = is_confirmed & (table.missed <= self._config.iou_max_age + 0.5)
        free = self._by_similarity(is_young, free, CONFIRMED_IOU)
        free = self._by_wide_boxes(is_young, free)
        weak = ((scores >= limits.weak) & (scores < limits.strong)).nonzero()[0]
        weak = self._by_similarity(is_confirmed & self._just_seen, weak, WEAK_IOU)
        claimed = self._claimed()
        free = np.sort(np.append(free, weak))
        free = free[scores[free] >= limits.candidate]
        free = self._by_similarity(
            ~is_confirmed, free, 1 - self._config.max_iou_distance
        )
        is_left = np.ones(len(scores), np.bool_)
        is_left[self._claimed()] = False
        lone = (is_left & (scores >= limits.weak) & (scores < limits.candidate)).nonzero()[0]
        births = free[~self._is_upon(free, claimed)]
        return Association(
            np.concatenate(self._rows), np.concatenate(self._columns), births, lone
        )

    def _by_similarity(
        self, eligible: NDArray[np.bool_], columns: Indices, least_iou: float
    ) -> Indices:
        """Match tracks by overlap, the sure pairs first; return the columns left over."""
        rows = (eligible & self._is_left).nonzero()[0]
        if not len(rows) or not len(columns):
            return columns
        pairs = np.ix_(rows, columns)
        overlaps = self._overlaps[pairs]
        similarities = np.where(overlaps >= least_iou, overlaps * self._heights[pairs], 0.0)
        similarities[self._contradicted(rows, columns)] = 0.0
        return self._take(rows, columns, similarities)

    def _by_wide_boxes(self, eligible: NDArray[np.bool_], columns: Indices) -> Indices:
        """Match what is left over; return what still is."""
        rows = (eligible & self._is_left).nonzero()[0]
        if not len(rows) or not len(columns):
            return columns
        tracks, found = self._table.tlwh[rows], self._found.tlwh[columns]
        similarities = iou_matrix(widened(tracks, WIDENED_BY), widened(found, WIDENED_BY))
        tall, other = tracks[:, 3, None], found[:, 3]
        similarities *= np.minimum(tall, other) / np.maximum(tall, other)
        similarities[similarities < WIDE_SIMILARITY] = 0.0
        similarities[self._contradicted(rows, columns)] = 0.0
        self._forbid(similarities, rows, columns)
        return self._take(rows, columns, similarities, 2.0)

    def _take(
        self, rows: Indices, columns: Indices, similarities: NDArray[np.float64],
        sure: float = SURE,
    ) -> Indices:
        if not similarities.any():
            return columns
        first, taken = sure_pairs(similarities, sure)
        self._settle(rows[first], columns[taken])
        rows, columns = np.delete(rows, first), np.delete(columns, taken)
        left = np.delete(np.delete(similarities, first, axis=0), taken, axis=1)
        rest = assign(np.where(left > 0, 1 - left, np.inf), 1.0)
        self._settle(rows[rest.rows], columns[rest.columns])
        return np.sort(columns[rest.free_columns])

    def _contradicted(self, rows: Indices, columns: Indices) -> NDArray[np.bool_]:
        """
        Tell which pairs appearance has refused.

        A track that was away for longer than the last frame needs the looks to agree, where
        both have one: motion says little by then.
        """
        away = ~self._just_seen[rows] & np.isfinite(self._table.looked[rows])
        return np.asarray(away[:, None] & self._found.described[columns])

    def _is_upon(self, columns: Indices, claimed: Indices) -> NDArray[np.bool_]:
        """Tell which boxes lie upon one that a confirmed track has taken."""
        found = self._found
        overlaps = iou_matrix(found.tlwh[columns], found.tlwh[claimed])
        is_shadow = found.scores[columns, None] < SHADOW * found.scores[claimed]
        upon = (overlaps > SHADOW_IOU) & is_shadow
        self._forbid(overlaps, columns, claimed, found.class_ids)
        return np.asarray((upon | (overlaps > TAKEN_IOU)).any(axis=1))

    def _claimed(self) -> Indices:
        return np.concatenate(self._columns)

    def _forbid(
        self, similarities: NDArray[np.float64], rows: Indices, columns: Indices,
        kinds: NDArray[np.int64] | None = None,
    ) -> None:
        """Set pairs of two classes to 0 where classes count."""
        if self._config.class_aware:
            kinds = self._table.class_ids if kinds is None else kinds
            similarities[kinds[rows, None] != self._found.class_ids[columns]] = 0.0
