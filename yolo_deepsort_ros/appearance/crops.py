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

"""The parts of a picture that boxes show."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from yolo_deepsort_ros.array_types import Pixels
from yolo_deepsort_ros.boxes import Boxes, tlwh_to_xyxy


def cut_out(picture: Pixels, tlwh: Boxes, size: tuple[int, int]) -> Pixels:
    """
    Cut boxes out of a picture and stretch each to one size.

    Parameters
    ----------
    picture : ndarray of uint8, shape (H, W, 3)
        Blue, green, red.
    tlwh : ndarray, shape (N, 4)
        Finite boxes in pixels. What lies outside the picture is left out; of a box without
        a pixel on it the nearest one is taken.
    size : (int, int)
        Width and height of the result in pixels.

    Returns
    -------
    ndarray of uint8, shape (N, height, width, 3)

    """
    regions = _pixels(tlwh, picture.shape[1], picture.shape[0])
    crops = np.empty((len(regions), size[1], size[0], 3), np.uint8)
    for crop, (left, top, right, bottom) in zip(crops, regions.tolist(), strict=True):
        part = picture[top:bottom, left:right]
        if part.shape[:2] == (1, 1):  # which OpenCV 4.5 does not take for a picture
            crop[:] = part
        else:
            cv2.resize(part, size, dst=crop)
    return crops


def on_picture(tlwh: Boxes, picture: Pixels) -> Boxes:
    """Return the part of boxes on a picture, in whole pixels, as `cut_out` takes it."""
    regions = _pixels(tlwh, picture.shape[1], picture.shape[0])
    return np.hstack([regions[:, :2], regions[:, 2:] - regions[:, :2]]).astype(np.float64)


def _pixels(tlwh: Boxes, width: int, height: int) -> NDArray[np.int64]:
    """Return the pixels that boxes touch: left, top, right, bottom (exclusive), all inside."""
    corners = tlwh_to_xyxy(tlwh)
    limit = np.array([width, height])
    first = np.clip(np.floor(corners[:, :2]), 0, limit - 1)  # (N, 2)
    last = np.clip(np.ceil(corners[:, 2:]), first + 1, limit)
    return np.hstack([first, last]).astype(np.int64)
