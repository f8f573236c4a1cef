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

"""
The matching cascade: tracks seen more recently choose first.

References
----------
Wojke, Bewley, Paulus, ICIP 2017, section 2.3, listing 1.

"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from yolo_deepsort_ros.deepsort.assignment import assign, Indices


def match_cascade(
    costs: NDArray[np.float64], levels: NDArray[np.int64], max_cost: float
) -> tuple[Indices, Indices, Indices]:
    """
    Assign detections to tracks, one level of age after the other.

    Parameters
    ----------
    costs : ndarray, shape (T, N)
        Cost of each pair; `inf` forbids it.
    levels : ndarray of int, shape (T,)
        Time since update of each track; small ones choose first.
    max_cost : float
        Pairs above it are not matched.

    Returns
    -------
    rows, columns : ndarray of int, shape (K,)
        The matched pairs.
    free_columns : ndarray of int
        Detections left over, in the order in which the last level passed them on.

    """
    free = np.arange(costs.shape[1])
    hopeful = np.asarray((costs <= max_cost).any(axis=1))
    rows: list[Indices] = []
    columns: list[Indices] = []
    for level in sorted(set(levels.tolist())):
        if not len(free):
            break
        members = (levels == level).nonzero()[0]
        if not hopeful[members].any():
            free = np.append(free[len(members):], free[:len(members)])  # as `assign` does
            continue
        found = assign(costs[members[:, None], free], max_cost)
        rows.append(members[found.rows])
        columns.append(free[found.columns])
        free = free[found.free_columns]
    empty = np.zeros(0, np.intp)
    return np.concatenate([empty, *rows]), np.concatenate([empty, *columns]), free
