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

"""How a camera maps directions to pixels, from a file as camera_calibration writes it."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
import logging
from typing import Any

import numpy as np
import yaml

from yolo_deepsort_ros.config.yaml_text import yaml_documents
from yolo_deepsort_ros.error_text import nearest, quoted, shown
from yolo_deepsort_ros.errors import InputError
from yolo_deepsort_ros.files import read_bytes, user_path, write_whole

MAX_FILE_BYTES = 2**20  #: bytes; real ones have less than one thousand
MAX_NUMBER = 1e12  #: of its numbers; real ones have less than a million
MIN_FOCAL = 1.0  #: pixels; a shorter one is a share of the width
SAME_SHAPE = 0.01  #: difference of the two scales up to which they come from rounded sizes
#: Numbers of distortion coefficients by model: REP 104, and the longer ones that OpenCV fits.
MODELS = {'plumb_bob': (4, 5), 'rational_polynomial': (8, 12, 14), 'equidistant': (4,)}
DEFAULT_MODEL = 'plumb_bob'  #: of a file that names none, as camera_info_manager has it

_REMEDY = 'make it with camera_calibration'
_LOG = logging.getLogger(__name__)
_IDENTITY = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0)

Numbers = tuple[float, ...]


@dataclass(frozen=True)
class Calibration:
    """
    A calibrated camera, in the words of sensor_msgs/CameraInfo.

    Attributes
    ----------
    width, height : int
        Size in pixels of the pictures that it is for.
    model : str
        Of the distortion, one of `MODELS`.
    d : tuple of float
        Coefficients of the distortion; empty for none.
    k, r, p : tuple of float
        Camera matrix (3 x 3), rectification (3 x 3) and projection (3 x 4), row by row.

    """

    width: int
    height: int
    model: str
    d: Numbers
    k: Numbers
    r: Numbers
    p: Numbers

    @classmethod
    def ideal(cls, width: int, height: int, k: Numbers) -> Calibration:
        """Return that of a camera without distortion."""
        return cls(width, height, 'plumb_bob', (0.0,) * 5, k, _IDENTITY, _projection(k))

    def scaled(self, width: int, height: int) -> Calibration | None:
        """
        Return the calibration of the same pictures shrunk or grown; None for another shape.

        Pixel centres are at whole numbers, so that 0 becomes (scale - 1) / 2.
        """
        x, y = width / self.width, height / self.height
        if abs(x / y - 1) > SAME_SHAPE:
            return None
        scale = np.array([[x, 0, (x - 1) / 2], [0, y, (y - 1) / 2], [0, 0, 1]])
        k, p = scale @ np.reshape(self.k, (3, 3)), scale @ np.reshape(self.p, (3, 4))
        return replace(
            self, width=width, height=height, k=tuple(k.ravel().tolist()),
            p=tuple(p.ravel().tolist()),
        )


def read_calibration(path: str) -> Calibration:
    """
    Read a calibration file; one that names no distortion model is `plumb_bob`, with a warning.

    Raises
    ------
    InputError
        When it cannot be read or is none.

    """
    content = read_bytes(user_path(path), MAX_FILE_BYTES, InputError, _REMEDY)
    try:
        tree = _tree(content)
        calibration = _calibration(tree)
    except InputError as error:
        raise InputError(f'{shown(path)}: {error}; {_REMEDY}') from None
    if not tree.get('distortion_model'):
        _LOG.warning('%s: has no distortion_model; taking %s', shown(path), DEFAULT_MODEL)
    return calibration


def write_calibration(path: str, calibration: Calibration, camera_name: str) -> None:
    """
    Write a calibration file as camera_calibration does, whole or not at all.

    Folders that are missing are made.

    Raises
    ------
    InputError
        When it is none that could be read back; nothing is written then.
    OutputError
        When the file cannot be written.

    """
    tree = _tree_of(checked(calibration), camera_name)
    place = user_path(path)
    with suppress(OSError):  # writing says it better
        place.parent.mkdir(parents=True, exist_ok=True)
    write_whole(place, yaml.safe_dump(tree, sort_keys=False, default_flow_style=None).encode())


def checked(calibration: Calibration) -> Calibration:
    """
    Return a calibration that may come from anywhere, if it is one.

    Raises
    ------
    InputError
        When it is none that a file could hold.

    """
    return _calibration(_tree_of(calibration, ''))


def _tree_of(calibration: Calibration, camera_name: str) -> dict[str, Any]:
    def matrix(numbers: Numbers, rows: int) -> dict[str, Any]:
        return {'rows': rows, 'cols': len(numbers) // rows, 'data': list(map(float, numbers))}

    return {
        'image_width': calibration.width, 'image_height': calibration.height,
        'camera_name': camera_name, 'camera_matrix': matrix(calibration.k, 3),
        'distortion_model': calibration.model,
        'distortion_coefficients': matrix(calibration.d, 1),
        'rectification_matrix': matrix(calibration.r, 3),
        'projection_matrix': matrix(calibration.p, 3),
    }


def _tree(content: bytes) -> Mapping[Any, Any]:
    try:
        tree = next(iter(yaml_documents(content)), None)
    except InputError as error:
        raise InputError(f'is no YAML: {error}') from None
    if tree is None:
        raise InputError('the file is empty')
    if not isinstance(tree, dict):
        raise InputError(f'has no names with values, as image_width: 640, but {quoted(tree)}')
    return tree


def _calibration(tree: Mapping[Any, Any]) -> Calibration:
    model = tree.get('distortion_model') or DEFAULT_MODEL
    if not isinstance(model, str) or model not in MODELS:
        raise InputError(f'distortion_model: {quoted(model)}; {nearest(str(model), MODELS)}')
    k = _matrix(tree, 'camera_matrix', 3, 3)
    if not (min(k[0], k[4]) >= MIN_FOCAL and k[6:] == (0, 0, 1)):
        raise InputError(
            f'camera_matrix: {quoted(k)} is not fx, s, cx, 0, fy, cy, 0, 0, 1 in pixels'
        )
    d = _matrix(tree, 'distortion_coefficients')
    if d and len(d) not in MODELS[model]:
        known = ' or '.join(map(str, MODELS[model]))
        raise InputError(f'distortion_coefficients: {model} has {known} of them, not {len(d)}')
    return Calibration(
        width=_size(tree, 'image_width'), height=_size(tree, 'image_height'), model=model, d=d,
        k=k,
        r=_matrix(tree, 'rectification_matrix', 3, 3, _IDENTITY),
        p=_matrix(tree, 'projection_matrix', 3, 4, _projection(k)),
    )


def _projection(k: Numbers) -> Numbers:
    """Return P of a camera that stands alone: K, and no shift."""
    return (*k[:3], 0.0, *k[3:6], 0.0, *k[6:], 0.0)


def _entry(tree: Mapping[Any, Any], name: str) -> Any:
    if name not in tree:
        raise InputError(f'{name} is missing')
    return tree[name]


def _size(tree: Mapping[Any, Any], name: str) -> int:
    value = _entry(tree, name)
    if type(value) is not int or not 0 < value < 2**31:
        raise InputError(f'{name}: {quoted(value)} is not a number of pixels')
    return value


def _matrix(
    tree: Mapping[Any, Any], name: str, rows: int = 1, cols: int | None = None,
    default: Numbers | None = None,
) -> Numbers:
    """Return the elements row by row; any number of columns when not said."""
    if name not in tree and default is not None:
        return default
    entry = _entry(tree, name)
    data = entry.get('data') if isinstance(entry, dict) else None
    if not isinstance(data, list) or not all(map(_is_number, data)):
        raise InputError(f'{name}: data is not a list of numbers')
    if cols is not None and len(data) != rows * cols:
        raise InputError(f'{name}: has {len(data)} elements, not {rows} x {cols}')
    return tuple(map(float, data))


def _is_number(value: object) -> bool:
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        return False
    return -MAX_NUMBER < value < MAX_NUMBER  # neither infinite nor nan
