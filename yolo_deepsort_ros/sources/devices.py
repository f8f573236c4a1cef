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

"""Cameras and streams, opened and set up through OpenCV."""

from __future__ import annotations

import glob
import logging
import os
import sys

import cv2

from yolo_deepsort_ros.config import SourceConfig
from yolo_deepsort_ros.errors import ConfigurationError, SourceError
from yolo_deepsort_ros.sources.capture import (
    Capture, CaptureFactory, fourcc, fourcc_letters, open_capture, public_name,
)
from yolo_deepsort_ros.wording import shown

LARGEST_INDEX = 2**31 - 1  #: of a camera: OpenCV's integers have 32 bits
NETWORK_TIMEOUT = 5000  #: ms, to open a stream and to read from it

_LOG = logging.getLogger(__name__)


def open_device(config: SourceConfig, factory: CaptureFactory | None = None) -> Capture:
    """
    Open a camera and ask it for what the configuration says.

    A driver may refuse: what it says it does instead is logged as a warning.

    Raises
    ------
    SourceError
        When there is no such camera or it cannot be used.

    """
    if len(config.fourcc) not in (0, 4) or not config.fourcc.isascii():
        letters = shown(config.fourcc)
        raise ConfigurationError(f'fourcc: {letters!r} is not four letters, as in MJPG')
    where = _index(config.source) if _is_index(config.source) else config.source
    api = cv2.CAP_V4L2 if sys.platform.startswith('linux') else cv2.CAP_ANY
    capture = open_capture(factory, where, api)
    if not capture.isOpened():
        raise SourceError(_why_not(config.source))
    _set_up(capture, config)
    return capture


def open_stream(url: str, factory: CaptureFactory | None = None) -> Capture:
    """
    Open a stream by its URL.

    Raises
    ------
    SourceError
        When nothing answers there within some seconds, or it is no video.

    """
    timeouts = [
        cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, NETWORK_TIMEOUT,
        cv2.CAP_PROP_READ_TIMEOUT_MSEC, NETWORK_TIMEOUT,
    ]
    capture = open_capture(factory, url, cv2.CAP_FFMPEG, timeouts)
    if not capture.isOpened():
        raise SourceError(
            f'{shown(public_name(url))}: cannot open the stream; check the URL and that the '
            f'sender is running'
        )
    return capture


def is_device(source: str) -> bool:
    """Tell whether a source is a camera, by its index or path."""
    return _is_index(source) or source.startswith('/dev/')


def device_path(source: str) -> str:
    """Return the device file of a camera given by index or path."""
    return f'/dev/video{source.lstrip("0") or "0"}' if _is_index(source) else source


def _is_index(source: str) -> bool:
    return source.isascii() and source.isdigit()  # ² is a digit, too


def _index(source: str) -> int:
    digits = source.lstrip('0') or '0'
    if len(digits) > 10 or int(digits) > LARGEST_INDEX:
        raise SourceError(f'{shown(source)}: no camera has an index above {LARGEST_INDEX}')
    return int(digits)


def _why_not(source: str) -> str:
    path = device_path(source)
    name = shown(path)
    if not os.path.exists(path):
        present = ', '.join(sorted(glob.glob('/dev/video*'))) or 'none'
        return f'no camera {name}; present: {present}'
    if not os.access(path, os.R_OK | os.W_OK):
        return f'{name}: no permission; add yourself to its group (video) and log in again'
    return f'{name}: cannot be opened; it is in use by another program, or no camera'


def _set_up(capture: Capture, config: SourceConfig) -> None:
    """Set what is asked for, the format before the size; then compare."""
    asked = {
        'fourcc': (cv2.CAP_PROP_FOURCC, fourcc(config.fourcc)),
        'width': (cv2.CAP_PROP_FRAME_WIDTH, config.width),
        'height': (cv2.CAP_PROP_FRAME_HEIGHT, config.height),
        'rate': (cv2.CAP_PROP_FPS, config.rate),
    }
    asked = {name: (key, value) for name, (key, value) in asked.items() if value}
    for key, value in asked.values():
        capture.set(key, value)
    for name, (key, value) in asked.items():
        given = capture.get(key)
        if abs(given - value) > 0.5:
            is_format = name == 'fourcc'
            _LOG.warning(
                '%s: asked for %s %s, the driver gives %s', device_path(config.source), name,
                *(fourcc_letters(v) if is_format else f'{v:g}' for v in (value, given)),
            )
