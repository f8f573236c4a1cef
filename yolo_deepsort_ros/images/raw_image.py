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

import re
from typing import Any, Protocol

import cv2
import numpy as np

from yolo_deepsort_ros.array_types import Pixels
from yolo_deepsort_ros.error_text import quoted
from yolo_deepsort_ros.errors import InputError
from yolo_deepsort_ros.images.remarks import ignored, Remark

#: Channels of each encoding whose rows are pixels of 8 bits.
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
#: Encodings of 16 bits, and what their high bytes are.
HIGH_BYTES = {
    f'{name[:-1]}16': name for name in CHANNELS if name.endswith('8')
}
#: Grey in full size, then colours of squares of four pixels; the second name is not in ROS.
PLANES = {'nv21': cv2.COLOR_YUV2BGR_NV21, 'nv12': cv2.COLOR_YUV2BGR_NV12}
#: Encodings that do not tell what their channels are, and what drivers mean by them.
UNNAMED = {'8UC1': 'mono8', '8UC3': 'bgr8', '8UC4': 'bgra8'}
KNOWN = {*CHANNELS, *HIGH_BYTES, *PLANES, *UNNAMED}

_NUMBERS = re.compile('(8|16|32|64)[USF]C[0-9]+')  # OpenCV's name of an array


class PackedImage(Protocol):
    """The fields of sensor_msgs/Image that say what its bytes mean."""

    height: int
    width: int
    encoding: str
    is_bigendian: int
    step: int
    data: Any


def unpacked(message: PackedImage, remark: Remark = ignored) -> Pixels:
    """
    Return a message's picture in blue, green, red.

    Parameters
    ----------
    message : PackedImage
        In one of the encodings `KNOWN`, of any `step`. Of 16 bits the high 8 are taken.
    remark : callable
        Told of an encoding that does not say what its channels are.

    Returns
    -------
    ndarray of uint8, shape (H, W, 3)
        Of bgr8 a read-only view of the message's data, otherwise a new array.

    Raises
    ------
    InputError
        For a size of zero, a `step` or `data` too short, any other encoding.

    """
    encoding = HIGH_BYTES.get(message.encoding) or UNNAMED.get(message.encoding, message.encoding)
    if message.encoding in UNNAMED:
        remark(f'image encoding {message.encoding} taken as {encoding}')
    if encoding in PLANES:
        return _converted(_stacked(message), PLANES[encoding], message)
    if encoding not in CHANNELS:
        check_is_picture(encoding)
        raise InputError(
            f'image encoding {quoted(encoding)} is unknown; convert it to one of '
            f'{", ".join(CHANNELS)}'
        )
    channels = CHANNELS[encoding]
    if channels == 2 and message.width % 2:  # pairs of pixels share colours
        raise InputError(f'{_name_of(message)}: its width must be even')
    if message.encoding in HIGH_BYTES:
        values = rows_of(message, 2 * channels)
        rows = np.ascontiguousarray(values[:, 0 if message.is_bigendian else 1::2])
    else:
        rows = rows_of(message, channels)
    pixels = rows.reshape(message.height, message.width, channels)
    if encoding not in TO_BGR:
        return pixels
    return _converted(pixels, TO_BGR[encoding], message)


def check_is_picture(encoding: str) -> None:
    """
    Refuse an encoding of arrays that are no pictures, such as depth.

    Raises
    ------
    InputError
        For those of OpenCV's names of arrays, such as 16UC1, that are not in `UNNAMED`.

    """
    if encoding not in UNNAMED and _NUMBERS.fullmatch(encoding):
        raise InputError(
            f'image encoding {quoted(encoding)} holds numbers, such as depth, and no picture; '
            f'choose a topic of colour or grey pictures'
        )


def _converted(pixels: Pixels, code: int, message: PackedImage) -> Pixels:
    try:
        return np.asarray(cv2.cvtColor(pixels, code), np.uint8)
    except cv2.error:
        raise InputError(f'{_name_of(message)}: OpenCV cannot convert it') from None


def _stacked(message: PackedImage) -> Pixels:
    """Return the planes of a message one below the other, shape (3 / 2 H, W)."""
    if message.width % 2 or message.height % 2:
        raise InputError(f'{_name_of(message)}: its width and height must be even')
    return rows_of(message, 1, message.height * 3 // 2)


def _name_of(message: PackedImage) -> str:
    return f'image of {message.width} x {message.height} {message.encoding}'


def rows_of(message: PackedImage, pixel_size: int, num_rows: int = 0) -> Pixels:
    """
    Return the picture's bytes without padding, shape (H, W * pixel_size), a read-only view.

    Parameters
    ----------
    message : PackedImage
        Of any encoding.
    pixel_size : int
        Bytes of a pixel.
    num_rows : int
        How many rows it has where they are not as many as its height.

    Raises
    ------
    InputError
        For a size of zero, a `step` or `data` too short.

    """
    width, height, step = message.width, num_rows or message.height, message.step
    what = _name_of(message)
    if not width or not height:
        raise InputError(f'{what}: width and height must be positive')
    if step < width * pixel_size:
        raise InputError(f'{what}: step is {step}, at least {width * pixel_size} is needed')
    if len(message.data) < step * height:
        raise InputError(f'{what}: data has {len(message.data)} bytes, {step * height} are needed')
    data = np.frombuffer(message.data, np.uint8, step * height)
    data.setflags(write=False)
    return data.reshape(height, step)[:, :width * pixel_size]
