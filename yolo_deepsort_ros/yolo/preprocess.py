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


"""From pictures to what a network takes in, and its boxes back to the pictures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from yolo_deepsort_ros.array_types import Pixels
from yolo_deepsort_ros.boxes import Boxes
from yolo_deepsort_ros.inference.planes import colour_tables, fill_planes

Size = tuple[int, int]

GREY = 127  #: of what a picture leaves free; Darknet's 0.5


class Fit(NamedTuple):
    """
    Where a picture lies in the input of a network.

    Attributes
    ----------
    input_size : (int, int)
        Width and height of the input in pixels.
    picture_size : (int, int)
        Those of the picture.
    left, top, width, height : int
        The part of the input that shows the picture.

    """

    input_size: Size
    picture_size: Size
    left: int
    top: int
    width: int
    height: int

    @classmethod
    def of(
        cls, picture_size: Size, largest: Size, resize: str, stride: int, corner: bool = False
    ) -> Fit:
        """
        Fit a picture into the input of a network.

        Parameters
        ----------
        picture_size : (int, int)
            Width and height in pixels.
        largest : (int, int)
            Width and height of the input; of `rectangle` the most it may have.
        resize : str
            `stretch` fills the input; `letterbox` keeps the aspect, to half a pixel of the
            input, and leaves the picture in the middle; `rectangle` does so in the smallest
            input of whole strides, so that less than a stride of it is filling.
        stride : int
            That of the network in pixels.
        corner : bool
            Leave it at the top left, not in the middle.

        """
        if resize == 'stretch':
            return cls(largest, picture_size, 0, 0, *largest)
        scale = min(side / own for side, own in zip(largest, picture_size, strict=True))
        width, height = (max(1, round(own * scale)) for own in picture_size)
        size = largest
        if resize == 'rectangle':
            size = -(-width // stride) * stride, -(-height // stride) * stride
        left, top = (0, 0) if corner else ((size[0] - width) // 2, (size[1] - height) // 2)
        return cls(size, picture_size, left, top, width, height)

    def to_picture(self, tlwh: Boxes) -> Boxes:
        """Return boxes on the picture, of boxes on the input; exact, both have fractions."""
        scale = np.divide(self.picture_size, (self.width, self.height))
        boxes: Boxes = tlwh * np.tile(scale, 2)
        boxes[:, :2] -= (self.left, self.top) * scale
        return boxes


class Preprocessor:
    """
    Makes batches of pictures; its buffers serve one thread, and one batch at a time.

    Parameters
    ----------
    colour : str
        RGB or BGR, the order of the planes.
    max_value : int
        What white becomes.
    fill : int
        What a picture leaves free, of 255.

    """

    def __init__(self, colour: str = 'RGB', max_value: int = 1, fill: int = GREY) -> None:
        self._order = slice(None, None, 1 if colour == 'RGB' else -1)
        self._fill = fill
        self._canvases = np.empty((0, 0, 0, 3), np.uint8)
        self._batch = np.empty((0, 3, 0, 0), np.float32)
        self._tables = (colour_tables() * max_value).astype(np.float32)

    def batch(self, pictures: Sequence[Pixels], fits: Sequence[Fit]) -> NDArray[np.float32]:
        """
        Return what the network takes in.

        Parameters
        ----------
        pictures : sequence of ndarray of uint8, shape (H, W, 3)
            Blue, green, red.
        fits : sequence of Fit
            One for each picture, all of one input size.

        Returns
        -------
        ndarray of float32, shape (N, 3, height, width)
            Valid until the next call.

        """
        width, height = fits[0].input_size
        if self._canvases.shape[:3] != (len(pictures), height, width):
            self._canvases = np.empty((len(pictures), height, width, 3), np.uint8)
            self._batch = np.empty((len(pictures), 3, height, width), np.float32)
        for canvas, picture, fit in zip(self._canvases, pictures, fits, strict=True):
            _place(picture, fit, canvas, self._fill)
        fill_planes(self._batch[:, self._order], self._canvases, self._tables)
        return self._batch


def _place(picture: Pixels, fit: Fit, canvas: Pixels, fill: int) -> None:
    """Write a picture into a canvas of the input's size, and grey around it."""
    if picture.shape[:2] == (1, 1):  # which OpenCV 4.5 does not take for a picture
        picture = picture.repeat(2, axis=1)
    part = canvas[fit.top:fit.top + fit.height, fit.left:fit.left + fit.width]
    if part.size < canvas.size:
        canvas[:] = fill
    cv2.resize(picture, (fit.width, fit.height), dst=part)
