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

from yolo_deepsort_ros.boxes import Boxes, iou_matrix

CLEAR = 0.5  #: least overlap (IoU) of a track and the detection that is clearly its own
NEAR = 0.1  #: overlap from which on another box could be meant


def ambiguous(
    tracks_tlwh: Boxes, tlwh: Boxes, is_stale: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """
    Tell which detections need their appearance to be matched.

    Parameters
    ----------
    tracks_tlwh : ndarray, shape (T, 4)
        Predicted boxes.
    tlwh : ndarray, shape (N, 4)
        Detections.
    is_stale : ndarray of bool, shape (T,)
        Tracks whose own detection is to be looked at all the same.

    Returns
    -------
    ndarray of bool, shape (N,)
        False where exactly one track is near, clearly overlaps, and has no other
        detection near, and is not stale.

    """
    overlaps = iou_matrix(tracks_tlwh, tlwh)  # (T, N)
    near = overlaps >= NEAR
    alone = near & (near.sum(axis=1, keepdims=True) == 1) & (near.sum(axis=0) == 1)
    is_clear = alone & (overlaps >= CLEAR) & ~is_stale[:, None]
    return ~np.asarray(is_clear.any(axis=0))
