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

"""The newest appearance vectors of every track, in one array."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Slots = NDArray[np.intp]
Features = NDArray[np.float32]

_MIN_SLOTS = 8
_BLOCK = 32  #: slots compared at once: what they hold stays in the processor's cache


class Gallery:
    """
    Ring buffers of unit appearance vectors, one slot a track.

    Parameters
    ----------
    budget : int
        Vectors kept of a track; the newest stay.

    Notes
    -----
    The array (slots, budget, D) doubles when the slots run out, and halves when a quarter
    is in use. A slot's unused places repeat its first vector, so that the nearest of all
    places is the nearest of the used ones.

    References
    ----------
    Wojke, Bewley, Paulus, ICIP 2017, section 2.2 (gallery of the last 100 descriptors).

    """

    def __init__(self, budget: int) -> None:
        self._budget = budget
        self.clear()

    def clear(self) -> None:
        """Forget everything, the vectors' length too."""
        self._features: Features = np.zeros((_MIN_SLOTS, self._budget, 0), np.float32)
        self._counts = np.zeros(_MIN_SLOTS, np.int64)  # vectors ever added to each slot
        self._in_use = np.zeros(_MIN_SLOTS, np.bool_)

    @property
    def feature_length(self) -> int:
        """Length D of the vectors held; 0 while there are none."""
        return int(self._features.shape[2])

    @property
    def capacity(self) -> int:
        """Slots that there is memory for."""
        return len(self._counts)

    def allocate(self, count: int) -> Slots:
        """Return that many empty slots, the first ones free."""
        used = int(self._in_use.sum())
        if used + count > self.capacity:
            self._move(np.arange(self.capacity), used + count)
        slots: Slots = (~self._in_use).nonzero()[0][:count]
        self._in_use[slots] = True
        self._counts[slots] = 0
        return slots

    def keep(self, slots: Slots) -> Slots:
        """
        Release all slots but these; return the places where they are from now on.

        When none is left the vectors' length is free again.
        """
        if not len(slots):
            self.clear()
            return slots
        self._in_use[:] = False
        self._in_use[slots] = True
        if self.capacity == _MIN_SLOTS or 4 * len(slots) > self.capacity:
            return slots
        self._move(slots, 2 * len(slots))
        return np.arange(len(slots))

    def add(self, slots: Slots, features: Features) -> None:
        """
        Remember one vector for each slot.

        Parameters
        ----------
        slots : ndarray of int, shape (K,)
            Allocated slots, each at most once.
        features : ndarray of float32, shape (K, D)
            Unit vectors.

        """
        if not self.feature_length:
            shape = (*self._features.shape[:2], features.shape[1])
            self._features = np.zeros(shape, np.float32)
        counts = self._counts[slots]
        fresh = counts == 0
        self._features[slots, counts % self._budget] = features
        if fresh.any():
            self._features[slots[fresh]] = features[fresh, None]
        self._counts[slots] = counts + 1

    def looks(self, slot: int) -> Features:
        """Return the vectors that a slot holds, shape (K, D)."""
        return self._features[slot, :min(int(self._counts[slot]), self._budget)]

    def distances(self, slots: Slots, features: Features, columns: Slots) -> NDArray[np.float64]:
        """
        Smallest cosine distance between a slot's vectors and a given one, for each pair.

        Parameters
        ----------
        slots : ndarray of int, shape (P,)
            Allocated slots; equal ones lie together.
        features : ndarray of float32, shape (N, D)
            Unit vectors.
        columns : ndarray of int, shape (P,)
            The vector that each slot is compared with.

        Returns
        -------
        ndarray, shape (P,)
            1 - cosine, in [0, 2]; `inf` for a slot that holds no vector.

        """
        counts = self._counts[slots]
        used = min(int(counts.max(initial=0)), self._budget)
        if not used:
            return np.full(len(slots), np.inf)
        nearest = np.empty(len(slots), np.float32)
        is_start = np.ones(len(slots) + 1, np.bool_)
        np.not_equal(slots[1:], slots[:-1], out=is_start[1:-1])
        ends = is_start.nonzero()[0]  # of the pairs of each slot, and where the first begins
        starts = ends[:-1]
        lengths = ends[1:] - starts
        order = lengths.argsort(kind='stable')  # so that a block has slots of a kind
        alone = int(np.searchsorted(lengths[order], 1, side='right'))
        lone, order = starts[order[:alone]], order[alone:]
        nearest[lone] = self._nearest(slots[lone], features, columns[lone], used)
        for block in (order[n:n + _BLOCK] for n in range(0, len(order), _BLOCK)):
            heads, last = starts[block], lengths[block, None] - 1
            pairs = heads[:, None] + np.minimum(np.arange(last[-1, 0] + 1), last)
            held = self._features[slots[heads], :used]  # (block, used, D)
            cosines = features[columns[pairs]] @ held.transpose(0, 2, 1)  # (block, width, used)
            nearest[pairs] = cosines.max(axis=2)
        found: NDArray[np.float64] = np.subtract(1.0, nearest, dtype=np.float64)
        found[counts == 0] = np.inf
        return found

    def _nearest(
        self, slots: Slots, features: Features, columns: Slots, used: int
    ) -> Features:
        """
        Return the largest cosine of each slot and the one vector that it is compared with.

        A product of matrix and vector reads each slot where it lies: nothing is copied.
        """
        cosines = np.empty((len(slots), used), np.float32)
        for cosine, slot, column in zip(cosines, slots.tolist(), columns.tolist(), strict=True):
            np.dot(self._features[slot, :used], features[column], out=cosine)
        nearest: Features = cosines.max(axis=1)
        return nearest

    def _move(self, slots: Slots, wanted: int) -> None:
        """Move the slots, in order, to new arrays with room for as many as wanted."""
        capacity = max(_MIN_SLOTS, 1 << (wanted - 1).bit_length())
        features = np.zeros((capacity, *self._features.shape[1:]), np.float32)
        counts = np.zeros(capacity, np.int64)
        in_use = np.zeros(capacity, np.bool_)
        features[:len(slots)] = self._features[slots]
        counts[:len(slots)] = self._counts[slots]
        in_use[:len(slots)] = self._in_use[slots]
        self._features, self._counts, self._in_use = features, counts, in_use
