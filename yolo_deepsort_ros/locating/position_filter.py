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

"""Positions, velocities and heights of tracks, filtered on the floor."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yolo_deepsort_ros.array_types import Floats
from yolo_deepsort_ros.locating.box_edges import BoxEdges
from yolo_deepsort_ros.locating.floor_view import FloorView

Flags = NDArray[np.bool_]

STATES = 5  #: x, y, velocity x, velocity y, height of the object
ACCELERATION = 0.6  #: m/s² a root second: white noise of the acceleration
FIRST_SPEED = 1.5  #: m/s, standard deviation of the speed of an object seen for the first time
CORRELATION = 0.09  #: s, for which the error of a box's edge persists
GATE = 9.0  #: squared Mahalanobis distance beyond which a measurement counts for less
UNKNOWN = 1e2  #: metres, standard deviation of a guessed place


@dataclass(eq=False)
class PositionFilter:
    """
    An extended Kalman filter of constant velocity for many objects at once.

    Pixels are measured, metres are estimated: so the noise is long along the ray and short
    across it. Each object's height is part of its state, so that a head tells where it is
    while its foot is hidden.

    Attributes
    ----------
    means : ndarray, shape (N, 5)
        x, y (m), their velocities (m/s), height (m).
    covariances : ndarray, shape (N, 5, 5)
        Of the means.

    """

    means: Floats
    covariances: Floats

    @classmethod
    def empty(cls) -> PositionFilter:
        """Return the filter of no objects."""
        return cls(np.zeros((0, STATES)), np.zeros((0, STATES, STATES)))

    def __len__(self) -> int:
        return len(self.means)

    def keep(self, rows: NDArray[np.int64]) -> None:
        """Keep these objects only, in this order."""
        self.means, self.covariances = self.means[rows], self.covariances[rows]

    def add(self, places: Floats, heights: Floats, spreads: Floats) -> None:
        """
        Add objects whose places are guessed.

        Parameters
        ----------
        places : ndarray, shape (N, 2)
            Metres; the next update makes them estimates.
        heights, spreads : ndarray, shape (N,)
            Means and standard deviations of their heights in metres.

        """
        means = np.column_stack([places, np.zeros_like(places), heights])
        covariances = np.zeros((len(means), STATES, STATES))
        covariances[:, [0, 1], [0, 1]] = UNKNOWN**2
        covariances[:, [2, 3], [2, 3]] = FIRST_SPEED**2
        covariances[:, 4, 4] = spreads**2
        self.means = np.concatenate([self.means, means])
        self.covariances = np.concatenate([self.covariances, covariances])

    def predict(self, seconds: float) -> None:
        """Move all on by a time, in seconds."""
        if not len(self):
            return
        step = np.eye(STATES)
        step[[0, 1], [2, 3]] = seconds
        noise = np.zeros((STATES, STATES))
        power = ACCELERATION**2
        noise[[0, 1], [0, 1]] = power * seconds**3 / 3
        noise[[0, 1, 2, 3], [2, 3, 0, 1]] = power * seconds**2 / 2
        noise[[2, 3], [2, 3]] = power * seconds
        self.means = self.means @ step.T
        self.covariances = step @ self.covariances @ step.T + noise

    def sideways(
        self, rows: NDArray[np.int64], middles: Floats, noise: Floats, view: FloorView
    ) -> tuple[Floats, Floats]:
        """
        Return how far the middles of boxes lie from where their objects should be.

        Parameters
        ----------
        rows : ndarray of int64, shape (N,)
            The objects.
        middles, noise : ndarray, shape (N,)
            Ideal pixels from left to right, and their standard deviations.
        view : FloorView
            Of the camera.

        Returns
        -------
        (ndarray, shape (N,), ndarray, shape (N,))
            Pixels to the right, and standard deviations of these; NaN behind the camera.

        """
        feet = np.column_stack([self.means[rows, :2], np.zeros(len(rows))])
        pixels, slopes, depths = view.project(feet)
        across = slopes[:, 0, :2]
        spread = np.einsum('ni,nij,nj->n', across, self.covariances[rows, :2, :2], across)
        off = np.where(depths > 0, middles - pixels[:, 0], np.nan)
        return off, np.sqrt(spread + noise**2)

    def update_by_edges(self, rows: NDArray[np.int64], edges: BoxEdges, view: FloorView,
                        seconds: float) -> None:
        """
        Correct objects by the edges of their boxes.

        Parameters
        ----------
        rows : ndarray of int64, shape (N,)
            The objects.
        edges : BoxEdges
            Ideal pixels of theirs; edges of infinite noise are left out.
        view : FloorView
            Of the camera.
        seconds : float
            Since the last update: errors of edges persist, so frequent ones count for less.

        """
        means = self.means[rows]
        feet = np.column_stack([means[:, :2], np.zeros(len(rows))])
        foot_pixels, foot_slopes, foot_depths = view.project(feet)
        slopes = np.zeros((len(rows), 3, STATES))
        slopes[:, :2, :2] = foot_slopes[:, :, :2]
        fronts = np.zeros_like(foot_pixels)
        if view.knows_heights:
            away = means[:, :2] - view.camera_position[:2]
            away /= np.maximum(np.linalg.norm(away, axis=1, keepdims=True), 1e-9)
            away *= (edges.fronts / view.focal_length * foot_depths)[:, np.newaxis]
            fronts = (foot_slopes[:, :, :2] @ away[:, :, np.newaxis])[:, :, 0]
        expected = np.column_stack([foot_pixels - fronts, np.zeros(len(rows))])
        is_used = np.isfinite(edges.noise) & (foot_depths > 0)[:, np.newaxis]
        if view.knows_heights:
            heads = np.column_stack([means[:, :2], means[:, 4]])
            head_pixels, head_slopes, head_depths = view.project(heads)
            expected[:, 2] = head_pixels[:, 1]
            slopes[:, 2, :2], slopes[:, 2, 4] = head_slopes[:, 1, :2], head_slopes[:, 1, 2]
            is_used[:, 2] &= head_depths > 0
        else:
            is_used[:, 2] = False
        persisting = 1 + 2 * CORRELATION / seconds if seconds > 0 else 1.0
        noise = np.where(is_used, edges.noise, 1.0) ** 2
        noise[:, :2] += fronts**2
        noise *= persisting
        residuals = np.where(is_used, edges.pixels - expected, 0.0)
        slopes = np.where(is_used[:, :, np.newaxis], slopes, 0.0)
        self._update(rows, residuals, slopes, noise[:, :, np.newaxis] * np.eye(3))

    def update_by_places(
        self, rows: NDArray[np.int64], places: Floats, covariances: Floats
    ) -> None:
        """
        Correct objects by places measured in metres, as by a depth image.

        Parameters
        ----------
        rows : ndarray of int64, shape (N,)
            The objects.
        places : ndarray, shape (N, 2)
            Metres.
        covariances : ndarray, shape (N, 2, 2)
            Of the places.

        """
        slopes = np.zeros((len(rows), 2, STATES))
        slopes[:, [0, 1], [0, 1]] = 1.0
        self._update(rows, places - self.means[rows, :2], slopes, covariances)

    def _update(
        self, rows: NDArray[np.int64], residuals: Floats, slopes: Floats, noise: Floats
    ) -> None:
        """Correct by residuals (N, M) with slopes (N, M, 5) and noise (N, M, M)."""
        if not len(rows):
            return
        before = self.covariances[rows]
        crossed = before @ slopes.transpose(0, 2, 1)  # (N, 5, M)
        spread = slopes @ crossed + noise  # (N, M, M)
        inverse = np.linalg.inv(spread)
        weighted = (inverse @ residuals[:, :, np.newaxis])[:, :, 0]
        distances = (residuals * weighted).sum(axis=1)
        # What lies far off is more likely wrong than new: its noise grows until it fits the gate.
        trust = 1 / np.maximum(distances / GATE, 1.0)[:, np.newaxis]
        self.means[rows] += (crossed @ (trust * weighted)[:, :, np.newaxis])[:, :, 0]
        gain = trust[:, :, np.newaxis] * (crossed @ inverse)
        # Joseph's form: what is left stays a covariance, whatever the rounding.
        kept = np.eye(STATES) - gain @ slopes
        grown = noise + (1 / trust - 1)[:, :, np.newaxis] * spread
        after = kept @ before @ kept.transpose(0, 2, 1) + gain @ grown @ gain.transpose(0, 2, 1)
        self.covariances[rows] = (after + after.transpose(0, 2, 1)) / 2
