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

"""Positions as a text file: one row for each object of each frame."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from yolo_deepsort_ros.error_text import shown
from yolo_deepsort_ros.errors import OutputError
from yolo_deepsort_ros.files import Closable
from yolo_deepsort_ros.locating.positions import Positions

COLUMNS = 'frame,id,x,y,z,vx,vy,vz,sx,sy,sz,sxy,way'


class PositionsFile(Closable):
    """
    Writes positions in metres; a context manager.

    Parameters
    ----------
    path : str or Path
        The file to write; an older one is replaced.
    knows_time : bool
        False leaves the columns of the velocity empty.

    Raises
    ------
    OutputError
        When it cannot be written.

    """

    def __init__(self, path: str | Path, knows_time: bool = True) -> None:
        self._path = path
        self._knows_time = knows_time
        try:
            self._file = open(path, 'w', encoding='utf-8')  # noqa: SIM115  closed by `close`
            self._file.write(f'{COLUMNS}\n')
        except OSError as error:
            raise OutputError(f'{shown(path)}: {error.strerror}; name a file to write') from None

    def write(self, frame: int, positions: Positions) -> None:
        """Append the rows of a frame, counted from 1."""
        spreads = positions.spreads
        crossed = positions.covariances[:, 0, 1]
        for row, (place, velocity, spread) in enumerate(
            zip(positions.places, positions.velocities, spreads, strict=True)
        ):
            speed = _text(*velocity, 0.0) if self._knows_time else ',,'
            numbers = ','.join([
                str(frame), str(positions.ids[row]), _text(*place, 0.0), speed,
                _text(*spread, 0.0), f'{crossed[row]:.6f}', positions.ways[row],
            ])
            self._write(f'{numbers}\n')

    def close(self) -> None:
        """Finish the file."""
        try:
            self._file.close()
        except OSError as error:
            raise OutputError(f'{shown(self._path)}: {error.strerror}') from None

    def _write(self, text: str) -> None:
        try:
            self._file.write(text)
        except OSError as error:
            raise OutputError(f'{shown(self._path)}: {error.strerror}') from None


def _text(*numbers: float) -> str:
    return ','.join(f'{np.float64(number):.4f}' for number in numbers)
