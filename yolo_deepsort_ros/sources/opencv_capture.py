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

from collections.abc import Callable, Iterator
from contextlib import contextmanager
import os
from typing import Any, Protocol

import cv2

from yolo_deepsort_ros.error_text import public_url
from yolo_deepsort_ros.errors import SourceError
from yolo_deepsort_ros.files import check_utf8
from yolo_deepsort_ros.images.fourcc import fourcc_letters
from yolo_deepsort_ros.images.opencv_log import quiet_opencv
from yolo_deepsort_ros.sources.rate import sane_rate

#: Where OpenCV takes FFmpeg's options from, each time it opens something.
FFMPEG_OPTIONS = 'OPENCV_FFMPEG_CAPTURE_OPTIONS'


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
    check_utf8(name, SourceError, public_url(name))
    with quiet_opencv():
        capture: Capture = (factory or cv2.VideoCapture)(*where)
    return capture


@contextmanager
def read_as(input_format: str) -> Iterator[None]:
    """Let FFmpeg read what is opened meanwhile as of a format, whatever it seems to be."""
    before = os.environ.get(FFMPEG_OPTIONS, '')
    os.environ[FFMPEG_OPTIONS] = f'{before}|input_format;{input_format}'.lstrip('|')
    try:
        yield
    finally:
        os.environ[FFMPEG_OPTIONS] = before
        if not before:
            del os.environ[FFMPEG_OPTIONS]


def mode_of(capture: Capture) -> str:
    """Return what an open camera or stream says that it gives, as in `640 x 480, MJPG, 30 Hz`."""
    width, height = capture.get(cv2.CAP_PROP_FRAME_WIDTH), capture.get(cv2.CAP_PROP_FRAME_HEIGHT)
    letters = fourcc_letters(capture.get(cv2.CAP_PROP_FOURCC))
    rate = sane_rate(capture.get(cv2.CAP_PROP_FPS), 0.0)
    parts = [f'{width:g} x {height:g}', letters if letters.isprintable() else '']
    return ', '.join([*filter(None, parts), f'{rate:g} Hz' if rate > 0 else 'unknown rate'])
