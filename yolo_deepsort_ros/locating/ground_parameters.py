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

"""How a camera stands over the floor, from parameters."""

from __future__ import annotations

from dataclasses import replace

from yolo_deepsort_ros.config.stage_configs import LocatingConfig
from yolo_deepsort_ros.errors import ConfigurationError, InputError
from yolo_deepsort_ros.locating.class_heights import parse_class_heights
from yolo_deepsort_ros.locating.ground_file import Ground

NUMBERS = 4  #: of a point: u, v, x, y
MIN_NUMBERS = 16  #: those of four points


def ground_of(config: LocatingConfig, file: Ground) -> Ground:
    """
    Return what parameters and their file say of the camera.

    Parameters
    ----------
    config : LocatingConfig
        Values given in it count more than those of the file.
    file : Ground
        What `ground_file` holds.

    Raises
    ------
    ConfigurationError
        When they say nothing of how the camera stands, and no frame of tf2 does; for both
        points and a height, and for points that define no view.

    """
    ground = file
    points, given = config.ground_points, config.given
    if points and config.camera_height:
        raise ConfigurationError('give either ground_points or camera_height, not both')
    if points:
        if len(points) % NUMBERS or len(points) < MIN_NUMBERS:
            raise ConfigurationError(
                f'ground_points: {len(points)} numbers are not u, v, x, y of four points or more'
            )
        ground = replace(
            ground, pixels=tuple(zip(points[0::4], points[1::4], strict=True)),
            metres=tuple(zip(points[2::4], points[3::4], strict=True)), height=0.0,
        )
    if config.camera_height:
        ground = replace(ground, pixels=(), metres=(), height=config.camera_height)
    if 'camera_pitch' in given or config.camera_height:
        ground = replace(ground, pitch=config.camera_pitch)
    if 'camera_roll' in given or config.camera_height:
        ground = replace(ground, roll=config.camera_roll)
    if config.class_heights:
        ground = replace(ground, class_heights=parse_class_heights(config.class_heights))
    if 'foot_offset' in given:
        ground = replace(ground, foot_offset=config.foot_offset)
    _check(ground, config.target_frame)
    return ground


def _check(ground: Ground, target_frame: str) -> None:
    if ground.pixels:
        try:
            ground.view()
        except InputError as error:
            raise ConfigurationError(f'ground_points: {error}') from None
    elif not ground.height and not target_frame:
        raise ConfigurationError(
            'how the camera stands is not known: give camera_height and camera_pitch, '
            'ground_points, ground_file, or a target_frame of tf2'
        )
