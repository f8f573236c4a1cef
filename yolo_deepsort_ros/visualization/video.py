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

"""Video files, written frame by frame."""

from __future__ import annotations

import os
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from yolo_deepsort_ros.error_text import shown
from yolo_deepsort_ros.errors import OutputError
from yolo_deepsort_ros.files import check_utf8, Closable, remove_empty
from yolo_deepsort_ros.images.fourcc import fourcc
from yolo_deepsort_ros.images.opencv_log import quiet_opencv

CODEC = 'mp4v'  #: MPEG-4 part 2: the one that every OpenCV can write into .mp4


class VideoWriter(Closable):
    """
    Writes an .mp4 file; a context manager.

    Parameters
    ----------
    path : str or Path
        The file to write; an older one is replaced.
    rate : float
        Frames per second, > 0.

    Notes
    -----
    The file gets the size of its first frame; frames of another size are shrunk or grown
    into it, with black bars where the shape differs. Without any frame no file is made.

    Raises
    ------
    OutputError
        For a name that is not UTF-8; in `write`, when the file cannot be opened; in `close`,
        when it cannot be read back whole, as after a full disk: OpenCV itself says nothing.
        A file of which nothing can be read is removed.

    """

    def __init__(self, path: str | Path, rate: float) -> None:
        check_utf8(str(path), OutputError)
        self._path = Path(path)
        self._rate = rate
        self._writer: cv2.VideoWriter | None = None
        self._size = (0, 0)  # width, height
        self._count = 0

    def write(self, image: NDArray[np.uint8]) -> None:
        """Append a picture, shape (H, W, 3), blue, green, red."""
        if self._writer is None:
            self._size = (image.shape[1], image.shape[0])
            self._writer = self._open()
        with quiet_opencv():  # a full disk: `close` says it once
            self._writer.write(_fitted(image, self._size))
        self._count += 1

    def close(self) -> None:
        """Finish the file and look whether all frames are in it."""
        if self._writer is None:
            return
        with quiet_opencv():
            self._writer.release()
            self._writer = None
            found = _frame_count(self._path)
        if found < self._count:
            if not found and self._path.is_file():
                self._path.unlink()
            raise OutputError(
                f'{shown(self._path)}: holds {found} of {self._count} frames; is the disk full?'
            )

    def _open(self) -> cv2.VideoWriter:
        with quiet_opencv():
            writer = cv2.VideoWriter(
                os.path.abspath(self._path), fourcc(CODEC), self._rate, self._size
            )
        if not writer.isOpened():
            remove_empty(self._path)
            advice = 'give a name that ends in .mp4, in a folder that exists and can be written'
            if self._path.suffix.lower() == '.mp4':
                advice = 'is the folder there, may you write to it, is its disk full?'
            raise OutputError(f'{shown(self._path)}: cannot write a video there; {advice}')
        return writer


def _fitted(image: NDArray[np.uint8], size: tuple[int, int]) -> NDArray[np.uint8]:
    """Return the picture in that width and height, its shape kept, bars added."""
    height, width = image.shape[:2]
    if (width, height) == size:
        return image
    scale = min(size[0] / width, size[1] / height)
    inner = max(1, round(width * scale)), max(1, round(height * scale))
    shrinks = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    fitted = np.zeros((size[1], size[0], 3), np.uint8)
    left, top = (size[0] - inner[0]) // 2, (size[1] - inner[1]) // 2
    fitted[top:top + inner[1], left:left + inner[0]] = cv2.resize(
        image, inner, interpolation=shrinks
    )
    return fitted


def _frame_count(path: Path) -> int:
    """Return how many frames a reader finds in the file; 0 when it cannot be read."""
    reader = cv2.VideoCapture(os.path.abspath(path))
    count = int(reader.get(cv2.CAP_PROP_FRAME_COUNT)) if reader.isOpened() else 0
    reader.release()
    return count
