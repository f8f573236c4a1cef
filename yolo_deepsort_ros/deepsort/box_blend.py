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


"""The box that is shown of a matched track: between its detection and the filter's."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from yolo_deepsort_ros.boxes import Boxes
from yolo_deepsort_ros.deepsort.kalman_filter import Indices
from yolo_deepsort_ros.deepsort.track_table import TrackTable

MEMORY = 500  #: boxes
RUN = 5  #: frames in a row that a track must be seen to say something
MAX_STEP = 0.5  #: of a box, in its sizes; what lies further is no noise
#: What is assumed at first, as sums over boxes: 0.5.
START = (0.010, 0.020)


class BoxBlend:
    """
    Learns how much of the detection a shown box should have.

    Noisy detections are better smoothed, exact ones are better than any filter. The
    midpoint of the detections before and after a frame is independent of that frame's own
    noise: the share of the detection is the one that foretells it best, by least squares.
    """

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Forget all that was learnt."""
        self._sums = np.array(START)

    @property
    def share(self) -> float:
        """Share of the detection in the shown box, from 0 to 1."""
        return float(np.clip(self._sums[0] / self._sums[1], 0, 1))

    def learn(self, table: TrackTable, rows: Indices, tlwh: Boxes, is_next: NDArray[np.bool_]
              ) -> None:
        """
        Take the matched detections of a frame; the table's trails go on by them.

        Parameters
        ----------
        table : TrackTable
            Corrected by the detections.
        rows : ndarray of int, shape (K,)
            Matched tracks.
        tlwh : ndarray, shape (K, 4)
            Their detections.
        is_next : ndarray of bool, shape (K,)
            Which of them were matched in the frame before too.

        """
        seen = _centred(tlwh)
        trail = table.trails[rows]
        table.runs[rows] = np.where(is_next, table.runs[rows] + 1, 1)
        tells = table.runs[rows] >= RUN
        if tells.any():
            before, last, filtered = trail[tells].transpose(1, 0, 2)
            sizes = np.tile(tlwh[tells, 2:], 2)
            detected = np.clip((last - filtered) / sizes, -MAX_STEP, MAX_STEP)
            wanted = np.clip(
                ((before + seen[tells]) / 2 - filtered) / sizes, -MAX_STEP, MAX_STEP
            )
            self._sums *= 1 - min(tells.sum() / MEMORY, 0.5)
            self._sums += (detected * wanted).sum(), (detected * detected).sum()
        table.trails[rows, 0] = trail[:, 1]
        table.trails[rows, 1] = seen
        table.trails[rows, 2] = table.states[rows, 0]
        table.trails[rows, 2, 2] *= table.states[rows, 0, 3]  # the aspect becomes the width


def _centred(tlwh: Boxes) -> Boxes:
    boxes = tlwh.copy()
    boxes[:, :2] += boxes[:, 2:] / 2
    return boxes
