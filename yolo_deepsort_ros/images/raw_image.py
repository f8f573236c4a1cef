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

"""
Images as sensor_msgs/Image packs them, as arrays of blue, green, red.

Nothing of ROS is needed: a message of rclpy and one out of a bag have the same fields.
"""

from __future__ import annotations

from typing import Any, Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from yolo_deepsort_ros.error_text import quoted
from yolo_deepsort_ros.errors import InputError

#: Channels of each encoding, all of 8 bits.
CHANNELS = {
    'bgr8': 3, 'rgb8': 3, 'mono8': 1, 'bgra8': 4, 'rgba8': 4,
    'bayer_rggb8': 1, 'bayer_bggr8': 1, 'bayer_gbrg8': 1, 'bayer_grbg8': 1,
    'yuv422': 2, 'uyvy': 2, 'yuv422_yuy2': 2, 'yuyv': 2,
}
#: OpenCV names a Bayer pattern by the second row's second and third pixels, ROS by the first two.
TO_BGR = {
    'rgb8': cv2.COLOR_RGB2BGR, 'mono8': cv2.COLOR_GRAY2BGR,
    'bgra8': cv2.COLOR_BGRA2BGR, 'rgba8': cv2.COLOR_RGBA2BGR,
    'bayer_rggb8': cv2.COLOR_BayerBG2BGR, 'bayer_bggr8': cv2.COLOR_BayerRG2BGR,
    'bayer_gbrg8': cv2.COLOR_BayerGR2BGR, 'bayer_grbg8': cv2.COLOR_BayerGB2BGR,
    'yuv422': cv2.COLOR_YUV2BGR_UYVY, 'uyvy': cv2.COLOR_YUV2BGR_UYVY,
    'yuv422_yuy2': cv2.COLOR_YUV2BGR_YUY2, 'yuyv': cv2.COLOR_YUV2BGR_YUY2,
}

Pixels = NDArray[np.uint8]


class PackedImage(Protocol):
    """The fields of sensor_msgs/Image that say what its bytes mean."""

    height: int
    width: int
    encoding: str
    step: int
    data: Any


def unpacked(message: PackedImage) -> Pixels:
    """
    Return a message's picture in blue, green, red.

    Parameters
    ----------
    message : PackedImage
        In one of the encodings `CHANNELS`, of any `step`.

    Returns
    -------
    ndarray of uint8, shape (H, W, 3)
        Of bgr8 a read-only view of the message's data, otherwise a new array.

    Raises
    ------
    InputError
        For a size of zero, a `step` or `data` too short, any other encoding.

    """
    encoding = message.encoding
    if encoding not in CHANNELS:
        raise InputError(
            f'image encoding {quoted(encoding)} is unknown; convert it to one of '
            f'{", ".join(CHANNELS)}'
        )
    channels = CHANNELS[encoding]
    size = f'{message.width} x {message.height}'
    if channels == 2 and message.width % 2:  # pairs of pixels share colours
        raise InputError(f'image of {size} {encoding}: its width must be even')
    pixels = rows_of(message, channels).reshape(message.height, message.width, channels)
    if encoding not in TO_BGR:
        return pixels
    try:
        return np.asarray(cv2.cvtColor(pixels, TO_BGR[encoding]), np.uint8)
    except cv2.error:
        raise InputError(f'image of {size} {encoding}: OpenCV cannot convert it') from None


def rows_of(message: PackedImage, pixel_size: int) -> Pixels:
    """
    Return the picture's bytes without padding, shape (H, W * pixel_size), a read-only view.

    Raises
    ------
    InputError
        For a size of zero, a `step` or `data` too short.

    """
    width, height, step = message.width, message.height, message.step
    what = f'image of {width} x {height} {message.encoding}'
    if not width or not height:
        raise InputError(f'{what}: width and height must be positive')
    if step < width * pixel_size:
        raise InputError(f'{what}: step is {step}, at least {width * pixel_size} is needed')
    if len(message.data) < step * height:
        raise InputError(f'{what}: data has {len(message.data)} bytes, {step * height} are needed')
    data = np.frombuffer(message.data, np.uint8, step * height)
    data.setflags(write=False)
    return data.reshape(height, step)[:, :width * pixel_size]
