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

"""Optimal one-to-one assignment of tracks to detections under a largest cost."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from yolo_deepsort_ros.linear_assignment import linear_sum_assignment

Indices = NDArray[np.intp]

#: What the authors' program adds to the limit to make the cost of a forbidden pair: it
#: bounds how far the solver goes to avoid one, and so is part of the decision.
_SENTINEL_MARGIN = 1e-5


class Assignment(NamedTuple):
    """
    The outcome of one assignment; every row and column appears exactly once.

    Attributes
    ----------
    rows, columns : ndarray of int, shape (K,)
        The matched pairs, by ascending row.
    free_rows : ndarray of int
        Rows without a partner, ascending.
    free_columns : ndarray of int
        Columns without a partner: those that the solver left over, ascending, then
        those of pairs refused for their cost, by ascending row.

    """

    rows: Indices
    columns: Indices
    free_rows: Indices
    free_columns: Indices


def assign(costs: NDArray[np.float64], max_cost: float) -> Assignment:
    """
    Minimise the summed cost of a one-to-one assignment.

    Parameters
    ----------
    costs : ndarray, shape (T, N)
        Cost of each pair; `inf` forbids it.
    max_cost : float
        Pairs above it are not matched (inclusive limit).

    Returns
    -------
    Assignment
        Ties are settled by the solver in favour of the order of rows and columns.

    Notes
    -----
    All costs above the limit count the same in the minimisation, just more than the
    limit (Wojke 2017, the authors' program).

    """
    allowed = costs <= max_cost
    if not allowed.any():
        return _nothing(*costs.shape)
    limited = np.where(allowed, costs, max_cost + _SENTINEL_MARGIN)
    rows, columns = linear_sum_assignment(limited)
    matched = allowed[rows, columns]
    is_free = np.ones(costs.shape[0], np.bool_)
    is_free[rows[matched]] = False
    is_left_over = np.ones(costs.shape[1], np.bool_)
    is_left_over[columns] = False
    return Assignment(
        rows[matched],
        columns[matched],
        is_free.nonzero()[0],
        np.concatenate([is_left_over.nonzero()[0], columns[~matched]]),
    )


def _nothing(rows: int, columns: int) -> Assignment:
    """Return what comes of equal costs: the solver pairs row i with column i, all refused."""
    nobody = np.zeros(0, np.intp)
    order = np.concatenate([np.arange(rows, columns), np.arange(min(rows, columns))])
    return Assignment(nobody, nobody, np.arange(rows), order)
