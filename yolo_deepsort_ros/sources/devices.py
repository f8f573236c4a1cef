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

"""Cameras of this machine, opened and set up through OpenCV."""

from __future__ import annotations

import fcntl
import glob
import logging
import os
from pathlib import Path
import struct
import sys

import cv2

from yolo_deepsort_ros.config.source_config import SourceConfig
from yolo_deepsort_ros.error_text import shown
from yolo_deepsort_ros.errors import ConfigurationError, SourceError
from yolo_deepsort_ros.images.fourcc import fourcc, fourcc_letters
from yolo_deepsort_ros.sources.opencv_capture import Capture, CaptureFactory, open_capture

MAX_INDEX = 2**31 - 1  #: of a camera: OpenCV's integers have 32 bits
#: What keeps its name when a camera is plugged in again: the camera's own, then the socket's.
STABLE = ('/dev/v4l/by-id/*', '/dev/v4l/by-path/*')
#: Where Linux tells the name of a device.
NAMES = Path('/sys/class/video4linux')
#: Seconds after which V4L2 gives up a camera that stalls; OpenCV reads it once.
STALL_VARIABLE = 'OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT'
MANUAL_EXPOSURE = 1  #: V4L2_EXPOSURE_MANUAL
JPEG_FORMAT = fourcc('MJPG')  #: pictures that the camera itself has compressed
DEVICES = '/dev/video*'
#: VIDIOC_QUERYCAP of V4L2, and where struct v4l2_capability has those of the driver and device.
QUERY_CAPABILITIES = 0x80685600
CAPABILITIES = struct.Struct('=84xII12x')
HAS_OWN = 0x80000000  #: V4L2_CAP_DEVICE_CAPS: the device's own differ from the driver's
CAPTURES = 0x1 | 0x1000  #: V4L2_CAP_VIDEO_CAPTURE and …_MPLANE
EXPOSURES_PER_MS = 10  #: V4L2 counts exposure in 100 microseconds

_LOG = logging.getLogger(__name__)


class Device:
    """
    A camera, found again by its stable name when it is plugged in again.

    Parameters
    ----------
    config : SourceConfig
        Its index or path, and what to ask it for.
    factory : callable, optional
        What to call instead of `cv2.VideoCapture`.

    Raises
    ------
    ConfigurationError
        For a pixel format that cannot be one.

    """

    def __init__(self, config: SourceConfig, factory: CaptureFactory | None = None) -> None:
        if len(config.pixel_format) not in (0, 4) or not config.pixel_format.isascii():
            letters = shown(config.pixel_format)
            raise ConfigurationError(f'pixel_format: {letters!r} is not four letters, as in MJPG')
        self.name = device_path(config.source)
        self._config = config
        self._factory = factory
        self._places = [config.source]
        self._complaint = ''

    def open(self) -> Capture:  # noqa: A003
        """
        Open the camera and ask it for what the configuration says.

        A driver may refuse: what it does instead is logged as a warning, once.

        Raises
        ------
        SourceError
            When there is no such camera or it cannot be used.

        """
        if sys.platform.startswith('linux'):
            seconds = max(1, int(self._config.frame_timeout))
            os.environ.setdefault(STALL_VARIABLE, str(seconds))
        for place in self._places:
            capture = self._open_at(place)
            if capture.isOpened():
                self._places = stable_names(device_path(place))
                self._set_up(capture)
                return capture
        raise SourceError(_why_not(self.name))

    def can_end(self, capture: Capture) -> bool:
        """Tell that a camera has no end."""
        return False

    def _open_at(self, place: str) -> Capture:
        where = _index(place) if _is_index(place) else place
        api = cv2.CAP_V4L2 if sys.platform.startswith('linux') else cv2.CAP_ANY
        return open_capture(self._factory, where, api)

    def _set_up(self, capture: Capture) -> None:
        """Set what is asked for, the format before the size; then compare."""
        asked = _asked(self._config)
        if 'exposure' in asked:
            capture.set(cv2.CAP_PROP_AUTO_EXPOSURE, MANUAL_EXPOSURE)
        for key, value in asked.values():
            capture.set(key, value)
        if capture.get(cv2.CAP_PROP_FOURCC) == JPEG_FORMAT:
            # The grabber decodes as OpenCV would, and can hand on the JPEG, too.
            capture.set(cv2.CAP_PROP_CONVERT_RGB, 0)
        given = {name: capture.get(key) for name, (key, _) in asked.items()}
        different = [
            f'{name} {_value_text(name, given[name])} instead of {_value_text(name, value)}'
            for name, (_, value) in asked.items() if abs(given[name] - value) > 0.5
        ]
        complaint = ', '.join(different)
        if complaint and complaint != self._complaint:
            _LOG.warning('%s: the driver gives %s', self.name, complaint)
        self._complaint = complaint


def stable_names(path: str) -> list[str]:
    """
    Return the names under which a camera comes back, the best first.

    A link, such as the user's own udev rule makes, is taken to be stable itself; a camera
    without links keeps its path.
    """
    links = [link for pattern in STABLE for link in sorted(glob.glob(pattern))]
    return [link for link in links if os.path.realpath(link) == path] or [path]


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
    if len(digits) > 10 or int(digits) > MAX_INDEX:
        raise SourceError(f'{shown(source)}: no camera has an index above {MAX_INDEX}')
    return int(digits)


def _why_not(path: str) -> str:
    name = shown(path)
    if not os.path.exists(path):
        return f'no camera {name}; present: {_present()}'
    if not os.access(path, os.R_OK | os.W_OK):
        return f'{name}: no permission; add yourself to its group (video) and log in again'
    return f'{name}: cannot be opened; it is in use by another program, or no camera'


def _present() -> str:
    """List the cameras that exist, each with its name."""
    paths = filter(_may_capture, sorted(glob.glob(DEVICES)))
    return ', '.join(map(_described, paths)) or 'none'


def _may_capture(path: str) -> bool:
    """Tell whether a device gives pictures; others take them, or give numbers about them."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    except OSError:
        return True  # nobody can tell
    try:
        answer = fcntl.ioctl(handle, QUERY_CAPABILITIES, bytes(CAPABILITIES.size))
    except OSError:
        return True
    finally:
        os.close(handle)
    of_all, of_this = CAPABILITIES.unpack(answer)
    return bool((of_this if of_all & HAS_OWN else of_all) & CAPTURES)


def _described(path: str) -> str:
    try:
        name = (NAMES / os.path.basename(path) / 'name').read_text('utf-8', 'replace').strip()
    except OSError:
        return path
    return f'{path} ({shown(name)})'


def _asked(config: SourceConfig) -> dict[str, tuple[int, float]]:
    """Return OpenCV's property and value of what is asked for, by the parameter's name."""
    values = {
        'pixel_format': (cv2.CAP_PROP_FOURCC, fourcc(config.pixel_format)),
        'width': (cv2.CAP_PROP_FRAME_WIDTH, config.width),
        'height': (cv2.CAP_PROP_FRAME_HEIGHT, config.height),
        'rate': (cv2.CAP_PROP_FPS, config.rate),
        'exposure': (cv2.CAP_PROP_EXPOSURE, config.exposure * EXPOSURES_PER_MS),
    }
    return {name: (key, value) for name, (key, value) in values.items() if value}


def _value_text(name: str, value: float) -> str:
    if name == 'pixel_format':
        return shown(fourcc_letters(value))
    return f'{value / EXPOSURES_PER_MS:g} ms' if name == 'exposure' else f'{value:g}'
