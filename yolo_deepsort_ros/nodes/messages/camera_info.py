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

"""Messages of type sensor_msgs/CameraInfo, from a calibration where there is one."""

from __future__ import annotations

from functools import lru_cache
import logging
import os
from urllib.parse import unquote

from ament_index_python.packages import get_package_share_directory
import numpy as np
from sensor_msgs.msg import CameraInfo
from std_msgs.msg import Header

from yolo_deepsort_ros.calibration import Calibration, checked, read_calibration
from yolo_deepsort_ros.error_text import shown
from yolo_deepsort_ros.errors import ConfigurationError, InputError

CAMERA = 'camera'  #: name of a camera that has no namespace
#: As camera_info_manager has it.
DEFAULT_URL = 'file://${ROS_HOME}/camera_info/${NAME}.yaml'
SIZES_KEPT = 8  #: of pictures; a camera changes its size hardly ever

_LOG = logging.getLogger(__name__)


class CameraInfos:
    """
    Makes the camera_info of each picture.

    A calibration for another size is scaled where the shape is the same, else left out; both
    are said once for each size.

    Parameters
    ----------
    calibration : Calibration or None
        None makes messages that tell the size alone: K is zero.
    name : str
        What to call it in a message.

    """

    def __init__(self, calibration: Calibration | None, name: str) -> None:
        self._calibration = calibration
        self._name = name
        self._fitting = lru_cache(SIZES_KEPT)(self._fit)

    def fitting(self, width: int, height: int) -> Calibration | None:
        """Return the calibration of a picture of that size; None where there is none."""
        return self._fitting(width, height)

    def message(self, header: Header, width: int, height: int) -> CameraInfo:
        """Return a new message for a picture of that size."""
        info = CameraInfo(header=header, width=width, height=height)
        fitting = self.fitting(width, height)
        if fitting is not None:
            info.distortion_model = fitting.model
            info.d, info.k, info.r, info.p = fitting.d, fitting.k, fitting.r, fitting.p
        return info

    def _fit(self, width: int, height: int) -> Calibration | None:
        given = self._calibration
        if given is None or (width, height) == (given.width, given.height):
            return given
        fitting = given.scaled(width, height)
        _LOG.warning(
            '%s: is for %d x %d, the pictures are %d x %d: %s', shown(self._name),
            given.width, given.height, width, height,
            'scaled to them' if fitting else
            'another shape, so camera_info is not calibrated; calibrate at this size',
        )
        return fitting


def calibration_at(url: str, name: str = CAMERA) -> Calibration | None:
    """
    Read the calibration at a URL, as camera_info_manager takes it; None for ''.

    Parameters
    ----------
    url : str
        A path, `file://PATH` or `package://PACKAGE/PATH`, with `${ROS_HOME}` and `${NAME}`.
    name : str
        The camera's, for `${NAME}`.

    Raises
    ------
    ConfigurationError
        When the URL is none of these, or its package is not there.
    InputError
        When the file holds no calibration.

    """
    return read_calibration(_local_path(url, name)) if url else None


def calibration_in(message: CameraInfo) -> Calibration:
    """Return the calibration that a message carries; nothing is checked."""
    d, k, r, p = (
        tuple(map(float, numbers)) for numbers in (message.d, message.k, message.r, message.p)
    )
    return Calibration(message.width, message.height, message.distortion_model, d, k, r, p)


def usable_calibration(message: CameraInfo) -> Calibration | None:
    """
    Return the calibration of the pictures that a message of any driver goes with.

    None for a camera that is not calibrated: K is zero.

    Raises
    ------
    InputError
        When it is none, or the pictures are a part of those that it is for.

    """
    if not np.any(message.k):
        return None
    try:
        found = checked(calibration_in(message))
    except InputError as error:
        raise InputError(f'camera_info: {error}') from None
    roi, binning = message.roi, (message.binning_x or 1, message.binning_y or 1)
    if (roi.x_offset, roi.y_offset) != (0, 0) or (
        roi.width and (roi.width, roi.height) != (found.width, found.height)
    ):
        raise InputError('camera_info: a region of interest is not supported; switch it off')
    if binning == (1, 1):
        return found
    size = (found.width // binning[0], found.height // binning[1])
    scaled = found.scaled(*size) if all(size) else None
    if scaled is None:
        raise InputError('camera_info: binning_x and binning_y must be equal, and small')
    return scaled


def calibration_path(url: str, name: str) -> str:
    """Return where the calibration of a camera is written; raises as `calibration_at`."""
    return _local_path(url or DEFAULT_URL, name)


def camera_name(namespace: str) -> str:
    """Return the name of the camera in a namespace: `left` in `/robot/left`."""
    return namespace.rpartition('/')[2] or CAMERA


def _local_path(url: str, name: str) -> str:
    resolved = url.replace('${NAME}', name).replace(
        '${ROS_HOME}', os.environ.get('ROS_HOME') or os.path.expanduser('~/.ros')
    )
    scheme, mark, rest = resolved.partition('://')
    if not mark:
        return resolved
    rest = unquote(rest)
    if scheme == 'file':
        return rest
    package, _, path = rest.partition('/')
    if scheme != 'package' or not path:
        raise ConfigurationError(
            f'camera_info_url: {shown(url)} is none of PATH, file://PATH, package://PACKAGE/PATH'
        )
    try:
        return os.path.join(get_package_share_directory(package), path)
    except (LookupError, ValueError):
        raise ConfigurationError(
            f'camera_info_url: {shown(url)}: no package {shown(package)}; source its workspace'
        ) from None
