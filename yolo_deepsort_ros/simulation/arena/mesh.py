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


"""Solid shapes made of flat faces: surfaces of revolution and flat panels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from yolo_deepsort_ros.array_types import Floats

SIDES = 20  #: of a surface of revolution


@dataclass(frozen=True, eq=False)
class Mesh:
    """
    Faces of four corners, as a structure of arrays; a triangle repeats a corner.

    A mesh consists of convex pieces that hide each other by their distance; within a piece
    later faces lie on top of earlier ones.

    Attributes
    ----------
    vertices : ndarray of float64, shape (V, 3)
        Metres: x forward, y to the left, z up from the floor.
    faces : ndarray of int64, shape (F, 4)
        Indices of the corners, anticlockwise as seen from outside.
    colours : ndarray of float64, shape (F, 3)
        Blue, green, red in [0, 1].
    gloss : ndarray of float64, shape (F,)
        Strength of the highlight.
    glow : ndarray of float64, shape (F,)
        How far the face shines by itself: 0 not at all, 1 the same in any light.
    bones : ndarray of int64, shape (V,)
        The rigid part that moves each vertex.
    pieces : ndarray of int64, shape (V,)
        The convex piece each vertex belongs to; ascending.

    """

    vertices: Floats
    faces: NDArray[np.int64]
    colours: Floats
    gloss: Floats
    glow: Floats
    bones: NDArray[np.int64]
    pieces: NDArray[np.int64]

    @cached_property
    def piece_starts(self) -> NDArray[np.int64]:
        """The first vertex of each piece."""
        return np.flatnonzero(np.diff(self.pieces, prepend=-1))

    @cached_property
    def piece_sizes(self) -> NDArray[np.int64]:
        """The number of vertices of each piece."""
        return np.diff(self.piece_starts, append=len(self.pieces))

    @cached_property
    def piece_of_face(self) -> NDArray[np.int64]:
        """The piece each face belongs to, shape (F,)."""
        return self.pieces[self.faces[:, 0]]

    def moved(self, *offset: float) -> Mesh:
        """Shift by metres along x, y and z."""
        return replace(self, vertices=self.vertices + np.array(offset))

    def scaled(self, *factors: float) -> Mesh:
        """Stretch along x, y and z by positive factors."""
        return replace(self, vertices=self.vertices * np.array(factors))

    def turned(self, rotation: Floats) -> Mesh:
        """Turn by a rotation matrix, shape (3, 3)."""
        return replace(self, vertices=self.vertices @ rotation.T)

    def twisted(self, rate: float) -> Mesh:
        """Turn round the z axis by that many radians for each metre of height."""
        x, y, z = self.vertices.T
        sine, cosine = np.sin(rate * z), np.cos(rate * z)
        turned = np.stack([x * cosine - y * sine, x * sine + y * cosine, z], axis=1)
        return replace(self, vertices=turned)

    def on_bone(self, bone: int) -> Mesh:
        """Let that rigid part move all of it."""
        return replace(self, bones=np.full(len(self.vertices), bone))


def join(meshes: Sequence[Mesh], *, as_one_piece: bool = False) -> Mesh:
    """Put meshes together; as one piece when the later ones are drawn on the first."""
    vertex_offset = np.cumsum([0] + [len(mesh.vertices) for mesh in meshes])
    piece_offset = np.cumsum([0] + [int(mesh.pieces[-1]) + 1 for mesh in meshes])
    faces = [mesh.faces + offset for mesh, offset in zip(meshes, vertex_offset[:-1], strict=True)]
    pieces = [mesh.pieces + offset for mesh, offset in zip(meshes, piece_offset[:-1], strict=True)]
    return Mesh(
        vertices=np.concatenate([mesh.vertices for mesh in meshes]),
        faces=np.concatenate(faces),
        colours=np.concatenate([mesh.colours for mesh in meshes]),
        gloss=np.concatenate([mesh.gloss for mesh in meshes]),
        glow=np.concatenate([mesh.glow for mesh in meshes]),
        bones=np.concatenate([mesh.bones for mesh in meshes]),
        pieces=np.concatenate(pieces) * (not as_one_piece),
    )


def lathe(
    profile: ArrayLike, colours: ArrayLike, *, sides: int = SIDES, gloss: float = 0.0,
    glow: float = 0.0,
) -> Mesh:
    """
    Turn a profile round the z axis.

    Parameters
    ----------
    profile : array_like, shape (P, 2)
        Radius and height of each ring, from the bottom up.
    colours : array_like, shape (3,), (P - 1, 1, 3) or (P - 1, sides, 3)
        One colour, one per band, or one per face; side 0 looks forward.
    sides : int
        Faces round the axis.
    gloss, glow : float
        As in `Mesh`.

    """
    rings = np.array(profile, dtype=np.float64)  # (P, 2)
    angles = (np.arange(sides) - 0.5) * (2 * np.pi / sides)
    vertices = np.empty((len(rings), sides, 3))
    vertices[..., 0] = rings[:, :1] * np.cos(angles)
    vertices[..., 1] = rings[:, :1] * np.sin(angles)
    vertices[..., 2] = rings[:, 1:]
    index = np.arange(vertices.size // 3).reshape(len(rings), sides)
    after = np.roll(index, -1, axis=1)
    faces = np.stack([index[:-1], after[:-1], after[1:], index[1:]], axis=-1).reshape(-1, 4)
    grid = np.broadcast_to(np.asarray(colours, np.float64), (len(rings) - 1, sides, 3))
    return _one_piece(vertices.reshape(-1, 3), faces, grid.reshape(-1, 3), gloss, glow)


def sphere(
    radius: float, colours: ArrayLike, *, bands: int = 8, sides: int = 14, gloss: float = 0.0,
    glow: float = 0.0,
) -> Mesh:
    """Make a ball about the origin; colours as in `lathe`, of `bands` bands."""
    angles = np.linspace(-np.pi / 2, np.pi / 2, bands + 1)
    profile = radius * np.stack([np.cos(angles), np.sin(angles)], axis=1)
    return lathe(profile, colours, sides=sides, gloss=gloss, glow=glow)


def capsule(
    length: float, top: float, bottom: float, colours: ArrayLike, *, sides: int = 8
) -> Mesh:
    """Make a limb of 5 bands that hangs down from the origin, rounded at both ends."""
    profile = [
        (0.0, -length - bottom), (0.85 * bottom, -length - 0.5 * bottom),
        (0.5 * (top + bottom) * 1.04, -0.5 * length), (top, -0.08 * length),
        (0.75 * top, 0.65 * top), (0.0, top),
    ]
    return lathe(profile, colours, sides=sides)


def panel(
    corner: ArrayLike, right: ArrayLike, up: ArrayLike, shapes: Sequence[tuple[Any, Any]]
) -> Mesh:
    """
    Draw shapes on a flat rectangle that faces along right x up.

    Parameters
    ----------
    corner, right, up : array_like, shape (3,)
        The lower left corner and the two edges from it, in metres.
    shapes : sequence of (corners, colour)
        Four corners each, shape (4, 2), anticlockwise in [0, 1] of the edges; the later
        ones lie on top.

    """
    corners = np.array([shape for shape, _ in shapes], np.float64)  # (F, 4, 2)
    edges = np.array([right, up], np.float64)  # (2, 3)
    vertices = (np.asarray(corner, np.float64) + corners @ edges).reshape(-1, 3)
    faces = np.arange(len(vertices)).reshape(-1, 4)
    return _one_piece(vertices, faces, np.array([colour for _, colour in shapes]), 0.0, 0.0)


def rectangle(left: float, bottom: float, right: float, top: float) -> Floats:
    """Return the corners of a shape of `panel`."""
    return np.array([(left, bottom), (right, bottom), (right, top), (left, top)])


def _one_piece(
    vertices: Floats, faces: NDArray[np.int64], colours: Floats, gloss: float, glow: float
) -> Mesh:
    none = np.zeros(len(vertices), np.int64)
    return Mesh(
        vertices, faces, np.array(colours), np.full(len(faces), gloss),
        np.full(len(faces), glow), none, none,
    )
