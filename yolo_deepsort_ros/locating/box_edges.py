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

"""What the edges of boxes are worth: where a box is cut or hidden its edge says little."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from yolo_deepsort_ros.array_types import Floats
from yolo_deepsort_ros.boxes import covered_shares

BORDER = 2.0  #: px; a box that comes so near to the picture's border is cut by it
FOOT_NOISE = 0.03  #: standard deviation of a lower or upper edge, as a share of the box's height
SIDE_NOISE = 0.04  #: of its middle, left to right, as a share of its height
PIXEL_NOISE = 1.0  #: px, of any edge besides
NEARER = 0.02  #: of the height, by which the foot of a nearer box is lower
PART = 0.25  #: of the height or width: the part of a box that must be free for its edge to be seen
SLENDER, STOUT = 0.5, 0.8  #: width by height of what stands on a foot; on its whole width
FRONT = 0.5  #: of half the width: between a ball, which touches the floor in its middle, and a box
SIDE_HIDDEN = 0.25  #: of the width, noise of the middle of a box whose side is hidden
HIDDEN = 0.5  #: share of the lower part beyond which the foot is not seen at all
BLOCK = 256  #: boxes that are held against all others at once, lest a crowd fill the memory


class BoxEdges(NamedTuple):
    """
    The middle, lower and upper edge of boxes, each with its noise.

    Attributes
    ----------
    pixels : ndarray, shape (N, 3)
        Middle x, lower y, upper y.
    noise : ndarray, shape (N, 3)
        Standard deviations in pixels; infinite where an edge is not seen.
    fronts : ndarray, shape (N,)
        How far the point of the floor at the lower edge lies before the middle of the object,
        in pixels at its distance.

    """

    pixels: Floats
    noise: Floats
    fronts: Floats

    def of(self, rows: NDArray[np.bool_]) -> BoxEdges:
        """Return the edges of some boxes."""
        return BoxEdges(self.pixels[rows], self.noise[rows], self.fronts[rows])


def box_edges(tlwh: Floats, size: Sequence[int] | None, foot_offset: float = 0.0) -> BoxEdges:
    """
    Return the edges of a frame's boxes, and what they are worth.

    Parameters
    ----------
    tlwh : ndarray, shape (N, 4)
        Boxes in pixels.
    size : (int, int) or None
        Width and height of the picture; None: no box counts as cut by its border.
    foot_offset : float
        How far the floor lies below the lower edge, as a share of the box's height; it is a
        property of a detector.

    """
    left, top, width, height = tlwh.T
    right, bottom = left + width, top + height
    pixels = np.column_stack([left + width / 2, bottom + foot_offset * height, top])
    hidden, aside = _hidden_parts(tlwh)
    noise = np.column_stack([
        SIDE_NOISE * height + PIXEL_NOISE + SIDE_HIDDEN * aside * width,
        FOOT_NOISE * height * (1 + 3 * hidden) + PIXEL_NOISE,
        FOOT_NOISE * height + PIXEL_NOISE,
    ])
    noise[hidden > HIDDEN, 1] = np.inf
    if size is not None:
        picture_width, picture_height = size
        is_cut = (left < BORDER) | (right > picture_width - BORDER)
        noise[is_cut, 0] += width[is_cut] / 2
        noise[bottom > picture_height - BORDER, 1] = np.inf
        noise[top < BORDER, 2] = np.inf
    # What is as wide as tall stands on its whole width, what is slender on a foot.
    standing = np.clip((width / height - SLENDER) / (STOUT - SLENDER), 0, 1)
    return BoxEdges(pixels, noise, FRONT * standing * np.minimum(width, height) / 2)


def _hidden_parts(tlwh: Floats) -> tuple[Floats, Floats]:
    """
    Return the largest shares of each box's parts that a nearer box covers.

    Of its lower part, shape (N,), and of its left or right part, shape (N,).
    """
    left, top, width, height = tlwh.T
    bottom = top + height
    tall, wide = PART * height, PART * width
    parts = (
        np.column_stack([left, bottom - tall, width, tall]),
        np.column_stack([left, top, wide, height]),
        np.column_stack([left + width - wide, top, wide, height]),
    )
    found = np.zeros((len(parts), len(tlwh)))
    for start in range(0, len(tlwh), BLOCK):
        some = slice(start, start + BLOCK)
        is_nearer = bottom > (bottom + NEARER * height)[some, np.newaxis]
        for part, shares in zip(parts, found, strict=True):
            covered = np.where(is_nearer, covered_shares(part[some], tlwh), 0.0)
            shares[some] = covered.max(axis=1)
    return found[0], found[1:].max(axis=0)
