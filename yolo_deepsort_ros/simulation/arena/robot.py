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


"""A round robot on two wheels, with eyes and an antenna."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator

from yolo_deepsort_ros.array_types import Floats
from yolo_deepsort_ros.simulation.arena.figure import Figure
from yolo_deepsort_ros.simulation.arena.mesh import join, lathe, Mesh, sphere
from yolo_deepsort_ros.simulation.arena.palette import CHARCOAL, Colour, CYAN, STEEL, varied, WHITE
from yolo_deepsort_ros.simulation.arena.patterns import painted, Pattern
from yolo_deepsort_ros.simulation.arena.rigid import about_x, about_y, after, motion

_SIDES = 24


def make_robot(
    body: Colour, accent: Colour, pattern: Pattern, generator: Generator
) -> Figure:
    """Build a robot of random proportions in those colours."""
    height = generator.uniform(0.75, 1.15)
    width = generator.uniform(0.24, 0.32)
    waist = generator.uniform(0.75, 1.0)
    wheel = generator.uniform(0.13, 0.17)
    trunk_top = height * 0.66
    parts = [
        _trunk(width, waist, trunk_top, painted(pattern, 6, _SIDES, body, accent)),
        _head(width * generator.uniform(0.72, 0.9), height - trunk_top, varied(body, generator))
        .moved(0, 0, trunk_top),
        _wheel(wheel, accent).moved(0, -0.02, 0).on_bone(1),
        _wheel(wheel, accent).moved(0, 0.02, 0).on_bone(2),
    ]
    track = width * 1.0

    def pose(travelled: float, speed: float) -> Floats:
        spin = about_y(travelled / wheel)
        lean = motion(about_y(0.05 * min(speed, 1.5)), (0.0, 0.0, 0.0))
        nod = motion(about_x(0.02 * np.sin(7 * travelled)), (0.0, 0.0, 0.0))
        return np.stack([
            after(lean, nod), motion(spin, (0.0, -track, wheel)), motion(spin, (0.0, track, wheel))
        ])

    return Figure(join(parts), radius=track + 0.05, pose=pose)


def _trunk(width: float, waist: float, top: float, colours: Floats) -> Mesh:
    """Make a barrel with a dark skirt below and a neck above."""
    rings = np.linspace(0, 1, 7)
    bulge = width * (waist + (1 - waist) * np.sin(np.pi * (0.15 + 0.75 * rings)))
    heights = 0.16 + (top - 0.22) * rings
    dark = np.broadcast_to(CHARCOAL, (1, _SIDES, 3))
    steel = np.broadcast_to(STEEL, (1, _SIDES, 3))
    skirt = lathe([(0, 0.06), (bulge[0] * 0.8, 0.06), (bulge[0] * 0.97, 0.16)],
                  np.concatenate([dark, dark]), sides=_SIDES)
    barrel = lathe(np.stack([bulge, heights], axis=1), colours, sides=_SIDES, gloss=0.35)
    lid = lathe([(bulge[-1], heights[-1]), (width * 0.55, top), (0, top)],
                np.concatenate([steel, dark]), sides=_SIDES, gloss=0.3)
    return join([skirt, barrel, lid], as_one_piece=True)


def _head(radius: float, height: float, shell: Colour) -> Mesh:
    """Make a dome with a dark visor, two shining eyes and an antenna."""
    angles = np.radians([-25, 0, 22, 42, 60, 76, 90])
    profile = np.stack([radius * np.cos(angles), 0.05 + (height - 0.08) * np.sin(angles)], axis=1)
    profile[0] = 0.8 * radius, 0.0
    colours = np.empty((6, _SIDES, 3))
    colours[:] = shell
    colours[0] = STEEL
    visor = [-4, -3, -2, -1, 0, 1, 2, 3, 4]
    colours[1:3, visor] = CHARCOAL
    dome = lathe(profile, colours, sides=_SIDES, gloss=0.5)
    eye_height = 0.05 + (height - 0.08) * np.sin(np.radians(21))
    eyes = [
        _eye(0.26 * radius).moved(
            0.80 * radius * np.cos(side), 0.80 * radius * np.sin(side), eye_height
        )
        for side in (-0.42, 0.42)
    ]
    mast = lathe([(0.012, 0), (0.008, 0.14)], STEEL, sides=5).moved(0, 0.4 * radius, height - 0.08)
    tip = sphere(0.032, (0.25, 0.3, 1.0), bands=4, sides=6, glow=0.5)
    return join([dome, *eyes, mast, tip.moved(0, 0.4 * radius, height + 0.08)])


def _eye(radius: float) -> Mesh:
    """Make a shining ball with a white spot."""
    ball = sphere(radius, CYAN, bands=5, sides=9, glow=0.9)
    spot = sphere(radius * 0.42, WHITE, bands=3, sides=5, glow=1.0)
    return join([ball, spot.moved(0.62 * radius, 0.1 * radius, 0.42 * radius)])


def _wheel(radius: float, hub: Colour) -> Mesh:
    """Make a tyre about the y axis with spokes on the hub."""
    width = 0.05
    profile = [
        (0, -width), (0.55 * radius, -width), (radius, -0.8 * width),
        (radius, 0.8 * width), (0.55 * radius, width), (0, width),
    ]
    colours = np.empty((5, 12, 3))
    colours[:] = CHARCOAL
    colours[2, ::3] = CHARCOAL * 1.5
    colours[[0, -1]] = hub
    colours[[0, -1], ::3] = STEEL
    return lathe(profile, colours, sides=12, gloss=0.1).turned(about_x(np.pi / 2))
