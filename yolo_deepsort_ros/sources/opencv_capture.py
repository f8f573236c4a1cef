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

"""What OpenCV can open: the interface used, and the names and numbers around it."""

from __future__ import annotations

from collections.abc import Callable
import re
from typing import Any, Protocol

import cv2

from yolo_deepsort_ros.errors import SourceError
from yolo_deepsort_ros.files import check_utf8
from yolo_deepsort_ros.images.fourcc import fourcc_letters
from yolo_deepsort_ros.images.opencv_log import quiet_opencv

DEFAULT_RATE = 30.0  #: Hz, of a recording that does not tell its own


class Capture(Protocol):
    """The part of `cv2.VideoCapture` that sources use; tests put their own in its place."""

    def isOpened(self) -> bool:  # noqa: D102, N802
        ...

    def get(self, propId: int, /) -> float:  # noqa: D102, N803
        ...

    def set(self, propId: int, value: float, /) -> bool:  # noqa: A003, D102, N803
        ...

    def grab(self) -> bool:  # noqa: D102
        ...

    def retrieve(self) -> tuple[bool, Any]:  # noqa: D102
        ...

    def release(self) -> None:  # noqa: D102
        ...


CaptureFactory = Callable[..., Capture]


def open_capture(factory: CaptureFactory | None, *where: Any) -> Capture:
    """Open a device, stream or file, the first of `where`, without OpenCV's own words."""
    name = str(where[0])
    check_utf8(name, SourceError, public_name(name))
    with quiet_opencv():
        capture: Capture = (factory or cv2.VideoCapture)(*where)
    return capture


def public_name(url: str) -> str:
    """Return the URL without the user and password it may hold."""
    return re.sub('//[^/]*@', '//', url, count=1)


def mode_of(capture: Capture) -> str:
    """Return what an open camera or stream says that it gives, as in `640 x 480, MJPG, 30 Hz`."""
    width, height = capture.get(cv2.CAP_PROP_FRAME_WIDTH), capture.get(cv2.CAP_PROP_FRAME_HEIGHT)
    letters = fourcc_letters(capture.get(cv2.CAP_PROP_FOURCC))
    rate = capture.get(cv2.CAP_PROP_FPS)
    parts = [f'{width:g} x {height:g}', letters if letters.isprintable() else '']
    return ', '.join([*filter(None, parts), f'{rate:g} Hz' if rate > 0 else 'unknown rate'])


def sane_rate(value: float, default: float) -> float:
    """Return frames per second as a file or driver tells them, if they can be true."""
    return float(value) if 1 <= value <= 1000 else default
