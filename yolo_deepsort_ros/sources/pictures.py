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

"""Pictures of a folder as a recording."""

from __future__ import annotations

from collections.abc import Sequence
import configparser
import logging
import os
from pathlib import Path
import re

from yolo_deepsort_ros.error_text import shown
from yolo_deepsort_ros.errors import InputError, SourceError
from yolo_deepsort_ros.files import read_bytes
from yolo_deepsort_ros.images.compressed_image import decoded
from yolo_deepsort_ros.sources.frame import Image
from yolo_deepsort_ros.sources.opencv_capture import DEFAULT_RATE, sane_rate

SUFFIXES = ('.bmp', '.jpeg', '.jpg', '.pgm', '.png', '.ppm', '.tif', '.tiff', '.webp')
INFO_NAME = 'seqinfo.ini'  #: of a MOTChallenge sequence, in its folder or that of its pictures
MAX_PICTURE_BYTES = 512 * 2**20  #: bytes of a file
MAX_INFO_BYTES = 2**16  #: bytes of a seqinfo.ini

_LOG = logging.getLogger(__name__)


class Pictures:
    """
    Picture files as a recording; each is read when its turn comes.

    Parameters
    ----------
    name : str
        What to call them in a message.
    paths : sequence of Path
        The files, in order; their sizes may differ.
    rate : float
        Frames per second.

    """

    def __init__(self, name: str, paths: Sequence[Path], rate: float = DEFAULT_RATE) -> None:
        self.name = name
        self.rate = rate
        self.length = len(paths)
        self._paths = paths
        self._next = 0

    def read(self) -> Image | None:
        """Return the next picture; None at the end."""
        if self._next >= len(self._paths):
            return None
        self._next += 1
        return read_picture(self._paths[self._next - 1])

    def rewind(self) -> None:
        """Go back to the first picture."""
        self._next = 0

    def close(self) -> None:
        """Do nothing: no file stays open."""


def open_folder(folder: Path) -> Pictures:
    """
    Take the pictures of a folder as a recording; raises as `picture_files`.

    The rate is the `frameRate` of a MOTChallenge `seqinfo.ini` in the folder or beside it,
    else 30.
    """
    return Pictures(str(folder), picture_files(folder), _sequence_rate(folder))


def picture_files(folder: Path) -> list[Path]:
    """
    Find the pictures of a folder, in natural order (2 before 10).

    Raises
    ------
    SourceError
        When the folder cannot be read or holds no picture.

    """
    try:
        paths = [
            path for path in folder.iterdir()
            if path.suffix.lower() in SUFFIXES and not path.name.startswith('.')
        ]
    except OSError as error:
        raise SourceError(f'{folder}: cannot read the folder ({error.strerror})') from None
    if not paths:
        raise SourceError(f'{folder}: no picture in this folder ({", ".join(SUFFIXES)})')
    return sorted(paths, key=lambda path: natural_key(path.name))


def natural_key(name: str) -> tuple[list[int | str], str]:
    """Return a sort key that takes digits as numbers: frame2 before frame10."""
    parts = re.split('([0-9]+)', name.lower())  # text and digits by turns, text first
    return [int(part) if i % 2 else part for i, part in enumerate(parts)], name


def read_picture(path: Path) -> Image:
    """
    Decode a picture file to blue, green, red, shape (H, W, 3).

    Raises
    ------
    SourceError
        When the file cannot be read, is truncated, or is no picture.

    """
    data = read_bytes(path, MAX_PICTURE_BYTES, SourceError, 'give a picture')
    try:
        return decoded(data)
    except InputError as error:
        raise SourceError(f'{shown(path)}: {error}; mend or remove the file') from None


def _sequence_rate(folder: Path) -> float:
    for path in (folder / INFO_NAME, folder.parent / INFO_NAME):
        if not os.path.exists(path):
            continue
        info = configparser.ConfigParser(interpolation=None)
        try:
            info.read_string(read_bytes(path, MAX_INFO_BYTES, SourceError, '').decode('utf-8-sig'))
            return sane_rate(info.getfloat('Sequence', 'frameRate'), DEFAULT_RATE)
        except (configparser.Error, SourceError, ValueError):
            _LOG.warning('%s: no readable frameRate; taking %g Hz', path, DEFAULT_RATE)
    return DEFAULT_RATE
