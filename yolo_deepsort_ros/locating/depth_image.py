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

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from yolo_deepsort_ros.array_types import Floats
from yolo_deepsort_ros.locating.floor_view import FloorView

SAMPLES = 16  #: a side; a box is looked at in so many rows and columns
MIN_PIXELS = 8  #: with depth, that tell anything
LAYER_GAP = 0.15  #: m; ranges that differ by less, and by less than LAYER_SHARE, are one surface
LAYER_SHARE = 0.05  #: of the range
TRUST_PREDICTION = 0.5  #: m, added to the predicted range's own spread
FLOOR = 0.1  #: m; what lies lower is the floor and not the object
SURFACE_NOISE = 0.03  #: m, standard deviation of the distance of an object's surface
DEPTH_SHARE = 0.01  #: of the distance, besides
ROUND = np.pi / 4  #: mean depth of a round body's visible side behind its front, in radii


class Surfaces(NamedTuple):
    """
    Where the visible sides of objects are, as seen from the camera's place on the floor.

    Attributes
    ----------
    ranges : ndarray, shape (N,)
        Metres along the floor; NaN where they are not known.
    bearings : ndarray, shape (N, 2)
        Directions of unit length on the floor, to the middles of the boxes.
    slopes : ndarray, shape (N,)
        Metres along the floor for each metre along the camera's axis.

    """

    ranges: Floats
    bearings: Floats
    slopes: Floats


def surfaces(
    depth: NDArray[np.float32] | None, tlwh: Floats, view: FloorView, predicted: Floats,
    spreads: Floats,
) -> Surfaces:
    """
    Return how far along the floor the surfaces of the objects in boxes are.

    A box holds its object, background beside it and maybe something before it. The floor is
    left out. What remains is split into layers of like range; the layer wins that covers most
    of the box, its middle counting more, and agrees with the prediction. An upright body is one
    range from head to foot, however the camera is tilted.

    Parameters
    ----------
    depth : ndarray of float32, shape (H, W), or None
        Metres along the camera's axis; zero, negative and not finite ones are holes.
    tlwh : ndarray, shape (N, 4)
        Boxes in pixels of the depth image.
    view : FloorView
        Of the camera that the depth image is registered to.
    predicted, spreads : ndarray, shape (N,)
        Range expected of each and its standard deviation; NaN for none.

    """
    if depth is None or not view.knows_heights or not len(tlwh):
        return Surfaces(*(np.full((len(tlwh), *rest), np.nan) for rest in ((), (2,), ())))
    corners = tlwh[:, np.newaxis, :2] + tlwh[:, np.newaxis, 2:] * _CORNERS  # (N, 4, 2)
    rays = view.rays(view.ideal(corners.reshape(-1, 2))).reshape(-1, len(_CORNERS), 3)
    bearings = rays[:, -1, :2]
    length = np.linalg.norm(bearings, axis=1, keepdims=True)
    bearings = np.where(length > 0, bearings / np.where(length > 0, length, 1.0), [1.0, 0.0])
    along = np.einsum('nci,ni->nc', rays[:, :, :2], bearings)
    seen, weights = _samples(depth, tlwh)
    is_seen = (seen * _interpolated(rays[:, :, 2]) > FLOOR - view.camera_height) & (weights > 0)
    ranges = np.where(is_seen, seen * _interpolated(along), np.inf)  # holes are sorted to the end
    weights = np.where(is_seen, weights, 0.0)
    order = np.argsort(ranges, axis=1)
    ranges = np.take_along_axis(ranges, order, axis=1)
    weights = np.take_along_axis(weights, order, axis=1)
    first, last = _likeliest_layer(ranges, weights, predicted, spreads)
    boxes = np.arange(len(ranges))
    medians = (ranges[boxes, (first + last) // 2] + ranges[boxes, (first + last + 1) // 2]) / 2
    pixels = (last - first + 1) * (np.minimum(tlwh[:, 2:] / SAMPLES, 1.0)).prod(axis=1)
    is_told = (pixels >= MIN_PIXELS) & np.isfinite(medians)
    return Surfaces(np.where(is_told, medians, np.nan), bearings, along[:, -1])


_CORNERS = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [0.5, 0.5]])  # and the middle
_SPOTS = (np.arange(SAMPLES) + 0.5) / SAMPLES
_ACROSS = np.tile(_SPOTS, SAMPLES)
_ALONG = np.repeat(_SPOTS, SAMPLES)
_WEIGHTS = np.exp(-4 * (_ACROSS - 0.5) ** 2 - 4 * (_ALONG - 0.5) ** 2)


def _samples(depth: NDArray[np.float32], tlwh: Floats) -> tuple[Floats, Floats]:
    """Return depths in boxes, shape (N, SAMPLES²), and what they count for: 0 for holes."""
    height, width = depth.shape
    columns = np.floor(tlwh[:, :1] + tlwh[:, 2:3] * _SPOTS).astype(np.int64)
    rows = np.floor(tlwh[:, 1:2] + tlwh[:, 3:] * _SPOTS).astype(np.int64)
    seen = depth[
        rows.clip(0, height - 1)[:, :, np.newaxis], columns.clip(0, width - 1)[:, np.newaxis]
    ]
    is_inside = (
        ((rows >= 0) & (rows < height))[:, :, np.newaxis]
        & ((columns >= 0) & (columns < width))[:, np.newaxis]
    )
    is_valid = (is_inside & np.isfinite(seen) & (seen > 0)).reshape(len(tlwh), -1)
    seen = np.where(is_valid, seen.reshape(len(tlwh), -1), 0.0)
    return seen.astype(np.float64), np.where(is_valid, _WEIGHTS, 0.0)


def _interpolated(values: Floats) -> Floats:
    """Return values on the grid of the samples from those at corners, shape (N, 4)."""
    start, right, down = values[:, :3].T[:, :, np.newaxis]
    return np.asarray(start + (right - start) * _ACROSS + (down - start) * _ALONG)


def _likeliest_layer(
    ranges: Floats, weights: Floats, predicted: Floats, spreads: Floats
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the first and last of the sorted samples of each box that are its object."""
    count, size = ranges.shape
    with np.errstate(invalid='ignore'):  # holes: inf - inf
        gaps = np.diff(ranges, axis=1) > np.maximum(LAYER_GAP, LAYER_SHARE * ranges[:, :-1])
    starts = np.flatnonzero(np.insert(gaps, 0, True, axis=1))
    boxes = starts // size
    totals = np.add.reduceat(weights.ravel(), starts)
    finite = np.where(weights > 0, ranges, 0.0)
    moments = np.add.reduceat((weights * finite).ravel(), starts)
    with np.errstate(divide='ignore', invalid='ignore'):
        off = (moments / totals - predicted[boxes]) / np.hypot(spreads[boxes], TRUST_PREDICTION)
    totals = np.where(np.isfinite(off), totals * np.exp(-0.5 * off**2), totals)
    ends = np.append(starts[1:], count * size) - 1
    best = np.lexsort((totals, boxes))[np.searchsorted(boxes, np.arange(count), 'right') - 1]
    return starts[best] % size, ends[best] % size
