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

"""Depth images as sensor_msgs/Image packs them, in metres."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from yolo_deepsort_ros.error_text import quoted
from yolo_deepsort_ros.errors import InputError
from yolo_deepsort_ros.images.raw_image import PackedImage, rows_of

METRES = {'16UC1': 0.001, '32FC1': 1.0}  #: of a unit of each encoding (REP 118)
FURTHEST = 1000.0  #: m; what claims to be further is none
SATURATED = 65535  #: of 16UC1: further than the sensor can tell


def depth_in_metres(message: PackedImage) -> NDArray[np.float32]:
    """
    Return the depths of a message.

    Parameters
    ----------
    message : PackedImage
        16UC1 in millimetres or 32FC1 in metres, of any `step`.

    Returns
    -------
    ndarray of float32, shape (H, W)
        Metres along the camera's axis; zero or less where nothing is known.

    Raises
    ------
    InputError
        For another encoding, a size of zero, a `step` or `data` too short.

    """
    if message.encoding not in METRES:
        raise InputError(
            f'depth: encoding {quoted(message.encoding)} is not 16UC1 (millimetres) or 32FC1 '
            f'(metres)'
        )
    code = 'u2' if message.encoding == '16UC1' else 'f4'
    kind = np.dtype(f'{">" if message.is_bigendian else "<"}{code}')
    values = np.ascontiguousarray(rows_of(message, kind.itemsize)).view(kind)
    if code == 'f4':
        return np.where(values <= FURTHEST, values, 0).astype(np.float32, copy=False)
    return in_metres(values)


def in_metres(millimetres: NDArray[np.uint16]) -> NDArray[np.float32]:
    """Return the depths of 16UC1 in metres, 0 where nothing is known."""
    depth = millimetres * np.float32(METRES['16UC1'])
    depth[millimetres == SATURATED] = 0.0
    return depth
