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

"""What the head of a picture file tells without decoding it: its format and size; its end."""

from __future__ import annotations

from collections.abc import Iterator
import re
import struct
from typing import NamedTuple

_JPEG_START = b'\xff\xd8'
_PNG_START = b'\x89PNG\r\n\x1a\n'
#: What may follow 0xFF without being the marker of a segment: a stuffed byte, restarts.
_NO_SEGMENT = {0x00, 0x01, *range(0xD0, 0xD8)}
_SOI, _EOI, _SOS = 0xD8, 0xD9, 0xDA
#: Segments of a JPEG that tell its size; the three others of that row are tables (ITU-T T.81 B.1).
_FRAME_HEADERS = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}
_TIFF_WIDTH, _TIFF_HEIGHT = 256, 257  #: tags
_TIFF_NUMBERS = {3: 'H', 4: 'I'}  #: how it writes a number, by its type


class PictureHeader(NamedTuple):
    """The format of a picture file, and its size in pixels."""

    kind: str
    width: int
    height: int


class _Place(NamedTuple):
    """Where the files of a format tell their size."""

    kind: str
    start: re.Pattern[bytes]  # the size follows it
    layout: str  # of struct: two numbers
    is_height_first: bool = False


#: https://www.w3.org/TR/png, RFC 9649 (WebP), ISO 15444-1 (JPEG 2000), ISO 23008-12 (AVIF),
#: BITMAPINFOHEADER, BITMAPCOREHEADER, GIF89a, rasterfile(5).
_PLACES = [
    _Place(kind, re.compile(start, re.DOTALL), layout, is_height_first)
    for kind, start, layout, is_height_first in (
        ('PNG', re.escape(_PNG_START) + b'....IHDR', '>II', False),
        ('BMP', rb'BM.{12}[\x28-\xff]\0\0\0', '<ii', False),
        ('BMP', rb'BM.{12}\x0c\0\0\0', '<HH', False),
        ('GIF', rb'GIF8[79]a', '<HH', False),
        ('WebP', rb'RIFF.{4}WEBPVP8 .{7}\x9d\x01\x2a', '<HH', False),
        ('JPEG 2000', rb'\0\0\0\x0cjP.{,80}ihdr', '>II', True),
        ('JPEG 2000', rb'\xff\x4f\xff\x51....', '>II', False),
        ('AVIF', rb'....ftypavi.{,4000}ispe....', '>II', False),
        ('Sun raster', rb'\x59\xa6\x6a\x95', '>II', False),
    )
]
_WEBP = re.compile(rb'RIFF.{4}WEBPVP8([LX]).{4}', re.DOTALL)
_NUMBER = rb'(?:\s|#[^\n]*\n)+([0-9]{1,10})'
_PNM = re.compile(rb'P[1-6Ff]' + _NUMBER + _NUMBER)
_PAM = [re.compile(rb'\n%s ([0-9]{1,10})\n' % side) for side in (b'WIDTH', b'HEIGHT')]
_HDR = re.compile(rb'#\?R.*?\n[-+]Y ([0-9]{1,10}) [-+]X ([0-9]{1,10})\n', re.DOTALL)
_HEAD = 2**16  #: bytes in which a header is looked for


def picture_header(data: bytes) -> PictureHeader | None:
    """Return the format and size of a picture; None where they are not known."""
    size = jpeg_size(data)
    if size:
        return PictureHeader('JPEG', *size)
    head = data[:_HEAD]
    for place in _PLACES:
        found = place.start.match(head)
        if found and len(head) >= found.end() + struct.calcsize(place.layout):
            first, second = map(abs, struct.unpack_from(place.layout, head, found.end()))
            sides = (second, first) if place.is_height_first else (first, second)
            return PictureHeader(place.kind, *sides)
    if found := _PNM.match(head):
        return PictureHeader('PNM', int(found[1]), int(found[2]))
    if head.startswith(b'P7\n'):
        width, height = (side.search(head) for side in _PAM)
        return PictureHeader('PAM', int(width[1]), int(height[1])) if width and height else None
    if found := _HDR.match(head):
        return PictureHeader('HDR', int(found[2]), int(found[1]))
    return _webp(head) or _tiff(data)


def jpeg_size(data: bytes) -> tuple[int, int] | None:
    """Return width and height of a JPEG without decoding it; None of anything else."""
    for kind, at in _segments(data):
        if kind in _FRAME_HEADERS and at + 7 <= len(data):
            height, width = struct.unpack_from('>HH', data, at + 3)
            return (width, height) if width and height else None
        if kind == _SOS:
            break
    return None


def jpeg_end(data: bytes) -> int:
    """
    Return how many bytes a JPEG takes, whatever follows; 0 where its end marker is missing.

    Its segments are walked: what stands inside them, such as a preview, has markers too.
    """
    for kind, at in _segments(data):
        if kind == _SOI:  # the next picture: this one was cut
            break
        if kind == _EOI:
            return at
    return 0


def is_png_whole(data: bytes) -> bool:
    """Tell whether a PNG has all its chunks, whatever follows; True of anything else."""
    at = len(_PNG_START)
    if not data.startswith(_PNG_START):
        return True
    while at + 12 <= len(data):
        length, kind = struct.unpack_from('>I4s', data, at)
        at += 12 + int(length)  # with its checksum
        if kind == b'IEND':
            return at <= len(data)
    return False


def is_jpeg(data: bytes) -> bool:
    """Tell whether a file begins as a JPEG does."""
    return data.startswith(_JPEG_START)


def _segments(data: bytes) -> Iterator[tuple[int, int]]:
    """Yield the marker of each segment of a JPEG and where its content begins."""
    at = len(_JPEG_START) if is_jpeg(data) else len(data)
    while 0 <= (at := data.find(b'\xff', at)) < len(data) - 1:
        kind = data[at + 1]
        at += 1 if kind == 0xFF else 2  # 0xFF may be repeated
        if kind == 0xFF or kind in _NO_SEGMENT:
            continue
        yield kind, at
        if kind in (_SOI, _EOI):
            return
        at += int.from_bytes(data[at:at + 2], 'big')


def _webp(head: bytes) -> PictureHeader | None:
    """Return the size of a lossless or extended WebP: two numbers of 14 or 24 bits, less one."""
    found = _WEBP.match(head)
    if not found:
        return None
    at, bits = (found.end() + 1, 14) if found[1] == b'L' else (found.end() + 4, 24)
    both = int.from_bytes(head[at:at + 6], 'little')
    mask = 2**bits - 1
    return PictureHeader('WebP', (both & mask) + 1, (both >> bits & mask) + 1)


def _tiff(data: bytes) -> PictureHeader | None:
    """Return the size that the first directory of a TIFF tells."""
    order = {b'II*\0': '<', b'MM\0*': '>'}.get(data[:4])
    if order is None:
        return None
    try:
        at, = struct.unpack_from(f'{order}I', data, 4)
        count, = struct.unpack_from(f'{order}H', data, at)
        told = {}
        for place in range(at + 2, at + 2 + 12 * count, 12):
            tag, form = struct.unpack_from(f'{order}HH', data, place)
            if tag in (_TIFF_WIDTH, _TIFF_HEIGHT):
                told[tag], = struct.unpack_from(order + _TIFF_NUMBERS[form], data, place + 8)
        return PictureHeader('TIFF', told[_TIFF_WIDTH], told[_TIFF_HEIGHT])
    except (struct.error, KeyError):
        return None
