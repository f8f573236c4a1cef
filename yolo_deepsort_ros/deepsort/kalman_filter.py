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

The state of a track is (x, y, a, h, vx, vy, va, vh): centre, aspect ratio and height of
its box in pixels, then their velocities per frame period. A measurement is (x, y, a, h).
All noise but the aspect ratio's scales with the height of the box.

References
----------
Wojke, Bewley, Paulus, "Simple Online and Realtime Tracking with a Deep Association
Metric", ICIP 2017, section 2.1.

"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

STD_POSITION = 1 / 20  #: of the height (Wojke 2017; values of the authors' program)
STD_VELOCITY = 1 / 160  #: of the height, per frame period
STD_ASPECT = 1e-2  #: of the aspect ratio, in the process
STD_ASPECT_VELOCITY = 1e-5  #: of its velocity
STD_ASPECT_MEASURED = 1e-1  #: of its measurement


def initiate(boxes_xyah: Array) -> tuple[Array, Array]:
    """
    Start tracks at unmatched measurements, at rest.

    Parameters
    ----------
    boxes_xyah : ndarray, shape (N, 4)
        Measured boxes.

    Returns
    -------
    means : ndarray, shape (N, 8)
    covariances : ndarray, shape (N, 8, 8)

    """
    means = np.concatenate([boxes_xyah, np.zeros_like(boxes_xyah)], axis=1)
    std = _std(
        boxes_xyah[:, 3],
        (2 * STD_POSITION, STD_ASPECT, 10 * STD_VELOCITY, STD_ASPECT_VELOCITY),
    )
    return means, _diagonal(std**2)


def predict(means: Array, covariances: Array, periods: float) -> tuple[Array, Array]:
    """
    Move the tracks on in time.

    Parameters
    ----------
    means : ndarray, shape (N, 8)
        States.
    covariances : ndarray, shape (N, 8, 8)
        Their uncertainties.
    periods : float
        Time step in frame periods; 1 is the paper's step. The process variance grows
        in proportion to it.

    Returns
    -------
    means : ndarray, shape (N, 8)
    covariances : ndarray, shape (N, 8, 8)

    """
    std = _std(
        means[:, 3], (STD_POSITION, STD_ASPECT, STD_VELOCITY, STD_ASPECT_VELOCITY)
    )
    moved = means.copy()
    moved[:, :4] += periods * means[:, 4:]
    # F P F' with F = [[I, t I], [0, I]], block by block
    cross = covariances[:, :4, 4:] + periods * covariances[:, 4:, 4:]  # (N, 4, 4)
    spread = covariances + _diagonal(periods * std**2)
    spread[:, :4, :4] += periods * (covariances[:, 4:, :4] + cross)
    spread[:, :4, 4:] = cross
    spread[:, 4:, :4] = cross.transpose(0, 2, 1)
    return moved, spread


def project(means: Array, covariances: Array) -> tuple[Array, Array]:
    """
    Return the measurements to expect: means (N, 4) and their covariances (N, 4, 4).

    The measurement's own noise is included.
    """
    height = means[:, 3]
    aspect = np.full_like(height, STD_ASPECT_MEASURED)
    std = np.stack([STD_POSITION * height, STD_POSITION * height, aspect, STD_POSITION * height],
                   axis=1)  # (N, 4)
    return means[:, :4].copy(), covariances[:, :4, :4] + _diagonal(std**2)


def gating_distances(means: Array, covariances: Array, boxes_xyah: Array) -> Array:
    """
    Return the squared Mahalanobis distance between each track and each measurement.

    Parameters
    ----------
    means : ndarray, shape (N, 8)
        States.
    covariances : ndarray, shape (N, 8, 8)
        Their uncertainties.
    boxes_xyah : ndarray, shape (M, 4)
        Measured boxes.

    Returns
    -------
    ndarray, shape (N, M)

    """
    centres, spreads = project(means, covariances)
    residuals = boxes_xyah[None] - centres[:, None]  # (N, M, 4)
    whitened = np.linalg.solve(np.linalg.cholesky(spreads), residuals.transpose(0, 2, 1))
    return np.asarray((whitened**2).sum(axis=1))  # (N, 4, M) -> (N, M)


def update(means: Array, covariances: Array, boxes_xyah: Array) -> tuple[Array, Array]:
    """
    Correct each track by its measurement.

    Parameters
    ----------
    means : ndarray, shape (N, 8)
        States.
    covariances : ndarray, shape (N, 8, 8)
        Their uncertainties.
    boxes_xyah : ndarray, shape (N, 4)
        One measured box for each.

    Returns
    -------
    means : ndarray, shape (N, 8)
    covariances : ndarray, shape (N, 8, 8)
        Symmetric.

    """
    centres, spreads = project(means, covariances)
    seen = covariances[:, :4, :]  # H P, (N, 4, 8)
    gain = np.linalg.solve(spreads, seen)  # transposed Kalman gain, (N, 4, 8)
    residuals = boxes_xyah - centres  # (N, 4)
    corrected = means + np.einsum('nij,ni->nj', gain, residuals)
    shrunk = covariances - gain.transpose(0, 2, 1) @ seen
    return corrected, (shrunk + shrunk.transpose(0, 2, 1)) / 2


def _std(height: Array, factors: tuple[float, float, float, float]) -> Array:
    """
    Return the standard deviations of the eight state variables, shape (N, 8).

    The factors are those of position, aspect ratio, velocity and aspect velocity; the
    first and the third are multiplied by the height.
    """
    position, aspect, velocity, aspect_velocity = factors
    std = np.empty((len(height), 8))
    std[:, :4] = (position * height)[:, None]
    std[:, 4:] = (velocity * height)[:, None]
    std[:, 2] = aspect
    std[:, 6] = aspect_velocity
    return std


def _diagonal(variances: Array) -> Array:
    """Return diagonal matrices, shape (N, K, K), of variances (N, K)."""
    return variances[:, :, None] * np.eye(variances.shape[1])
