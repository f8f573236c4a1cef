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


"""All that a tracker learns of the detector in use."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from yolo_deepsort_ros.config.tracker_config import TrackerConfig
from yolo_deepsort_ros.deepsort.association import Association
from yolo_deepsort_ros.deepsort.box_blend import BoxBlend
from yolo_deepsort_ros.deepsort.measurements import Measurements
from yolo_deepsort_ros.deepsort.score_limits import ScoreLimits, ScoreModel
from yolo_deepsort_ros.deepsort.track_table import TrackTable


class DetectorModel:
    """How far its scores and its boxes can be believed; both are learnt where asked for."""

    def __init__(self) -> None:
        self._scores = ScoreModel()
        self._blend = BoxBlend()

    def clear(self) -> None:
        """Forget all."""
        self._scores.clear()
        self._blend.clear()

    def share(self, config: TrackerConfig) -> float:
        """Return the share of the detection in a shown box."""
        return self._blend.share if config.blend_boxes else 0.0

    def limits(
        self, config: TrackerConfig, scores: NDArray[np.float64], has_looks: bool
    ) -> ScoreLimits:
        """Return the limits for a frame with these scores."""
        if not config.learn_scores or config.low_score_threshold:
            return ScoreLimits.fixed(config.low_score_threshold)
        return self._scores.limits(scores, has_looks)

    def learn(
        self,
        config: TrackerConfig,
        table: TrackTable,
        matched: Association,
        found: Measurements,
        was_seen: NDArray[np.bool_],
    ) -> None:
        """
        Take the outcome of a frame.

        Parameters
        ----------
        config : TrackerConfig
            Says what is to be learnt.
        table : TrackTable
            Corrected.
        matched : Association
            The outcome.
        found : Measurements
            What was seen.
        was_seen : ndarray of bool, shape (K,)
            Which of the matched tracks were matched in the frame before too.

        """
        rows, columns = matched.rows, matched.columns
        if config.learn_scores:
            self._scores.learn(
                table, rows, found.scores[columns], found.scores[matched.lone_columns]
            )
        if config.blend_boxes:
            self._blend.learn(table, rows, found.tlwh[columns], was_seen)

    def bury(self, ended: TrackTable) -> None:
        """Take note of tracks that have ended."""
        self._scores.bury(ended)
