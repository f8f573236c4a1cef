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

"""`seqinfo.ini` of a MOTChallenge sequence: its rate and the size of its pictures."""

from __future__ import annotations

import configparser
from contextlib import suppress
from dataclasses import dataclass
import os
from pathlib import Path

from yolo_deepsort_ros.errors import SourceError
from yolo_deepsort_ros.files import read_bytes
from yolo_deepsort_ros.sources.rate import sane_rate

INFO_NAME = 'seqinfo.ini'  #: in the folder of a sequence, or that of its pictures
MAX_INFO_BYTES = 2**16


@dataclass(frozen=True)
class SequenceInfo:
    """
    What is known of a sequence.

    Attributes
    ----------
    path : Path
        The file.
    rate : float
        Frames a second; 0 where it does not say.
    length : int
        How many pictures it has; 0 where it does not say.
    size : (int, int) or None
        Width and height of the pictures; None where it does not say.

    """

    path: Path
    rate: float = 0.0
    length: int = 0
    size: tuple[int, int] | None = None


def read_sequence_info(folder: Path) -> SequenceInfo | None:
    """Read the file in a folder or the one above; None where there is none."""
    for path in (folder / INFO_NAME, folder.parent / INFO_NAME):
        if os.path.exists(path):
            return _read(path)
    return None


def _read(path: Path) -> SequenceInfo:
    info = configparser.ConfigParser(interpolation=None)
    with suppress(configparser.Error, SourceError, UnicodeDecodeError):
        info.read_string(read_bytes(path, MAX_INFO_BYTES, SourceError, '').decode('utf-8-sig'))
    size = round(_number(info, 'imWidth')), round(_number(info, 'imHeight'))
    return SequenceInfo(
        path, sane_rate(_number(info, 'frameRate'), 0.0), round(_number(info, 'seqLength')),
        size if min(size) > 0 else None,
    )


def _number(info: configparser.ConfigParser, name: str) -> float:
    """Return a number of the file; 0 where it holds none."""
    with suppress(configparser.Error, ValueError):
        number = info.getfloat('Sequence', name)
        if 0 < number < 2**31:
            return number
    return 0.0
