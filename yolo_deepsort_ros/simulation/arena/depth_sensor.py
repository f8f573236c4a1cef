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

"""A depth camera registered to the picture, with the noise and the holes of a real one."""

from __future__ import annotations

from collections.abc import Iterable

import cv2
import numpy as np
from numpy.typing import NDArray

from yolo_deepsort_ros.array_types import Floats, Millimetres
from yolo_deepsort_ros.simulation.arena.camera import Camera
from yolo_deepsort_ros.simulation.arena.mesh import Mesh
from yolo_deepsort_ros.simulation.arena.painter import visible_faces
from yolo_deepsort_ros.simulation.arena.room import WALL

#: 1/m; standard deviation of the inverse depth, so that of the depth grows with its square:
#: 1.4 mm at 1 m, 9 cm at 8 m (Khoshelham and Elberink, Sensors 12, 2012, section 4.2).
NOISE = 1.4e-3
SMOOTH_SHARE = 0.5  #: of the variance, which neighbouring pixels share
SMOOTHNESS = 4.0  #: px
NEAREST, FARTHEST = 0.4, 20.0  #: m; outside nothing is measured
EDGE = 0.01  #: 1/m; a step of the inverse depth at which the two views of a stereo pair differ
FULL_HEIGHT = 480  #: px; of pictures in whose pixels the floor makes no such step
EDGE_SIZE = (5, 3)  #: px, width and height, within which a step leaves a hole
BLIND = 0.04  #: share of the picture without texture to match

_ROOM = 64  # px; how far noise and holes are shifted from frame to frame
_SHIFT = 4  # bits of sub-pixel position in OpenCV's drawing


class DepthSensor:
    """
    Measures the depth of each pixel as a long-range stereo camera does.

    Parameters
    ----------
    seed : int
        Of noise and holes.
    width, height : int
        Of the picture in pixels.

    """

    def __init__(self, seed: int, width: int, height: int) -> None:
        self._seed = seed
        generator = np.random.default_rng([seed, 7])
        shape = (height + _ROOM, width + _ROOM)
        smooth = cv2.GaussianBlur(generator.standard_normal(shape), (0, 0), SMOOTHNESS)
        coarse = cv2.GaussianBlur(generator.standard_normal(shape), (0, 0), 2 * SMOOTHNESS)
        grain = (
            np.sqrt(SMOOTH_SHARE) * smooth / smooth.std()
            + np.sqrt(1 - SMOOTH_SHARE) * generator.standard_normal(shape)
        )
        self._grain = (NOISE * grain).astype(np.float32)
        self._is_blind = coarse > np.quantile(coarse, 1 - BLIND)

    def measure(
        self, camera: Camera, bodies: Iterable[tuple[Mesh, Floats]], index: int
    ) -> Millimetres:
        """
        Return the depth image of frame `index`.

        Parameters
        ----------
        camera : Camera
            Who looks.
        bodies : iterable of (Mesh, ndarray, shape (V, 3))
            All that stands on the floor, with its corners in the world, the farthest first.
        index : int
            Number of the frame.

        """
        inverse = inverse_depths(camera, bodies)
        kernel = np.ones(EDGE_SIZE[::-1], np.uint8)
        steps = cv2.dilate(inverse, kernel) - cv2.erode(inverse, kernel)
        top, left = np.random.default_rng([self._seed, 8, index]).integers(_ROOM, size=2)
        window = slice(top, top + camera.height), slice(left, left + camera.width)
        measured = inverse + self._grain[window]
        is_hole = (
            (steps > EDGE * max(1.0, FULL_HEIGHT / camera.height)) | self._is_blind[window]
            | (measured < 1 / FARTHEST) | (measured > 1 / NEAREST)
        )
        return np.where(is_hole, 0, np.rint(1e3 / np.maximum(measured, 1e-3))).astype(np.uint16)


def inverse_depths(
    camera: Camera, bodies: Iterable[tuple[Mesh, Floats]]
) -> NDArray[np.float32]:
    """Return the true inverse depths of the pixels' middles, shape (height, width), 1/m."""
    columns = np.arange(camera.width) + 0.5
    rows = (np.arange(camera.height) + 0.5)[:, np.newaxis]
    away, up = np.eye(3)[1:]
    planes = _planes(camera, np.array([up, away]), np.array([0 * away, WALL * away]))
    floor, wall = (plane[0] * columns + plane[1] * rows + plane[2] for plane in planes)
    inverse = np.maximum(floor, wall)
    faces = np.full(inverse.shape, -1, np.int32)
    found, count = [np.empty((0, 5))], 0
    for mesh, vertices in bodies:
        if camera.sees_past(vertices):
            continue
        shown, normals = visible_faces(mesh, vertices, camera.position)
        corners = vertices[mesh.faces[shown]]  # (F, 4, 3)
        depths = (corners - camera.position) @ camera.rotation[2]
        found.append(np.column_stack([
            _planes(camera, normals, corners.mean(axis=1)),
            1 / depths.max(axis=1), 1 / depths.min(axis=1),
        ]))
        spots = camera.project(vertices)[mesh.faces[shown]] - 0.5
        spots = np.rint(np.clip(spots, -1e4, 1e4) * (1 << _SHIFT)).astype(np.int32)
        for number, corner in enumerate(spots, start=count):
            cv2.fillConvexPoly(faces, corner, number, cv2.LINE_8, _SHIFT)
        count += len(spots)
    at = np.nonzero(faces >= 0)
    of_pixel = np.concatenate(found)[faces[at]]
    values = of_pixel[:, 0] * columns[at[1]] + of_pixel[:, 1] * rows[at[0], 0] + of_pixel[:, 2]
    inverse[at] = np.clip(values, of_pixel[:, 3], of_pixel[:, 4])
    return np.asarray(inverse, np.float32)


def _planes(camera: Camera, normals: Floats, points: Floats) -> Floats:
    """Return what inverse depths are of pixels (u, v, 1) on planes, shape (N, 3)."""
    seen = normals @ camera.rotation.T @ np.linalg.inv(camera.matrix)
    distances = (normals * (points - camera.position)).sum(axis=1)
    return np.asarray(seen / distances[:, np.newaxis])
