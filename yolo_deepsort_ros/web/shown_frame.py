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

"""What the page is given of a frame: a picture, and the tracks of the same stamp."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
import math
from typing import Any, TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import ArrayLike

from yolo_deepsort_ros.array_types import Pixels
from yolo_deepsort_ros.images.compressed_image import encoded

if TYPE_CHECKING:  # nodes import this module without serving the page
    import asyncio

JPEG_QUALITY = 75
MAX_LATENCY_MS = 10_000.0  #: above, a recording is played without its time
#: Widths in pixels that a picture is reduced to: clients of about the same size share it.
WIDTHS = (160, 240, 320, 480, 640, 800, 960, 1280, 1600, 1920, 2560, 3840)


@dataclass(frozen=True)
class ShownTrack:
    """
    One track on the page.

    Attributes
    ----------
    id : int
        Persistent id; 0 for none.
    label : str
        Its class.
    score : float
    x, y, w, h : float
        Left, top, width, height in pixels of the source image.
    unseen_s : float
        Seconds since its last match.

    """

    id: int  # noqa: A003
    label: str
    score: float
    x: float
    y: float
    w: float
    h: float
    unseen_s: float = 0.0

    def as_json(self) -> dict[str, Any]:
        """Return it as the page and `/api/state` have it."""
        box = {side: round(getattr(self, side), 1) for side in 'xywh'}
        return {
            'id': self.id, 'class': self.label, 'score': round(self.score, 3), **box,
            'seen_s': round(self.unseen_s, 3),
        }


@dataclass(frozen=True)
class ShownTracks:
    """
    The tracks of one stamp.

    Attributes
    ----------
    stamp : int
        Nanoseconds.
    tracks : tuple of ShownTrack
    latency_ms : float or None
        From the stamp until they were known; None where that makes no sense.

    """

    stamp: int
    tracks: tuple[ShownTrack, ...]
    latency_ms: float | None = None


@dataclass(frozen=True)
class Places:
    """
    Where tracks are in metres on the floor.

    Attributes
    ----------
    frame : str
        Whose x and y they are.
    places : mapping of int to (float, float)
        By the ids of the tracks.

    """

    frame: str = ''
    places: Mapping[int, tuple[float, float]] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Picture:
    """
    A picture of a camera.

    Attributes
    ----------
    stamp : int
        Nanoseconds.
    width, height : int
        Of the source image.
    pixels : callable
        Returns it, shape (H, W, 3); called from another thread, when somebody waits for it.
    jpeg : bytes
        The same as the camera has compressed it; empty if it has not.

    """

    stamp: int
    width: int
    height: int
    pixels: Callable[[], Pixels]
    jpeg: bytes = b''

    def at_width(self, width: int) -> bytes:
        """Return a JPEG at most so wide."""
        if self.jpeg and self.width <= width:
            return self.jpeg
        picture = self.pixels()
        if picture.shape[1] > width:
            height = max(1, round(picture.shape[0] * width / picture.shape[1]))
            smaller = cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA)
            picture = np.asarray(smaller, np.uint8)
        return encoded(picture, JPEG_QUALITY)


@dataclass(eq=False)
class ShownFrame:
    """
    A picture that is ready to be sent, with the tracks of its own stamp or none.

    Each JPEG of it is made once, whoever asks for it.

    """

    picture: Picture
    tracks: ShownTracks | None
    _jpegs: dict[int, asyncio.Future[bytes]] = field(default_factory=dict)

    async def jpeg(self, width: int, executor: Executor) -> bytes:
        """Return a JPEG that suits a client of that width in pixels."""
        import asyncio
        wanted = min(fitting_width(width), self.picture.width)
        if wanted not in self._jpegs:
            loop = asyncio.get_running_loop()
            self._jpegs[wanted] = loop.run_in_executor(executor, self.picture.at_width, wanted)
        return await asyncio.shield(self._jpegs[wanted])

    def header(self, **more: Any) -> Mapping[str, Any]:
        """Return what goes with the picture."""
        tracks = self.tracks
        return {
            'stamp': self.picture.stamp / 1e9,
            'size': [self.picture.width, self.picture.height],
            'tracks': None if tracks is None else [each.as_json() for each in tracks.tracks],
            'latency_ms': tracks and tracks.latency_ms,
            **more,
        }


def fitting_width(width: float) -> int:
    """Return the least of `WIDTHS` that is not less, else the largest."""
    wanted = width if math.isfinite(width) else WIDTHS[-1]
    return next((each for each in WIDTHS if each >= wanted), WIDTHS[-1])


def shown_tracks(
    stamp: int, ids: ArrayLike, tlwh: ArrayLike, scores: ArrayLike, labels: Sequence[str],
    latency_ms: float | None,
) -> ShownTracks:
    """
    Make the tracks of one stamp from arrays.

    Parameters
    ----------
    stamp : int
        Nanoseconds.
    ids : array_like of int, shape (T,)
        Persistent ids, 0 for none.
    tlwh : array_like, shape (T, 4)
        Left, top, width, height in pixels of the source image.
    scores : array_like, shape (T,)
        Confidences.
    labels : sequence of str, length T
        Classes.
    latency_ms : float or None
        From the stamp until now; what makes no sense is left out.

    """
    rows = zip(
        np.array(ids, np.int64).tolist(), labels, np.array(scores, np.float64).tolist(),
        np.array(tlwh, np.float64).reshape(-1, 4).tolist(), strict=True,
    )
    tracks = [ShownTrack(number, label, score, *box) for number, label, score, box in rows]
    if latency_ms is not None:
        latency_ms = round(latency_ms, 1) if 0 <= latency_ms < MAX_LATENCY_MS else None
    return ShownTracks(stamp, tuple(tracks), latency_ms)
