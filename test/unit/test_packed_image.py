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

"""Images as ROS packs them, by hand."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from yolo_deepsort_ros.errors import InputError
from yolo_deepsort_ros.images.raw_image import CHANNELS, unpacked

RED, GREEN, BLUE = (0, 0, 255), (0, 255, 0), (255, 0, 0)


def image(encoding, rows, padding=0, **fields):
    rows = np.asarray(rows, np.uint8)
    height, width = rows.shape[:2]
    width = width // CHANNELS.get(encoding, 3) if rows.ndim == 2 else width
    rows = np.pad(rows.reshape(height, -1), ((0, 0), (0, padding)), constant_values=255)
    return SimpleNamespace(**{
        'height': height, 'width': width, 'encoding': encoding, 'step': rows.shape[1],
        'data': rows.tobytes(), **fields,
    })


@pytest.mark.parametrize('padding', [0, 5])
@pytest.mark.parametrize(('encoding', 'pixel', 'expected'), [
    ('bgr8', [1, 2, 3], (1, 2, 3)),
    ('rgb8', [3, 2, 1], (1, 2, 3)),
    ('mono8', [7], (7, 7, 7)),
    ('bgra8', [1, 2, 3, 9], (1, 2, 3)),
    ('rgba8', [3, 2, 1, 9], (1, 2, 3)),
])
def test_pixel_by_pixel(encoding, pixel, expected, padding) -> None:
    found = unpacked(image(encoding, [pixel * 4] * 2, padding))
    assert found.shape == (2, 4, 3)
    assert (found == expected).all()


@pytest.mark.parametrize(('encoding', 'red', 'blue'), [
    ('bayer_rggb8', (0, 0), (1, 1)), ('bayer_bggr8', (1, 1), (0, 0)),
    ('bayer_grbg8', (0, 1), (1, 0)), ('bayer_gbrg8', (1, 0), (0, 1)),
])
def test_bayer_patterns(encoding, red, blue) -> None:
    for colour, (y, x) in ((RED, red), (BLUE, blue)):
        mosaic = np.zeros((8, 8), np.uint8)
        mosaic[y::2, x::2] = 255
        assert (unpacked(image(encoding, mosaic))[2:6, 2:6] == colour).all()


@pytest.mark.parametrize(('encoding', 'pair'), [
    ('yuv422', [128, 99, 128, 99]), ('uyvy', [128, 99, 128, 99]),
    ('yuv422_yuy2', [99, 128, 99, 128]), ('yuyv', [99, 128, 99, 128]),
])
def test_grey_in_yuv(encoding, pair) -> None:
    found = unpacked(image(encoding, [pair * 2] * 2, padding=3))
    assert found.shape == (2, 4, 3)
    assert np.ptp(found) == 0
    assert abs(int(found[0, 0, 0]) - (99 - 16) * 255 / 219) <= 1


@pytest.mark.parametrize(('message', 'words'), [
    (image('bgr8', [[0] * 12], width=0), 'width and height must be positive'),
    (image('bgr8', [[0] * 12], height=0), 'width and height must be positive'),
    (image('bgr8', [[0] * 12], step=11), 'step is 11, at least 12 is needed'),
    (image('bgr8', [[0] * 12], data=b'12'), 'data has 2 bytes, 12 are needed'),
    (image('yuyv', [[0] * 6]), 'image of 3 x 1 yuyv: its width must be even'),
    (image('x' * 5000, [[0] * 12]), 'is unknown; convert it to one of bgr8, rgb8'),
])
def test_refused(message, words) -> None:
    with pytest.raises(InputError) as raised:
        unpacked(message)
    assert words in str(raised.value)
    assert len(str(raised.value)) < 500


@pytest.mark.parametrize('encoding', sorted(CHANNELS))
@pytest.mark.parametrize(('width', 'height'), [(1, 1), (2, 1), (2, 2), (3, 3)])
def test_tiny_images_are_read_or_refused(encoding, width, height) -> None:
    rows = np.zeros((height, width * CHANNELS[encoding]), np.uint8)
    try:
        assert unpacked(image(encoding, rows)).shape == (height, width, 3)
    except InputError as error:
        assert '\n' not in str(error)
