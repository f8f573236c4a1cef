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

"""Pictures of cameras that hang upside down or look through a mirror."""

from __future__ import annotations

import cv2
import numpy as np

from yolo_deepsort_ros.array_types import Pixels
from yolo_deepsort_ros.config.source_config import FLIPS

ROTATIONS = {
    90: cv2.ROTATE_90_CLOCKWISE, 180: cv2.ROTATE_180, 270: cv2.ROTATE_90_COUNTERCLOCKWISE,
}
MIRRORS = dict(zip(FLIPS, (1, 0), strict=True))  #: OpenCV's codes


def oriented(image: Pixels, rotate: int, flip: str) -> Pixels:
    """
    Turn a picture clockwise by `rotate` degrees, then mirror it.

    Without either the picture itself is returned, else a copy.
    """
    if rotate:
        image = np.asarray(cv2.rotate(image, ROTATIONS[rotate]), np.uint8)
    if flip in MIRRORS:
        image = np.asarray(cv2.flip(image, MIRRORS[flip]), np.uint8)
    return image
