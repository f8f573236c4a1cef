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

"""What a lens does to pixels, undone."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from yolo_deepsort_ros.calibration import Calibration
from yolo_deepsort_ros.errors import InputError


class Lens:
    """
    Undoes the distortion of a calibrated camera.

    Parameters
    ----------
    calibration : Calibration
        With one of the models of sensor_msgs/CameraInfo.

    Attributes
    ----------
    camera_matrix : ndarray, shape (3, 3)
        Carries rays to ideal pixels.

    Raises
    ------
    InputError
        When the camera matrix is zero, as that of a camera which is not calibrated.

    """

    def __init__(self, calibration: Calibration) -> None:
        self.camera_matrix = np.reshape(np.array(calibration.k, np.float64), (3, 3))
        if self.camera_matrix[0, 0] <= 0 or self.camera_matrix[1, 1] <= 0:
            raise InputError('the camera is not calibrated: K of its camera_info is zero')
        self._coefficients = np.array(calibration.d, np.float64)
        self._undistort = (
            cv2.fisheye.undistortPoints if calibration.model == 'equidistant'
            else cv2.undistortPoints
        )

    def ideal(self, pixels: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the pixels, shape (N, 2), that a lens without distortion would show."""
        if not len(pixels) or not self._coefficients.any():
            return pixels
        points = np.ascontiguousarray(pixels, np.float64).reshape(-1, 1, 2)
        undone = self._undistort(
            points, self.camera_matrix, self._coefficients, None, None, self.camera_matrix
        )
        return np.asarray(undone, np.float64).reshape(-1, 2)
