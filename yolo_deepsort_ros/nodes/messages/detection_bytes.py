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

"""Detection2DArray from its bytes: each box costs its reader, and a message may hold very many."""

from __future__ import annotations

import struct
from typing import Any

from rclpy.serialization import deserialize_message
from vision_msgs.msg import Detection2DArray

from yolo_deepsort_ros.errors import InputError

MAX_READ = 10_000  #: boxes of a message; rclpy makes a dozen objects of each
_PLAIN_CDR = {b'\0\0': '>', b'\0\1': '<'}  #: encodings whose layout is known, and their byte order
_HEAD = 16  #: bytes before the text of `header.frame_id`: encoding, stamp, length


def read_boxes(data: bytes) -> tuple[Detection2DArray, int]:
    """
    Return the message that was received as bytes.

    Parameters
    ----------
    data : bytes
        As the middleware has them.

    Returns
    -------
    message : vision_msgs/Detection2DArray
        With the first `MAX_READ` boxes.
    left_out : int
        How many more it has.

    Raises
    ------
    InputError
        When it is none.

    """
    try:
        data, left_out = _shortened(data)
        message: Any = deserialize_message(data, Detection2DArray)
    except Exception as error:  # each middleware has its own
        raise InputError(f'a Detection2DArray of {len(data)} bytes that cannot be read') from error
    return message, left_out


def _shortened(data: bytes) -> tuple[bytes, int]:
    """Let the message say that it has fewer boxes: what follows them is not looked at."""
    order = _PLAIN_CDR.get(data[:2])
    if order is None:
        return data, 0
    length, = struct.unpack_from(f'{order}I', data, _HEAD - 4)
    at = _HEAD + length + -length % 4
    count, = struct.unpack_from(f'{order}I', data, at)
    if count <= MAX_READ:
        return data, 0
    fewer = struct.pack(f'{order}I', MAX_READ)
    return b''.join((data[:at], fewer, data[at + 4:])), count - MAX_READ
