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

"""
Constant-velocity Kalman filter of bounding boxes, for all tracks at once.

A track's state is (x, y, a, h, vx, vy, va, vh): centre, aspect ratio and height of its
box in pixels, then their velocities per frame period. A measurement is (x, y, a, h).
All noise but the aspect ratio's scales with the height of the box.

Every noise is diagonal, and a coordinate moves by its own velocity only. So no two
coordinates are ever correlated, and the 8 x 8 covariance is four symmetric 2 x 2 blocks,
one a coordinate. `States` of N tracks is therefore an array (N, 5, 4): for each of
(x, y, a, h) its position, velocity, variance of the position, covariance of both, and
variance of the velocity; the equations of the filter are solved in closed form.

References
----------
Wojke, Bewley, Paulus, "Simple Online and Realtime Tracking with a Deep Association
Metric", ICIP 2017, section 2.1.

"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Indices = NDArray[np.intp]
States = NDArray[np.float64]  #: (N, 5, 4), see above

STD_POSITION = 1 / 20  #: of the height (Wojke 2017; values of the authors' program)
STD_VELOCITY = 1 / 160  #: of the height, per frame period


class ShapeModel(NamedTuple):
    """
    How boxes change their shape.

    Standard deviations of the aspect ratio: in the process, of its velocity, measured. Then the
    share of the velocities of aspect ratio and height that is left after each frame period
    without a match: what goes behind something shrinks in the picture alone.
    """

    process: float
    velocity: float
    measured: float
    held: float


PAPER_SHAPE = ShapeModel(1e-2, 1e-5, 1e-1, 1.0)  #: values of the authors' program
#: For people who bend and cars that turn: as good as a width of its own in the state.
FREE_SHAPE = ShapeModel(2e-2, 2.5e-3, 3e-2, 0.5)


def shape_model(is_free: bool) -> ShapeModel:
    """Return the noise that the parameter `free_aspect` stands for."""
    return FREE_SHAPE if is_free else PAPER_SHAPE


def initiate(boxes_xyah: Array, shape: ShapeModel = PAPER_SHAPE) -> States:
    """
    Start tracks at unmatched measurements, at rest.

    Parameters
    ----------
    boxes_xyah : ndarray, shape (N, 4)
        Measured boxes.
    shape : ShapeModel
        How freely the shape changes.

    Returns
    -------
    ndarray, shape (N, 5, 4)

    """
    states = np.zeros((len(boxes_xyah), 5, 4))
    heights = boxes_xyah[:, 3]
    states[:, 0] = boxes_xyah
    states[:, 2] = _variances(2 * STD_POSITION * heights, shape.process)
    states[:, 4] = _variances(10 * STD_VELOCITY * heights, shape.velocity)
    return states


def predict(
    states: States, periods: float, shape: ShapeModel = PAPER_SHAPE
) -> States:
    """
    Move the tracks on in time.

    Parameters
    ----------
    states : ndarray, shape (N, 5, 4)
        See above.
    periods : float
        Time step in frame periods; 1 is the paper's step. The process variance grows
        in proportion to it.
    shape : ShapeModel
        How freely the shape changes.

    Returns
    -------
    ndarray, shape (N, 5, 4)

    """
    t, heights = periods, states[:, 0, 3]
    move = np.array([  # x + t v; and F P F' with F = [[1, t], [0, 1]]
        [1, t, 0, 0, 0],
        [0, 1, 0, 0, 0],
        [0, 0, 1, 2 * t, t * t],
        [0, 0, 0, 1, t],
        [0, 0, 0, 0, 1],
    ])
    moved: States = move @ states
    moved[:, 2] += t * _variances(STD_POSITION * heights, shape.process)
    moved[:, 4] += t * _variances(STD_VELOCITY * heights, shape.velocity)
    return moved


def update(
    states: States,
    boxes_xyah: Array,
    shape: ShapeModel = PAPER_SHAPE,
) -> States:
    """
    Correct each track by its measurement.

    Parameters
    ----------
    states : ndarray, shape (N, 5, 4)
        See above.
    boxes_xyah : ndarray, shape (N, 4)
        One measured box for each.
    shape : ShapeModel
        How freely the shape changes.

    Returns
    -------
    ndarray, shape (N, 5, 4)

    """
    position, velocity, variance, covariance, velocity_variance = _parts(states)
    measured = _measurement_variances(position, shape)
    spread = variance + measured  # (N, 4)
    surprise = (boxes_xyah - position) / spread
    corrected = np.empty_like(states)
    corrected[:, 0] = position + variance * surprise
    corrected[:, 1] = velocity + covariance * surprise
    remaining = measured / spread
    corrected[:, 2] = variance * remaining
    corrected[:, 3] = covariance * remaining
    corrected[:, 4] = velocity_variance - covariance**2 / spread
    return corrected


def move_camera(states: States, motion: Array) -> States:
    """
    Carry the tracks over to a picture whose camera has moved.

    Parameters
    ----------
    states : ndarray, shape (N, 5, 4)
        See above.
    motion : ndarray, shape (2, 3)
        Similarity [A | b]: the pixel p of the picture before lies at A p + b.

    Returns
    -------
    ndarray, shape (N, 5, 4)

    Notes
    -----
    x and y have equal variances at all times, which a rotation leaves as they are: this is
    exact, and the blocks of the covariance stay apart.

    """
    turn, shift = motion[:, :2], motion[:, 2]
    scale = np.sqrt(np.linalg.det(turn))
    moved = states.copy()
    moved[:, :2, :2] = states[:, :2, :2] @ turn.T
    moved[:, 0, :2] += shift
    moved[:, :2, 3] *= scale
    moved[:, 2:, (0, 1, 3)] *= scale**2
    return moved


def gate(states: States, boxes_xyah: Array, limit: float) -> tuple[Indices, Indices]:
    """
    Return the pairs of tracks and measurements that the motion allows.

    The measured aspect ratio is held against the paper's noise whatever the filter's is: a
    shape that changes is no reason to refuse a look that agrees.

    Parameters
    ----------
    states : ndarray, shape (N, 5, 4)
        See above.
    boxes_xyah : ndarray, shape (M, 4)
        Measured boxes.
    limit : float
        Largest squared Mahalanobis distance; see `TrackerConfig.gating_distance`.

    Returns
    -------
    rows, columns : ndarray of int, shape (P,)
        Pairs at most that far apart, by rows.

    """
    centres = states[:, 0]
    spread = states[:, 2] + _measurement_variances(centres, PAPER_SHAPE)
    reach = np.sqrt(limit * spread[:, 0]) * (1 + 1e-9)  # no pair is lost to rounding
    near = np.abs(boxes_xyah[:, 0] - centres[:, :1]) <= reach[:, None]  # (N, M), by x alone
    rows, columns = near.nonzero()
    residuals = boxes_xyah[columns] - centres[rows]
    inside = (residuals * residuals / spread[rows]).sum(axis=1) <= limit
    return rows[inside], columns[inside]


def _parts(states: States) -> Array:
    """Return views of the five parts, each (N, 4)."""
    return states.transpose(1, 0, 2)


def _measurement_variances(positions: Array, shape: ShapeModel) -> Array:
    return _variances(STD_POSITION * positions[:, 3], shape.measured)


def _variances(std: Array, std_aspect: float) -> Array:
    """Return the variances of (x, y, a, h), shape (N, 4), of standard deviations (N,)."""
    variances = np.empty((len(std), 4))
    variances[:] = (std * std)[:, None]
    variances[:, 2] = std_aspect**2
    return variances
