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

"""Streams, opened by their URL."""

from __future__ import annotations

import cv2

from yolo_deepsort_ros.error_text import public_url, shown
from yolo_deepsort_ros.errors import SourceError
from yolo_deepsort_ros.images.fourcc import fourcc_letters
from yolo_deepsort_ros.sources.opencv_capture import (
    Capture, CaptureFactory, open_capture, read_as,
)
from yolo_deepsort_ros.sources.stream_probe import probe, UNKNOWN

OPENING_TIME = 5000  #: ms
#: Names of JPEG among the codecs, in small letters; OpenCV 4.5 cuts FFmpeg's `mjpeg`.
JPEG_CODECS = ('mjpg', 'mjpe', 'jpeg')
AS_IT_CAME = -1  #: of CAP_PROP_FORMAT: nothing is decoded


class Stream:
    """
    A network camera, or a film on the network.

    Parameters
    ----------
    url : str
        Its address, which may hold a user and password.
    patience : float
        Longest wait for a frame in seconds.
    factory : callable, optional
        What to call instead of `cv2.VideoCapture`.

    """

    def __init__(self, url: str, patience: float, factory: CaptureFactory | None = None) -> None:
        self.name = public_url(url)
        self._url = url
        self._timeouts = [
            cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, OPENING_TIME,
            cv2.CAP_PROP_READ_TIMEOUT_MSEC, round(1000 * patience),
        ]
        self._factory = factory

    def open(self) -> Capture:  # noqa: A003
        """
        Open the stream.

        Raises
        ------
        SourceError
            When nothing answers there within some seconds, or it is no video.

        """
        capture = self._opened()
        if not capture.isOpened():
            found = UNKNOWN if self._factory else probe(self._url)
            if found.sends_parts:  # FFmpeg wants a boundary before the first one
                with read_as('mjpeg'):
                    capture = self._opened()
                capture.grab()  # what precedes the first picture belongs to it
            if not capture.isOpened():
                raise SourceError(f'{shown(self.name)}: cannot open the stream: {found.why}')
        letters = fourcc_letters(capture.get(cv2.CAP_PROP_FOURCC)).lower()
        if letters in JPEG_CODECS and not self.can_end(capture):
            # FFmpeg would mend broken pictures with grey; the grabber leaves them out.
            capture.set(cv2.CAP_PROP_FORMAT, AS_IT_CAME)
        return capture

    def _opened(self) -> Capture:
        return open_capture(self._factory, self._url, cv2.CAP_FFMPEG, self._timeouts)

    def can_end(self, capture: Capture) -> bool:
        """Tell whether it is a film, whose length is known; a camera on the network is lost."""
        is_file = self._url.lower().startswith('file:')
        return is_file or capture.get(cv2.CAP_PROP_FRAME_COUNT) > 0

    def age(self, capture: Capture) -> float:
        """Tell that nobody knows it."""
        return 0.0
