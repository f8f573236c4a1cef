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

"""A video file as a recording."""

from __future__ import annotations

import logging
from pathlib import Path

import cv2
import numpy as np

from yolo_deepsort_ros.error_text import shown
from yolo_deepsort_ros.errors import SourceError
from yolo_deepsort_ros.files import reading
from yolo_deepsort_ros.images.fourcc import fourcc
from yolo_deepsort_ros.sources.frame import Image
from yolo_deepsort_ros.sources.opencv_capture import (
    Capture, CaptureFactory, DEFAULT_RATE, open_capture, sane_rate,
)

MIN_SHARE = 0.95  #: of the frames that the container promises; fewer are worth a warning

_TEXT_CODEC = fourcc('ansi')  # FFmpeg plays a text file as a terminal

_LOG = logging.getLogger(__name__)


class VideoFile:
    """
    A video file, decoded by OpenCV.

    Parameters
    ----------
    path : Path
        The file.
    factory : callable, optional
        What opens it instead of `cv2.VideoCapture`.

    Raises
    ------
    SourceError
        When the file cannot be read or is no video.

    """

    def __init__(self, path: Path, factory: CaptureFactory | None = None) -> None:
        self.name = str(path)
        self._factory = factory
        self._capture = self._open()
        self.rate = sane_rate(self._capture.get(cv2.CAP_PROP_FPS), DEFAULT_RATE)
        self._promised = self._capture.get(cv2.CAP_PROP_FRAME_COUNT)
        self.length = int(self._promised) if self._promised > 0 else None
        self._came = 0
        self._has_warned = False

    def read(self) -> Image | None:
        """Return the next picture; None at the end."""
        if self._capture.grab():
            decoded, image = self._capture.retrieve()
            if decoded:
                self._came += 1
                return np.asarray(image, np.uint8)
        if self._came < MIN_SHARE * self._promised and not self._has_warned:
            self._has_warned = True
            _LOG.warning(
                '%s: ended after %d of %d frames; the file is truncated or corrupt',
                self.name, self._came, self._promised,
            )
        return None

    def rewind(self) -> None:
        """Open the file anew: seeking is not exact in every container."""
        self._capture.release()
        self._capture = self._open()
        self._came = 0

    def close(self) -> None:
        """Release the file."""
        self._capture.release()

    def _open(self) -> Capture:
        with reading(self.name, SourceError, 'give a video file') as file:
            is_empty = not file.read(1)
        if is_empty:
            raise SourceError(f'{shown(self.name)}: the file is empty')
        capture = open_capture(self._factory, self.name)
        if not capture.isOpened() or int(capture.get(cv2.CAP_PROP_FOURCC)) == _TEXT_CODEC:
            capture.release()
            raise SourceError(
                f'{shown(self.name)}: not a video that OpenCV can decode; '
                f'give a video file, a picture folder, a device or a URL'
            )
        return capture
