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

"""The looks of tracks that have ended, kept for a while to know their objects again."""

from __future__ import annotations

import numpy as np

from yolo_deepsort_ros.deepsort.assignment import assign, Indices
from yolo_deepsort_ros.deepsort.gallery import Gallery
from yolo_deepsort_ros.deepsort.measurements import Measurements
from yolo_deepsort_ros.deepsort.track_table import TrackTable


class EndedTracks:
    """
    Confirmed tracks after their end, with their places in the gallery.

    Parameters
    ----------
    gallery : Gallery
        Shared with the live tracks.
    memory : int
        Frame periods for which a track is kept; 0 keeps none.

    """

    def __init__(self, gallery: Gallery, memory: int) -> None:
        self._gallery = gallery
        self._memory = memory
        self.clear()

    def clear(self) -> None:
        """Forget all."""
        self.table = TrackTable.empty()

    def take(self, ended: TrackTable) -> None:
        """Keep those of the ended tracks that had an id and a look."""
        worth = (ended.ids > 0) & np.isfinite(ended.looked)
        if self._memory and worth.any():
            ended = ended.select(worth)
            ended.missed[:] = 0  # from now on: since the end
            self.table = self.table.joined(ended)

    def age(self, periods: float) -> bool:
        """Let time pass; tell whether somebody was forgotten."""
        if not len(self.table):
            return False
        self.table.ages += periods
        self.table.missed += periods
        expired = self.table.missed > self._memory
        self.table = self.table.select(~expired)
        return bool(expired.any())

    def recall(
        self, found: Measurements, columns: Indices, max_distance: float, class_aware: bool
    ) -> tuple[Indices, TrackTable]:
        """
        Find the objects that have been seen before, and forget them here.

        Parameters
        ----------
        found : Measurements
            The frame's detections.
        columns : ndarray of int, shape (K,)
            Detections of tracks that are confirmed in this frame.
        max_distance : float
            Largest appearance distance.
        class_aware : bool
            Whether the class must be the same.

        Returns
        -------
        known : ndarray of int, shape (M,)
            Places in `columns`.
        recalled : TrackTable of M rows
            The tracks that they were.

        """
        lost = self.table
        costs = np.full((len(lost), len(columns)), np.inf)
        described = found.described[columns]
        if len(lost) and described.any():
            rows, places = np.indices((len(lost), int(described.sum()))).reshape(2, -1)
            places = described.nonzero()[0][places]
            costs[rows, places] = self._gallery.distances(
                lost.slots[rows], found.features, columns[places]
            )
        if class_aware:
            costs[lost.class_ids[:, None] != found.class_ids[columns]] = np.inf
        matched = assign(costs, max_distance)
        recalled = lost.select(matched.rows)
        keep = np.ones(len(lost), np.bool_)
        keep[matched.rows] = False
        self.table = lost.select(keep)
        return matched.columns, recalled
