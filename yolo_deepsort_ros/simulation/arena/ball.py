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


"""A large rolling ball."""

from __future__ import annotations

from numpy.random import Generator

from yolo_deepsort_ros.array_types import Floats
from yolo_deepsort_ros.simulation.arena.figure import Figure
from yolo_deepsort_ros.simulation.arena.mesh import sphere
from yolo_deepsort_ros.simulation.arena.palette import Colour
from yolo_deepsort_ros.simulation.arena.patterns import painted, Pattern
from yolo_deepsort_ros.simulation.arena.rigid import about_x, about_y, motion

_BANDS, _SIDES = 14, 28


def make_ball(body: Colour, accent: Colour, pattern: Pattern, generator: Generator) -> Figure:
    """Build a ball of random size, its pattern askew to the rolling axis."""
    radius = generator.uniform(0.24, 0.4)
    colours = painted(pattern, _BANDS, _SIDES, body, accent)
    colours[[0, -1]] = accent
    mesh = sphere(radius, colours, bands=_BANDS, sides=_SIDES, gloss=0.5)

    def pose(travelled: float, speed: float) -> Floats:
        return motion(about_y(travelled / radius), (0.0, 0.0, radius))[None]

    return Figure(mesh.turned(about_x(generator.uniform(0.4, 1.2))), radius=radius, pose=pose)
