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

"""The detections of one frame, in the forms that matching and filtering use."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yolo_deepsort_ros.boxes import Boxes, tlwh_to_xyah
from yolo_deepsort_ros.deepsort.gallery import Features
from yolo_deepsort_ros.deepsort.kalman_filter import Indices
from yolo_deepsort_ros.detections import Detections

MAX_SCORE = 1e6  #: far beyond any detector's; sums of such are numbers


@dataclass(frozen=True, eq=False)
class Measurements:
    """
    What was seen in one frame; each array's first axis is the detection.

    Attributes
    ----------
    tlwh, xyah : ndarray, shape (N, 4)
        Boxes in two formats.
    scores : ndarray, shape (N,)
        Those of some detectors lie beyond 0 and 1.
    class_ids : ndarray of int, shape (N,)
    features : ndarray of float32, shape (N, D)
        Unit vectors; D = 0 without appearance.
    described : ndarray of bool, shape (N,)
        Which detections have a feature.

    """

    tlwh: Boxes
    xyah: Boxes
    scores: NDArray[np.float64]
    class_ids: NDArray[np.int64]
    features: Features
    described: NDArray[np.bool_]

    @classmethod
    def of(cls, detections: Detections, in_order: bool = False) -> Measurements:
        """Prepare the detections, sorted by box where ties must not depend on their order."""
        count = len(detections)
        features = np.zeros((count, 0), np.float32)
        described = np.zeros(count, np.bool_)
        if detections.features is not None and count:
            vectors = detections.features.astype(np.float64)  # squares of tiny floats vanish
            lengths = np.sqrt(np.einsum('ij,ij->i', vectors, vectors))
            described = ~np.isnan(lengths)
            features = (vectors / lengths[:, None]).astype(np.float32)
        order: slice | Indices = slice(None)
        if in_order and count > 1:
            keys = (detections.class_ids, detections.scores, *detections.tlwh.T[::-1])
            order = np.lexsort(keys)
        tlwh = detections.tlwh[order]
        scores = np.clip(detections.scores[order], -MAX_SCORE, MAX_SCORE)
        return cls(
            tlwh, tlwh_to_xyah(tlwh), scores, detections.class_ids[order], features[order],
            described[order],
        )

    def __len__(self) -> int:
        return len(self.tlwh)
