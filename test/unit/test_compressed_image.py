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

"""Pictures as messages hold them compressed, and JPEGs decoded at a smaller size."""

from __future__ import annotations

import struct
import zlib

import cv2
from darknet_files import draw_object, write_colour_network
import numpy as np
import pytest

from yolo_deepsort_ros import Detector
from yolo_deepsort_ros.errors import InputError
from yolo_deepsort_ros.images.compressed_image import (
    decoded, decoded_message, encoded, jpeg_in, REDUCTIONS, UNENDED,
)
from yolo_deepsort_ros.images.picture_header import jpeg_size, picture_header
from yolo_deepsort_ros.images.remarks import Remarks

BLUE, RED = (255, 0, 0), (0, 0, 255)


def plain(colour=BLUE, width=64, height=48):
    return np.full((height, width, 3), colour, np.uint8)


def png(picture):
    return cv2.imencode('.png', picture)[1].tobytes()


JPEG = encoded(plain(width=70, height=50), 90)


def claiming(width, height):
    """Return the JPEG with another size in its header."""
    at = JPEG.index(b'\xff\xc0') + 5
    return JPEG[:at] + height.to_bytes(2, 'big') + width.to_bytes(2, 'big') + JPEG[at + 4:]


EXIF = b'\xff\xe1\x00\x0aExif\x00\x00..'
PROGRESSIVE = cv2.imencode('.jpg', plain(), (cv2.IMWRITE_JPEG_PROGRESSIVE, 1))[1].tobytes()


@pytest.mark.parametrize(('data', 'size'), [
    (JPEG, (70, 50)),
    (PROGRESSIVE, (64, 48)),
    (JPEG[:2] + EXIF + JPEG[2:], (70, 50)),
    (JPEG[:2] + b'\xff\xff' + JPEG[2:], (70, 50)),
    (png(plain()), None),
    (JPEG[:20], None),
    (b'\xff\xd8' + b'\xff\xe1\x00\x00' * 9, None),
    (b'', None),
])
def test_the_size_of_a_jpeg_stands_in_its_head(data, size) -> None:
    assert jpeg_size(data) == size


@pytest.mark.parametrize(('form', 'encode', 'expected'), [
    ('bgr8; jpeg compressed bgr8', lambda picture: encoded(picture, 95), BLUE),
    ('rgb8; jpeg compressed bgr8', lambda picture: encoded(picture, 95), BLUE),
    ('jpeg', lambda picture: encoded(picture, 95), BLUE),
    ('', lambda picture: encoded(picture, 95), BLUE),
    ('bgr8; png compressed bgr8', png, BLUE),
    ('rgb8; png compressed rgb8', png, RED),
    ('jpeg', png, BLUE),
])
def test_formats_are_read_generously(form, encode, expected) -> None:
    found = decoded_message(encode(plain()), form)
    assert found.shape == (48, 64, 3)
    assert np.abs(found.astype(int) - expected).max() <= 2


def test_grey_and_alpha_become_three_channels() -> None:
    for picture in (plain()[:, :, 0], np.dstack([plain(), plain()[:, :, :1]])):
        assert decoded_message(png(picture), 'mono8; png compressed ').shape == (48, 64, 3)


@pytest.mark.parametrize(('data', 'words'), [
    (JPEG[:-30], 'truncated'), (png(plain())[:-20], 'truncated'), (b'', 'not a picture'),
    (b'\x00' * 12 + png(plain()), 'not a picture'),  # compressedDepth
    (claiming(15000, 15000), 'a JPEG of 15000 x 15000 pixels; at most 100 million'),
])
@pytest.mark.parametrize('reduction', [1, 4])
def test_what_cannot_be_decoded_is_refused(data, words, reduction) -> None:
    with pytest.raises(InputError, match=words):
        decoded(data, reduction)


NOISE = np.random.default_rng(0).integers(0, 256, (48, 64, 3), np.uint8)
#: What cameras and phones put behind a picture: markers, a film, another picture.
TRAILERS = (b'\xff\xda', b'\xff\xdb\x00\x43\xff\xda', b'ftypmp42\xff\xd8\xff\xe1', JPEG, JPEG[:-9])


@pytest.mark.parametrize('trailer', TRAILERS)
@pytest.mark.parametrize('suffix', ['.jpg', '.png'])
def test_what_follows_a_picture_is_not_its_end(suffix, trailer) -> None:
    data = cv2.imencode(suffix, NOISE)[1].tobytes()
    assert np.array_equal(decoded(data + trailer + b'IDAT'), decoded(data))
    assert jpeg_in(np.frombuffer(JPEG + trailer, np.uint8)) == JPEG


@pytest.mark.parametrize('data', [JPEG, encoded(NOISE, 90)])
@pytest.mark.parametrize('preview', [b'', b'\xff\xe1' + (len(JPEG) + 2).to_bytes(2, 'big') + JPEG])
def test_only_a_jpegs_end_marker_may_be_missing(data, preview, capfd) -> None:
    """Held against OpenCV; a preview inside has an end marker of its own."""
    whole = data[:2] + preview + data[2:]
    remarks = Remarks('test')
    for cut in (1, 2):
        assert np.array_equal(decoded(whole[:-cut], remark=remarks), decoded(data))
    for cut in (20, 40, len(data) // 2):
        with pytest.raises(InputError, match='truncated'):
            decoded(whole[:-cut], remark=remarks)
    assert remarks.counts == {UNENDED: 2}
    assert capfd.readouterr().err == ''  # libjpeg has words of its own


def test_every_kind_of_picture_tells_its_size_at_its_head() -> None:
    suffixes = ['.jpg', '.png', '.bmp', '.webp', '.pgm', '.ppm', '.tif', '.sr', '.pam', '.hdr']
    for suffix in [*suffixes, *(s for s in ('.jp2', '.gif', '.avif') if cv2.haveImageWriter(s))]:
        picture = NOISE[:40, :50, 0] if suffix == '.pgm' else NOISE[:40, :50]
        picture = picture.astype(np.float32) / 255 if suffix == '.hdr' else picture
        data = cv2.imencode(suffix, picture)[1].tobytes()
        header = picture_header(data)
        assert header is not None and header[1:] == (50, 40), suffix
    lossy = cv2.imencode('.webp', NOISE, (cv2.IMWRITE_WEBP_QUALITY, 50))[1].tobytes()
    assert picture_header(lossy) == ('WebP', 64, 48)


def test_a_small_file_of_a_huge_picture_is_not_decoded() -> None:
    data = png(plain())
    head = struct.pack('>IIBBBBB', 30000, 20000, 8, 2, 0, 0, 0)
    checksum = zlib.crc32(b'IHDR' + head).to_bytes(4, 'big')
    with pytest.raises(InputError, match='a PNG of 30000 x 20000 pixels; at most 100 million'):
        decoded(data[:16] + head + checksum + data[33:])


@pytest.mark.parametrize('form', ['16UC1; png compressed ', '32FC1; jpeg compressed'])
def test_compressed_depth_is_no_picture_as_raw_depth_is_none(form) -> None:
    with pytest.raises(InputError, match="C1' holds numbers, such as depth, and no picture"):
        decoded_message(JPEG, form)


@pytest.mark.parametrize(('data', 'form', 'words'), [
    (b'\x00\x00\x00\x01\x67', 'h264', "format 'h264': not a picture"),
    (b'\x00\x00\x00\x01\x67', '', "format '': not a picture"),
    (b'', 'jpeg', "format 'jpeg': no data; not a picture"),
    (b'x', 'a\nb' * 999, r"format 'a\\nba\\nb.*…': not a picture"),
], ids=['video', 'no format', 'no data', 'nonsense'])
def test_a_message_that_is_no_picture_is_named_by_its_format(data, form, words) -> None:
    with pytest.raises(InputError, match=words) as error:
        decoded_message(data, form)
    text = str(error.value)
    assert text.endswith('; publish JPEG or PNG, as image_transport does for compressed')
    assert text.isprintable()


@pytest.mark.parametrize('reduction', REDUCTIONS)
def test_a_pixel_of_a_reduced_picture_is_a_square_of_the_full_one(reduction) -> None:
    """Of a width that is no multiple, too: the grid begins at the left and top."""
    picture = plain(width=101, height=83)
    picture[16:48, 32:64] = 255
    found = decoded(encoded(picture, 95), reduction)
    assert found.shape == (-(-83 // reduction), -(-101 // reduction), 3)
    rows, columns = np.nonzero(found[:, :, 1] > 127)
    assert (rows.min() * reduction, (rows.max() + 1) * reduction) == (16, 48)
    assert (columns.min() * reduction, (columns.max() + 1) * reduction) == (32, 64)


@pytest.mark.parametrize(('buffer', 'expected'), [
    (JPEG, JPEG), (JPEG + b'\x00' * 99, JPEG), (JPEG[:-2], b''), (png(plain()), b''), (b'', b''),
])
def test_a_cameras_buffer_may_be_longer_than_its_jpeg(buffer, expected) -> None:
    assert jpeg_in(np.frombuffer(buffer, np.uint8)[None]) == expected


@pytest.fixture(scope='module')
def cfg(tmp_path_factory):
    return write_colour_network(tmp_path_factory.mktemp('network'))[0]  # of 160 x 128


@pytest.mark.parametrize(('resize', 'size', 'expected'), [
    ('stretch', (160, 128), 1), ('stretch', (319, 256), 2), ('stretch', (318, 256), 1),
    ('stretch', (640, 300), 2), ('letterbox', (640, 300), 4), ('rectangle', (640, 300), 4),
    ('stretch', (4000, 3000), 8), ('stretch', (10, 10), 1),
])
def test_a_picture_comes_no_smaller_than_the_network_needs_it(cfg, resize, size, expected) -> None:
    assert Detector(cfg, resize=resize).reduction(size) == expected


@pytest.mark.parametrize('size', [(320, 256), (640, 512), (647, 515), (1280, 1024)])
def test_boxes_of_a_reduced_picture_are_those_of_the_full_one(cfg, size) -> None:
    detector = Detector(cfg)
    picture = plain((127, 127, 127), *size)
    share = size[0] // 160
    for colour, x, y in (('red', 20, 30), ('blue', 110, 60)):
        draw_object(picture, colour, x * share, y * share)
    jpeg = encoded(picture, 90)
    reduction = detector.reduction(jpeg_size(jpeg))
    assert reduction > 1
    full, reduced = detector.detect(decoded(jpeg)), detector.detect(decoded(jpeg, reduction))
    assert len(full) == len(reduced) == 2
    assert full.class_ids.tolist() == reduced.class_ids.tolist()
    np.testing.assert_allclose(reduction * reduced.tlwh, full.tlwh, atol=2)
