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
Pictures as files and sensor_msgs/CompressedImage hold them: JPEG, PNG and what else OpenCV reads.

Nothing of ROS is needed: a message of rclpy and one out of a bag have the same bytes.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import cv2
import numpy as np

from yolo_deepsort_ros.error_text import quoted
from yolo_deepsort_ros.errors import InputError
from yolo_deepsort_ros.images.opencv_log import quiet_opencv
from yolo_deepsort_ros.images.raw_image import Pixels

#: As image_transport's plugin writes it: the encoding before, the codec, the order inside.
JPEG_FORMAT = 'bgr8; jpeg compressed bgr8'

#: How many times smaller a JPEG can be decoded, the most first: less work, not just less picture.
REDUCTIONS = (8, 4, 2)

MAX_PIXELS = 10**8  #: of a JPEG; three times a frame of 8K
#: How a format's files begin, where their pixels begin, and how they end. OpenCV decodes a
#: truncated JPEG to a half grey picture.
_JPEG = (b'\xff\xd8', b'\xff\xda', b'\xff\xd9')
_FORMATS = (_JPEG, (b'\x89PNG', b'IDAT', b'IEND'))
_FLAGS = {
    1: cv2.IMREAD_COLOR, 2: cv2.IMREAD_REDUCED_COLOR_2, 4: cv2.IMREAD_REDUCED_COLOR_4,
    8: cv2.IMREAD_REDUCED_COLOR_8,
}
#: Segments of a JPEG that tell its size; the three others of that row are tables (ITU-T T.81 B.1).
_FRAME_HEADERS = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}


def decoded(data: bytes, reduction: int = 1) -> Pixels:
    """
    Decode the content of a picture file to blue, green, red, shape (H, W, 3).

    Parameters
    ----------
    data : bytes
        Of any format that OpenCV knows.
    reduction : int
        1, or of a JPEG one of `REDUCTIONS`: pixel (x, y) then shows the square of that side
        from (x, y) times it on, and those at the edge what there is of theirs.

    Raises
    ------
    InputError
        When it is truncated, too large, or no picture.

    """
    image = _decoded(data, reduction)
    if image is None:
        raise InputError('not a picture that OpenCV can decode')
    return image


def decoded_message(data: bytes, form: str, reduction: int = 1) -> Pixels:
    """
    Decode a message's `data`, as `decoded`, by its `format`.

    Only the order of the colours is taken from `format`, and is blue, green, red inside unless
    image_transport says otherwise, as in `rgb8; png compressed rgb8`; the codec is seen.
    """
    picture = _decoded(data, reduction)
    if picture is None:
        raise InputError(
            f'format {quoted(form)}: {"not a picture" if data else "no data; not a picture"} that '
            f'OpenCV can decode; publish JPEG or PNG, as image_transport does for compressed'
        )
    if 'compressed rgb' in form:
        return np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2BGR), np.uint8)
    return picture


def _decoded(data: bytes, reduction: int) -> Pixels | None:
    """Return the picture; None where there is none."""
    if any(data.startswith(start) and data.rfind(end) < data.rfind(body)
           for start, body, end in _FORMATS):
        raise InputError('the picture is truncated')
    width, height = jpeg_size(data) or (0, 0)
    if width * height > MAX_PIXELS:  # a header that is damaged would take all memory
        raise InputError(
            f'a JPEG of {width} x {height} pixels; '
            f'at most {MAX_PIXELS // 10**6} million are taken'
        )
    image: Any = None
    with quiet_opencv(), suppress(cv2.error):  # a header may promise more than memory holds
        image = cv2.imdecode(np.frombuffer(data, np.uint8), _FLAGS[reduction]) if data else None
    return None if image is None else np.asarray(image, np.uint8)


def encoded(picture: Pixels, quality: int) -> bytes:
    """Return a picture, shape (H, W, 3), as a JPEG; `quality` goes from 1 to 100."""
    _, data = cv2.imencode('.jpg', picture, (cv2.IMWRITE_JPEG_QUALITY, quality))
    return bytes(data.tobytes())


def jpeg_in(buffer: Pixels) -> bytes:
    """Return the JPEG that a camera's buffer begins with, empty if there is none."""
    data = bytes(buffer.tobytes())
    start, _, end = _JPEG
    return data[:data.rfind(end) + len(end)] if data.startswith(start) and end in data else b''


def jpeg_size(data: bytes) -> tuple[int, int] | None:
    """Return width and height of a JPEG without decoding it; None of anything else."""
    at = 2
    while data.startswith(_JPEG[0]) and at + 9 <= len(data) and data[at] == 0xFF:
        if data[at + 1] in _FRAME_HEADERS:
            height, width = (int.from_bytes(data[at + i:at + i + 2], 'big') for i in (5, 7))
            return (width, height) if width and height else None
        length = int.from_bytes(data[at + 2:at + 4], 'big')
        at += 1 if data[at + 1] == 0xFF else 2 + length  # 0xFF may be repeated
    return None
