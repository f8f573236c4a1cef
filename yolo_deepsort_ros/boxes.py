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
Bounding boxes: formats, clipping, overlap.

Boxes are float64 arrays of shape (N, 4) in pixels of the source image; x grows to the
right and y downwards from the top left corner of the top left pixel.

=====  ==========================================================
tlwh   left, top, width, height
xyxy   left, top, right, bottom
xyah   centre x, centre y, aspect ratio (width / height), height
=====  ==========================================================

Every function returns a new array and takes N = 0.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Boxes = NDArray[np.float64]


def tlwh_to_xyxy(boxes_tlwh: ArrayLike) -> Boxes:
    """Convert left, top, width, height to left, top, right, bottom."""
    boxes = _boxes(boxes_tlwh)
    boxes[:, 2:] += boxes[:, :2]
    return boxes


def xyxy_to_tlwh(boxes_xyxy: ArrayLike) -> Boxes:
    """Convert left, top, right, bottom to left, top, width, height."""
    boxes = _boxes(boxes_xyxy)
    boxes[:, 2:] -= boxes[:, :2]
    return boxes


def tlwh_to_xyah(boxes_tlwh: ArrayLike) -> Boxes:
    """Convert left, top, width, height to centre, aspect ratio, height (height > 0)."""
    boxes = _boxes(boxes_tlwh)
    boxes[:, :2] += boxes[:, 2:] / 2
    boxes[:, 2] /= boxes[:, 3]
    return boxes


def xyah_to_tlwh(boxes_xyah: ArrayLike) -> Boxes:
    """Convert centre, aspect ratio, height to left, top, width, height."""
    boxes = _boxes(boxes_xyah)
    boxes[:, 2] *= boxes[:, 3]
    boxes[:, :2] -= boxes[:, 2:] / 2
    return boxes


def clip_tlwh(boxes_tlwh: ArrayLike, width: float, height: float) -> Boxes:
    """
    Cut boxes to the picture.

    Parameters
    ----------
    boxes_tlwh : array_like, shape (N, 4)
        Boxes in pixels.
    width, height : float
        Size of the picture in pixels.

    Returns
    -------
    ndarray, shape (N, 4)
        The part of each box inside the picture; a box wholly outside becomes an empty
        one (width or height 0) on the border.

    """
    corners = tlwh_to_xyxy(boxes_tlwh)
    np.clip(corners[:, 0::2], 0, width, out=corners[:, 0::2])
    np.clip(corners[:, 1::2], 0, height, out=corners[:, 1::2])
    return xyxy_to_tlwh(corners)


def iou_matrix(first_tlwh: ArrayLike, second_tlwh: ArrayLike) -> Boxes:
    """
    Intersection over union of every pair of boxes.

    Parameters
    ----------
    first_tlwh : array_like, shape (N, 4)
        Boxes in pixels.
    second_tlwh : array_like, shape (M, 4)
        Boxes in pixels.

    Returns
    -------
    ndarray, shape (N, M)
        Values in [0, 1]; 0 where either box has no area.

    """
    first, second = _boxes(first_tlwh), _boxes(second_tlwh)
    overlap = _overlap(first, second, axis=0)  # (N, M)
    overlap *= _overlap(first, second, axis=1)
    union = first[:, 2:].prod(axis=1)[:, None] + second[:, 2:].prod(axis=1)
    union -= overlap
    np.divide(overlap, union, out=overlap, where=overlap > 0)
    return np.minimum(overlap, 1.0, out=overlap)


def height_ious(first_tlwh: ArrayLike, second_tlwh: ArrayLike) -> NDArray[np.float64]:
    """
    Overlap of the heights of each box and its partner, wherever they are along x.

    Parameters
    ----------
    first_tlwh, second_tlwh : array_like, shape (N, 4)
        Boxes in pixels, with heights > 0.

    Returns
    -------
    ndarray, shape (N,)
        The common part of both vertical extents through the whole of them, in [0, 1].

    References
    ----------
    Yang et al., "Hybrid-SORT", AAAI 2024, section 3.3.

    """
    top, height = _boxes(first_tlwh).T[1::2]
    other_top, other_height = _boxes(second_tlwh).T[1::2]
    common = np.minimum(top + height, other_top + other_height) - np.maximum(top, other_top)
    common = np.maximum(common, 0.0)
    return np.asarray(common / (height + other_height - common))


def widened(boxes_tlwh: ArrayLike, share: float) -> Boxes:
    """Enlarge boxes by that share of their width or height on each side."""
    boxes = _boxes(boxes_tlwh)
    boxes[:, :2] -= share * boxes[:, 2:]
    boxes[:, 2:] *= 1 + 2 * share
    return boxes


def covered_shares(boxes_tlwh: ArrayLike, covers_tlwh: ArrayLike) -> Boxes:
    """
    Share of each box's area that lies in each of the covers.

    Parameters
    ----------
    boxes_tlwh : array_like, shape (N, 4)
        Boxes in pixels, with sizes > 0.
    covers_tlwh : array_like, shape (M, 4)
        Boxes in pixels.

    Returns
    -------
    ndarray, shape (N, M)
        Values in [0, 1].

    """
    boxes, covers = _boxes(boxes_tlwh), _boxes(covers_tlwh)
    shares = _overlap(boxes, covers, axis=0) * _overlap(boxes, covers, axis=1)
    shares /= boxes[:, 2:].prod(axis=1)[:, None]
    return np.minimum(shares, 1.0, out=shares)


def _overlap(first: Boxes, second: Boxes, axis: int) -> Boxes:
    """Return how far each pair of boxes overlaps along an axis, at least 0, shape (N, M)."""
    start, length = axis, axis + 2
    common: Boxes = np.minimum(
        (first[:, start] + first[:, length])[:, None], second[:, start] + second[:, length]
    )
    common -= np.maximum(first[:, start, None], second[:, start])
    return np.maximum(common, 0.0, out=common)


def _boxes(boxes: ArrayLike) -> Boxes:
    """Copy to a float64 array of shape (N, 4)."""
    return np.array(boxes, dtype=np.float64).reshape(-1, 4)
