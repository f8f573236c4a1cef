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
which coloured pixels fill, and one of brightness, which grey pixels fill. Pixels near the
centre weigh more, for the corners of a box show the background. Nothing in it is learned or
made for one class of objects.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from yolo_deepsort_ros.appearance.crops import cut_out, Picture
from yolo_deepsort_ros.boxes import Boxes

#: Found on ground-truth boxes of MOTChallenge sequences; the result is flat around them.
WIDTH, HEIGHT = 24, 48  #: of the resized box in pixels
STRIPES, HUES, SATURATIONS, GREYS = 6, 12, 3, 16
COLOURS = HUES * SATURATIONS
HUE_RANGE = 180  #: OpenCV's hue of 8-bit pictures is in units of two degrees

Histograms = NDArray[np.float64]


class ColourDescriptor:
    """Describes boxes by their colours; see `AppearanceModel` for the meaning."""

    name = f'colour descriptor, OpenCV {cv2.__version__}, CPU'
    dimension = STRIPES * (COLOURS + GREYS)

    def __init__(self) -> None:
        rows, columns = np.mgrid[-1:1:HEIGHT * 1j, -1:1:WIDTH * 1j]
        self._weights = np.exp(-(rows**2 + columns**2))  # (HEIGHT, WIDTH)
        self._stripes = (np.arange(HEIGHT) * STRIPES // HEIGHT)[:, None]  # (HEIGHT, 1)

    def describe(self, picture: Picture, tlwh: Boxes) -> NDArray[np.float32]:
        """Describe boxes of a picture; see `AppearanceModel.describe`."""
        crops = cut_out(picture, tlwh, (WIDTH, HEIGHT))
        hsv = cv2.cvtColor(crops.reshape(-1, WIDTH, 3), cv2.COLOR_BGR2HSV)
        hue, saturation, brightness = hsv.reshape(crops.shape).transpose(3, 0, 1, 2).astype(int)
        colourful = saturation / 255  # (N, HEIGHT, WIDTH), as the three before
        colours = hue * HUES // HUE_RANGE * SATURATIONS + saturation * SATURATIONS // 256
        by_colour = self._histograms(colours, colourful, COLOURS)
        by_grey = self._histograms(brightness * GREYS // 256, 1 - colourful, GREYS)
        features = np.concatenate([_smooth_hues(by_colour), _smooth_greys(by_grey)], axis=2)
        features = np.sqrt(features).reshape(len(crops), self.dimension)
        # Without the mean, which all objects share, different ones are further apart.
        return np.asarray(features - features.mean(axis=1, keepdims=True), dtype=np.float32)

    def _histograms(
        self, bins: NDArray[np.int_], weights: NDArray[np.float64], count: int
    ) -> Histograms:
        """Return the histograms of the stripes of each box, shape (N, STRIPES, count)."""
        boxes = np.arange(len(bins))[:, None, None]
        places = (boxes * STRIPES + self._stripes) * count + bins
        length = len(bins) * STRIPES * count
        histograms = np.bincount(places.ravel(), (weights * self._weights).ravel(), length)
        return np.reshape(histograms, (len(bins), STRIPES, count))


def _smooth_hues(histograms: Histograms) -> Histograms:
    """Spread each bin over its neighbours in hue, which is a circle."""
    circle = histograms.reshape(*histograms.shape[:2], HUES, SATURATIONS)
    smooth = circle / 2 + np.roll(circle, 1, axis=2) / 4 + np.roll(circle, -1, axis=2) / 4
    return smooth.reshape(histograms.shape)


def _smooth_greys(histograms: Histograms) -> Histograms:
    """Spread each bin over its neighbours in brightness; the outermost keep their share."""
    padded = np.pad(histograms, ((0, 0), (0, 0), (1, 1)), mode='edge')
    return padded[:, :, 1:-1] / 2 + padded[:, :, :-2] / 4 + padded[:, :, 2:] / 4
