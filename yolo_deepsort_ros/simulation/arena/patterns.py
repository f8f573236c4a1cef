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


"""Patterns on surfaces of revolution: which of two colours each face has."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from yolo_deepsort_ros.array_types import Floats
from yolo_deepsort_ros.simulation.arena.palette import Colour

#: From the numbers of bands and sides to true where the second colour goes, (bands, sides).
Pattern = Callable[[int, int], NDArray[np.bool_]]


def _plain(bands: int, sides: int) -> NDArray[np.bool_]:
    return np.zeros((bands, sides), bool)


def _rings(bands: int, sides: int) -> NDArray[np.bool_]:
    return np.broadcast_to(np.arange(bands)[:, None] % 2 == 1, (bands, sides))


def _stripes(bands: int, sides: int) -> NDArray[np.bool_]:
    return np.broadcast_to(np.arange(sides) // 2 % 2 == 1, (bands, sides))


def _checks(bands: int, sides: int) -> NDArray[np.bool_]:
    return _rings(bands, sides) ^ _stripes(bands, sides)


def _belt(bands: int, sides: int) -> NDArray[np.bool_]:
    middle = np.abs(np.arange(bands) - (bands - 1) / 2) < bands / 5
    return np.broadcast_to(middle[:, None], (bands, sides))


def _spiral(bands: int, sides: int) -> NDArray[np.bool_]:
    return np.asarray((np.arange(sides) + 2 * np.arange(bands)[:, None]) // 3 % 2 == 1)


PATTERNS: tuple[Pattern, ...] = (_belt, _stripes, _rings, _checks, _plain, _spiral)


def painted(pattern: Pattern, bands: int, sides: int, first: Colour, second: Colour) -> Floats:
    """Return the colours of the faces, shape (bands, sides, 3)."""
    return np.where(pattern(bands, sides)[..., None], second, first)
