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

"""The tracker's state: one row a track, in order of birth."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from yolo_deepsort_ros.boxes import tlwh_to_xyah, xyah_to_tlwh
from yolo_deepsort_ros.deepsort import kalman_filter
from yolo_deepsort_ros.detections import Detections
from yolo_deepsort_ros.tracks import Tracks, TrackState


@dataclass
class TrackTable:
    """
    Structure of arrays over all live tracks; each array's first axis is the track.

    Attributes
    ----------
    means : ndarray, shape (T, 8)
    covariances : ndarray, shape (T, 8, 8)
        State of the Kalman filter.
    ids : ndarray of int, shape (T,)
        0 while tentative.
    hits : ndarray of int, shape (T,)
        Matched frames, the birth among them.
    ages, missed : ndarray of float, shape (T,)
        Frame periods since birth and since the last match.
    slots : ndarray of int, shape (T,)
        Places in the gallery.
    class_ids, scores : ndarray, shape (T,)
        Of the last matched detection.

    """

    means: NDArray[np.float64]
    covariances: NDArray[np.float64]
    ids: NDArray[np.int64]
    hits: NDArray[np.int64]
    ages: NDArray[np.float64]
    missed: NDArray[np.float64]
    slots: NDArray[np.intp]
    class_ids: NDArray[np.int64]
    scores: NDArray[np.float64]

    @classmethod
    def born(cls, detections: Detections, slots: NDArray[np.intp]) -> TrackTable:
        """Start a tentative track, with its place in the gallery, at each detection."""
        count = len(detections)
        return cls(
            *kalman_filter.initiate(tlwh_to_xyah(detections.tlwh)),
            ids=np.zeros(count, np.int64),
            hits=np.ones(count, np.int64),
            ages=np.ones(count),
            missed=np.zeros(count),
            slots=slots,
            class_ids=detections.class_ids.copy(),
            scores=detections.scores.copy(),
        )

    @classmethod
    def empty(cls) -> TrackTable:
        """Return a table without tracks."""
        return cls.born(Detections.empty(), np.zeros(0, np.intp))

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def tlwh(self) -> NDArray[np.float64]:
        """Boxes of the state, shape (T, 4)."""
        return xyah_to_tlwh(self.means[:, :4])

    @property
    def time_since_update(self) -> NDArray[np.int64]:
        """Whole frame periods since the last match; at least 1 when this frame has none."""
        rounded = np.rint(self.missed).astype(np.int64)
        return np.where(self.missed > 0, np.maximum(rounded, 1), 0)

    def predict(self, periods: float) -> None:
        """Move all tracks on by that many frame periods."""
        self.means, self.covariances = kalman_filter.predict(
            self.means, self.covariances, periods
        )
        self.ages += periods
        self.missed += periods

    def correct(self, rows: NDArray[np.intp], detections: Detections) -> None:
        """Apply to each row, named at most once, the detection matched to it."""
        self.means[rows], self.covariances[rows] = kalman_filter.update(
            self.means[rows], self.covariances[rows], tlwh_to_xyah(detections.tlwh)
        )
        self.hits[rows] += 1
        self.missed[rows] = 0
        self.class_ids[rows] = detections.class_ids
        self.scores[rows] = detections.scores

    def select(self, keep: NDArray[np.bool_]) -> TrackTable:
        """Return the rows where the mask is true."""
        return TrackTable(**{item.name: getattr(self, item.name)[keep] for item in fields(self)})

    def joined(self, other: TrackTable) -> TrackTable:
        """Return this table's rows, then the other's."""
        return TrackTable(**{
            item.name: np.concatenate([getattr(self, item.name), getattr(other, item.name)])
            for item in fields(self)
        })

    def snapshot(self, rate: float) -> Tracks:
        """Return the public view; `rate` turns velocities per period into per second."""
        missed = self.time_since_update
        states = np.where(missed > 0, TrackState.COASTING, TrackState.CONFIRMED)
        return Tracks(
            ids=self.ids,
            tlwh=self.tlwh,
            states=np.where(self.ids > 0, states, TrackState.TENTATIVE).astype(np.int8),
            ages=np.maximum(np.rint(self.ages), 1).astype(np.int64),
            hits=self.hits,
            time_since_update=missed,
            class_ids=self.class_ids,
            scores=self.scores,
            velocities=self.means[:, 4:6] * rate,
        )
