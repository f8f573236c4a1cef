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

1. Confirmed tracks by appearance, where there is any: boxes that are likelier true
   than false, within the gate.
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

from yolo_deepsort_ros.boxes import height_ious, iou_matrix, widened
from yolo_deepsort_ros.deepsort.assignment import Indices
from yolo_deepsort_ros.deepsort.association import Association, Associator
from yolo_deepsort_ros.deepsort.best_pairs import best_pairs

SURE = 0.6  #: similarity from which a pair of mutual best is taken at once
WEAK_IOU = 0.5  #: least overlap of a weak box
CONFIRMED_IOU = 0.2  #: least overlap of a confirmed track and a strong box
WIDENED_BY = 0.3  #: of a box's size, on each side
WIDE_SIMILARITY = 0.2  #: least overlap of wide boxes times the ratio of their heights
TAKEN_IOU = 0.5  #: overlap with a taken box above which a leftover is no new object
#: A box upon a taken one, of any class, is its shadow below this share of that one's score.
SHADOW, SHADOW_IOU = 0.7, 0.3
EQUAL = 1e-5  #: by which a pair at the limit of appearance is better than none

Mask = NDArray[np.bool_]


class StagedAssociator(Associator):
    """Takes the decisions of one frame; parameters as of `Associator`."""

    def associate(self) -> Association:
        """Match in the order above."""
        table, scores, limits = self._table, self._found.scores, self._limits
        self._is_open = np.ones(len(scores), np.bool_)
        self._tracked = table.tlwh
        is_confirmed = table.ids > 0
        is_strong = scores >= limits.strong
        self._by_looks(is_confirmed, scores >= limits.likely)
        tentative_iou = 1 - self._config.max_iou_distance
        self._find_overlaps(min(CONFIRMED_IOU, tentative_iou))
        is_young = is_confirmed & (table.missed <= self._config.iou_max_age + 0.5)
        self._by_similarity(is_young, is_strong, CONFIRMED_IOU)
        self._by_wide_boxes(is_young, is_strong)
        is_weak = (scores >= limits.weak) & ~is_strong
        self._by_similarity(is_confirmed & self._just_seen, is_weak, WEAK_IOU)
        claimed = ~self._is_open
        is_candidate = scores >= limits.candidate
        self._by_similarity(~is_confirmed, is_candidate, tentative_iou)
        births = (self._is_open & is_candidate).nonzero()[0]
        lone = (self._is_open & (scores >= limits.weak) & ~is_candidate).nonzero()[0]
        return Association(
            np.concatenate(self._rows), np.concatenate(self._columns),
            births[~self._is_upon(births, claimed.nonzero()[0])], lone,
        )

    def _by_looks(self, eligible: Mask, is_open: Mask) -> None:
        """Match tracks by appearance."""
        rows = eligible.nonzero()[0]
        near, columns, distances = self._appearance_pairs(rows, is_open)
        limit = self._config.max_cosine_distance
        kept = (distances <= limit) & self._may_meet(rows[near], columns)
        self._take(rows[near[kept]], columns[kept], limit + EQUAL - distances[kept])

    def _find_overlaps(self, least_iou: float) -> None:
        """Note the pairs that overlap, and how similar they are."""
        overlaps = iou_matrix(self._tracked, self._found.tlwh)
        rows, columns = ((overlaps >= least_iou) & (overlaps > 0)).nonzero()
        possible = self._may_meet(rows, columns) & ~self._contradicted(rows, columns)
        self._pairs = rows, columns = rows[possible], columns[possible]
        self._overlaps = overlaps[rows, columns]
        self._similarities = self._overlaps * height_ious(
            self._tracked[rows], self._found.tlwh[columns]
        )

    def _by_similarity(self, eligible: Mask, is_open: Mask, least_iou: float) -> None:
        """Match tracks by overlap, the sure pairs first."""
        rows, columns = self._pairs
        kept = self._overlaps >= least_iou
        kept &= (eligible & self._is_left)[rows]
        kept &= (is_open & self._is_open)[columns]
        self._take(rows[kept], columns[kept], self._similarities[kept], SURE)

    def _by_wide_boxes(self, eligible: Mask, is_open: Mask) -> None:
        """Match what is left over."""
        rows = (eligible & self._is_left).nonzero()[0]
        columns = (is_open & self._is_open).nonzero()[0]
        if not len(rows) or not len(columns):
            return
        tracks, found = self._tracked[rows], self._found.tlwh[columns]
        similarities = iou_matrix(widened(tracks, WIDENED_BY), widened(found, WIDENED_BY))
        tall, other = tracks[:, 3, None], found[:, 3]
        similarities *= np.minimum(tall, other) / np.maximum(tall, other)
        first, second = (similarities >= WIDE_SIMILARITY).nonzero()
        rows, columns, similarities = rows[first], columns[second], similarities[first, second]
        kept = self._may_meet(rows, columns) & ~self._contradicted(rows, columns)
        self._take(rows[kept], columns[kept], similarities[kept])

    def _take(
        self, rows: Indices, columns: Indices, similarities: NDArray[np.float64],
        sure: float = np.inf,
    ) -> None:
        """Settle the best of these pairs."""
        chosen = best_pairs(rows, columns, similarities, sure)
        self._settle(rows[chosen], columns[chosen])
        self._is_open[columns[chosen]] = False

    def _contradicted(self, rows: Indices, columns: Indices) -> Mask:
        """
        Tell which pairs appearance has refused.

        A track that was away for longer than the last frame needs the looks to agree, where
        both have one: motion says little by then.
        """
        away = ~self._just_seen & np.isfinite(self._table.looked)
        return np.asarray(away[rows] & self._found.described[columns])

    def _is_upon(self, columns: Indices, claimed: Indices) -> Mask:
        """Tell which boxes lie upon one that a confirmed track has taken."""
        found = self._found
        overlaps = iou_matrix(found.tlwh[columns], found.tlwh[claimed])
        is_shadow = found.scores[columns, None] < SHADOW * found.scores[claimed]
        upon = (overlaps > SHADOW_IOU) & is_shadow
        same = self._of_one_class(found.class_ids[columns, None], found.class_ids[claimed])
        return np.asarray((upon | (overlaps > TAKEN_IOU) & same).any(axis=1))

    def _may_meet(self, rows: Indices, columns: Indices) -> Mask:
        """Tell which pairs have one class, where classes count."""
        return self._of_one_class(self._table.class_ids[rows], self._found.class_ids[columns])

    def _of_one_class(self, kinds: NDArray[np.int64], others: NDArray[np.int64]) -> Mask:
        return np.asarray((kinds == others) | (not self._config.class_aware))
