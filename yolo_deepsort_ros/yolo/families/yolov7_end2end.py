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
YOLOv7 with its suppression inside (`export.py --end2end`).

Either one output, boxes x 7: number of the picture, the two corners in pixels of the input, class
number and score; or, for TensorRT, four: how many boxes count, corners, scores and class numbers.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from yolo_deepsort_ros.models.conventions import Conventions, USUAL_STRIDE
from yolo_deepsort_ros.models.onnx.model import OnnxModel
from yolo_deepsort_ros.yolo.decode import Candidates
from yolo_deepsort_ros.yolo.families.family import cornered, Float32, given_classes, Recognised
from yolo_deepsort_ros.yolo.families.shapes import (
    input_size as size_of, metadata_labels, metadata_stride,
)

NAME = 'yolov7_end2end'
SUPPRESSES = True
DYNAMIC_EXPORT = '--dynamic'
FILL, COLUMNS = 114, 7


def recognise(model: OnnxModel, is_forced: bool) -> Recognised | None:
    """Take one output of seven columns, or the four of TensorRT."""
    shapes = [tensor.shape for tensor in model.outputs]
    is_rows = len(shapes) == 1 and len(shapes[0]) == 2 and shapes[0][1] == COLUMNS
    lengths = [len(shape) for shape in shapes]
    is_four = lengths == [2, 3, 2, 2] and shapes[1][2] == 4 and shapes[0][1] in (0, 1)
    if not (is_rows or is_four):
        return None
    labels = metadata_labels(model)
    stride = metadata_stride(model, USUAL_STRIDE)
    said = Conventions((), size_of(model), labels, 'letterbox', stride, family=NAME, fill=FILL)
    return Recognised(said, len(labels), 'the shapes of its outputs')


def decode(
    outputs: Sequence[Float32],
    picture: int,
    conventions: Conventions,
    input_size: tuple[int, int],
    confidence: float,
) -> Candidates:
    """Take the boxes of the picture as they are."""
    if len(outputs) == 1:
        rows = outputs[0][outputs[0][:, 0] == picture]
        chosen = cornered(rows[:, 1:5]), rows[:, 6], rows[:, 5]
    else:
        count, boxes, scores, numbers = (output[picture] for output in outputs)
        valid = slice(int(np.nan_to_num(np.clip(count.ravel()[0], 0, len(scores)))))
        chosen = cornered(boxes[valid]), scores[valid], numbers[valid]
    return given_classes(chosen, conventions, confidence)
