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

"""The way of a camera that drives: forth and back on a winding line."""

from __future__ import annotations

import numpy as np

from yolo_deepsort_ros.simulation.arena.camera import Camera

START = -3.0  #: m; how far behind the origin the way begins
LENGTH = 5.0  #: m along it, after which it is driven backwards
TURN = 0.35  #: rad; how far the camera turns to either side


class Drive:
    """
    Moves a camera at a steady speed.

    Parameters
    ----------
    speed : float
        Metres a second; 0 stands still, over the origin.

    """

    def __init__(self, speed: float) -> None:
        self.speed = speed
        self._travelled = np.linspace(0.0, LENGTH, 501)
        self._turns = TURN * np.sin(2 * np.pi * self._travelled / LENGTH)
        steps = np.diff(self._travelled)
        middles = (self._turns[1:] + self._turns[:-1]) / 2
        self._x = np.concatenate([[0.0], np.cumsum(-np.sin(middles) * steps)])
        self._y = START + np.concatenate([[0.0], np.cumsum(np.cos(middles) * steps)])

    def camera_at(self, rest: Camera, time: float) -> Camera:
        """Return the camera as it is at that time in seconds."""
        if not self.speed:
            return rest
        travelled = (self.speed * time) % (2 * LENGTH)
        travelled = min(travelled, 2 * LENGTH - travelled)
        x, y, turn = (
            float(np.interp(travelled, self._travelled, values))
            for values in (self._x, self._y, self._turns)
        )
        return rest.moved(x, y, turn)
