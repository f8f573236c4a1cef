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

"""How far the objects in boxes are, by a registered depth image."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from yolo_deepsort_ros.array_types import Floats

SAMPLES = 24  #: a side; a box is looked at in so many rows and columns at most
MIN_SAMPLES = 8  #: valid depths that tell anything
LAYER_GAP = 0.15  #: m; depths that differ by less, and by less than LAYER_SHARE, are one surface
LAYER_SHARE = 0.05  #: of the depth
TRUST_PREDICTION = 0.5  #: m, added to the predicted depth's own spread
SURFACE_NOISE = 0.03  #: m, standard deviation of the distance of an object's surface
DEPTH_SHARE = 0.01  #: of the depth, besides
ROUND = np.pi / 4  #: mean depth of a round body's visible side behind its front, in radii


def surface_depths(
    depth: NDArray[np.float32], tlwh: Floats, predicted: Floats, spreads: Floats
) -> Floats:
    """
    Return how far the surfaces of the objects in boxes are.

    A box holds its object, background beside it and maybe something before it. The depths in it
    are split into layers; the layer wins that covers most of the box, its middle counting more,
    and agrees with the prediction.

    Parameters
    ----------
    depth : ndarray of float32, shape (H, W)
        Metres along the camera's axis; zero, negative and not finite ones are holes.
    tlwh : ndarray, shape (N, 4)
        Boxes in pixels of the depth image.
    predicted, spreads : ndarray, shape (N,)
        Depth expected of each and its standard deviation; NaN for none.

    Returns
    -------
    ndarray, shape (N,)
        Metres; NaN where nothing is known.

    """
    return np.array([
        _surface(depth, box, expected, spread)
        for box, expected, spread in zip(tlwh, predicted, spreads, strict=True)
    ], np.float64)


def _surface(depth: NDArray[np.float32], box: Floats, expected: float, spread: float) -> float:
    height, width = depth.shape
    left, top = np.clip(box[:2], 0, (width, height)).astype(int)
    right, bottom = np.clip(np.ceil(box[:2] + box[2:]), 0, (width, height)).astype(int)
    if right - left < 2 or bottom - top < 2:
        return np.nan
    rows = np.linspace(top, bottom - 1, min(SAMPLES, bottom - top)).astype(int)
    columns = np.linspace(left, right - 1, min(SAMPLES, right - left)).astype(int)
    seen = depth[rows[:, np.newaxis], columns].astype(np.float64)
    across = (columns + 0.5 - box[0]) / box[2] - 0.5
    along = (rows + 0.5 - box[1]) / box[3] - 0.5
    weights = np.exp(-4 * across**2) * np.exp(-4 * along**2)[:, np.newaxis]
    is_valid = np.isfinite(seen) & (seen > 0)
    if np.count_nonzero(is_valid) < MIN_SAMPLES:
        return np.nan
    depths, weights = seen[is_valid], weights[is_valid]
    order = np.argsort(depths)
    depths, weights = depths[order], weights[order]
    gaps = np.diff(depths) > np.maximum(LAYER_GAP, LAYER_SHARE * depths[1:])
    layers = np.concatenate([[0], np.cumsum(gaps)])
    totals = np.bincount(layers, weights)
    middles = np.bincount(layers, weights * depths) / totals
    if np.isfinite(expected):
        scale = np.hypot(spread, TRUST_PREDICTION)
        totals = totals * np.exp(-0.5 * ((middles - expected) / scale) ** 2)
    chosen = layers == np.argmax(totals)
    if np.count_nonzero(chosen) < MIN_SAMPLES:
        return np.nan
    return float(np.median(depths[chosen]))
