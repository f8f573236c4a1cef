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

"""What drawings remember of the frames before: trails of the tracks, rate of the frames."""

from __future__ import annotations

from collections import deque

import numpy as np
from numpy.typing import ArrayLike, NDArray

from yolo_deepsort_ros.stamp_order import Order, StampOrder

STAMPS_KEPT = 30  #: over which the rate is taken

Trail = NDArray[np.float64]  #: points of a line, shape (N, 2), the oldest first


class Trails:
    """
    Where the feet of each track have been: the middle of its box's lower edge.

    Parameters
    ----------
    seconds : float
        How far back trails go; 0 for none.

    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._order = StampOrder()
        self._points: dict[int, deque[tuple[float, float, float]]] = {}  # stamp, x, y

    def add(self, ids: ArrayLike, tlwh: ArrayLike, stamp: float) -> list[Trail]:
        """
        Take note of a frame's tracks.

        Parameters
        ----------
        ids : array_like of int, shape (T,)
            Persistent ids; 0 for none, which leaves no trail.
        tlwh : array_like, shape (T, 4)
            Left, top, width, height in pixels.
        stamp : float
            Seconds. A frame whose stamp lies back adds nothing and shows no past; a second one
            shows that time has started again: all is forgotten.

        Returns
        -------
        list of ndarray, length T
            The trail of each track, up to this frame.

        """
        boxes = np.array(tlwh, np.float64).reshape(-1, 4)
        feet = boxes[:, :2] + boxes[:, 2:] * (0.5, 1.0)
        order = self._order.take(stamp)
        if order is Order.LATE:
            return list(feet[:, None])
        if order is Order.RESTART:
            self._points.clear()
        tracks = np.array(ids, np.int64).tolist()
        for track, (x, y) in zip(tracks, feet.tolist(), strict=True):
            if track:
                self._points.setdefault(track, deque()).append((stamp, x, y))
        self._forget(stamp - self._seconds)
        return [
            np.array(self._points.get(track, ()), np.float64).reshape(-1, 3)[:, 1:]
            for track in tracks
        ]

    def _forget(self, since: float) -> None:
        for track, points in list(self._points.items()):
            while points and points[0][0] <= since:
                points.popleft()
            if not points:
                del self._points[track]


class FrameRate:
    """The rate of frames by their stamps, over the newest of them."""

    def __init__(self) -> None:
        self._order = StampOrder()
        self._stamps: deque[float] = deque(maxlen=STAMPS_KEPT)

    def add(self, stamp: float) -> float:
        """Take note of a frame; return frames per second, 0 while unknown."""
        first = self._order.doubtful
        order = self._order.take(stamp)
        if order is Order.LATE:
            return 0.0
        if order is Order.RESTART:
            self._stamps.clear()
            self._stamps.append(first)
        self._stamps.append(stamp)
        seconds = stamp - self._stamps[0]
        return (len(self._stamps) - 1) / seconds if seconds > 0 else 0.0
