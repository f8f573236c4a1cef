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

"""Pictures in files and messages: the walker over a JPEG's segments, and what decodes them."""

from __future__ import annotations

from pathlib import Path

import cv2
from fuzz_targets import refusable, Target
import numpy as np

from yolo_deepsort_ros.images.compressed_image import decoded, decoded_message, MAX_PIXELS
from yolo_deepsort_ros.images.picture_header import jpeg_end, jpeg_size, picture_header

FORMAT = 'bgr8; jpeg compressed bgr8'
SMALL = 2**16  #: pixels of a picture that is decoded; the time beyond is OpenCV's


def pictures(folder: Path) -> Target:
    """Return what looks at the header of a picture, walks over it, and decodes a small one."""
    def read(data: bytes) -> None:
        assert 0 <= jpeg_end(data) <= len(data)
        size, header = jpeg_size(data), picture_header(data)
        if header and SMALL < header.width * header.height <= MAX_PIXELS:
            return
        reduction = 2 if size and data[-1] % 2 else 1
        for decode, more in ((decoded, (reduction,)), (decoded_message, (FORMAT,))):
            picture = refusable(decode, data, *more)
            assert picture is None or (picture.ndim == 3 and picture.shape[2] == 3)

    shot = np.random.default_rng(0).integers(0, 255, (24, 32, 3), np.uint8)
    seeds = [
        cv2.imencode(f'.{kind}', shot, options)[1].tobytes()
        for kind, *options in (
            ('jpg',), ('jpg', cv2.IMWRITE_JPEG_PROGRESSIVE, 1),
            ('jpg', cv2.IMWRITE_JPEG_QUALITY, 5),
            ('jpg', cv2.IMWRITE_JPEG_RST_INTERVAL, 1), ('png',), ('webp',), ('tiff',), ('bmp',),
        )
    ]
    words = [
        b'\xff\xd8', b'\xff\xd9', b'\xff\xda', b'\xff\xc0\x00\x11\x08', b'\xff\xc2', b'\xff\xe1',
        b'\xff\xd0', b'\xff\xff', b'\xff\x00', b'\xff\xfe\xff\xff', b'\xea\x60\xea\x60', b'IHDR',
        b'IEND', b'IDAT', b'VP8L', b'VP8X', b'VP8 ', b'RIFF', b'II*\x00', b'MM\x00*', b'BM',
    ]
    return Target(read, seeds, words)
