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

from yolo_deepsort_ros.array_types import Pixels
from yolo_deepsort_ros.error_text import quoted
from yolo_deepsort_ros.errors import InputError
from yolo_deepsort_ros.images.opencv_log import quiet_opencv
from yolo_deepsort_ros.images.picture_header import is_jpeg, is_png_whole, jpeg_end, picture_header
from yolo_deepsort_ros.images.raw_image import check_is_picture
from yolo_deepsort_ros.images.remarks import ignored, Remark

#: As image_transport's plugin writes it: the encoding before, the codec, the order inside.
JPEG_FORMAT = 'bgr8; jpeg compressed bgr8'

#: How many times smaller a JPEG can be decoded, the most first: less work, not just less picture.
REDUCTIONS = (8, 4, 2)

MAX_PIXELS = 10**8  #: of a picture; three times a frame of 8K
UNENDED = 'JPEG without its end marker'  #: remark

#: Bytes that a JPEG which is cut takes for pixels; older decoders leave less than a block unread.
_FILLINGS = (4000 * b'\x55', 4000 * b'\x93')
_FLAGS = {
    1: cv2.IMREAD_COLOR, 2: cv2.IMREAD_REDUCED_COLOR_2, 4: cv2.IMREAD_REDUCED_COLOR_4,
    8: cv2.IMREAD_REDUCED_COLOR_8,
}


def decoded(data: bytes, reduction: int = 1, remark: Remark = ignored) -> Pixels:
    """
    Decode the content of a picture file to blue, green, red, shape (H, W, 3).

    Parameters
    ----------
    data : bytes
        Of any format that OpenCV knows.
    reduction : int
        1, or of a JPEG one of `REDUCTIONS`: pixel (x, y) then shows the square of that side
        from (x, y) times it on, and those at the edge what there is of theirs.
    remark : callable
        Told `UNENDED` of a JPEG that is whole but for its end marker.

    Raises
    ------
    InputError
        When it is truncated, too large, or no picture.

    """
    image = _decoded(data, reduction, remark)
    if image is None:
        raise InputError('not a picture that OpenCV can decode')
    return image


def decoded_message(
    data: bytes, form: str, reduction: int = 1, remark: Remark = ignored
) -> Pixels:
    """
    Decode a message's `data`, as `decoded`, by its `format`.

    The codec is seen. From `format` is taken what the pixels mean, as image_transport writes it:
    the encoding before the semicolon, which must be one of pictures, as of a raw image, and the
    order of the colours, blue, green, red unless it says otherwise, as in
    `rgb8; png compressed rgb8`.
    """
    encoding, mark, _ = form.partition(';')
    if mark:
        check_is_picture(encoding.strip())
    picture = _decoded(data, reduction, remark)
    if picture is None:
        raise InputError(
            f'format {quoted(form)}: {"not a picture" if data else "no data; not a picture"} that '
            f'OpenCV can decode; publish JPEG or PNG, as image_transport does for compressed'
        )
    if 'compressed rgb' in form:
        return np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2BGR), np.uint8)
    return picture


def _decoded(data: bytes, reduction: int, remark: Remark) -> Pixels | None:
    """Return the picture; None where there is none."""
    header = picture_header(data)
    if header and header.width * header.height > MAX_PIXELS:  # it would take all memory
        raise InputError(
            f'a {header.kind} of {header.width} x {header.height} pixels; '
            f'at most {MAX_PIXELS // 10**6} million are taken'
        )
    if is_jpeg(data) and not jpeg_end(data):
        picture = _unended(data.rstrip(b'\xff'), reduction)
        remark(UNENDED)
        return picture
    if not is_png_whole(data):
        raise InputError('the picture is truncated')
    return _read(data, reduction)


def _unended(data: bytes, reduction: int) -> Pixels:
    """
    Decode a JPEG without an end marker.

    OpenCV decodes one that is cut to a half grey picture. One that has all its pixels shows the
    same, whatever bytes follow. A progressive one cannot be told from one that is cut.
    """
    picture, other = (_read(data + filling, reduction) for filling in _FILLINGS)
    if picture is None or other is None or not np.array_equal(picture, other):
        raise InputError('the picture is truncated')
    return picture


def _read(data: bytes, reduction: int) -> Pixels | None:
    image: Any = None
    with quiet_opencv(), suppress(cv2.error):  # a header may promise more than memory holds
        image = cv2.imdecode(np.frombuffer(data, np.uint8), _FLAGS[reduction]) if data else None
    return None if image is None else np.asarray(image, np.uint8)


def encoded(picture: Pixels, quality: int) -> bytes:
    """
    Return a picture, shape (H, W, 3), as a JPEG; `quality` goes from 1 to 100.

    Raises
    ------
    InputError
        When it is larger than a JPEG can be.

    """
    data: Any = None
    with quiet_opencv(), suppress(cv2.error):  # OpenCV 4.6 raises
        data = cv2.imencode('.jpg', picture, (cv2.IMWRITE_JPEG_QUALITY, quality))[1]
    if data is None or not len(data):
        raise InputError(f'{picture.shape[1]} x {picture.shape[0]} is too large for a JPEG')
    return bytes(data.tobytes())


def jpeg_in(buffer: Pixels) -> bytes:
    """Return the JPEG that a camera's buffer begins with, empty if there is no whole one."""
    data = bytes(buffer.tobytes())
    return data[:jpeg_end(data)]
