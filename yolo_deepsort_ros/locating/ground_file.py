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

"""How a camera stands over the floor, from a YAML file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
import math
from pathlib import Path
from typing import Any

import numpy as np

from yolo_deepsort_ros.calibration import Calibration
from yolo_deepsort_ros.config.stage_configs import LocatingConfig
from yolo_deepsort_ros.config.yaml_text import yaml_documents
from yolo_deepsort_ros.error_text import nearest, quoted, shown
from yolo_deepsort_ros.errors import ConfigurationError, InputError
from yolo_deepsort_ros.files import read_bytes, user_path
from yolo_deepsort_ros.locating.class_heights import Height, parse_class_heights
from yolo_deepsort_ros.locating.floor_view import FloorView
from yolo_deepsort_ros.locating.homography import MIN_POINTS, on_a_line

MAX_FILE_BYTES = 2**20
KEYS = (
    'points', 'camera_height', 'camera_pitch', 'camera_roll', 'image', 'class_heights',
    'foot_offset',
)
_PARAMETERS = LocatingConfig.parameters()  #: of the node: the same values have the same ranges
_REMEDY = (
    'write points: [{pixel: [u, v], metres: [x, y]}, …], or camera_height and camera_pitch'
)

Pair = tuple[float, float]


@dataclass(frozen=True)
class Ground:
    """
    What is known of a camera over the floor.

    Attributes
    ----------
    pixels, metres : tuple of (float, float)
        Corresponding points of picture and floor; empty where the pose is given.
    height, pitch, roll : float
        Of the camera: metres above the floor, radians down, radians clockwise; a height of 0
        is unknown.
    size : (int, int) or None
        Of the pictures that the points are of.
    class_heights : mapping of str to Height
        Heights of objects by class name.
    foot_offset : float or None
        See `box_edges`; None: as the detector has it.

    """

    pixels: tuple[Pair, ...] = ()
    metres: tuple[Pair, ...] = ()
    height: float = 0.0
    pitch: float = 0.0
    roll: float = 0.0
    size: tuple[int, int] | None = None
    class_heights: Mapping[str, Height] = field(default_factory=dict)
    foot_offset: float | None = None

    def view(
        self, size: Sequence[int] | None = None, calibration: Calibration | None = None
    ) -> FloorView:
        """
        Return the camera's view of the floor.

        Parameters
        ----------
        size : (int, int), optional
            Of the pictures, where the file does not say it.
        calibration : Calibration, optional
            Of the pictures; needed where the pose is given instead of points.

        Raises
        ------
        InputError
            For points that define no view, and those that are in no such picture.
        ConfigurationError
            Where a calibration is missing.

        """
        if self.pixels:
            size = self.size or size
            check_points(self.pixels, self.metres, size)
            return FloorView.from_points(self.pixels, self.metres, size, calibration)
        if calibration is None:
            raise ConfigurationError(
                'camera_height and camera_pitch need a calibrated camera: give --camera-info, or '
                'ground points instead'
            )
        return FloorView.from_pose(calibration, self.height, self.pitch, self.roll)


def read_ground(path: str | Path) -> Ground:
    """
    Read a ground file.

    Parameters
    ----------
    path : str or Path
        The file.

    Raises
    ------
    InputError
        When it cannot be read or says too little.

    """
    content = read_bytes(user_path(str(path)), MAX_FILE_BYTES, InputError, _REMEDY)
    try:
        documents = yaml_documents(content)
        tree = documents[0] if documents else None
        if not isinstance(tree, dict):
            raise InputError('holds no names with values')
        ground = _ground(tree)
        if ground.pixels:
            ground.view()  # what is wrong with the points is said with the file's name
        return ground
    except (InputError, ConfigurationError) as error:
        raise InputError(f'{shown(path)}: {error}; {_REMEDY}') from None


def ground_text(ground: Ground) -> str:
    """Return the file of points and picture size that `read_ground` reads."""
    points = ''.join(
        f'  - {{pixel: [{u:g}, {v:g}], metres: [{x:g}, {y:g}]}}\n'
        for (u, v), (x, y) in zip(ground.pixels, ground.metres, strict=True)
    )
    size = f'image: [{ground.size[0]}, {ground.size[1]}]\n' if ground.size else ''
    return f'points:\n{points}{size}'


def check_points(
    pixels: Sequence[Pair], metres: Sequence[Pair], size: Sequence[int] | None = None
) -> None:
    """
    Refuse points that no view of the floor can be made from, however many follow.

    Parameters
    ----------
    pixels, metres : sequence of (float, float)
        Corresponding points.
    size : (int, int), optional
        Of the picture; without it negative pixels are the only ones that lie outside of it.

    Raises
    ------
    ConfigurationError
        For numbers that are no lengths.
    InputError
        For pixels outside of the picture, and while they are four at the most for three of them
        on a line: no others hold these.

    """
    _PARAMETERS['ground_points'].check(chain(*pixels, *metres))
    width, height = size or (math.inf, math.inf)
    for u, v in pixels:
        if not (0 <= u <= width and 0 <= v <= height):
            where = f'pictures of {width} x {height}' if size else 'any picture'
            raise InputError(f'pixel {u:g}, {v:g} of the ground points lies outside of {where}')
    if len(pixels) > MIN_POINTS:
        return
    for pairs, where in ((pixels, 'in the picture'), (metres, 'on the floor')):
        triple = on_a_line(np.array(pairs, np.float64))
        if triple:
            first, second, third = (number + 1 for number in triple)
            raise InputError(
                f'points {first}, {second} and {third} lie on a line {where}: give others'
            )


def _ground(tree: Mapping[Any, Any]) -> Ground:
    for name in tree:
        if name not in KEYS:
            raise InputError(f'{quoted(name)} is unknown; {nearest(str(name), KEYS)}')
    points = tree.get('points') or []
    if not isinstance(points, list):
        raise InputError(f'points: {quoted(points)} is not a list')
    pairs = [(_pair(point, 'pixel'), _pair(point, 'metres')) for point in points]
    height = _number(tree, 'camera_height')
    if bool(pairs) == (height > 0):
        raise InputError('give either points or a positive camera_height')
    heights = tree.get('class_heights') or []
    if not isinstance(heights, list):
        raise InputError(f'class_heights: {quoted(heights)} is not a list')
    return Ground(
        tuple(pixel for pixel, _ in pairs), tuple(metres for _, metres in pairs),
        height, _number(tree, 'camera_pitch'), _number(tree, 'camera_roll'), _size(tree),
        parse_class_heights(map(str, heights)),
        _number(tree, 'foot_offset') if 'foot_offset' in tree else None,
    )


def _pair(point: Any, name: str) -> Pair:
    value = point.get(name) if isinstance(point, dict) else None
    if not (isinstance(value, list) and len(value) == 2 and all(map(_is_number, value))):
        raise InputError(f'points: {quoted(point)} has no {name}: [number, number]')
    return value[0], value[1]


def _size(tree: Mapping[Any, Any]) -> tuple[int, int] | None:
    value = tree.get('image')
    if value is None:
        return None
    if not (isinstance(value, list) and len(value) == 2
            and all(type(n) is int and 0 < n < 2**16 for n in value)):
        raise InputError(f'image: {quoted(value)} is not [width, height]')
    return value[0], value[1]


def _number(tree: Mapping[Any, Any], name: str) -> float:
    value = tree.get(name, 0.0)
    if not _is_number(value):
        raise InputError(f'{name}: {quoted(value)} is not a number')
    return float(_PARAMETERS[name].check(value))


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
