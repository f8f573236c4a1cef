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

"""Where tracks are, in metres."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Positions:
    """
    The places of one frame's objects on the floor, as a structure of arrays.

    The arrays are read-only copies.

    Attributes
    ----------
    ids : ndarray of int64, shape (N,)
        Of the tracks whose place is known.
    places : ndarray, shape (N, 2)
        x and y of the point on the floor below the object's middle, metres.
    velocities : ndarray, shape (N, 2)
        Metres a second.
    covariances : ndarray, shape (N, 4, 4)
        Of x, y and their velocities.
    heights, widths : ndarray, shape (N,)
        Of the objects, metres; NaN where they are not known.
    ways : tuple of str, length N
        How each was known in this frame: `depth`, `ground`, `height`, joined by `+`; `motion`
        where it was not seen.

    """

    ids: NDArray[np.int64]
    places: NDArray[np.float64]
    velocities: NDArray[np.float64]
    covariances: NDArray[np.float64]
    heights: NDArray[np.float64]
    widths: NDArray[np.float64]
    ways: tuple[str, ...]

    def __post_init__(self) -> None:
        for name, values in vars(self).items():
            if name != 'ways':
                array = np.array(values)
                array.setflags(write=False)
                object.__setattr__(self, name, array)

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def spreads(self) -> NDArray[np.float64]:
        """Standard deviations of x and y in metres, shape (N, 2)."""
        return np.sqrt(np.diagonal(self.covariances, axis1=1, axis2=2)[:, :2])
