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

"""What a tracker knows after one frame."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray


class TrackState(IntEnum):
    """Where a track stands in its life."""

    TENTATIVE = 0  #: seen in fewer than `n_init` frames, has no id yet
    CONFIRMED = 1  #: confirmed and matched in this frame
    COASTING = 2  #: confirmed, not matched in this frame: its box is predicted


@dataclass(frozen=True, eq=False)
class Tracks:
    """
    All live tracks after one frame, in order of birth, as a structure of arrays.

    The arrays are read-only copies: they share no memory with the tracker.

    Attributes
    ----------
    ids : ndarray of int64, shape (T,)
        Persistent ids from 1, given at confirmation; 0 while tentative.
    tlwh : ndarray of float64, shape (T, 4)
        Boxes from the filter's state in pixels of the source image, not clipped.
    states : ndarray of int8, shape (T,)
        Values of `TrackState`.
    ages : ndarray of int64, shape (T,)
        Frame periods since birth; 1 in the frame of birth.
    hits : ndarray of int64, shape (T,)
        Frames in which the track was matched, its birth among them.
    time_since_update : ndarray of int64, shape (T,)
        Frame periods since the last match; 0 when matched in this frame.
    class_ids : ndarray of int64, shape (T,)
        Class index of the last matched detection.
    scores : ndarray of float64, shape (T,)
        Score of the last matched detection.
    velocities : ndarray of float64, shape (T, 2)
        Velocity of the box's centre in pixels per second.
    covariances : ndarray of float64, shape (T, 4, 4)
        Uncertainty of the box's centre x, centre y, width and height in square pixels.
    is_reported : ndarray of bool, shape (T,)
        Which ones files and topics show; when left out: those that are confirmed, with a time
        since update of at most 1. None of them after a frame that was left out as late.

    Examples
    --------
    >>> from yolo_deepsort_ros import Detections, Tracker
    >>> tracker, found = Tracker(n_init=2), Detections([[10.0, 20.0, 30.0, 60.0]], [0.9])
    >>> tracks = [tracker.update(found, stamp) for stamp in (0.0, 0.1)][-1]
    >>> tracks.reported.ids.tolist(), tracks.reported.tlwh.round(1).tolist()
    ([1], [[10.0, 20.0, 30.0, 60.0]])

    """

    ids: NDArray[np.int64]
    tlwh: NDArray[np.float64]
    states: NDArray[np.int8]
    ages: NDArray[np.int64]
    hits: NDArray[np.int64]
    time_since_update: NDArray[np.int64]
    class_ids: NDArray[np.int64]
    scores: NDArray[np.float64]
    velocities: NDArray[np.float64]
    covariances: NDArray[np.float64]
    is_reported: NDArray[np.bool_] = None  # type: ignore[assignment]

    def __post_init__(self) -> None:
        if vars(self)['is_reported'] is None:
            object.__setattr__(self, 'is_reported', (self.ids > 0) & (self.time_since_update <= 1))
        for name, values in vars(self).items():
            array = np.array(values)
            array.setflags(write=False)
            object.__setattr__(self, name, array)

    @classmethod
    def owning(cls, **arrays: NDArray[Any]) -> Tracks:
        """Make tracks of arrays that nobody else holds: they become read-only, not copies."""
        tracks = object.__new__(cls)
        for array in arrays.values():
            array.setflags(write=False)
        vars(tracks).update(arrays)
        return tracks

    @classmethod
    def empty(cls) -> Tracks:
        """Return a frame without any track."""
        none = np.zeros(0, np.int64)
        return cls(
            ids=none, tlwh=np.zeros((0, 4)), states=np.zeros(0, np.int8), ages=none, hits=none,
            time_since_update=none, class_ids=none, scores=np.zeros(0),
            velocities=np.zeros((0, 2)), covariances=np.zeros((0, 4, 4)),
        )

    @classmethod
    def seen(
        cls, ids: NDArray[np.int64], tlwh: NDArray[np.float64],
        class_ids: NDArray[np.int64] | None = None,
    ) -> Tracks:
        """Return confirmed tracks of which only boxes are known, as of a file, all seen now."""
        count = len(ids)
        ones, none = np.ones(count, np.int64), np.zeros(count, np.int64)
        return cls(
            ids=ids, tlwh=tlwh, states=np.full(count, TrackState.CONFIRMED, np.int8), ages=ones,
            hits=ones, time_since_update=none, class_ids=none if class_ids is None else class_ids,
            scores=np.ones(count), velocities=np.zeros((count, 2)),
            covariances=np.zeros((count, 4, 4)),
        )

    def __len__(self) -> int:
        return len(self.ids)

    def __getitem__(self, rows: Any) -> Tracks:
        """Select by a boolean mask, an index array or a slice."""
        return Tracks.owning(**{name: array[rows] for name, array in vars(self).items()})

    @property
    def confirmed(self) -> Tracks:
        """The tracks that have an id, those that coast among them."""
        return self[self.ids > 0]

    @property
    def reported(self) -> Tracks:
        """The tracks that files and topics show; see `is_reported`."""
        return self[self.is_reported]

    @property
    def unreported(self) -> Tracks:
        """The same tracks, none of them to be shown."""
        return Tracks.owning(**{**vars(self), 'is_reported': np.zeros(len(self), np.bool_)})
