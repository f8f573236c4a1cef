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


"""One warm lamp, a cool sky and the glow of the floor."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from yolo_deepsort_ros.array_types import Floats
from yolo_deepsort_ros.simulation.arena.mesh import Mesh

#: Unit vector towards the lamp: from the left, behind the camera.
LAMP = np.array([-0.52, -0.46, 0.72]) / np.linalg.norm([-0.52, -0.46, 0.72])
_LAMP_COLOUR = np.array([0.60, 0.66, 0.70])
_SKY = np.array([0.52, 0.48, 0.46])  #: from above
_FLOOR = np.array([0.27, 0.29, 0.31])  #: from below
_SHARPNESS = 22.0  #: of highlights
_DIM_HEIGHT = 0.30  #: m; the floor's nearness darkens what is below


def shade(
    mesh: Mesh, shown: NDArray[np.int64], normals: Floats, centres: Floats, eye: Floats
) -> Floats:
    """
    Light some faces of a mesh.

    Parameters
    ----------
    mesh : Mesh
        Gives the colours.
    shown : ndarray of int64, shape (S,)
        Indices of its faces.
    normals, centres : ndarray, shape (S, 3)
        Their unit normals and middles in the world.
    eye : ndarray, shape (3,)
        The place of the camera.

    Returns
    -------
    ndarray, shape (S, 3)
        Blue, green, red in [0, 1].

    """
    facing = np.maximum(normals @ LAMP, 0)[:, None]
    up = 0.5 + 0.5 * normals[:, 2:]
    nearness = 0.62 + 0.38 * np.minimum(np.maximum(centres[:, 2:] / _DIM_HEIGHT, 0), 1)
    light = (facing * _LAMP_COLOUR + up * _SKY + (1 - up) * _FLOOR) * nearness
    glow = mesh.glow[shown][:, None]
    colours = mesh.colours[shown] * (light * (1 - glow) + glow)
    halfway = unit(unit(eye - centres) + LAMP)
    highlight = np.maximum((normals * halfway).sum(axis=1), 0) ** _SHARPNESS
    return np.asarray(np.minimum(colours + (mesh.gloss[shown] * highlight)[:, None], 1))


def shadow_on_floor(points: Floats) -> Floats:
    """Return where the lamp casts points, shape (N, 3), onto the floor; same shape."""
    return np.asarray(points - points[:, 2:] * (LAMP / LAMP[2]))


def norm(vectors: Floats) -> Floats:
    """Return the lengths of vectors, shape (N, 3)."""
    return np.asarray(np.sqrt((vectors * vectors).sum(axis=1)))


def unit(vectors: Floats) -> Floats:
    """Scale vectors, shape (N, 3), to length 1."""
    return np.asarray(vectors / norm(vectors)[:, None])


def cross(first: Floats, second: Floats) -> Floats:
    """Return the products of pairs, shape (N, 3); for small N faster than `np.cross`."""
    a, b = first.T, second.T
    return np.stack([
        a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0],
    ], axis=1)
