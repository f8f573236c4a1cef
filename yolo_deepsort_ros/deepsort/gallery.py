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


class Gallery:
    """
    Ring buffers of unit appearance vectors, one slot a track.

    Parameters
    ----------
    budget : int
        Vectors kept of a track; the newest stay.

    Notes
    -----
    The array (slots, budget, D) doubles when the slots run out. A slot's unused places
    repeat its first vector, so that the nearest of all places is the nearest of the
    used ones.

    References
    ----------
    Wojke, Bewley, Paulus, ICIP 2017, section 2.2 (gallery of the last 100 descriptors).

    """

    def __init__(self, budget: int) -> None:
        self._budget = budget
        self.clear()

    def clear(self) -> None:
        """Forget everything, the vectors' length too."""
        self._features: Features = np.zeros((0, self._budget, 0), np.float32)
        self._counts = np.zeros(0, np.int64)  # vectors ever added to each slot
        self._free: list[int] = []

    @property
    def feature_length(self) -> int:
        """Length D of the vectors held; 0 while there are none."""
        return int(self._features.shape[2])

    def allocate(self, count: int) -> Slots:
        """Return that many empty slots, those used last first."""
        while len(self._free) < count:
            self._grow()
        slots = np.array([self._free.pop() for _ in range(count)], np.intp)
        self._counts[slots] = 0
        return slots

    def release(self, slots: Slots) -> None:
        """Give slots back; when none is left in use the vectors' length is free again."""
        self._free.extend(slots.tolist())
        if len(self._free) == len(self._counts):
            self.clear()

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
        fresh = self._counts[slots] == 0
        self._features[slots[fresh]] = features[fresh, None]
        self._features[slots, self._counts[slots] % self._budget] = features
        self._counts[slots] += 1

    def distances(self, slots: Slots, features: Features) -> NDArray[np.float64]:
        """
        Smallest cosine distance between each slot's vectors and each given vector.

        Parameters
        ----------
        slots : ndarray of int, shape (T,)
            Allocated slots.
        features : ndarray of float32, shape (N, D)
            Unit vectors.

        Returns
        -------
        ndarray, shape (T, N)
            1 - cosine, in [0, 2]; `inf` for a slot that holds no vector.

        """
        counts = self._counts[slots]
        used = min(int(counts.max(initial=0)), self._budget)
        if not used:
            return np.full((len(slots), len(features)), np.inf)
        held = self._features[slots, :used]  # (T, used, D)
        cosines = (held @ features.T).max(axis=1)  # (T, N)
        distances: NDArray[np.float64] = 1.0 - cosines.astype(np.float64)
        distances[counts == 0] = np.inf
        return distances

    def _grow(self) -> None:
        old = len(self._counts)
        new = max(8, 2 * old)
        features = np.zeros((new, self._budget, self.feature_length), np.float32)
        features[:old] = self._features
        self._features = features
        self._counts = np.concatenate([self._counts, np.zeros(new - old, np.int64)])
        self._free[:0] = range(new - 1, old - 1, -1)
