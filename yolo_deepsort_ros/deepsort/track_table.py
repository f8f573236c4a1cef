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

from yolo_deepsort_ros.boxes import xyah_to_tlwh
from yolo_deepsort_ros.deepsort import kalman_filter
from yolo_deepsort_ros.deepsort.kalman_filter import Indices, PAPER_SHAPE, ShapeModel
from yolo_deepsort_ros.deepsort.measurements import Measurements
from yolo_deepsort_ros.detections import Detections
from yolo_deepsort_ros.tracks import Tracks, TrackState

SCORE_BINS = 20  #: of the score, from 0 to 1

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
    looked : ndarray of float, shape (T,)
        Frame periods since the last appearance vector.
    class_ids, scores : ndarray, shape (T,)
        Of the last matched detection, the class by vote if that is wanted.
    class_weights : ndarray, shape (T,)
        By how much score the class leads in the vote.
    sure_hits : ndarray of int, shape (T,)
        Matched frames that count for an id.
    best_scores, is_trusted, unjudged : ndarray, shapes (T,), (T,), (T, SCORE_BINS)
        Notes of the `ScoreModel`: highest score, whether all boxes count as true, and how
        many boxes of each score are not counted yet.
    trails, runs : ndarray, shapes (T, 3, 4), (T,)
        Notes of the `BoxBlend`: the last detection but one, the last, and what the filter
        made of it, each as centre and size; frames matched in a row.

    """

    states: NDArray[np.float64]
    ids: NDArray[np.int64]
    hits: NDArray[np.int64]
    ages: NDArray[np.float64]
    missed: NDArray[np.float64]
    looked: NDArray[np.float64]
    slots: Indices
    class_ids: NDArray[np.int64]
    scores: NDArray[np.float64]
    class_weights: NDArray[np.float64]
    sure_hits: NDArray[np.int64]
    best_scores: NDArray[np.float64]
    is_trusted: NDArray[np.bool_]
    unjudged: NDArray[np.float64]
    trails: NDArray[np.float64]
    runs: NDArray[np.int64]

    @classmethod
    def born(
        cls,
        found: Measurements,
        columns: Indices,
        slots: Indices,
        sure: float = -np.inf,
        shape: ShapeModel = PAPER_SHAPE,
    ) -> TrackTable:
        """
        Start a tentative track, with its place in the gallery, at each column.

        Scores from `sure` on count for an id.
        """
        count = len(columns)
        return cls(
            kalman_filter.initiate(found.xyah[columns], shape),
            ids=np.zeros(count, np.int64),
            hits=np.ones(count, np.int64),
            ages=np.ones(count),
            missed=np.zeros(count),
            looked=np.where(found.described[columns], 0.0, np.inf),
            slots=slots,
            class_ids=found.class_ids[columns],
            scores=found.scores[columns],
            class_weights=np.maximum(found.scores[columns], 0),
            sure_hits=(found.scores[columns] >= sure).astype(np.int64),
            best_scores=found.scores[columns],
            is_trusted=np.zeros(count, np.bool_),
            unjudged=np.eye(SCORE_BINS)[score_bins(found.scores[columns])],
            trails=np.zeros((count, 3, 4)),
            runs=np.zeros(count, np.int64),
        )

    @classmethod
    def empty(cls) -> TrackTable:
        """Return a table without tracks."""
        nothing = np.zeros(0, np.intp)
        return cls.born(Measurements.of(Detections.empty()), nothing, nothing)

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
        shared = aspects * variances[:, 3]
        covariances.reshape(-1, 16)[:, ::5] = variances
        covariances[:, 2, 2] = heights * heights * variances[:, 2] + aspects * shared
        covariances[:, 2, 3] = covariances[:, 3, 2] = shared
        return covariances

    @property
    def time_since_update(self) -> NDArray[np.int64]:
        """Whole frame periods since the last match; at least 1 when this frame has none."""
        rounded = np.rint(self.missed).astype(np.int64)
        return np.where(self.missed > 0, np.maximum(rounded, 1), 0)

    def move(self, periods: float, shape: ShapeModel) -> None:
        """Predict all tracks that many frame periods ahead."""
        self.states[self.missed > 0, 1, 2:] *= shape.held**periods
        self.states = kalman_filter.predict(self.states, periods, shape)
        self.ages += periods

    def miss(self, periods: float) -> None:
        """Count that many frame periods without a match, until there is one."""
        self.missed += periods
        self.looked += periods

    def correct(
        self,
        rows: Indices,
        columns: Indices,
        found: Measurements,
        sure: float,
        shape: ShapeModel,
    ) -> None:
        """Apply to each row, named at most once, the detection of its column."""
        self.states[rows] = kalman_filter.update(self.states[rows], found.xyah[columns], shape)
        self.hits[rows] += 1
        self.sure_hits[rows] += found.scores[columns] >= sure
        self.missed[rows] = 0
        self.looked[rows[found.described[columns]]] = 0
        self.scores[rows] = found.scores[columns]

    def classify(
        self, rows: Indices, columns: Indices, found: Measurements, by_vote: bool
    ) -> None:
        """Give each row the class of its detection, or let that vote with its score."""
        kinds = found.class_ids[columns]
        if by_vote:  # one candidate and its lead are enough (Boyer and Moore 1981)
            held, weights = self.class_ids[rows], np.maximum(found.scores[columns], 0)
            lead = self.class_weights[rows] + np.where(kinds == held, weights, -weights)
            kinds = np.where(lead < 0, kinds, held)
            self.class_weights[rows] = np.abs(lead)
        self.class_ids[rows] = kinds

    def select(self, rows: NDArray[np.bool_] | Indices) -> TrackTable:
        """Return copies of some rows, by mask or by number."""
        return TrackTable(**{name: array[rows] for name, array in vars(self).items()})

    def joined(self, other: TrackTable) -> TrackTable:
        """Return this table's rows, then the other's."""
        return TrackTable(**{
            name: np.concatenate([array, vars(other)[name]]) for name, array in vars(self).items()
        })

    def snapshot(
        self, rate: float, looked: bool, share: float = 0.0, coast: bool = True
    ) -> Tracks:
        """
        Return the public view.

        `rate` turns velocities per period into per second; unless somebody `looked` for
        objects in this frame all confirmed tracks coast. Boxes matched in this frame have
        that `share` of their detection. With `coast` tracks are reported for one frame
        period after their last match.
        """
        missed = self.time_since_update
        tlwh = self.tlwh
        if share and looked:
            seen = (missed == 0) & (self.runs > 0)
            detected = self.trails[seen, 1]
            detected[:, :2] -= detected[:, 2:] / 2
            tlwh[seen] += share * (detected - tlwh[seen])
        return Tracks.owning(
            ids=self.ids.copy(),
            tlwh=tlwh,
            states=np.where(
                self.ids > 0, np.where((missed == 0) & looked, _CONFIRMED, _COASTING), _TENTATIVE
            ),
            ages=np.maximum(np.rint(self.ages), 1).astype(np.int64),
            hits=self.hits.copy(),
            time_since_update=missed,
            class_ids=self.class_ids.copy(),
            scores=self.scores.copy(),
            velocities=self.states[:, 1, :2] * rate,
            covariances=self.box_covariances,
            is_reported=(self.ids > 0) & (missed <= int(coast)),
        )


def score_bins(scores: NDArray[np.float64]) -> Indices:
    """Return the bin of each score; those beyond 0 and 1 are in the outermost."""
    return np.clip((scores * SCORE_BINS).astype(np.intp), 0, SCORE_BINS - 1)
