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


"""A pillar from floor to ceiling, behind which agents disappear."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator

from yolo_deepsort_ros.simulation.arena.figure import Figure
from yolo_deepsort_ros.simulation.arena.mesh import join, lathe
from yolo_deepsort_ros.simulation.arena.palette import CHARCOAL, colour, varied

_YELLOW, _PAINT = colour('f2b632'), colour('d2d1cb')
_SIDES = 30
_CEILING = 6.0  #: m


def make_pillar(generator: Generator) -> Figure:
    """Build a pillar with a guard of black and yellow stripes."""
    radius = generator.uniform(0.21, 0.23)
    guard = radius * 1.07
    is_yellow = np.arange(_SIDES) // 3 % 2 == 0
    colours = np.broadcast_to(np.where(is_yellow[:, None], _YELLOW, CHARCOAL), (7, _SIDES, 3))
    heights = np.linspace(0.0, 0.9, 8)
    outline = np.stack([np.full(8, guard), heights], axis=1)
    jacket = lathe(outline, colours, sides=_SIDES, gloss=0.15).twisted(2.5)
    rim = lathe([(guard, 0.9), (radius, 0.93)], CHARCOAL, sides=_SIDES)
    tone = varied(_PAINT, generator, 0.05)
    shaft = lathe(
        [(radius, 0.93), (radius, 2.1), (radius, 2.2), (radius, _CEILING)],
        np.array([tone, _PAINT * 0.55, tone])[:, None], sides=_SIDES,
    )
    return Figure(join([jacket, rim, shaft], as_one_piece=True), radius=guard)
