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


"""What is really to be seen in a frame of the arena."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

COLUMNS_3D = 'frame,id,x,y,z,vx,vy,vz'  #: of the truth in metres
CLASSES = ('robot', 'crate', 'ball', 'walker')  #: names by class index

MIN_VISIBILITY = 0.4  #: agents less visible are not asked of a tracker
_PEDESTRIAN, _DISTRACTOR = 1, 8  # classes of MOT16 (Milan 2016, table 5)


@dataclass(frozen=True, eq=False)
class Truth:
    """
    The agents of which at least one pixel is visible, as a structure of read-only arrays.

    Attributes
    ----------
    ids : ndarray of int64, shape (A,)
        Numbers of the agents, from 1, ascending; an agent keeps its own for ever.
    class_ids : ndarray of int64, shape (A,)
        Indices into `CLASSES`.
    tlwh : ndarray of float64, shape (A, 4)
        The least boxes of whole pixels round the visible parts.
    visibility : ndarray of float64, shape (A,)
        Visible pixels over those of the whole silhouette, as in a picture without
        borders or other bodies; in (0, 1]. A pixel counts when at least half covered.
    places, velocities : ndarray of float64, shape (A, 2)
        x and y of the points on the floor below their middles, metres, and metres a second:
        x away from the camera at rest, y to its left, the origin below it.

    """

    ids: NDArray[np.int64]
    class_ids: NDArray[np.int64]
    tlwh: NDArray[np.float64]
    visibility: NDArray[np.float64]
    places: NDArray[np.float64]
    velocities: NDArray[np.float64]

    def __post_init__(self) -> None:
        for item in fields(self):
            getattr(self, item.name).setflags(write=False)

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def is_ignored(self) -> NDArray[np.bool_]:
        """Whether too little is visible to count for or against a tracker, shape (A,)."""
        return np.asarray(self.visibility < MIN_VISIBILITY)

    def mot_rows(self, frame: int) -> NDArray[np.float64]:
        """
        Return MOT16 ground truth: frame, id, x, y, w, h, flag, class, visibility.

        Parameters
        ----------
        frame : int
            Number of the frame, from 1.

        Returns
        -------
        ndarray, shape (A, 9)
            x and y count from 0, as in this package's other files. Agents that count have
            flag 1 and class 1 (pedestrian) whatever they are, as that is the class that
            the benchmark's tools score. Ignored ones have flag 0 and class 8
            (distractor): tracks on them are neither right nor wrong.

        """
        is_ignored = self.is_ignored
        return np.column_stack([
            np.full(len(self), float(frame)), self.ids, self.tlwh, ~is_ignored,
            np.where(is_ignored, _DISTRACTOR, _PEDESTRIAN), self.visibility,
        ])

    def rows_3d(self, frame: int) -> list[str]:
        """Return lines of `COLUMNS_3D`: metres, metres a second."""
        numbers = np.column_stack([self.places, self.velocities]).tolist()
        return [
            f'{frame},{owner},{x:.4f},{y:.4f},0.0000,{vx:.4f},{vy:.4f},0.0000\n'
            for owner, (x, y, vx, vy) in zip(self.ids.tolist(), numbers, strict=True)
        ]
