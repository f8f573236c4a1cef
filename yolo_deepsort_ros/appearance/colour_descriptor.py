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
Appearance without a network: where on an object which colours are.

The box is cut into horizontal stripes. Each stripe has a histogram of hue and saturation,
which coloured pixels fill, and one of brightness, which grey pixels fill. A box shows more
than its object: pixels near its centre weigh more, and a colour counts by the odds that it
is the object's and not one that lies left and right of the box as well. Nothing in it is
learned or made for one class of objects.

References
----------
Comaniciu, Ramesh and Meer 2003, Kernel-based object tracking, doi:10.1109/TPAMI.2003.1195991:
sec. 3 (weights by place, square roots of histograms), sec. 6.1 (weights by background).
Collins, Liu and Leordeanu 2005, Online selection of discriminative tracking features,
doi:10.1109/TPAMI.2005.205: sec. 3.1 (the ratio of the two histograms).

"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from yolo_deepsort_ros.appearance.crops import cut_out, on_picture
from yolo_deepsort_ros.array_types import Pixels
from yolo_deepsort_ros.boxes import Boxes

#: Found on boxes of MOTChallenge sequences and of the arena; the result is flat around them,
#: see docs/performance/tracker.md.
WIDTH, HEIGHT = 24, 48  #: of the resized box in pixels
SIDE = 8  #: width of the background on each side, in pixels of the resized box
STRIPES, HUES, SATURATIONS, GREYS = 6, 18, 3, 16
NARROWNESS = 1.5  #: of the weights by place, across over along
COLOURS = HUES * SATURATIONS
BINS = COLOURS + GREYS
HUE_RANGE = 180  #: OpenCV's hue of 8-bit pictures is in units of two degrees

Histograms = NDArray[np.float64]


class ColourDescriptor:
    """Describes boxes by their colours; see `AppearanceModel` for the meaning."""

    name = f'colour descriptor, OpenCV {cv2.__version__}, CPU'
    dimension = STRIPES * BINS

    def __init__(self) -> None:
        rows, columns = np.mgrid[-1:1:HEIGHT * 1j, -1:1:WIDTH * 1j]
        centre = np.exp(-(rows**2 + (NARROWNESS * columns)**2))
        self._weights = np.hstack([centre, np.ones((HEIGHT, 2 * SIDE))])  # as of _cut_out
        is_beside = np.arange(WIDTH + 2 * SIDE) >= WIDTH
        stripes = np.arange(HEIGHT) * STRIPES // HEIGHT
        self._cells = is_beside * STRIPES + stripes[:, None]  # (HEIGHT, WIDTH + 2 SIDE)
        self._smoothing = _smoothing()

    def describe(self, picture: Pixels, tlwh: Boxes) -> NDArray[np.float32]:
        """Describe boxes of a picture; see `AppearanceModel.describe`."""
        histograms = self._histograms(*_cut_out(picture, on_picture(tlwh, picture)))
        within, beside = histograms[:, 0], histograms[:, 1]
        # Of each stripe as many of the colours beside it as in it; none where it has no sides.
        sizes = within.sum(axis=2, keepdims=True), beside.sum(axis=2, keepdims=True)
        beside *= sizes[0] / np.maximum(sizes[1], 1)
        both = within + beside
        # A colour as common beside the box as in it is the object's in half of the cases.
        share = np.divide(within, both, out=np.zeros_like(both), where=both > 0)
        features = np.sqrt(within * share).reshape(len(tlwh), self.dimension)
        # Without the mean, which all objects share, different ones are further apart.
        return np.asarray(features - features.mean(axis=1, keepdims=True), dtype=np.float32)

    def _histograms(self, crops: Pixels, exists: NDArray[np.bool_]) -> Histograms:
        """Count the colours in boxes and beside them; shape (N, 2, STRIPES, BINS)."""
        hsv = cv2.cvtColor(crops.reshape(-1, crops.shape[2], 3), cv2.COLOR_BGR2HSV)
        hue, saturation, brightness = hsv.reshape(crops.shape).transpose(3, 0, 1, 2).astype(int)
        colours = hue * HUES // HUE_RANGE * SATURATIONS + saturation * SATURATIONS // 256
        greys = COLOURS + brightness * GREYS // 256
        weights = self._weights * exists[:, None]  # (N, HEIGHT, WIDTH + 2 SIDE), as the others
        by_colour = saturation / 255 * weights
        first = (np.arange(len(crops))[:, None, None] * 2 * STRIPES + self._cells) * BINS
        bins = np.stack([first + colours, first + greys])
        shares = np.stack([by_colour, weights - by_colour])
        counts = np.bincount(bins.ravel(), shares.ravel(), len(crops) * 2 * STRIPES * BINS)
        return np.asarray(counts.reshape(-1, 2, STRIPES, BINS) @ self._smoothing)


def _cut_out(picture: Pixels, boxes: Boxes) -> tuple[Pixels, NDArray[np.bool_]]:
    """
    Cut out boxes and what lies left and right of them.

    Parameters
    ----------
    picture : ndarray of uint8, shape (H, W, 3)
        Blue, green, red.
    boxes : ndarray, shape (N, 4)
        Left, top, width, height; on the picture.

    Returns
    -------
    crops : ndarray of uint8, shape (N, HEIGHT, WIDTH + 2 SIDE, 3)
        The box, its left and its right side, each next to the one before.
    exists : ndarray of bool, shape (N, WIDTH + 2 SIDE)
        Whether a column is on the picture; a side beyond its edge is not.

    """
    left, right = boxes.copy(), boxes.copy()
    left[:, 2] = right[:, 2] = boxes[:, 2] * SIDE / WIDTH
    left[:, 0] -= left[:, 2]
    right[:, 0] += boxes[:, 2]
    widths = WIDTH, SIDE, SIDE
    parts = [
        cut_out(picture, part, (width, HEIGHT))
        for part, width in zip((boxes, left, right), widths, strict=True)
    ]
    has_side = boxes[:, 0] > 0, right[:, 0] < picture.shape[1]
    exists = np.column_stack([np.ones(len(boxes), bool), *has_side])
    return np.concatenate(parts, axis=2), np.repeat(exists, widths, axis=1)


def _smoothing() -> NDArray[np.float64]:
    """
    Return what spreads bins over their neighbours; shape (BINS, BINS).

    A bin keeps half. Hue is a circle; the outermost bins of brightness keep their share.
    """
    def spread(count: int) -> NDArray[np.float64]:
        one = np.eye(count)
        return one / 2 + np.roll(one, 1, axis=1) / 4 + np.roll(one, -1, axis=1) / 4

    smoothing = np.zeros((BINS, BINS))
    smoothing[:COLOURS, :COLOURS] = np.kron(spread(HUES), np.eye(SATURATIONS))
    greys = spread(GREYS)
    greys[[0, -1], [-1, 0]] = 0
    greys[[0, -1], [0, -1]] += 1 / 4
    smoothing[COLOURS:, COLOURS:] = greys
    return smoothing
