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


"""The empty room behind the agents, also for a camera that sways or drives."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.random import Generator

from yolo_deepsort_ros.array_types import Pixels
from yolo_deepsort_ros.simulation.arena.camera import Camera, turn_in_pixels
from yolo_deepsort_ros.simulation.arena.drive import Drive, START
from yolo_deepsort_ros.simulation.arena.room import Room, WALL

_PERIODS = np.array([7.3, 5.1, 9.7])  # s, of pan, tilt and roll
_SHARES = np.array([1.0, 0.5, 0.4])  # of the amplitude
_DRIVEN_HALF_WIDTH = 22.0  # m of the room, into whose corners a turning camera looks
_DRIVEN_FLOOR = START - 1.0  # m; where the floor begins
_DRIVEN_FINENESS = 2  # pixels of each drawing per pixel, for a room drawn anew for each frame


class Backdrop:
    """
    A camera that sways on its mount or drives, and the empty room as it sees it.

    The mount turns the camera and does not shift it, so one wide picture of the room holds
    all views unless it drives.

    Parameters
    ----------
    camera : Camera
        At rest.
    amplitude : float
        Of the sway in radians; 0 for a camera that stands still.
    speed : float
        At which it drives, metres a second; 0 for a camera that stays where it is.
    generator : Generator
        Of the room's looks and the sway's phases.

    """

    def __init__(
        self, camera: Camera, amplitude: float, speed: float, generator: Generator
    ) -> None:
        self._rest = camera
        self._amplitude = amplitude
        self._phases = generator.uniform(0, 2 * np.pi, 3)
        self._drive = Drive(speed)
        self._wide = camera.widened(_margin(camera, amplitude) if amplitude else 0)
        half_width, start = self._wide.half_width_at(WALL * 1.1) + 1.0, 0.0
        if speed:
            half_width, start = max(half_width, _DRIVEN_HALF_WIDTH), _DRIVEN_FLOOR
        room = Room(half_width, start, generator)
        self._view: Room | Pixels = room if speed else room.seen_by(self._wide)

    def camera_at(self, time: float) -> Camera:
        """Return the camera as it looks at that time in seconds."""
        angles = np.sin(2 * np.pi * time / _PERIODS + self._phases) * _SHARES * self._amplitude
        pan, tilt, roll = angles.tolist()
        return self._drive.camera_at(self._rest, time).swayed(pan, tilt, roll)

    def seen_by(self, camera: Camera) -> Pixels:
        """Return the empty room as a camera of `camera_at` sees it; a new picture."""
        if isinstance(self._view, Room):
            return self._view.seen_by(camera, _DRIVEN_FINENESS)
        if not self._amplitude:
            return self._view.copy()
        return np.asarray(
            cv2.warpPerspective(
                self._view, turn_in_pixels(self._wide, camera), (camera.width, camera.height),
                flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE,
            ), np.uint8,
        )


def _margin(camera: Camera, amplitude: float) -> int:
    """Return how many pixels beyond each side of the picture at rest the sway shows."""
    corners = np.array([(x, y, 1.0) for x in (0, camera.width) for y in (0, camera.height)])
    farthest = 0.0
    for pan in (-1, 1):
        for tilt in (-1, 1):
            for roll in (-1, 1):
                swayed = camera.swayed(*(np.array([pan, tilt, roll]) * _SHARES * amplitude))
                seen = corners @ turn_in_pixels(swayed, camera).T
                seen = seen[:, :2] / seen[:, 2:]
                size = (camera.width, camera.height)
                farthest = max(farthest, float(-seen.min()), float((seen - size).max()))
    return int(np.ceil(farthest)) + 2
