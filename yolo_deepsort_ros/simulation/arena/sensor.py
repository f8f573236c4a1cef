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


"""What lens and sensor do to a picture: blur, vignette, exposure, noise."""

from __future__ import annotations

import cv2
import numpy as np

from yolo_deepsort_ros.array_types import Pixels
from yolo_deepsort_ros.simulation.arena.arena_config import ArenaConfig

_GAIN = 1.1  #: of a good exposure
_VIGNETTE = 0.22  #: of the brightness lost in the corners
_ROOM = 64  #: px; how far the grain is shifted from frame to frame
_DRIFT_PERIODS = (11.0, 4.3)  #: s


class Sensor:
    """
    A lens and a sensor.

    Parameters
    ----------
    config : ArenaConfig
        How strong each defect is.
    width, height : int
        Of the picture in pixels.

    """

    def __init__(self, config: ArenaConfig, width: int, height: int) -> None:
        self._config = config
        generator = np.random.default_rng([config.seed, 3])
        self._phases = generator.uniform(0, 2 * np.pi, 2)
        x = (np.arange(width) + 0.5) / width * 2 - 1
        y = (np.arange(height) + 0.5) / height * 2 - 1
        fall = 1 - _VIGNETTE * ((x**2 + y[:, None] ** 2) / 2) ** 1.5
        self._gain = cv2.cvtColor(np.rint(fall * 255).astype(np.uint8), cv2.COLOR_GRAY2BGR)
        shape = (height + _ROOM, width + _ROOM, 3)
        grain = generator.standard_normal(shape, np.float32) * config.noise
        self._grain = np.clip(np.rint(grain), -127, 127).astype(np.int8)

    def expose(self, picture: Pixels, index: int, time: float) -> Pixels:
        """Return what the sensor makes of a frame at a time in seconds; `picture` may change."""
        if self._config.blur:
            picture = np.asarray(
                cv2.GaussianBlur(picture, (0, 0), self._config.blur), np.uint8
            )
        turns = 2 * np.pi * time / np.array(_DRIFT_PERIODS) + self._phases
        drift = self._config.exposure_drift * float(np.sin(turns) @ (0.7, 0.3))
        cv2.multiply(picture, self._gain, picture, scale=_GAIN * (1 + drift) / 255)
        if not self._config.noise:
            return picture
        generator = np.random.default_rng([self._config.seed, 4, index])
        top, left = generator.integers(_ROOM, size=2)
        rows, columns = picture.shape[:2]
        grain = self._grain[top:top + rows, left:left + columns]
        cv2.add(picture, grain, picture, dtype=cv2.CV_8U)
        return picture
