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

"""Pictures as arrays of blue, green, red."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from yolo_deepsort_ros.errors import InputError


def as_bgr(picture: Any) -> NDArray[np.uint8]:
    """
    Return a picture as rows of blue, green, red.

    Parameters
    ----------
    picture : ndarray of uint8, shape (H, W, 3), (H, W, 4), (H, W, 1) or (H, W)
        BGR; with alpha, which is dropped; or grey, which is repeated.

    Returns
    -------
    ndarray of uint8, shape (H, W, 3)
        C-contiguous; the picture itself where it is so already, else a copy.

    Raises
    ------
    InputError
        When it is something else, or has no pixels.

    """
    if not isinstance(picture, np.ndarray):
        raise InputError(f'a picture must be an array, not {type(picture).__name__}')
    if picture.dtype != np.uint8:
        raise InputError(f'a picture must hold uint8, not {picture.dtype}: scale it to 0 … 255')
    shape = picture.shape
    if len(shape) == 2:
        picture = picture[:, :, np.newaxis]
    if picture.ndim != 3 or picture.shape[2] not in (1, 3, 4):
        raise InputError(f'a picture has shape {shape}, expected (H, W, 3), (H, W, 4) or (H, W)')
    if picture.size == 0:
        raise InputError(f'a picture of shape {shape} has no pixels')
    if picture.shape[2] == 1:
        picture = np.repeat(picture, 3, axis=2)
    return np.ascontiguousarray(picture[:, :, :3])
