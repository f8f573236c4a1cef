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

import glob
import logging
import os
from pathlib import Path
import sys
import time

import cv2

from yolo_deepsort_ros.config.source_config import SourceConfig
from yolo_deepsort_ros.error_text import shown
from yolo_deepsort_ros.errors import ConfigurationError, SourceError
from yolo_deepsort_ros.images.fourcc import fourcc, fourcc_letters
from yolo_deepsort_ros.images.opencv_log import silence_opencv
from yolo_deepsort_ros.sources.opencv_capture import Capture, CaptureFactory, open_capture
from yolo_deepsort_ros.sources.v4l2 import is_camera, Mode, pixel_formats, present_mode

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
EXPOSURES_PER_MS = 10  #: V4L2 counts exposure in 100 microseconds
#: Pixel formats that OpenCV makes pictures of; of some others it makes wrong ones.
CONVERTIBLE = frozenset((
    'MJPG', 'JPEG', 'YUYV', 'UYVY', 'YU12', 'YV12', 'NV12', 'NV21', 'BGR3', 'RGB3', 'XR24',
    'AR24', 'GREY', 'Y10 ', 'Y12 ', 'Y16 ', 'BA81', 'GBRG', 'GRBG', 'RGGB',
))
MAX_AGE = 10.0  #: s; of a frame in the driver's queue; beyond it the driver has another clock

IS_LINUX = sys.platform.startswith('linux')

_LOG = logging.getLogger(__name__)

#: OpenCV's property and value of what to ask for, by the parameter's name.
Wishes = dict[str, tuple[int, float]]


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
        For a pixel format that cannot be one, or that OpenCV makes no pictures of.

    """

    def __init__(self, config: SourceConfig, factory: CaptureFactory | None = None) -> None:
        self.name = device_path(config.source)
        _check_format(config.pixel_format, self.name)
        self._config = config
        self._factory = factory
        self._places = [config.source]
        self._complaint = ''

    def open(self) -> Capture:  # noqa: A003
        """
        Open the camera and ask it for what the configuration says, else for its present mode.

        A driver may refuse: what it does instead is logged as a warning, once.

        Raises
        ------
        SourceError
            When there is no such camera or it cannot be used.

        """
        if IS_LINUX:
            seconds = max(1, int(self._config.frame_timeout))
            os.environ.setdefault(STALL_VARIABLE, str(seconds))
            silence_opencv()
        for place in self._places:
            own = present_mode(device_path(place))  # OpenCV asks for another at once
            capture = self._open_at(place)
            if capture.isOpened():
                if place == self._config.source:
                    self._places = stable_names(self.name)
                else:
                    self.name = os.path.realpath(device_path(place))
                self._set_up(capture, own)
                return capture
        raise SourceError(_why_not(device_path(self._places[0])))

    def can_end(self, capture: Capture) -> bool:
        """Tell that a camera has no end."""
        return False

    def age(self, capture: Capture) -> float:
        """Return the seconds since the driver has filled the grabbed frame."""
        age = time.monotonic() - capture.get(cv2.CAP_PROP_POS_MSEC) / 1000
        return age if IS_LINUX and 0 < age < MAX_AGE else 0.0

    def _open_at(self, place: str) -> Capture:
        where = _index(place) if _is_index(place) else place
        return open_capture(self._factory, where, cv2.CAP_V4L2 if IS_LINUX else cv2.CAP_ANY)

    def _set_up(self, capture: Capture, own: Mode | None) -> None:
        """Set what is asked for, the format before the size; then compare."""
        asked = _asked(self._config)
        if 'exposure' in asked:
            capture.set(cv2.CAP_PROP_AUTO_EXPOSURE, MANUAL_EXPOSURE)
        for key, value in {**_kept(own, asked), **asked}.values():
            capture.set(key, value)
        if capture.get(cv2.CAP_PROP_FOURCC) == JPEG_FORMAT:
            # The grabber decodes as OpenCV would, and can hand on the JPEG, too.
            capture.set(cv2.CAP_PROP_CONVERT_RGB, 0)
        given = {name: capture.get(key) for name, (key, _) in asked.items()}
        complaint = ', '.join(
            f'{_given_text(name, given[name])} instead of {_value_text(name, value)}'
            for name, (_, value) in asked.items() if abs(given[name] - value) > 0.5
        )
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


def _check_format(letters: str, path: str) -> None:
    if len(letters) not in (0, 4) or not letters.isascii():
        raise ConfigurationError(
            f'pixel_format: {shown(letters)!r} is not four letters, as in MJPG'
        )
    if IS_LINUX and letters and letters not in CONVERTIBLE:
        good = [name for name in pixel_formats(path) if name in CONVERTIBLE]
        raise ConfigurationError(
            f'pixel_format: OpenCV makes no pictures of {shown(letters)}; '
            + (f'{shown(path)} has {", ".join(good)}' if good else 'take another, as MJPG')
        )


def _why_not(path: str) -> str:
    name = shown(path)
    if not os.path.exists(path):
        return f'no camera {name}; present: {_present()}'
    if not os.access(path, os.R_OK | os.W_OK):
        return f'{name}: no permission; add yourself to its group (video) and log in again'
    if is_camera(path) is False:
        return f'{name}: no camera, it gives no pictures; present: {_present()}'
    formats = pixel_formats(path)
    if formats and CONVERTIBLE.isdisjoint(formats):
        letters = shown(', '.join(formats))
        return f'{name}: OpenCV makes no pictures of its pixel formats: {letters}'
    return f'{name}: cannot be opened; it is in use by another program'


def _present() -> str:
    """List the cameras that exist, each with its name."""
    paths = (path for path in sorted(glob.glob(DEVICES)) if is_camera(path) is not False)
    return ', '.join(map(_described, paths)) or 'none'


def _described(path: str) -> str:
    try:
        name = (NAMES / os.path.basename(path) / 'name').read_text('utf-8', 'replace').strip()
    except OSError:
        return path
    return f'{path} ({shown(name)})'


def _asked(config: SourceConfig) -> Wishes:
    return _wishes(
        config.pixel_format, config.width, config.height, config.rate,
        config.exposure * EXPOSURES_PER_MS,
    )


def _kept(own: Mode | None, asked: Wishes) -> Wishes:
    """Return what to ask for so that a camera stays as it is where nobody asks for more."""
    if own is None:
        return {}
    letters = own.pixel_format if own.pixel_format in CONVERTIBLE else ''
    # Another size or format may be quicker than the present one.
    rate = own.rate if asked.keys().isdisjoint(('pixel_format', 'width', 'height')) else 0.0
    return _wishes(letters, own.width, own.height, rate, 0.0)


def _wishes(
    pixel_format: str, width: float, height: float, rate: float, exposure: float
) -> Wishes:
    """Return OpenCV's property and value of each, by the parameter's name, without zeros."""
    values = {
        'pixel_format': (cv2.CAP_PROP_FOURCC, fourcc(pixel_format)),
        'width': (cv2.CAP_PROP_FRAME_WIDTH, width),
        'height': (cv2.CAP_PROP_FRAME_HEIGHT, height),
        'rate': (cv2.CAP_PROP_FPS, rate),
        'exposure': (cv2.CAP_PROP_EXPOSURE, exposure),
    }
    return {name: (key, value) for name, (key, value) in values.items() if value}


def _given_text(name: str, value: float) -> str:
    """Return what a driver gives; OpenCV has -1 for a control that is not there."""
    return f'no {name}' if value < 0 else f'{name} {_value_text(name, value)}'


def _value_text(name: str, value: float) -> str:
    if name == 'pixel_format':
        return shown(fourcc_letters(value))
    return f'{value / EXPOSURES_PER_MS:g} ms' if name == 'exposure' else f'{value:g}'
