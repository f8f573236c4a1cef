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

"""The camera's motion from one frame to the next, as a caller gives it."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from yolo_deepsort_ros.errors import InputError

MIN_ZOOM = 0.1  #: of areas, from one frame to the next; more is no camera's motion


def similarity(motion: ArrayLike) -> NDArray[np.float64]:
    """Return the matrix, or raise for what no camera does."""
    try:
        matrix = np.array(motion, np.float64)
    except (TypeError, ValueError) as error:
        raise InputError(f'camera_motion is not a matrix: {error}') from None
    if matrix.shape != (2, 3) or not np.isfinite(matrix).all():
        raise InputError(f'camera_motion {matrix.tolist()} is not a finite 2 x 3 matrix')
    scale = float(np.linalg.det(matrix[:, :2]))
    if not MIN_ZOOM <= scale <= 1 / MIN_ZOOM:
        raise InputError(
            f'camera_motion changes areas by {scale:.3g}: leave it out where it is unknown'
        )
    return matrix
