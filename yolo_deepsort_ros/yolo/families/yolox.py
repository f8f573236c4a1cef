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
YOLOX (Ge et al. 2021, arXiv:2107.08430), as its repository exports it.

One output, batch x cells x (5 + classes). The centre is in cells from the cell's corner and the
size the logarithm of one in cells, unless the file was exported with `--decode_in_inference`:
then both are pixels. Objectness and classes are probabilities. Pictures come as blue, green, red
from 0 to 255, at the top left of the input.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from yolo_deepsort_ros.boxes import Boxes
from yolo_deepsort_ros.models.conventions import Conventions
from yolo_deepsort_ros.models.onnx.model import OnnxModel
from yolo_deepsort_ros.yolo.decode import Candidates
from yolo_deepsort_ros.yolo.families.family import (
    best_of_rows, candidates, centred, Float32, Recognised,
)
from yolo_deepsort_ros.yolo.families.shapes import (
    check_labels, input_size as size_of, metadata_labels, STRIDES, strides_of,
)

NAME = 'yolox'
SUPPRESSES = False
DYNAMIC_EXPORT = ''
FILL = 114
GRIDS = ((8, 16, 32), (16, 32))  #: strides; a NanoDet has a fourth, and distributions for boxes
IN_PIXELS, IN_CELLS = 'in pixels', 'in cells'


def recognise(model: OnnxModel, is_forced: bool) -> Recognised | None:
    """Take as many boxes as one for each cell, each with an objectness."""
    shape = model.outputs[0].shape if len(model.outputs) == 1 else ()
    if len(shape) != 3 or shape[2] < 6:
        return None
    _, boxes, columns = shape
    strides = strides_of(model, boxes, anchors=1)
    if not is_forced and strides not in GRIDS:
        return None
    labels = metadata_labels(model)
    check_labels(model, labels, columns - 5)
    variant, unsure = IN_CELLS, ''
    last = model.producer(model.outputs[0].name)
    if any(node.operator == 'Exp' for node in model.nodes):
        variant = IN_PIXELS  # nothing else in it takes an exponential
    elif last != 'Transpose':
        unsure = 'that its boxes are in cells (a YOLOv6 has them in pixels: output_format=yolov5)'
    strides = strides or STRIDES[0]
    said = Conventions(
        (), size_of(model), labels, 'letterbox', max(strides), family=NAME, variant=variant,
        strides=strides, colour='BGR', max_value=255, fill=FILL, corner=True,
    )
    by = f'the shape of its output, boxes {variant}'
    return Recognised(said, columns - 5, by, (unsure,) if unsure else ())


def decode(
    outputs: Sequence[Float32],
    picture: int,
    conventions: Conventions,
    input_size: tuple[int, int],
    confidence: float,
) -> Candidates:
    """Undo grids and strides of the boxes that are likely enough."""
    rows = outputs[0][picture]
    chosen, scores, class_ids = best_of_rows(rows, confidence)
    boxes = rows[chosen, :4]
    if conventions.variant == IN_PIXELS:
        return candidates(centred(boxes), scores, class_ids)
    corners, strides = _grid(input_size, conventions.strides)
    centre = (boxes[:, :2] + corners[chosen]) * strides[chosen]
    with np.errstate(over='ignore'):
        size = np.exp(boxes[:, 2:].astype(np.float64)) * strides[chosen]
    return candidates(np.hstack([centre - size / 2, size]), scores, class_ids)


@lru_cache(maxsize=8)
def _grid(input_size: tuple[int, int], strides: tuple[int, ...]) -> tuple[Boxes, Boxes]:
    """Return column and row of each cell, shape (N, 2), and its stride, shape (N, 1)."""
    width, height = input_size
    corners, sides = [], []
    for stride in strides:
        rows, columns = np.indices((height // stride, width // stride))
        corners.append(np.stack([columns.ravel(), rows.ravel()], axis=1).astype(np.float64))
        sides.append(np.full((rows.size, 1), float(stride)))
    return np.concatenate(corners), np.concatenate(sides)
