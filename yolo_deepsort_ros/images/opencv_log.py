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

"""OpenCV without its own words on stderr."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
import os
from typing import Any

import cv2

#: Read by OpenCV at the first video or stream of a process.
FFMPEG_VARIABLE = 'OPENCV_FFMPEG_LOGLEVEL'
#: Read by OpenCV when it is imported.
LOG_VARIABLE = 'OPENCV_LOG_LEVEL'
AV_LOG_QUIET = '-8'  #: our own line says what is wrong


def silence_opencv() -> None:
    """Silence OpenCV's log for good, unless the user has set its level."""
    if LOG_VARIABLE not in os.environ:
        _set_level(0)


@contextmanager
def quiet_opencv() -> Iterator[None]:
    """
    Silence OpenCV's log; what fails inside is reported by the caller.

    FFmpeg is silenced for good, by a variable of the environment, unless the user has set it.
    """
    os.environ.setdefault(FFMPEG_VARIABLE, AV_LOG_QUIET)
    before = _set_level(0)
    try:
        yield
    finally:
        _set_level(before)


def _set_level(level: int) -> int:
    """Set how much OpenCV says; return what it was."""
    home: Any = getattr(cv2.utils, 'logging', cv2)  # OpenCV 4.5 has it at the top
    return int(home.setLogLevel(level))
