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

"""From the raw heads of a YOLO network to candidate boxes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from yolo_deepsort_ros.boxes import Boxes
from yolo_deepsort_ros.models.conventions import YoloHead

Float32 = NDArray[np.float32]

MARGIN = 1e-2  #: of a raw value; far more than the rounding of a sigmoid in float32 makes


class Candidates(NamedTuple):
    """
    Boxes that the network proposes, many for one object.

    Attributes
    ----------
    tlwh : ndarray of float64, shape (N, 4)
        Pixels of the network's input; finite, of positive size.
    scores : ndarray of float32, shape (N,)
        Objectness x probability of the class.
    class_ids : ndarray of int64, shape (N,)
        The likeliest class of each.

    """

    tlwh: Boxes
    scores: Float32
    class_ids: NDArray[np.int64]

    def select(self, rows: Any) -> Candidates:
        """Return some of them, by a boolean mask or an index array."""
        return Candidates(self.tlwh[rows], self.scores[rows], self.class_ids[rows])


def decode(
    outputs: Sequence[Float32],
    heads: Sequence[YoloHead],
    input_size: tuple[int, int],
    confidence: float,
) -> Candidates:
    """
    Decode the heads for one picture.

    Parameters
    ----------
    outputs : sequence of ndarray of float32, shape (anchors x (5 + classes), rows, columns)
        The network's raw outputs: for each anchor x, y, width, height, objectness and the
        classes, before any activation (but see `YoloHead.new_coords`).
    heads : sequence of YoloHead
        How each output is to be understood.
    input_size : (int, int)
        Width and height of the network's input in pixels.
    confidence : float
        Least score of a candidate, inclusive.

    Returns
    -------
    Candidates
        In the order of heads, anchors, rows and columns.

    """
    parts = [
        _decode_head(output, head, input_size, confidence)
        for output, head in zip(outputs, heads, strict=True)
    ]
    return Candidates(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def _decode_head(
    output: Float32, head: YoloHead, input_size: tuple[int, int], confidence: float
) -> Candidates:
    rows, columns = output.shape[1:]
    activate = _activation(head)
    raw = output.reshape(len(head.anchors), 5 + head.classes, rows * columns)
    # A score is at most the objectness: few anchors are left, before anything is computed.
    anchor, cell = np.nonzero(raw[:, 4] >= _least_raw(confidence, head))
    raw = raw[anchor, :, cell]  # (N, 5 + classes)
    class_ids = raw[:, 5:].argmax(axis=1)
    scores = activate(raw[:, 4]) * _likeliest(raw[:, 5:], class_ids, head)
    chosen = scores >= confidence
    raw, anchor, cell = raw[chosen], anchor[chosen], cell[chosen]

    stride = np.array(input_size) / (columns, rows)
    corner = np.stack([cell % columns, cell // columns], axis=1)  # (N, 2)
    offset = activate(raw[:, :2]).astype(np.float64) * head.scale_xy - (head.scale_xy - 1) / 2
    centre = (corner + offset) * stride
    size = _sizes(raw[:, 2:4], head.new_coords) * np.array(head.anchors)[anchor]
    tlwh = np.hstack([centre - size / 2, size])
    usable = np.isfinite(tlwh).all(axis=1) & (size > 0).all(axis=1)  # the sizes are exponentials
    return Candidates(tlwh, scores[chosen], class_ids[chosen]).select(usable)


def _least_raw(confidence: float, head: YoloHead) -> np.float32:
    """Return what no raw objectness of such a confidence lies below; a few others do not too."""
    if head.new_coords or confidence <= 0:
        return np.float32(confidence if head.new_coords else -np.inf)
    below_one = min(confidence, 1 - 1e-6)  # from where on the float32 sigmoid may round to 1
    return np.float32(math.log(below_one / (1 - below_one)) - MARGIN)


def _sizes(raw: Float32, new_coords: bool) -> Boxes:
    """Return width and height in units of the anchor, shape (N, 2)."""
    values = raw.astype(np.float64)
    with np.errstate(over='ignore'):
        return (2 * values) ** 2 if new_coords else np.exp(values)


def _likeliest(raw: Float32, class_ids: NDArray[np.int64], head: YoloHead) -> Float32:
    """Return the probability of the likeliest class of each, shape (N,)."""
    best = raw[np.arange(len(raw)), class_ids]
    if not head.softmax:
        return _activation(head)(best)
    with np.errstate(invalid='ignore'):
        total: Float32 = np.exp(raw - best[:, None]).sum(axis=1)
        return np.float32(1) / total


def _activation(head: YoloHead) -> Callable[[Float32], Float32]:
    return _identity if head.new_coords else sigmoid


def sigmoid(values: Float32) -> Float32:
    """Return 1 / (1 + exp(-x))."""
    with np.errstate(over='ignore'):
        denominator: Float32 = 1 + np.exp(-values)
        return np.float32(1) / denominator


def _identity(values: Float32) -> Float32:
    return values
