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


"""Pairs that nobody else would take: each is the other's best."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from yolo_deepsort_ros.deepsort.assignment import Indices


def sure_pairs(similarities: NDArray[np.float64], least: float) -> tuple[Indices, Indices]:
    """
    Take the pairs that are the best of their row and of their column, again and again.

    Parameters
    ----------
    similarities : ndarray, shape (T, N)
        The larger the better.
    least : float
        Pairs below it are not taken; above 0.

    Returns
    -------
    rows, columns : ndarray of int, shape (K,)
        Each row and column at most once. Of equal pairs the first row and column win.

    References
    ----------
    Shim et al., "Focusing on Tracks for Online Multi-Object Tracking", CVPR 2025,
    section 3.2 (track-perspective association).

    """
    left = np.where(similarities >= least, similarities, 0.0)
    taken = np.zeros(left.shape[0], np.intp) - 1
    while left.any():
        best_of_rows = left.argmax(axis=1)
        best_of_columns = left.argmax(axis=0)
        rows = (best_of_columns[best_of_rows] == np.arange(len(left))).nonzero()[0]
        rows = rows[left[rows, best_of_rows[rows]] > 0]
        taken[rows] = best_of_rows[rows]
        left[rows] = 0.0
        left[:, best_of_rows[rows]] = 0.0
    rows = (taken >= 0).nonzero()[0]
    return rows, taken[rows]
