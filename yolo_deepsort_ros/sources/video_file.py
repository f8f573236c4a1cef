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
import os
from pathlib import Path
import re

import cv2
import numpy as np

from yolo_deepsort_ros.array_types import Pixels
from yolo_deepsort_ros.error_text import shown
from yolo_deepsort_ros.errors import SourceError
from yolo_deepsort_ros.files import reading
from yolo_deepsort_ros.images.fourcc import fourcc
from yolo_deepsort_ros.sources.frame_times import FrameTimes
from yolo_deepsort_ros.sources.opencv_capture import Capture, CaptureFactory, open_capture
from yolo_deepsort_ros.sources.rate import DEFAULT_RATE, rate_of, sane_rate, STEPS_MEASURED

MIN_SHARE = 0.95  #: of the frames that the container promises; fewer are worth a warning

SAME_RATE = 0.1  #: share by which claimed and measured rates differ where both may be right
#: JPEGs in a row, and H.264, H.265 or MPEG without a container (0xBA begins one).
_RAW_STREAM = re.compile(rb'\xff\xd8|\0{2,3}\x01[^\xba]')

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
    rate : float
        Frames per second; 0 takes the file's own, and its own times.

    Raises
    ------
    SourceError
        When the file cannot be read or is no video.

    """

    def __init__(
        self, path: Path, factory: CaptureFactory | None = None, rate: float = 0.0
    ) -> None:
        self.name = str(path)
        self.about = ''
        self.time: float | None = None
        self._times: FrameTimes | None = None
        self._factory = factory
        self._capture = self._open()
        self.rate = rate or self._own_rate()
        self._promised = self._capture.get(cv2.CAP_PROP_FRAME_COUNT)
        self.length = int(self._promised) if self._promised > 0 else None
        self._came = 0
        self._has_warned = False

    def read(self) -> Pixels | None:
        """Return the next picture; None at the end."""
        if self._capture.grab():
            decoded, image = self._capture.retrieve()
            if decoded:
                self._came += 1
                if self._times:
                    self.time = self._times.of_next(self._shown_at())
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
        if self._times:
            self._times.restart()

    def close(self) -> None:
        """Release the file."""
        self._capture.release()

    def _own_rate(self) -> float:
        """Return the rate that the file claims, or that its first times show where they differ."""
        claimed = self._capture.get(cv2.CAP_PROP_FPS)
        rate = sane_rate(claimed, DEFAULT_RATE)
        if _RAW_STREAM.match(self._head):
            _LOG.warning(
                '%s: a raw stream, which tells no times; taking %g Hz: the parameter rate says '
                'the right one', self.name, rate,
            )
            return rate
        shown_at = [self._shown_at() for _ in range(STEPS_MEASURED) if self._capture.grab()]
        self.rewind()
        measured = sane_rate(rate_of(shown_at), 0.0)
        if measured and abs(measured - rate) > SAME_RATE * rate:
            rate = measured
        if sane_rate(claimed, 0.0) == 0:
            _LOG.warning(
                '%s: claims %g frames a second; taking %g Hz: the parameter rate says another',
                self.name, claimed, rate,
            )
        if measured:
            self._times, self.time = FrameTimes(self.name, rate), 0.0
        return rate

    def _shown_at(self) -> float:
        return self._capture.get(cv2.CAP_PROP_POS_MSEC) / 1000

    def _open(self) -> Capture:
        with reading(self.name, SourceError, 'give a video file') as file:
            self._head = file.read(8)
        if not self._head:
            raise SourceError(f'{shown(self.name)}: the file is empty')
        # FFmpeg takes what stands before a colon, as in 12:30:00.mp4, for a protocol.
        capture = open_capture(self._factory, os.path.abspath(self.name))
        if not capture.isOpened() or int(capture.get(cv2.CAP_PROP_FOURCC)) == _TEXT_CODEC:
            capture.release()
            raise SourceError(
                f'{shown(self.name)}: not a video that OpenCV can decode; '
                f'give a video file, a picture folder, a device or a URL'
            )
        return capture
