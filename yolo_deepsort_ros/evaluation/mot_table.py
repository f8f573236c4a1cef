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

"""Tables of MOT columns as they lie in files, read whole; `mot` gives them their meaning."""

from __future__ import annotations

import io
from pathlib import Path
from tokenize import TokenError

import numpy as np
from numpy.typing import NDArray

from yolo_deepsort_ros.error_text import quoted, shown
from yolo_deepsort_ros.errors import InputError
from yolo_deepsort_ros.files import read_bytes, reading

MIN_COLUMNS = 6  #: of a text file: frame, id and the box
FEATURE_COLUMN = 7  #: where features begin in an array file
MAX_TEXT_BYTES = 2**28  #: bytes of a text file: some five million rows
MAX_ARRAY_NUMBERS = 2**29  #: numbers in an array file: a million rows with 512 features
MAX_QUOTED = 40  #: characters of a line that an error quotes

_REMEDY = 'give a MOT text file, or an array file (.npy)'

Table = tuple[NDArray[np.int64], NDArray[np.float64]]


def read_table(path: Path) -> Table:
    """
    Read a text or array file.

    Returns
    -------
    (ndarray of int64, shape (N,), ndarray of float64, shape (N, C))
        The line (of a text file) or row (of an array file) of each, from 1; the numbers.

    Raises
    ------
    InputError
        When the file cannot be read or is no table.

    """
    return _read_array(path) if is_array_file(path) else _read_text(path)


def is_array_file(path: Path) -> bool:
    """Tell whether the name is that of an array file, which may hold features."""
    return path.suffix == '.npy'


def _read_text(path: Path) -> Table:
    content = read_bytes(path, MAX_TEXT_BYTES, InputError, _REMEDY)
    text = content.decode('utf-8-sig', errors='replace').rstrip()
    lines = io.StringIO(text, newline=None).readlines()
    if lines:
        try:  # in one go, three times as fast
            table = np.loadtxt(lines, np.float64, comments=None, delimiter=',', ndmin=2)
        except ValueError:
            return _read_lines(path, lines)
        if len(table) == len(lines) and table.shape[1] >= MIN_COLUMNS:
            return np.arange(1, len(lines) + 1), table
    return _read_lines(path, lines)


def _read_lines(path: Path, lines: list[str]) -> Table:
    """Read line by line: this knows which one is blank or wrong."""
    numbers: list[int] = []
    table: list[list[float]] = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            row = [float(field) for field in line.split(',')]
        except ValueError:
            raise InputError(
                f'{shown(path)}, line {number}: {quoted(line.strip(), MAX_QUOTED)} is not '
                f'a row of numbers separated by commas'
            ) from None
        columns = len(table[0]) if table else max(len(row), MIN_COLUMNS)
        if len(row) != columns:
            raise InputError(
                f'{shown(path)}, line {number}: {len(row)} columns instead of '
                f'{columns if table else "at least 6 (frame,id,x,y,w,h)"}'
            )
        numbers.append(number)
        table.append(row)
    columns = len(table[0]) if table else MIN_COLUMNS
    return np.array(numbers, np.int64), np.array(table, np.float64).reshape(-1, columns)


def _read_array(path: Path) -> Table:
    with reading(path, InputError, _REMEDY):
        # The map fails where the header promises more than the file holds; it is read as Python.
        try:
            table = np.lib.format.open_memmap(path, mode='r')
        except (ValueError, TypeError, OverflowError, EOFError, SyntaxError, TokenError):
            raise InputError(f'{shown(path)}: not an array file that NumPy can read') from None
    if table.dtype.kind not in 'biuf':
        raise InputError(f'{shown(path)}: holds {table.dtype} instead of real numbers')
    if table.ndim != 2 or table.shape[1] < FEATURE_COLUMN:
        raise InputError(
            f'{shown(path)}: shape {table.shape} instead of (N, 7 MOT columns and features)'
        )
    if table.size > MAX_ARRAY_NUMBERS:
        raise InputError(f'{shown(path)}: {table.size} numbers, the limit is {MAX_ARRAY_NUMBERS}')
    return np.arange(1, len(table) + 1), np.array(table, np.float64)
