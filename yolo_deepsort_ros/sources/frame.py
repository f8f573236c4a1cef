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

"""One picture with its time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from yolo_deepsort_ros.array_types import Millimetres, Pixels
from yolo_deepsort_ros.viewpoint import Viewpoint


@dataclass(frozen=True)
class Header:
    """
    What the message said that brought a picture.

    Attributes
    ----------
    stamp : int
        Nanoseconds, exactly; 0 where the publisher did not fill it, or where time begins.
    frame_id : str
        The camera's coordinate frame.
    recorded : int
        When the message was recorded, in nanoseconds.

    """

    stamp: int
    frame_id: str
    recorded: int


@dataclass(frozen=True, eq=False)
class Frame:
    """
    One picture of a source.

    Attributes
    ----------
    image : ndarray of uint8, shape (H, W, 3)
        Blue, green, red. Owned by the receiver: the source keeps no reference.
    stamp : float
        Seconds; see `open_source` for whose clock it is.
    index : int
        Number of the frame among those delivered, from 0.
    header : Header or None
        Of the message in the bag; None of other sources.
    jpeg : bytes
        The image as the camera itself has compressed it; empty of other sources.
    pose : Viewpoint or None
        Of the camera at that time; of the arena.
    depth : callable or None
        Returns the depth image that is registered to the picture; of the arena.

    """

    image: Pixels
    stamp: float
    index: int
    header: Header | None = None
    jpeg: bytes = b''
    pose: Viewpoint | None = None
    depth: Callable[[], Millimetres] | None = None
