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

"""How the camera of a frame sees the floor: by parameters, by camera_info, by tf2."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple, TypeAlias

from builtin_interfaces.msg import Time
import numpy as np

from yolo_deepsort_ros.array_types import Floats
from yolo_deepsort_ros.calibration import Calibration
from yolo_deepsort_ros.errors import InputError
from yolo_deepsort_ros.locating.camera_pose import floor_in_camera, Pose, view_yaw
from yolo_deepsort_ros.locating.floor_view import FloorView, tilted
from yolo_deepsort_ros.locating.ground_file import Ground

FLOOR = 'floor'  #: what the frame of the floor is called after that of the camera
NO_CAMERA_INFO = (
    'no camera_info: publish it with the images, with a calibration (camera_calibration makes '
    'it, camera_info_url takes it), or give ground_points'
)

Size: TypeAlias = 'tuple[int, int] | None'
#: Takes the frames of target and source, stamp, deadline; see `Transforms.pose`.
PoseOf = Callable[[str, str, Time, float], 'tuple[Floats, Floats]']


class Floor(NamedTuple):
    """The floor as a frame sees it."""

    view: FloorView
    frame_id: str  #: whose metres it has
    z: float  #: of the floor in that frame
    in_camera: Pose | None  #: of that frame in the camera's, where nobody else tells it


class FloorFinder:
    """
    Tells how each frame's camera sees the floor.

    Parameters
    ----------
    ground : Ground
        What is known of the camera.
    target_frame : str
        Where to locate; '': in the floor's own frame.
    pose_of : callable or None
        Tells the camera's pose in the target frame; needed where `ground` has no points.

    """

    def __init__(self, ground: Ground, target_frame: str, pose_of: PoseOf | None) -> None:
        self._ground = ground
        self._target = target_frame
        self._pose_of = pose_of
        self._at_rest = lru_cache(1)(self._look)

    def find(
        self, camera: str, stamp: Time, calibration: Calibration | None, size: Size,
        deadline: float,
    ) -> Floor:
        """
        Return the floor of a frame.

        Parameters
        ----------
        camera : str
            Name of the camera's frame.
        stamp : Time
            Of the picture.
        calibration : Calibration or None
            Of the picture.
        size : (int, int) or None
            Width and height of the picture.
        deadline : float
            Until when to wait for tf2, as `time.monotonic` has it.

        Raises
        ------
        InputError
            When it is not known.

        """
        if self._ground.size and size and self._ground.size != size:
            raise InputError(
                f'ground_file is for pictures of {_text(self._ground.size)}, not of {_text(size)}'
            )
        if self._ground.pixels or self._pose_of is None:
            view, pose = self._at_rest(calibration, size)
            frame = self._target or f'{camera}_{FLOOR}'.lstrip('_')
            return Floor(view, frame, 0.0, None if self._target else pose)
        if calibration is None:
            raise InputError(NO_CAMERA_INFO)
        rotation, place = self._pose_of(self._target, camera, stamp, deadline)
        if self._ground.height:
            return self._carried(calibration, rotation, place)
        if place[2] <= 0:
            raise InputError(
                f'tf2 has the camera {0 - place[2]:g} m below the floor of {self._target}, which '
                f'is at z = 0: choose another target_frame, or give camera_height'
            )
        view = FloorView.from_transform(calibration, rotation, place)
        return Floor(view, self._target, 0.0, None)

    def _look(
        self, calibration: Calibration | None, size: Size
    ) -> tuple[FloorView, Pose | None]:
        if calibration is None and not self._ground.pixels:
            raise InputError(NO_CAMERA_INFO)
        view = self._ground.view(size, calibration)
        return view, floor_in_camera(view)

    def _carried(self, calibration: Calibration, rotation: Floats, place: Floats) -> Floor:
        """Return the floor below a camera whose height and tilt are given, its place by tf2."""
        ground = self._ground
        yaw = view_yaw(rotation)
        turn = np.array([
            [np.cos(yaw), -np.sin(yaw), 0.0], [np.sin(yaw), np.cos(yaw), 0.0], [0.0, 0.0, 1.0]
        ])
        over = np.array([place[0], place[1], ground.height])
        rotation = turn @ tilted(ground.pitch, ground.roll)
        view = FloorView.from_transform(calibration, rotation, over)
        return Floor(view, self._target, float(place[2] - ground.height), None)


def _text(size: tuple[int, int]) -> str:
    return f'{size[0]} x {size[1]}'
