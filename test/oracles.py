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

"""Slow, independent truth: what the fast code is compared with."""

from __future__ import annotations

from collections.abc import Sequence
import itertools

import numpy as np


def count_pixels_iou(first: Sequence[int], second: Sequence[int]) -> float:
    """Return the IoU of two boxes (left, top, width, height) of whole pixels, by counting."""
    masks = np.zeros((2, 64, 64), bool)
    for mask, (left, top, width, height) in zip(masks, (first, second), strict=True):
        mask[top:top + height, left:left + width] = True
    union = (masks[0] | masks[1]).sum()
    return float((masks[0] & masks[1]).sum() / union) if union else 0.0


def best_total_cost(costs: np.ndarray) -> float:
    """Least summed cost over all one-to-one assignments, by trying every one."""
    if costs.shape[0] > costs.shape[1]:
        costs = costs.T
    rows = np.arange(costs.shape[0])
    choices = itertools.permutations(range(costs.shape[1]), costs.shape[0])
    return min(costs[rows, choice].sum() for choice in map(list, choices))


class TextbookKalmanFilter:
    """The filter of one box in full matrices, with `np.linalg.inv` (Wojke 2017, sec. 2.1)."""

    measure = np.eye(4, 8)

    def __init__(self, xyah: np.ndarray) -> None:
        height = xyah[3]
        self.mean = np.r_[xyah, np.zeros(4)]
        position, velocity = 2 * height / 20, 10 * height / 160
        self.covariance = np.diag(np.square(
            [position, position, 1e-2, position, velocity, velocity, 1e-5, velocity]
        ))

    def predict(self) -> None:
        """Advance by one frame period."""
        move = np.eye(8) + np.eye(8, k=4)
        position, velocity = self.mean[3] / 20, self.mean[3] / 160
        noise = np.diag(np.square(
            [position, position, 1e-2, position, velocity, velocity, 1e-5, velocity]
        ))
        self.mean = move @ self.mean
        self.covariance = move @ self.covariance @ move.T + noise

    def expected(self) -> tuple[np.ndarray, np.ndarray]:
        """Mean and covariance of the measurement to come."""
        position = self.mean[3] / 20
        noise = np.diag(np.square([position, position, 1e-1, position]))
        return self.measure @ self.mean, self.measure @ self.covariance @ self.measure.T + noise

    def distance(self, xyah: np.ndarray) -> float:
        """Squared Mahalanobis distance of a measurement."""
        mean, covariance = self.expected()
        return float((xyah - mean) @ np.linalg.inv(covariance) @ (xyah - mean))

    def update(self, xyah: np.ndarray) -> None:
        """Correct by a measurement."""
        mean, covariance = self.expected()
        gain = self.covariance @ self.measure.T @ np.linalg.inv(covariance)
        self.mean = self.mean + gain @ (xyah - mean)
        self.covariance = self.covariance - gain @ covariance @ gain.T


def suppress_one_by_one(
    boxes: Sequence[Sequence[float]],
    scores: Sequence[float],
    class_ids: Sequence[int],
    max_iou: float,
) -> list[int]:
    """Greedy non-maximum suppression of tlwh boxes, one comparison after the other."""
    kept: list[int] = []
    for candidate in sorted(range(len(boxes)), key=lambda index: (-scores[index], index)):
        rivals = [index for index in kept if class_ids[index] == class_ids[candidate]]
        if all(_iou(boxes[index], boxes[candidate]) <= max_iou for index in rivals):
            kept.append(candidate)
    return kept


def _iou(first: Sequence[float], second: Sequence[float]) -> float:
    overlap = 1.0
    for axis in (0, 1):
        start = max(first[axis], second[axis])
        end = min(first[axis] + first[axis + 2], second[axis] + second[axis + 2])
        overlap *= max(end - start, 0)
    return overlap / (first[2] * first[3] + second[2] * second[3] - overlap)
