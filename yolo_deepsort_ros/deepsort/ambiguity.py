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

"""Where motion alone does not tell which detection belongs to which track."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from yolo_deepsort_ros.boxes import Boxes, iou_matrix, xyah_to_tlwh
from yolo_deepsort_ros.deepsort import kalman_filter
from yolo_deepsort_ros.deepsort.track_table import TrackTable

CLEAR = 0.5  #: least overlap (IoU) of a track and the detection that is clearly its own
NEAR = 0.1  #: overlap from which on another box could be meant


def looks_wanted(
    table: TrackTable, periods: float, tlwh: Boxes, reid_every: int
) -> NDArray[np.bool_]:
    """
    Tell which detections of the next frame need their appearance to be matched.

    Parameters
    ----------
    table : TrackTable
        The live tracks.
    periods : float
        Frame periods until the next frame.
    tlwh : ndarray, shape (N, 4)
        Detections.
    reid_every : int
        Frame periods after which a track is to be looked at all the same.

    Returns
    -------
    ndarray of bool, shape (N,)
        False where exactly one track is near, clearly overlaps, has no other detection near,
        and was looked at a short time ago.

    """
    if not len(table):
        return np.ones(len(tlwh), np.bool_)
    is_stale = table.looked + periods >= reid_every
    predicted = xyah_to_tlwh(kalman_filter.predict(table.states, periods)[:, 0])
    overlaps = iou_matrix(predicted, tlwh)  # (T, N)
    near = overlaps >= NEAR
    alone = near & (near.sum(axis=1, keepdims=True) == 1) & (near.sum(axis=0) == 1)
    is_clear = alone & (overlaps >= CLEAR) & ~is_stale[:, None]
    return ~np.asarray(is_clear.any(axis=0))
