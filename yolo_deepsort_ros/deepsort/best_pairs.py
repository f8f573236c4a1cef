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


"""Which pairs of tracks and detections to take, of those that are possible at all."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from yolo_deepsort_ros.deepsort.assignment import assign, Indices


def best_pairs(
    rows: Indices, columns: Indices, similarities: NDArray[np.float64], sure: float = np.inf
) -> Indices:
    """
    Choose pairs: the sure ones first, the rest by an optimal assignment.

    A pair that is the best of its row and of its column is taken at once, again and again,
    as long as it is similar enough. Of what is left the sum of the similarities is largest.

    Parameters
    ----------
    rows, columns : ndarray of int, shape (P,)
        The possible pairs.
    similarities : ndarray, shape (P,)
        The larger the better; above 0.
    sure : float
        Least similarity of a sure pair.

    Returns
    -------
    ndarray of int, shape (K,)
        Places of the chosen pairs, each row and column at most once. Of equal sure pairs the
        first row wins, then the first column.

    References
    ----------
    Shim et al., "Focusing on Tracks for Online Multi-Object Tracking", CVPR 2025,
    section 3.2 (track-perspective association).

    """
    # A pair that shares neither its track nor its detection has no rival.
    shared = np.bincount(rows)[rows] + np.bincount(columns)[columns] > 2
    alone, places = (~shared).nonzero()[0], shared.nonzero()[0]
    if not len(places):
        return alone
    contested = _contested(rows[places], columns[places], similarities[places], sure)
    return np.append(alone, places[contested])


def _contested(
    rows: Indices, columns: Indices, similarities: NDArray[np.float64], sure: float
) -> Indices:
    """Choose among pairs that share tracks or detections."""
    free_rows = np.ones(rows.max() + 1, np.bool_)
    free_columns = np.ones(columns.max() + 1, np.bool_)
    taken = []
    likely = (similarities >= sure).nonzero()[0]
    # The best pair that is left is the best of its row and of its column.
    order = likely[np.lexsort((columns[likely], rows[likely], -similarities[likely]))]
    for place, row, column in zip(
        order.tolist(), rows[order].tolist(), columns[order].tolist(), strict=True
    ):
        if free_rows[row] and free_columns[column]:
            free_rows[row] = free_columns[column] = False
            taken.append(place)
    left = (free_rows[rows] & free_columns[columns]).nonzero()[0]
    if not len(left):
        return np.array(taken, np.intp)
    some_rows, row_places = np.unique(rows[left], return_inverse=True)
    some_columns, column_places = np.unique(columns[left], return_inverse=True)
    places = np.full((len(some_rows), len(some_columns)), -1)
    places[row_places, column_places] = left
    costs = np.where(places >= 0, -similarities[places], np.inf)
    rest = assign(costs, 0.0)
    return np.append(taken, places[rest.rows, rest.columns]).astype(np.intp)
