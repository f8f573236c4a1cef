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

"""From points of the floor and their pixels to the camera that sees them so."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
import math

import numpy as np

from yolo_deepsort_ros.array_types import Floats
from yolo_deepsort_ros.errors import InputError

MIN_POINTS = 4  #: pairs that a homography needs
STRAIGHT = 0.02  #: height of a triangle by its longest side, below which it is a line
MAX_CONDITION = 1e7  #: of the equations; beyond, the points lie on a line or coincide


def homography(points: Floats, pixels: Floats) -> Floats:
    """
    Return the matrix (3, 3) that carries points of the floor to ideal pixels.

    The direct linear transform on normalised coordinates (Hartley and Zisserman, Multiple
    View Geometry, section 4.4), then least squares of the metres: those count, not the pixels.
    """
    if len(points) != len(pixels) or len(points) < MIN_POINTS:
        raise InputError(
            f'{len(points)} ground points: at least {MIN_POINTS} pixels with their metres are '
            f'needed'
        )
    if not (np.isfinite(points).all() and np.isfinite(pixels).all()):
        raise InputError('ground points: a number is not finite')
    from_points, from_pixels = _normaliser(points), _normaliser(pixels)
    x, y = (points @ from_points[:2, :2].T + from_points[:2, 2]).T
    u, v = (pixels @ from_pixels[:2, :2].T + from_pixels[:2, 2]).T
    zero, one = np.zeros_like(x), np.ones_like(x)
    equations = np.concatenate([
        np.column_stack([x, y, one, zero, zero, zero, -u * x, -u * y, -u]),
        np.column_stack([zero, zero, zero, x, y, one, -v * x, -v * y, -v]),
    ])
    _, singular, rows = np.linalg.svd(equations)
    matrix = rows[-1].reshape(3, 3)
    if singular[7] * MAX_CONDITION < singular[0] or abs(np.linalg.det(matrix)) < 1 / MAX_CONDITION:
        raise InputError('ground points: three of them lie on a line, or two coincide')
    matrix = np.linalg.inv(from_pixels) @ matrix @ from_points
    depths = matrix[2, :2] @ points.T + matrix[2, 2]
    if depths.min() * depths.max() <= 0:
        raise InputError('ground points: they lie on both sides of the horizon')
    matrix /= np.sign(depths[0]) * np.linalg.norm(matrix)
    return _refined(matrix, points, pixels)


def on_a_line(points: Floats) -> tuple[int, int, int] | None:
    """Return the first three of points, shape (N, 2), that lie on a line; None if none do."""
    for triple in combinations(range(len(points)), 3):
        first, second, third = points[list(triple)]
        sides = np.array([second - first, third - first, third - second])
        longest = np.linalg.norm(sides, axis=1).max()
        area = abs(sides[0, 0] * sides[1, 1] - sides[0, 1] * sides[1, 0])
        if area <= STRAIGHT * longest**2:
            return triple
    return None


def _refined(matrix: Floats, points: Floats, pixels: Floats) -> Floats:
    """Return the homography with least squares of the metres (Gauss-Newton)."""
    if len(points) == MIN_POINTS:
        return matrix
    to_metres = np.linalg.inv(matrix)
    rays = np.column_stack([pixels, np.ones(len(pixels))])
    for _ in range(10):
        flat = rays @ to_metres.T
        met = flat[:, :2] / flat[:, 2:]
        zero = np.zeros_like(rays)
        scaled = rays / flat[:, 2:]
        slopes = np.concatenate([
            np.column_stack([scaled, zero, -met[:, :1] * scaled]),
            np.column_stack([zero, scaled, -met[:, 1:] * scaled]),
        ])
        step = np.linalg.lstsq(slopes, (points - met).T.ravel(), rcond=1e-12)[0]
        to_metres = to_metres + step.reshape(3, 3)
        if np.abs(step).max() < 1e-12 * np.abs(to_metres).max():
            break
    refined = np.linalg.inv(to_metres)
    depth = refined[2, :2] @ points[0] + refined[2, 2]
    return np.asarray(refined / (np.sign(depth) * np.linalg.norm(refined)))


def _normaliser(points: Floats) -> Floats:
    """Return the matrix (3, 3) that centres points and scales their mean distance to √2."""
    centre = points.mean(axis=0)
    spread = float(np.sqrt(((points - centre) ** 2).sum(axis=1)).mean())
    if not spread:
        raise InputError('ground points: all are the same')
    scale = math.sqrt(2) / spread
    return np.array([[scale, 0, -scale * centre[0]], [0, scale, -scale * centre[1]], [0, 0, 1]])


def with_heights(to_pixels: Floats, camera_matrix: Floats) -> Floats:
    """Return the matrix (3, 4) of a camera by its homography (3, 3), with depths in metres."""
    axes = np.linalg.solve(camera_matrix, to_pixels)
    axes = axes * 2 / (np.linalg.norm(axes[:, 0]) + np.linalg.norm(axes[:, 1]))
    up = np.cross(axes[:, 0], axes[:, 1])
    # The camera's height is -up . shift; the camera stands above the floor.
    up = -up if up @ axes[:, 2] > 0 else up
    return np.asarray(camera_matrix @ np.insert(axes, 2, up, axis=1))


def square_pixels(to_pixels: Floats, size: Sequence[int]) -> Floats | None:
    """Return the matrix of a camera of square pixels with its axis in the middle, else None."""
    centre = (np.array(size, np.float64) - 1) / 2
    centred = np.array([[1, 0, -centre[0]], [0, 1, -centre[1]], [0, 0, 1]]) @ to_pixels
    x, y = centred[:, 0], centred[:, 1]
    # Two axes of the floor are perpendicular and of equal length in the camera's frame.
    left = np.array([x[:2] @ y[:2], x[:2] @ x[:2] - y[:2] @ y[:2]])
    right = -np.array([x[2] * y[2], x[2] ** 2 - y[2] ** 2])
    if not left.any() or left @ right <= 0:
        return None
    focal = math.sqrt((left @ left) / (left @ right))
    return np.array([[focal, 0, centre[0]], [0, focal, centre[1]], [0, 0, 1]])
