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

from yolo_deepsort_ros.config.tracker_config import TrackerConfig
from yolo_deepsort_ros.deepsort.assignment import assign, Indices
from yolo_deepsort_ros.deepsort.gallery import Gallery
from yolo_deepsort_ros.deepsort.look_distances import LookDistances
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
        self._looks = LookDistances()

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

    def learn(self, live: TrackTable, rows: Indices, found: Measurements, columns: Indices
              ) -> None:
        """Learn from the matched tracks of a frame how alike different objects look."""
        if self._memory:
            seen = (live.ids[rows] > 0) & found.described[columns]
            self._looks.learn(self._gallery, live.slots[rows[seen]], found, columns[seen])

    def recall(self, fresh: TrackTable, config: TrackerConfig) -> tuple[Indices, TrackTable]:
        """
        Find the objects that have been seen before, and forget them here.

        All looks of a new track have a say: its mean distance counts.

        Parameters
        ----------
        fresh : TrackTable of K rows
            Tracks that are confirmed in this frame.
        config : TrackerConfig
            Says which distance is allowed, and whether the class must be the same.

        Returns
        -------
        known : ndarray of int, shape (M,)
            Rows of `fresh`.
        recalled : TrackTable of M rows
            The tracks that they were.

        """
        lost = self.table
        costs = np.full((len(lost), len(fresh)), np.inf)
        for row, slot in enumerate(fresh.slots.tolist()):
            looks = self._gallery.looks(slot)
            if len(looks):
                slots, columns = np.repeat(lost.slots, len(looks)), np.arange(len(looks))
                distances = self._gallery.distances(slots, looks, np.tile(columns, len(lost)))
                costs[:, row] = distances.reshape(len(lost), -1).mean(axis=1)
        if config.class_aware:
            costs[lost.class_ids[:, None] != fresh.class_ids] = np.inf
        matched = assign(costs, config.reid_memory_distance or self._limit(config))
        recalled = lost.select(matched.rows)
        keep = np.ones(len(lost), np.bool_)
        keep[matched.rows] = False
        self.table = lost.select(keep)
        return matched.columns, recalled

    def _limit(self, config: TrackerConfig) -> float:
        return min(self._looks.limit(len(self.table)), config.max_cosine_distance)
