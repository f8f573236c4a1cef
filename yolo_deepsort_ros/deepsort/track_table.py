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

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yolo_deepsort_ros.boxes import tlwh_to_xyah, xyah_to_tlwh
from yolo_deepsort_ros.deepsort import kalman_filter
from yolo_deepsort_ros.deepsort.kalman_filter import Indices
from yolo_deepsort_ros.detections import Detections
from yolo_deepsort_ros.tracks import Tracks, TrackState

_TENTATIVE, _CONFIRMED, _COASTING = map(np.int8, TrackState)


@dataclass
class TrackTable:
    """
    Structure of arrays over all live tracks; each array's first axis is the track.

    Attributes
    ----------
    states : ndarray, shape (T, 5, 4)
        Of the Kalman filter.
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

    states: NDArray[np.float64]
    ids: NDArray[np.int64]
    hits: NDArray[np.int64]
    ages: NDArray[np.float64]
    missed: NDArray[np.float64]
    slots: Indices
    class_ids: NDArray[np.int64]
    scores: NDArray[np.float64]

    @classmethod
    def born(cls, detections: Detections, columns: Indices, slots: Indices) -> TrackTable:
        """Start a tentative track, with its place in the gallery, at each column."""
        count = len(columns)
        return cls(
            kalman_filter.initiate(tlwh_to_xyah(detections.tlwh[columns])),
            ids=np.zeros(count, np.int64),
            hits=np.ones(count, np.int64),
            ages=np.ones(count),
            missed=np.zeros(count),
            slots=slots,
            class_ids=detections.class_ids[columns],
            scores=detections.scores[columns],
        )

    @classmethod
    def empty(cls) -> TrackTable:
        """Return a table without tracks."""
        nothing = np.zeros(0, np.intp)
        return cls.born(Detections.empty(), nothing, nothing)

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def tlwh(self) -> NDArray[np.float64]:
        """Boxes of the state, shape (T, 4)."""
        return xyah_to_tlwh(self.states[:, 0])

    @property
    def box_covariances(self) -> NDArray[np.float64]:
        """Covariances of centre x, centre y, width and height, shape (T, 4, 4)."""
        aspects, heights = self.states[:, 0, 2], self.states[:, 0, 3]
        variances = self.states[:, 2]  # of (x, y, a, h); the width is a h
        covariances = np.zeros((len(self), 4, 4))
        covariances[:, (0, 1, 3), (0, 1, 3)] = variances[:, (0, 1, 3)]
        covariances[:, 2, 2] = heights**2 * variances[:, 2] + aspects**2 * variances[:, 3]
        covariances[:, 2, 3] = covariances[:, 3, 2] = aspects * variances[:, 3]
        return covariances

    @property
    def time_since_update(self) -> NDArray[np.int64]:
        """Whole frame periods since the last match; at least 1 when this frame has none."""
        rounded = np.rint(self.missed).astype(np.int64)
        return np.where(self.missed > 0, np.maximum(rounded, 1), 0)

    def predict(self, periods: float) -> None:
        """Move all tracks on by that many frame periods."""
        self.states = kalman_filter.predict(self.states, periods)
        self.ages += periods
        self.missed += periods

    def correct(self, rows: Indices, columns: Indices, detections: Detections) -> None:
        """Apply to each row, named at most once, the detection of its column."""
        measured = tlwh_to_xyah(detections.tlwh[columns])
        self.states[rows] = kalman_filter.update(self.states[rows], measured)
        self.hits[rows] += 1
        self.missed[rows] = 0
        self.class_ids[rows] = detections.class_ids[columns]
        self.scores[rows] = detections.scores[columns]

    def select(self, keep: NDArray[np.bool_]) -> TrackTable:
        """Return the rows where the mask is true."""
        return TrackTable(**{name: array[keep] for name, array in vars(self).items()})

    def joined(self, other: TrackTable) -> TrackTable:
        """Return this table's rows, then the other's."""
        return TrackTable(**{
            name: np.concatenate([array, vars(other)[name]]) for name, array in vars(self).items()
        })

    def snapshot(self, rate: float) -> Tracks:
        """Return the public view; `rate` turns velocities per period into per second."""
        missed = self.time_since_update
        return Tracks(
            ids=self.ids,
            tlwh=self.tlwh,
            states=np.where(
                self.ids > 0, np.where(missed > 0, _COASTING, _CONFIRMED), _TENTATIVE
            ),
            ages=np.maximum(np.rint(self.ages), 1).astype(np.int64),
            hits=self.hits,
            time_since_update=missed,
            class_ids=self.class_ids,
            scores=self.scores,
            velocities=self.states[:, 1, :2] * rate,
            covariances=self.box_covariances,
        )
