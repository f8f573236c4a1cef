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

"""How alike the looks of different objects are, learnt from those seen at the same time."""

from __future__ import annotations

import numpy as np

from yolo_deepsort_ros.boxes import iou_matrix
from yolo_deepsort_ros.deepsort.gallery import Gallery
from yolo_deepsort_ros.deepsort.kalman_filter import Indices
from yolo_deepsort_ros.deepsort.measurements import Measurements

MEMORY = 2000  #: distances; older ones are forgotten, so that another network is learnt anew
SAMPLES = 4  #: of a frame
FEW = 100  #: distances below which nothing is known yet
UNKNOWN = 0.1  #: limit until then: strict for any network
ERROR_SHARE = 0.01  #: of new objects that may be taken for one that has left


class LookDistances:
    """
    Says how near a look must be for two objects to be one.

    Two objects in one frame are different for certain. The distances between one's look and
    the other's gallery tell what a wrong recall would look like, whatever the network.
    """

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Forget all."""
        self._distances = np.zeros(0)
        self._turn = 0

    def learn(
        self, gallery: Gallery, slots: Indices, found: Measurements, columns: Indices
    ) -> None:
        """
        Compare one object of a frame with some others, each in its turn.

        Parameters
        ----------
        gallery : Gallery
            Of these and other tracks.
        slots : ndarray of int, shape (K,)
            Places of the confirmed tracks that were seen.
        found : Measurements
            Of the frame.
        columns : ndarray of int, shape (K,)
            Their detections, with looks.

        """
        if len(slots) < 2:
            return
        self._turn += 1
        one = self._turn % len(slots)
        others = (one + 1 + self._turn // len(slots) + np.arange(SAMPLES)) % len(slots)
        # Two boxes that touch may be of one object.
        apart = iou_matrix(found.tlwh[columns[one], None], found.tlwh[columns[others]])[0] == 0
        others = np.unique(others[apart])
        found_distances = gallery.distances(
            slots[others], found.features, np.full(len(others), columns[one])
        )
        self._distances = np.append(self._distances, found_distances)[-MEMORY:]

    def limit(self, candidates: int) -> float:
        """Return the largest distance at which one of so many objects is the same."""
        if len(self._distances) < FEW:
            return UNKNOWN
        return float(np.quantile(self._distances, ERROR_SHARE / max(candidates, 1)))
