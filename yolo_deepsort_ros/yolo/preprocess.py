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

"""From a picture to what a network takes in."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray


def stretch(picture: NDArray[np.uint8], input_size: tuple[int, int]) -> NDArray[np.float32]:
    """
    Resize a picture to the network's input without keeping its aspect, as Darknet trains.

    Parameters
    ----------
    picture : ndarray of uint8, shape (H, W, 3)
        Blue, green, red.
    input_size : (int, int)
        Width and height of the input in pixels.

    Returns
    -------
    ndarray of float32, shape (1, 3, height, width)
        Red, green, blue in [0, 1].

    """
    if picture.shape[:2] == (1, 1):  # which OpenCV 4.5 does not take for a picture
        picture = picture.repeat(2, axis=1)
    blob = cv2.dnn.blobFromImage(picture, 1 / 255, input_size, swapRB=True, crop=False)
    return np.asarray(blob, dtype=np.float32)
