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

"""
Text files of the MOTChallenge: detections, ground truth and tracks.

One box a line: `frame,id,x,y,w,h,score,…`, frames from 1, boxes in pixels by their top
left corner. The meaning of the columns from the seventh on differs by file; see `MotRows`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from yolo_deepsort_ros.boxes import Boxes
from yolo_deepsort_ros.detections import usable
from yolo_deepsort_ros.error_text import shown
from yolo_deepsort_ros.errors import InputError, OutputError
from yolo_deepsort_ros.evaluation.mot_table import is_array_file, read_table
from yolo_deepsort_ros.files import remove_empty

WriterType = TypeVar('WriterType', bound='LineWriter')

MAX_NUMBER = 10**7  #: of a frame number or id: four days at 30 Hz


@dataclass(frozen=True, eq=False)
class MotRows:
    """
    The rows of one file, in its order, as a structure of arrays.

    Attributes
    ----------
    path : Path
        The file.
    lines : ndarray of int64, shape (N,)
        Line (of a text file) or row (of an array file) of each, from 1.
    frames, ids : ndarray of int64, shape (N,)
        Frame numbers from 1; ids, -1 in detections.
    tlwh : ndarray of float64, shape (N, 4)
        Left, top, width, height in pixels; sizes > 0.
    scores : ndarray of float64, shape (N,)
        Column 7: a confidence, any finite number; in ground truth 0 for a box that does
        not count; 1 where the file has six columns.
    others : ndarray of float64, shape (N, C - 7)
        Columns 8 and on.

    """

    path: Path
    lines: NDArray[np.int64]
    frames: NDArray[np.int64]
    ids: NDArray[np.int64]
    tlwh: Boxes
    scores: NDArray[np.float64]
    others: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.frames)

    def __getitem__(self, rows: Any) -> MotRows:
        """Select by a boolean mask, an index array or a slice."""
        return MotRows(
            self.path, self.lines[rows], self.frames[rows], self.ids[rows], self.tlwh[rows],
            self.scores[rows], self.others[rows],
        )

    def by_frame(self, last: int) -> Iterator[MotRows]:
        """Yield the rows of each frame from 1 to `last`, in the file's order."""
        order = np.argsort(self.frames, kind='stable')
        ends = np.searchsorted(self.frames[order], np.arange(last + 1), side='right')
        for start, stop in pairwise(ends.tolist()):
            yield self[order[start:stop]]


def read_mot(path: str | Path) -> MotRows:
    """
    Read a MOT text file, or an array file (`.npy`) with the same columns.

    A file without any row gives no rows: a tracker may have found nothing.

    Raises
    ------
    InputError
        When the file cannot be read, or a row cannot be used: the line is named.

    """
    path = Path(path)
    lines, table = read_table(path)
    check_places(path, lines, table)
    _check_values(path, lines, table)
    return mot_rows(path, lines, table)


class LineWriter:
    """
    A text file of rows; a context manager.

    An older file stays until the first frame is written, and after an error no empty one.
    """

    def __init__(self, path: str | Path) -> None:
        self._path = Path(path)
        self._is_ours = not self._path.exists()  # nothing of an older run is in it
        try:
            self._file = open(path, 'a', encoding='ascii')  # noqa: SIM115
        except OSError as error:
            raise self._failure(error) from None

    def write_lines(self, lines: Iterable[str]) -> None:
        """Write lines as they are."""
        try:
            self._begin()
            self._file.writelines(lines)
        except OSError as error:
            raise self._failure(error) from None

    def close(self) -> None:
        """Finish the file."""
        try:
            self._begin()
            self._file.close()
        except OSError as error:
            self._remove_empty()
            raise self._failure(error) from None

    def __enter__(self: WriterType) -> WriterType:
        return self

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        if error is None:
            self.close()
            return
        with suppress(OSError):
            self._file.close()
        self._remove_empty()

    def _begin(self) -> None:
        """Empty an older file."""
        if not self._is_ours and self._path.is_file():
            self._file.truncate(0)
        self._is_ours = True

    def _remove_empty(self) -> None:
        if self._is_ours:
            remove_empty(self._path)

    def _failure(self, error: OSError) -> OutputError:
        return OutputError(f'{shown(self._path)}: cannot write the file ({error.strerror})')


class TrackWriter(LineWriter):
    """
    Writes tracks as MOT rows `frame,id,x,y,w,h,score,class index,-1,-1`.

    A context manager. Boxes have three decimals, scores four.

    Parameters
    ----------
    path : str or Path
        The file to write; an older one is replaced.

    Raises
    ------
    OutputError
        Here, in `write` and in `close`, when the file cannot be written.

    """

    def write(
        self, frame: int, ids: ArrayLike, tlwh: ArrayLike, scores: ArrayLike, class_ids: ArrayLike
    ) -> None:
        """
        Write the tracks of one frame.

        Parameters
        ----------
        frame : int
            Number of the frame, from 1.
        ids, class_ids : array_like of int, shape (T,)
            Persistent ids; class indices.
        tlwh : array_like, shape (T, 4)
            Left, top, width, height in pixels.
        scores : array_like, shape (T,)
            Confidences.

        """
        columns = (np.asarray(values).tolist() for values in (ids, tlwh, scores, class_ids))
        self.write_lines(
            f'{frame},{track},{x:.3f},{y:.3f},{w:.3f},{h:.3f},{score:.4f},{kind},-1,-1\n'
            for track, (x, y, w, h), score, kind in zip(*columns, strict=True)
        )


class TruthWriter(LineWriter):
    """Writes ground truth; otherwise as `TrackWriter`."""

    def write(self, rows: NDArray[np.float64]) -> None:
        """
        Write the objects of one frame.

        Parameters
        ----------
        rows : ndarray, shape (A, 9)
            Frame, id, x, y, w, h, flag, class, visibility, as in MOT16.

        """
        self.write_lines(','.join(f'{value:.7g}' for value in row) + '\n' for row in rows.tolist())


def mot_rows(path: Path, lines: NDArray[np.int64], table: NDArray[np.float64]) -> MotRows:
    """Name the columns of a table."""
    return MotRows(
        path,
        lines,
        table[:, 0].astype(np.int64),
        table[:, 1].astype(np.int64),
        table[:, 2:6],
        table[:, 6] if table.shape[1] > 6 else np.ones(len(table)),
        table[:, 7:],
    )


def check_places(path: Path, lines: NDArray[np.int64], table: NDArray[np.float64]) -> None:
    """Refuse frames and ids that are none."""
    frames, ids = table[:, 0], table[:, 1]
    _refuse(path, lines, ~((frames >= 1) & (frames <= MAX_NUMBER) & (np.rint(frames) == frames)),
            f'column 1, the frame, must be a whole number from 1 to {MAX_NUMBER}', frames)
    _refuse(path, lines, ~((abs(ids) <= MAX_NUMBER) & (np.rint(ids) == ids)),
            f'column 2, the id, must be a whole number up to {MAX_NUMBER}', ids)


def _check_values(path: Path, lines: NDArray[np.int64], table: NDArray[np.float64]) -> None:
    """Refuse rows that cannot be true."""
    _refuse(path, lines, ~np.isfinite(table).all(axis=1), 'holds NaN or infinite values')
    _refuse(path, lines, ~usable(table[:, 2:6]),
            'columns 5 and 6, width and height, must be positive, and the box within 1e6 px')


def _refuse(
    path: Path,
    lines: NDArray[np.int64],
    is_bad: Any,
    reason: str,
    values: NDArray[np.float64] | None = None,
) -> None:
    """Raise for the first bad row, with its value where that says more."""
    if is_bad.any():
        row = np.argmax(is_bad)
        unit = 'row' if is_array_file(path) else 'line'
        found = '' if values is None else f', not {values[row]:.15g}'
        raise InputError(f'{shown(path)}, {unit} {lines[row]}: {reason}{found}')
