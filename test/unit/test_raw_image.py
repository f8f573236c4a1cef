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


@pytest.mark.parametrize('padding', [0, 6])
@pytest.mark.parametrize('is_bigendian', [0, 1])
@pytest.mark.parametrize(('encoding', 'pixel', 'expected'), [
    ('mono16', [0x0780], (7, 7, 7)),
    ('bgr16', [0x0100, 0x02ff, 0x0301], (1, 2, 3)),
    ('rgb16', [0x0300, 0x02ff, 0x0101], (1, 2, 3)),
    ('rgba16', [0x0300, 0x02ff, 0x0101, 0xff00], (1, 2, 3)),
    ('bayer_grbg16', [0x2a00], (42, 42, 42)),
])
def test_of_sixteen_bits_the_high_byte_counts(
    encoding, pixel, expected, is_bigendian, padding
) -> None:
    sent = np.array([pixel * 4] * 4, '>u2' if is_bigendian else '<u2').view(np.uint8)
    found = unpacked(image(encoding, sent, padding, width=4, is_bigendian=is_bigendian))
    assert found.shape == (4, 4, 3)
    assert (found == expected).all()


@pytest.mark.parametrize(('encoding', 'colours'), [('nv12', [90, 240]), ('nv21', [240, 90])])
def test_planes_of_grey_and_colour(encoding, colours) -> None:
    """Red in BT.601: Y 81, U 90, V 240; the rows of both planes are padded alike."""
    rows = [[81] * 4] * 4 + [colours * 2] * 2
    found = unpacked(image(encoding, rows, padding=3, width=4, height=4))
    assert found.shape == (4, 4, 3)
    assert np.abs(found.astype(int) - RED).max() <= 2
    with pytest.raises(InputError, match='its width and height must be even'):
        unpacked(image(encoding, rows, width=4, height=3))


@pytest.mark.parametrize(('encoding', 'pixel', 'name'), [
    ('8UC3', [1, 2, 3], 'bgr8'), ('8UC1', [7], 'mono8'), ('8UC4', [1, 2, 3, 9], 'bgra8'),
])
def test_channels_without_a_name_are_taken_as_drivers_mean_them(encoding, pixel, name) -> None:
    remarks = []
    message = image(encoding, [pixel * 4] * 2, width=4)
    found = unpacked(message, remarks.append)
    assert (found == unpacked(image(name, [pixel * 4] * 2))).all()
    assert remarks == [f'image encoding {encoding} taken as {name}']


@pytest.mark.parametrize('encoding', ['16UC1', '32FC1', '64FC3', '8SC1', '16SC2', '8UC2'])
def test_depth_is_no_picture(encoding) -> None:
    with pytest.raises(InputError, match='holds numbers, such as depth, and no picture; choose'):
        unpacked(image(encoding, [[0] * 12], width=3))
