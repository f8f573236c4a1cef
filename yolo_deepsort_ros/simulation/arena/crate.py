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


"""A wooden crate on castors."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.random import Generator

from yolo_deepsort_ros.simulation.arena.figure import Figure
from yolo_deepsort_ros.simulation.arena.mesh import join, lathe, Mesh, panel, rectangle
from yolo_deepsort_ros.simulation.arena.palette import CHARCOAL, Colour, contrast, STEEL, varied
from yolo_deepsort_ros.simulation.arena.rigid import about_x

_CASTOR = 0.055  #: m, radius of a castor
_FRAME = 0.13  #: of a side, width of the boards round it


def make_crate(wood: Colour, mark: Colour, style: int, generator: Generator) -> Figure:
    """Build a crate of random size; the style says how boards and marks lie."""
    length, width = generator.uniform(0.55, 0.85, 2)
    height = generator.uniform(0.5, 0.85)
    bottom = 2 * _CASTOR
    x, y, top = length / 2, width / 2, bottom + height
    sides = [
        ((x, -y, bottom), (0, width, 0), (0, 0, height)),
        ((-x, y, bottom), (0, -width, 0), (0, 0, height)),
        ((-x, -y, bottom), (length, 0, 0), (0, 0, height)),
        ((x, y, bottom), (-length, 0, 0), (0, 0, height)),
    ]
    panels = [panel(*side, _side(wood, mark, style, generator)) for side in sides]
    panels.append(panel((-x, -y, top), (length, 0, 0), (0, width, 0), _lid(wood, mark, generator)))
    castors = [
        _castor().moved(0.8 * x * front, 0.8 * y * left, _CASTOR)
        for front in (-1, 1) for left in (-1, 1)
    ]
    body = join(panels, as_one_piece=True)
    return Figure(join([*castors, body]), radius=float(np.hypot(x, y)) * 0.95)


def _side(wood: Colour, mark: Colour, style: int, generator: Generator) -> list[Any]:
    """Draw the boards of one side, framed, braced or marked."""
    is_upright = style % 2 == 1
    shapes = _boards(wood, is_upright, generator)
    dark = wood * 0.82
    if style % 4 in (0, 3):
        rim = _FRAME * 0.75
        shapes.append((np.array([(0, rim), (rim, 0), (1, 1 - rim), (1 - rim, 1)]), wood * 0.62))
        shapes.append((_shrunk_brace(), varied(dark * 1.15, generator)))
    if style % 4 in (1, 2):
        shapes.append((rectangle(0.0, 0.36, 1.0, 0.64), mark))
        ink = contrast(mark)
        shapes.extend((rectangle(x, 0.42, x + 0.07, 0.58), ink) for x in (0.2, 0.36, 0.52, 0.68))
    for board in _frame():
        shapes.append((board, varied(dark, generator)))
    shapes.extend(
        (rectangle(x - 0.022, y - 0.022, x + 0.022, y + 0.022), STEEL * 0.75)
        for x in (_FRAME / 2, 1 - _FRAME / 2) for y in (_FRAME / 2, 1 - _FRAME / 2)
    )
    return shapes


def _boards(wood: Colour, is_upright: bool, generator: Generator) -> list[Any]:
    """Draw five boards with dark gaps between them."""
    shapes: list[Any] = [(rectangle(0, 0, 1, 1), wood * 0.4)]
    for start in np.arange(5) / 5:
        low, high = start + 0.012, start + 0.188
        shape = rectangle(low, 0, high, 1) if is_upright else rectangle(0, low, 1, high)
        shapes.append((shape, varied(wood, generator, 0.12)))
    return shapes


def _shrunk_brace() -> Any:
    rim = _FRAME * 0.75
    return np.array([(0, 0.75 * rim), (0.75 * rim, 0), (1, 1 - 0.75 * rim), (1 - 0.75 * rim, 1)])


def _frame() -> list[Any]:
    """Return the four boards round a side, the upright ones on top."""
    return [
        rectangle(0, 0, 1, _FRAME), rectangle(0, 1 - _FRAME, 1, 1),
        rectangle(0, 0, _FRAME, 1), rectangle(1 - _FRAME, 0, 1, 1),
    ]


def _lid(wood: Colour, mark: Colour, generator: Generator) -> list[Any]:
    """Draw the top: boards and a round-cornered square in the colour of the mark."""
    shapes = _boards(wood * 1.06, False, generator)
    shapes.extend((board, varied(wood * 0.88, generator)) for board in _frame())
    shapes.append((rectangle(0.3, 0.34, 0.7, 0.66), mark))
    shapes.append((rectangle(0.34, 0.3, 0.66, 0.7), mark))
    return shapes


def _castor() -> Mesh:
    profile = [(0, -0.03), (_CASTOR, -0.02), (_CASTOR, 0.02), (0, 0.03)]
    return lathe(profile, CHARCOAL, sides=10).turned(about_x(np.pi / 2))
