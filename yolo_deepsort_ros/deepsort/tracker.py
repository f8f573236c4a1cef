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

"""DeepSORT: from the detections of each frame to tracks with persistent ids."""

from __future__ import annotations

import logging
from typing import Any

import numpy as np
from numpy.typing import NDArray

from yolo_deepsort_ros.boxes import iou_matrix, tlwh_to_xyah
from yolo_deepsort_ros.config import TrackerConfig
from yolo_deepsort_ros.deepsort import kalman_filter
from yolo_deepsort_ros.deepsort.assignment import assign, Indices
from yolo_deepsort_ros.deepsort.cascade import match_cascade
from yolo_deepsort_ros.deepsort.frame_clock import FrameClock
from yolo_deepsort_ros.deepsort.gallery import Features, Gallery
from yolo_deepsort_ros.deepsort.track_table import TrackTable
from yolo_deepsort_ros.detections import Detections
from yolo_deepsort_ros.errors import InputError
from yolo_deepsort_ros.tracks import Tracks

logger = logging.getLogger(__name__)


class Tracker:
    """
    Follows objects from frame to frame by motion and appearance.

    Parameters
    ----------
    config : TrackerConfig, optional
        All parameters at once; or give them by name.
    **parameters
        Fields of `TrackerConfig`.

    Raises
    ------
    ConfigurationError
        For an unknown parameter or a value out of its range.

    Notes
    -----
    With its defaults it takes the decisions of the published algorithm. Ids are given at
    confirmation, from 1, and never twice.

    References
    ----------
    Wojke, Bewley, Paulus, "Simple Online and Realtime Tracking with a Deep Association
    Metric", ICIP 2017, sections 2.1 to 2.4.

    """

    def __init__(self, config: TrackerConfig | None = None, **parameters: Any) -> None:
        self.config = TrackerConfig.resolve(config, parameters)
        self._clock = FrameClock(self.config.frame_rate)
        self._gallery = Gallery(self.config.gallery_budget)
        self._last_id = 0
        self._table = TrackTable.empty()

    def reset(self) -> None:
        """Forget all tracks, stamps and ids: the next confirmed track is number 1."""
        self._last_id = 0
        self._forget()

    def update(self, detections: Detections, stamp: float) -> Tracks:
        """
        Take the detections of the next frame.

        Parameters
        ----------
        detections : Detections
            With features, or without: then tracks are matched by overlap alone.
        stamp : float
            Time of the frame in seconds, on any clock. When it lies before the last one
            all tracks are dropped; new ones go on numbering.

        Returns
        -------
        Tracks
            All live tracks, tentative ones with id 0; copies.

        Raises
        ------
        StampError
            When the stamp equals the last one or is not finite.
        InputError
            When the features differ in length from those of the live tracks. A refused
            call changes nothing.

        """
        features = self._checked_features(detections)
        if not self._clock.check(stamp):
            logger.warning('the clock went backwards to %.3f s: all tracks are dropped', stamp)
            self._forget()
        periods = self._clock.advance(stamp)
        self._table.predict(periods)
        self._drop(self._table.time_since_update > self.config.max_age)
        rows, columns, free = self._match(detections, features, periods)
        self._correct(rows, columns, detections, features)
        self._drop((self._table.ids == 0) & (self._table.missed > 0))
        self._start(free, detections, features)
        return self._table.snapshot(self._clock.rate)

    def _checked_features(self, detections: Detections) -> Features:
        """Return unit vectors, shape (N, D); D = 0 without appearance."""
        if detections.features is None or not len(detections):
            return np.zeros((len(detections), 0), np.float32)
        length, known = detections.features.shape[1], self._gallery.feature_length
        if known not in (0, length):
            raise InputError(
                f'features have length {length}, those of the live tracks {known}: '
                f'reset the tracker to change the network'
            )
        features = detections.features.astype(np.float64)  # squares of tiny floats vanish
        features /= np.linalg.norm(features, axis=1, keepdims=True)
        return features.astype(np.float32)

    def _match(
        self, detections: Detections, features: Features, periods: float
    ) -> tuple[Indices, Indices, Indices]:
        """Return matched rows and columns, and the free columns, in the paper's order."""
        table = self._table
        confirmed = (table.ids > 0).nonzero()[0]
        rows, columns, free = match_cascade(
            self._appearance_costs(confirmed, detections, features),
            table.time_since_update[confirmed],
            self.config.max_cosine_distance,
        )
        rows = confirmed[rows]
        is_left = table.ids > 0
        is_left[rows] = False
        just_seen = (is_left & (table.missed == periods)).nonzero()[0]
        candidates = np.concatenate([(table.ids == 0).nonzero()[0], just_seen])
        overlap = iou_matrix(table.tlwh[candidates], detections.tlwh[free])
        found = assign(1.0 - overlap, self.config.max_iou_distance)
        return (
            np.concatenate([rows, candidates[found.rows]]),
            np.concatenate([columns, free[found.columns]]),
            free[found.free_columns],
        )

    def _appearance_costs(
        self, rows: Indices, detections: Detections, features: Features
    ) -> NDArray[np.float64]:
        """Cosine distances, shape (rows, N); `inf` outside the gate of the motion."""
        table = self._table
        costs = np.full((len(rows), len(detections)), np.inf)
        if features.shape[1]:
            boxes_xyah = tlwh_to_xyah(detections.tlwh)
            near, columns = kalman_filter.gate(table.states[rows], boxes_xyah)
            slots = table.slots[rows[near]]
            costs[near, columns] = self._gallery.distances(slots, features, columns)
        return costs

    def _correct(
        self, rows: Indices, columns: Indices, detections: Detections, features: Features
    ) -> None:
        """Apply to each row its detection, and confirm those seen often enough."""
        table = self._table
        table.correct(rows, columns, detections)
        if features.shape[1]:
            self._gallery.add(table.slots[rows], features[columns])
        ready = (table.ids == 0) & (table.missed == 0) & (table.hits >= self.config.n_init)
        confirmed = ready.nonzero()[0]
        table.ids[confirmed] = self._last_id + 1 + np.arange(len(confirmed))
        self._last_id += len(confirmed)

    def _start(self, columns: Indices, detections: Detections, features: Features) -> None:
        """Start a tentative track at each detection that nobody claimed."""
        if not len(columns):
            return
        slots = self._gallery.allocate(len(columns))
        if features.shape[1]:
            self._gallery.add(slots, features[columns])
        self._table = self._table.joined(TrackTable.born(detections, columns, slots))

    def _drop(self, dead: NDArray[np.bool_]) -> None:
        if dead.any():
            self._table = self._table.select(~dead)
            self._table.slots = self._gallery.keep(self._table.slots)

    def _forget(self) -> None:
        self._clock.reset()
        self._gallery.clear()
        self._table = TrackTable.empty()
