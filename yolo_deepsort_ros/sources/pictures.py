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

from collections.abc import Iterator, Sequence
from contextlib import suppress
import logging
from pathlib import Path

from yolo_deepsort_ros.array_types import Pixels
from yolo_deepsort_ros.error_text import shown
from yolo_deepsort_ros.errors import InputError, SourceError
from yolo_deepsort_ros.files import read_bytes
from yolo_deepsort_ros.images.compressed_image import decoded
from yolo_deepsort_ros.images.remarks import ignored, Remark, Remarks
from yolo_deepsort_ros.sources.file_order import in_order
from yolo_deepsort_ros.sources.rate import DEFAULT_RATE
from yolo_deepsort_ros.sources.sequence_info import INFO_NAME, read_sequence_info

SUFFIXES = ('.bmp', '.jpeg', '.jpg', '.pgm', '.png', '.ppm', '.tif', '.tiff', '.webp')
SEQUENCE_PICTURES = 'img1'  #: folder of a MOTChallenge sequence's pictures
MAX_PICTURE_BYTES = 512 * 2**20  #: bytes of a file

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
    about : str
        How many there are and in which order, for people.

    """

    def __init__(
        self, name: str, paths: Sequence[Path], rate: float = DEFAULT_RATE, about: str = ''
    ) -> None:
        self.name = name
        self.about = about
        self.time: float | None = None
        self.rate = rate
        self._remarks = Remarks(name)
        self.length = len(paths)
        self._paths = paths
        self._next = 0

    def read(self) -> Pixels | None:
        """Return the next picture; None at the end."""
        if self._next >= len(self._paths):
            return None
        self._next += 1
        return read_picture(self._paths[self._next - 1], self._remarks)

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
    place = pictures_folder(folder)
    paths, order = in_order(_found_in(place))
    info = read_sequence_info(place)
    if info is not None and not info.rate:
        _LOG.warning('%s: no readable frameRate; taking %g Hz', info.path, DEFAULT_RATE)
    if info is not None and len(paths) < info.length:
        _LOG.warning(
            '%s: %d pictures, where %s promises %d', folder, len(paths), INFO_NAME, info.length
        )
    rate = (info.rate if info else 0.0) or DEFAULT_RATE
    return Pictures(str(folder), paths, rate, f'{len(paths)} pictures {order}')


def picture_files(folder: Path) -> list[Path]:
    """
    Find the pictures of a folder, in the order of `in_order`.

    Raises
    ------
    SourceError
        When the folder cannot be read or holds no picture.

    """
    paths, _ = in_order(_found_in(pictures_folder(folder)))
    return paths


def pictures_folder(folder: Path) -> Path:
    """Return where the pictures are: `img1` of a MOTChallenge sequence, else the folder."""
    inside = folder / SEQUENCE_PICTURES
    with suppress(OSError):  # whoever reads it says it better
        if inside.is_dir() and not any(_pictures_in(folder)):
            return inside
    return folder


def read_picture(path: Path, remark: Remark = ignored) -> Pixels:
    """
    Decode a picture file to blue, green, red, shape (H, W, 3), with remarks as `decoded` makes.

    Raises
    ------
    SourceError
        When the file cannot be read, is truncated, or is no picture.

    """
    data = read_bytes(path, MAX_PICTURE_BYTES, SourceError, 'give a picture')
    try:
        return decoded(data, remark=remark)
    except InputError as error:
        raise SourceError(f'{shown(path)}: {error}; repair or remove the file') from None


def _pictures_in(folder: Path) -> Iterator[Path]:
    for path in folder.iterdir():
        if path.suffix.lower() in SUFFIXES and not path.name.startswith('.'):
            yield path


def _found_in(folder: Path) -> list[Path]:
    try:
        paths = list(_pictures_in(folder))
    except OSError as error:
        raise SourceError(f'{shown(folder)}: cannot read the folder ({error.strerror})') from None
    if not paths:
        raise SourceError(f'{shown(folder)}: no picture in this folder ({", ".join(SUFFIXES)})')
    return paths
