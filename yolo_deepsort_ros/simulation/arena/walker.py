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


"""A person who walks: legs and arms swing with the distance travelled."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator

from yolo_deepsort_ros.array_types import Floats
from yolo_deepsort_ros.simulation.arena.figure import Figure
from yolo_deepsort_ros.simulation.arena.mesh import capsule, join, lathe, Mesh, sphere
from yolo_deepsort_ros.simulation.arena.palette import (
    Colour, contrast, HAIRS, SKINS, TROUSERS, varied, WHITE,
)
from yolo_deepsort_ros.simulation.arena.patterns import painted, Pattern
from yolo_deepsort_ros.simulation.arena.rigid import about_x, about_y, after, motion

_BODY, _THIGHS, _SHINS, _ARMS, _FOREARMS = 0, (1, 2), (3, 4), (5, 6), (7, 8)  # bones
_SIDES = 16

#: Of the body's height.
_HIP, _KNEE, _SHOULDER = 0.5, 0.24, 0.80
_THIGH, _SHIN, _ARM, _FOREARM = _HIP - _KNEE, _KNEE - 0.045, 0.17, 0.15
_STRIDE = 0.75  #: length of two steps


def make_walker(
    shirt: Colour, accent: Colour, pattern: Pattern, generator: Generator
) -> Figure:
    """Build a person of random height and looks in a shirt of those colours."""
    height = generator.uniform(1.45, 1.85)
    girth = generator.uniform(0.9, 1.2)
    skin = SKINS[generator.integers(len(SKINS))]
    trousers = varied(TROUSERS[generator.integers(len(TROUSERS))], generator, 0.2)
    sleeve = shirt if generator.random() < 0.6 else accent
    parts = [_torso(girth, painted(pattern, 6, _SIDES, shirt, accent), trousers), _head(
        skin, accent if generator.random() < 0.4 else HAIRS[generator.integers(len(HAIRS))],
    )]
    if generator.random() < 0.5:
        parts.append(_backpack(varied(contrast(shirt), generator, 0.3) * 0.8 + 0.1 * accent))
    for side in (0, 1):
        parts.append(capsule(_THIGH, 0.052 * girth, 0.036, trousers).on_bone(_THIGHS[side]))
        parts.append(_shin(trousers).on_bone(_SHINS[side]))
        parts.append(capsule(_ARM, 0.034, 0.026, sleeve).on_bone(_ARMS[side]))
        parts.append(_forearm(sleeve, skin).on_bone(_FOREARMS[side]))
    mesh = join(parts).scaled(height, height, height)

    def pose(travelled: float, speed: float) -> Floats:
        return _gait(2 * np.pi * travelled / (_STRIDE * height), min(1.0, speed / 0.8), height)

    return Figure(mesh, radius=0.16 * height, pose=pose)


def _gait(phase: float, vigour: float, height: float) -> Floats:
    """Return the motions of the nine bones."""
    bob = 0.012 * vigour * np.cos(2 * phase)
    bones = np.empty((9, 3, 4))
    bones[_BODY] = motion(about_y(0.04 * vigour), (0.0, 0.0, bob * height))
    for side, sign in enumerate((-1.0, 1.0)):
        swing = sign * np.sin(phase)
        lift = max(0.0, sign * np.cos(phase))
        hip = (0.0, sign * 0.055 * height, (_HIP + bob) * height)
        shoulder = (0.01 * height, sign * 0.125 * height, (_SHOULDER + bob) * height)
        bones[_THIGHS[side]] = motion(about_y(-0.5 * vigour * swing), hip)
        bend = motion(about_y(vigour * (0.12 + 0.8 * lift)), (0.0, 0.0, -_THIGH * height))
        bones[_SHINS[side]] = after(bones[_THIGHS[side]], bend)
        arm = about_x(sign * 0.07) @ about_y(0.55 * vigour * swing)
        bones[_ARMS[side]] = motion(arm, shoulder)
        elbow = motion(about_y(-0.25 - 0.4 * vigour), (0.0, 0.0, -_ARM * height))
        bones[_FOREARMS[side]] = after(bones[_ARMS[side]], elbow)
    return bones


def _torso(girth: float, colours: Floats, trousers: Colour) -> Mesh:
    """Make hips, shirt and shoulders in one piece, wider than deep."""
    profile = [
        (0.0, 0.455), (0.075, 0.46), (0.088, 0.50), (0.084, 0.545), (0.080, 0.595),
        (0.086, 0.65), (0.098, 0.71), (0.108, 0.77), (0.100, 0.815), (0.0, 0.85),
    ]
    below = np.broadcast_to(trousers, (3, _SIDES, 3))
    shirt = np.concatenate([colours[:5], colours[4:5]])
    mesh = lathe(profile, np.concatenate([below, shirt]), sides=_SIDES)
    return mesh.scaled(0.68 * girth, 1.12 * girth, 1.0)


def _head(skin: Colour, hair: Colour) -> Mesh:
    """Make neck, head with hair or cap, nose and eyes."""
    colours = np.empty((7, 12, 3))
    colours[:] = skin
    colours[4:] = hair
    colours[2:4, 4:9] = hair
    head = sphere(0.066, colours, bands=7, sides=12).scaled(1.0, 0.88, 1.18).moved(0.008, 0, 0.925)
    neck = lathe([(0.034, 0.82), (0.032, 0.88)], skin * 0.9, sides=10)
    nose = sphere(0.014, skin * 0.95, bands=4, sides=6).moved(0.074, 0, 0.918)
    eyes = [_eye().moved(0.062, side, 0.935) for side in (-0.024, 0.024)]
    return join([neck, join([head, nose, *eyes], as_one_piece=True)])


def _eye() -> Mesh:
    """Make a flat white with a dark pupil, seen from before."""
    white = lathe([(0.0115, 0.0), (0.0, 0.004)], WHITE, sides=6)
    pupil = lathe([(0.0065, 0.004), (0.0, 0.006)], np.full(3, 0.1), sides=6)
    return join([white, pupil], as_one_piece=True).turned(about_y(np.pi / 2))


def _backpack(fabric: Colour) -> Mesh:
    profile = [(0.0, 0.58), (0.058, 0.585), (0.066, 0.66), (0.062, 0.76), (0.0, 0.795)]
    bag = lathe(profile, fabric, sides=10)
    return bag.scaled(0.75, 1.1, 1.0).moved(-0.085, 0, 0)


def _shin(trousers: Colour) -> Mesh:
    """Make the lower leg with its shoe."""
    leg = capsule(_SHIN, 0.036, 0.026, trousers)
    shoe = sphere(0.04, contrast(trousers) * 0.9, bands=5, sides=8).scaled(1.6, 0.85, 0.75)
    return join([leg, shoe.moved(0.025, 0, -_SHIN - 0.016)])


def _forearm(sleeve: Colour, skin: Colour) -> Mesh:
    colours = np.empty((5, 1, 3))
    colours[:] = sleeve
    colours[:2] = skin
    return capsule(_FOREARM, 0.026, 0.023, colours)
