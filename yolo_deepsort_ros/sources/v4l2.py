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

"""What Linux tells of a camera without opening its stream: V4L2, by ioctl."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
import errno
import fcntl
import os
import struct
from typing import NamedTuple

from yolo_deepsort_ros.images.fourcc import fourcc_letters

#: `struct v4l2_capability`, and where it has the capabilities of the driver and of the device.
CAPABILITIES = struct.Struct('=84xII12x')
HAS_OWN = 0x80000000  #: V4L2_CAP_DEVICE_CAPS: the device's own differ from the driver's
CAPTURES = 0x1 | 0x1000  #: V4L2_CAP_VIDEO_CAPTURE and …_MPLANE
#: V4L2_BUF_TYPE_VIDEO_CAPTURE and …_MPLANE.
STREAMS = (1, 9)
#: `struct v4l2_format`, whose union holds pointers: stream; width, height, pixel format.
FORMAT = struct.Struct('@I0P3I188x')
#: `struct v4l2_fmtdesc`: index, stream; pixel format.
DESCRIPTION = struct.Struct('=2I36xI16x')
#: `struct v4l2_streamparm`: stream; numerator and denominator of the time per frame.
PARAMETERS = struct.Struct('=I8x2I184x')
MAX_FORMATS = 256  #: of a driver that never says that there are no more
READS, WRITES = 2, 1  #: of an ioctl, seen from the program


class Mode(NamedTuple):
    """What a camera gives."""

    width: int
    height: int
    pixel_format: str  #: four letters
    rate: float  #: Hz; 0 for unknown


def is_camera(path: str) -> bool | None:
    """
    Tell whether a device gives pictures; None where nobody can tell.

    Other video devices take pictures, or give numbers about those of their neighbour.
    """
    try:
        with _opened(path) as device:
            of_all, of_this = _ask(device, READS, 0, CAPABILITIES)
    except OSError as error:
        return False if error.errno == errno.ENOTTY else None
    return bool((of_this if of_all & HAS_OWN else of_all) & CAPTURES)


def present_mode(path: str) -> Mode | None:
    """Return what a camera gives before anybody has asked for anything else, if it tells."""
    try:
        with _opened(path) as device:
            for stream in STREAMS:
                try:
                    _, width, height, letters = _ask(
                        device, READS | WRITES, 4, FORMAT, stream, 0, 0, 0
                    )
                except OSError:
                    continue
                rate = _rate(device, stream)
                return Mode(width, height, fourcc_letters(letters), rate)
    except OSError:
        pass
    return None


def pixel_formats(path: str) -> list[str]:
    """Return the four letters of each pixel format that a camera has, in its own order."""
    try:
        with _opened(path) as device:
            return [letters for stream in STREAMS for letters in _formats(device, stream)]
    except OSError:
        return []


def _formats(device: int, stream: int) -> Iterator[str]:
    for index in range(MAX_FORMATS):
        try:
            *_, letters = _ask(device, READS | WRITES, 2, DESCRIPTION, index, stream, 0)
        except OSError:  # there are no more
            return
        yield fourcc_letters(letters)


def _rate(device: int, stream: int) -> float:
    try:
        _, numerator, denominator = _ask(device, READS | WRITES, 21, PARAMETERS, stream, 0, 0)
    except OSError:
        return 0.0
    return denominator / numerator if numerator else 0.0


@contextmanager
def _opened(path: str) -> Iterator[int]:
    device = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    try:
        yield device
    finally:
        os.close(device)


def _ask(
    device: int, direction: int, number: int, layout: struct.Struct, *values: int
) -> tuple[int, ...]:
    request = direction << 30 | layout.size << 16 | ord('V') << 8 | number
    question = layout.pack(*values) if values else bytes(layout.size)
    return layout.unpack(fcntl.ioctl(device, request, question))
