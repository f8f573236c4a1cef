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


"""From posed figures to pixels, each with the mask of what it covers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from yolo_deepsort_ros.array_types import Floats, Pixels
from yolo_deepsort_ros.simulation.arena.camera import Camera
from yolo_deepsort_ros.simulation.arena.light import cross, norm, shade, shadow_on_floor, unit
from yolo_deepsort_ros.simulation.arena.mesh import Mesh

FINENESS = 2  #: pixels of a patch per pixel of the picture, along each axis
HALF = 128  #: the least alpha of a pixel that counts as covered

_SHIFT = 4  # bits of sub-pixel position in OpenCV's drawing
_CAST, _CONTACT = 88, 150  # darkness of shadows, of 255
_SOFTNESS = 0.004  # of a shadow's edge, in picture heights


@dataclass(frozen=True, eq=False)
class Patch:
    """
    One figure, painted alone on nothing, whole even where the picture cuts it.

    Attributes
    ----------
    left, top : int
        Place in the picture in pixels.
    pixels : ndarray of uint8, shape (h, w, 4)
        Blue, green, red, already multiplied by the alpha that follows them.

    """

    left: int
    top: int
    pixels: Pixels

    def clipped(self, width: int, height: int) -> Patch:
        """Return the part inside the picture, of which there is some."""
        rows, columns = self.pixels.shape[:2]
        left, top = max(self.left, 0), max(self.top, 0)
        right, bottom = min(self.left + columns, width), min(self.top + rows, height)
        inside = self.pixels[top - self.top:bottom - self.top, left - self.left:right - self.left]
        return Patch(left, top, np.ascontiguousarray(inside))

    def window(self, picture: NDArray[Any]) -> NDArray[Any]:
        """Return the part of a picture, as a view, that a patch inside it lies on."""
        rows, columns = self.pixels.shape[:2]
        return picture[self.top:self.top + rows, self.left:self.left + columns]

    @property
    def covered(self) -> NDArray[np.bool_]:
        """Where the figure covers at least half a pixel, shape (h, w)."""
        return np.asarray(self.pixels[..., 3] >= HALF)


def paint(mesh: Mesh, vertices: Floats, camera: Camera) -> Patch | None:
    """
    Paint a figure.

    Parameters
    ----------
    mesh : Mesh
        Its faces.
    vertices : ndarray, shape (V, 3)
        Its corners in the world.
    camera : Camera
        Who looks.

    Returns
    -------
    Patch or None
        None when nothing of it can be in the picture.

    """
    if camera.sees_past(vertices):
        return None
    points = camera.project(vertices)  # (V, 2)
    left, top = np.floor(points.min(axis=0)).astype(int) - 1
    right, bottom = np.ceil(points.max(axis=0)).astype(int) + 1
    if left >= camera.width or top >= camera.height or right <= 0 or bottom <= 0:
        return None
    fine = np.zeros(((bottom - top) * FINENESS, (right - left) * FINENESS, 4), np.uint8)
    spots = (points - (left, top)) * FINENESS - 0.5
    shown, normals = visible_faces(mesh, vertices, camera.position)
    lit = shade(mesh, shown, normals, vertices[mesh.faces[shown]].mean(axis=1), camera.position)
    colours = np.concatenate([np.rint(lit * 255), np.full((len(lit), 1), 255)], axis=1)
    corners = np.rint(spots[mesh.faces[shown]] * (1 << _SHIFT)).astype(np.int32)  # (F, 4, 2)
    for corner, colour in zip(corners, colours.tolist(), strict=True):
        cv2.fillConvexPoly(fine, corner, colour, cv2.LINE_8, _SHIFT)
    size = (int(right - left), int(bottom - top))
    pixels = cv2.resize(fine, size, interpolation=cv2.INTER_AREA)
    return Patch(int(left), int(top), np.asarray(pixels, np.uint8))


def visible_faces(
    mesh: Mesh, vertices: Floats, eye: Floats
) -> tuple[NDArray[np.int64], Floats]:
    """Return the faces that look at the eye, far pieces first, and their unit normals."""
    corners = vertices[mesh.faces]  # (F, 4, 3)
    # Right for triangles too, which repeat a corner.
    normals = cross(corners[:, 2] - corners[:, 0], corners[:, 3] - corners[:, 1])
    shown = np.flatnonzero(((corners[:, 0] - eye) * normals).sum(axis=1) < 0)
    shown = shown[np.argsort(-_distances(mesh, vertices, eye)[shown], kind='stable')]
    return shown, unit(normals[shown])


def _distances(mesh: Mesh, vertices: Floats, eye: Floats) -> Floats:
    """Return how far away the piece of each face is, shape (F,)."""
    middles = np.add.reduceat(vertices, mesh.piece_starts) / mesh.piece_sizes[:, None]
    return norm(middles - eye)[mesh.piece_of_face]


def lay(picture: Pixels, patch: Patch) -> None:
    """Put a patch that lies inside the picture onto it."""
    window = patch.window(picture)
    colour = cv2.cvtColor(patch.pixels, cv2.COLOR_BGRA2BGR)
    uncovered = cv2.cvtColor(255 - patch.pixels[..., 3], cv2.COLOR_GRAY2BGR)
    window[:] = cv2.add(cv2.multiply(window, uncovered, scale=1 / 255), colour)


class Shadows:
    """
    The shadows of all figures on the floor, as a factor of its brightness.

    Parameters
    ----------
    camera : Camera
        Who looks.

    """

    def __init__(self, camera: Camera) -> None:
        self._camera = camera
        self._darkness = np.zeros((camera.height // 2 + 1, camera.width // 2 + 1), np.uint8)
        self._feet: list[NDArray[np.int32]] = []

    def add(self, mesh: Mesh, vertices: Floats, foot: Floats) -> None:
        """Add the cast shadow of a figure, and its foot's outline, shape (N, 3)."""
        cast = shadow_on_floor(vertices)
        if self._camera.sees_past(cast) or self._camera.sees_past(foot):
            return
        spots = self._spots(cast)
        for piece in np.split(spots, mesh.piece_starts[1:]):
            cv2.fillConvexPoly(
                self._darkness, cv2.convexHull(piece), _CAST, cv2.LINE_8, _SHIFT
            )
        self._feet.append(self._spots(foot))

    def darken(self, picture: Pixels) -> None:
        """Apply the shadows to a picture of the floor."""
        for foot in self._feet:
            cv2.fillConvexPoly(self._darkness, foot, _CONTACT, cv2.LINE_8, _SHIFT)
        softness = max(0.6, _SOFTNESS * self._camera.height / 2)
        soft = cv2.GaussianBlur(self._darkness, (0, 0), softness)
        bright = cv2.resize(255 - soft, (2 * soft.shape[1], 2 * soft.shape[0]))
        factor = cv2.cvtColor(
            bright[:picture.shape[0], :picture.shape[1]], cv2.COLOR_GRAY2BGR
        )
        cv2.multiply(picture, factor, dst=picture, scale=1 / 255)

    def _spots(self, points: Floats) -> NDArray[np.int32]:
        pixels = self._camera.project(points) / 2 - 0.5
        return np.rint(np.clip(pixels, -1e4, 1e4) * (1 << _SHIFT)).astype(np.int32)
