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

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from yolo_deepsort_ros.array_types import Floats
from yolo_deepsort_ros.locating.floor_view import FloorView

SAMPLES = 16  #: a side; a box is looked at in so many rows and columns
MIN_PIXELS = 8  #: with depth, that tell anything
HALF_DEPTH = (0.2, 0.5)  #: m; least and most of half of how deep a body is
STRIDE = 4  #: of the sorted samples, of which one in so many is tried as the middle of a slab
APART = 1e4  #: m; farther than anything
ASIDE = 0.15  #: of the width, beside a box: where its background is looked at
BEHIND = 0.9  #: share of its weight that a slab loses which goes on beside the box
MARGIN = 0.5  #: m, added to the spread of an expected range
FLOOR = 0.1  #: m; what lies lower is the floor and not the object
SURFACE_NOISE = 0.03  #: m, standard deviation of the distance of an object's surface
DEPTH_SHARE = 0.005  #: of the distance, besides
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
    coverages : ndarray, shape (N,)
        Share of the box that the side covers.

    """

    ranges: Floats
    bearings: Floats
    coverages: Floats


class Expectation(NamedTuple):
    """
    What is known of ranges before a depth image is looked at.

    Attributes
    ----------
    ranges, spreads : ndarray, shape (N,)
        Metres along the floor, and standard deviations; NaN for none.

    """

    ranges: Floats
    spreads: Floats


def surfaces(
    depth: NDArray[np.float32] | None, tlwh: Floats, view: FloorView,
    expectations: Sequence[Expectation] = (),
) -> Surfaces:
    """
    Return how far along the floor the surfaces of the objects in boxes are.

    A box holds its object, background beside it and maybe something before it. The floor is
    left out. Of what remains the slab wins, about as deep as the box is wide, that covers most
    of the box, its middle counting more, does not go on beside it, and agrees with what is
    expected. An upright body is one range from head to foot, however the camera is tilted.

    Parameters
    ----------
    depth : ndarray of float32, shape (H, W), or None
        Metres along the camera's axis; zero, negative and not finite ones are holes.
    tlwh : ndarray, shape (N, 4)
        Boxes in pixels of the depth image.
    view : FloorView
        Of the camera that the depth image is registered to.
    expectations : sequence of Expectation
        Of the ranges, each by other means.

    """
    if depth is None or not view.knows_heights or not len(tlwh):
        return Surfaces(*(np.full((len(tlwh), *rest), np.nan) for rest in ((), (2,), ())))
    corners = tlwh[:, np.newaxis, :2] + tlwh[:, np.newaxis, 2:] * _CORNERS  # (N, 4, 2)
    rays = view.rays(view.ideal(corners.reshape(-1, 2))).reshape(-1, len(_CORNERS), 3)
    bearings = rays[:, -1, :2]
    length = np.linalg.norm(bearings, axis=1, keepdims=True)
    bearings = np.where(length > 0, bearings / np.where(length > 0, length, 1.0), [1.0, 0.0])
    along = np.einsum('nci,ni->nc', rays[:, :, :2], bearings)

    def ranges_at(across: Floats, down: Floats) -> tuple[Floats, NDArray[np.bool_]]:
        """Return ranges at a grid of spots, as shares of the boxes; which are seen at all."""
        seen, is_valid = _samples(depth, tlwh, across, down)
        heights = seen * _interpolated(rays[:, :, 2], across, down)
        is_body = is_valid & (heights > FLOOR - view.camera_height)
        # Holes are sorted to the end.
        return np.where(is_body, seen * _interpolated(along, across, down), APART / 2), is_valid

    ranges, is_valid = ranges_at(_SPOTS, _SPOTS)
    beside, _ = ranges_at(_BESIDE, _SPOTS[::2])
    seen_weights = np.where(is_valid, _WEIGHTS, 0.0).sum(axis=1)
    weights = np.where(ranges < APART / 2, _WEIGHTS, 0.0)
    order = np.argsort(ranges, axis=1)
    ranges = np.take_along_axis(ranges, order, axis=1)
    weights = np.take_along_axis(weights, order, axis=1)
    halves = tlwh[:, 2] / 2 / view.focal_length
    first, last, coverages = _likeliest_slab(ranges, weights, beside, halves, expectations)
    # The median of the slab: its samples lie side by side.
    flat = ranges.ravel()
    medians = (flat[(first + last) // 2] + flat[(first + last + 1) // 2]) / 2
    pixels = (last - first + 1) * (np.minimum(tlwh[:, 2:] / SAMPLES, 1.0)).prod(axis=1)
    is_told = (pixels >= MIN_PIXELS) & (coverages > 0)
    coverages = coverages / np.maximum(seen_weights, 1e-9)
    return Surfaces(np.where(is_told, medians, np.nan), bearings, coverages)


_CORNERS = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [0.5, 0.5]])  # and the middle
_SPOTS = (np.arange(SAMPLES) + 0.5) / SAMPLES
_BESIDE = np.array([-ASIDE, 1 + ASIDE])
_WEIGHTS = np.exp(-4 * (_SPOTS - 0.5) ** 2 - 4 * (_SPOTS[:, np.newaxis] - 0.5) ** 2).ravel()


def _samples(
    depth: NDArray[np.float32], tlwh: Floats, across: Floats, down: Floats
) -> tuple[Floats, NDArray[np.bool_]]:
    """Return depths at a grid of spots, row by row, and whether they are seen."""
    height, width = depth.shape
    columns = np.floor(tlwh[:, :1] + tlwh[:, 2:3] * across).astype(np.int64)
    rows = np.floor(tlwh[:, 1:2] + tlwh[:, 3:] * down).astype(np.int64)
    seen = depth[
        rows.clip(0, height - 1)[:, :, np.newaxis], columns.clip(0, width - 1)[:, np.newaxis]
    ]
    is_inside = (
        ((rows >= 0) & (rows < height))[:, :, np.newaxis]
        & ((columns >= 0) & (columns < width))[:, np.newaxis]
    )
    is_valid = (is_inside & np.isfinite(seen) & (seen > 0)).reshape(len(tlwh), -1)
    seen = np.where(is_valid, seen.reshape(len(tlwh), -1), 0.0)
    return seen.astype(np.float64), is_valid


def _interpolated(values: Floats, across: Floats, down: Floats) -> Floats:
    """Return values at a grid of spots, row by row, from those at corners, shape (N, 4)."""
    start, right, below = values[:, :3].T[:, :, np.newaxis, np.newaxis]
    grid = start + (right - start) * across + (below - start) * down[:, np.newaxis]
    return np.asarray(grid.reshape(len(values), -1))


def _likeliest_slab(
    ranges: Floats, weights: Floats, beside: Floats, halves: Floats,
    expectations: Sequence[Expectation],
) -> tuple[NDArray[np.int64], NDArray[np.int64], Floats]:
    """
    Return the first and last of each box's sorted samples that are its object, and their sum.

    Parameters
    ----------
    ranges, weights : ndarray, shape (N, SAMPLES²)
        Sorted by range; the weight is 0 where nothing is seen.
    beside : ndarray, shape (N, SAMPLES)
        Ranges left and right of the boxes, in turn.
    halves : ndarray, shape (N,)
        Half of how deep a body is, as a share of its range.
    expectations : sequence of Expectation
        As of `surfaces`.

    """
    starts = APART * np.arange(len(ranges))[:, np.newaxis]  # so that all boxes are one order
    middles = ranges[:, ::STRIDE]
    reach = np.clip(halves[:, np.newaxis] * middles, *HALF_DEPTH) + DEPTH_SHARE * middles
    order = (ranges + starts).ravel()
    first = np.searchsorted(order, middles + starts - reach)
    end = np.searchsorted(order, middles + starts + reach, 'right')
    sums = np.concatenate([[0.0], np.cumsum(weights)])
    totals = sums[end] - sums[first]
    # What goes on beside a box is behind its object.
    apart = np.abs(middles[:, :, np.newaxis] - beside[:, np.newaxis])
    is_like = apart <= reach[:, :, np.newaxis]
    goes_on = is_like.reshape(*middles.shape, -1, 2).mean(axis=2).max(axis=2)
    scores = totals * (1 - BEHIND * goes_on)
    for expected in expectations:
        off = (middles - expected.ranges[:, np.newaxis]) / np.hypot(
            expected.spreads, MARGIN
        )[:, np.newaxis]
        # Long tails: each of the expectations may be wrong.
        scores = np.where(np.isfinite(off), scores / (1 + off**2), scores)
    boxes, best = np.arange(len(ranges)), scores.argmax(axis=1)
    return first[boxes, best], end[boxes, best] - 1, totals[boxes, best]
