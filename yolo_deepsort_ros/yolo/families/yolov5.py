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
YOLOv5 and YOLOv7 as their own repositories export them, their grid decoded.

One output, batch x boxes x (5 + classes), three boxes for each cell: centre and size in pixels of
the input, objectness and the probability of each class. Older exports have the raw maps beside it.
"""

from __future__ import annotations

from collections.abc import Sequence

from yolo_deepsort_ros.models.conventions import Conventions, USUAL_STRIDE
from yolo_deepsort_ros.models.onnx.model import DYNAMIC, OnnxModel
from yolo_deepsort_ros.yolo.decode import Candidates
from yolo_deepsort_ros.yolo.families.family import (
    best_of_rows, candidates, centred, Float32, Recognised,
)
from yolo_deepsort_ros.yolo.families.shapes import (
    check_labels, input_size as size_of, metadata_labels, metadata_stride, strides_of,
)

NAME = 'yolov5'
SUPPRESSES = False
DYNAMIC_EXPORT = '--dynamic'
FILL, ANCHORS = 114, 3


def recognise(model: OnnxModel, is_forced: bool) -> Recognised | None:
    """Take as many boxes as three for each cell, or the metadata of YOLOv5."""
    shape = model.outputs[0].shape if model.outputs else ()
    if len(shape) != 3 or shape[2] < 6 or any(len(tensor.shape) != 5
                                              for tensor in model.outputs[1:]):
        return None
    _, boxes, columns = shape
    strides, labels = strides_of(model, boxes, ANCHORS), metadata_labels(model)
    is_said = len(labels) == columns - 5 and boxes == DYNAMIC and 'stride' in model.metadata
    if not (is_forced or strides or is_said):
        return None
    check_labels(model, labels, columns - 5)
    stride = metadata_stride(model, max(strides, default=USUAL_STRIDE))
    said = Conventions(
        (), size_of(model), labels, 'letterbox', stride, family=NAME, fill=FILL, strides=strides,
    )
    by = 'its metadata and the shape of its output' if labels else 'the shape of its output'
    return Recognised(said, columns - 5, by)


def decode(
    outputs: Sequence[Float32],
    picture: int,
    conventions: Conventions,
    input_size: tuple[int, int],
    confidence: float,
) -> Candidates:
    """Take objectness times the likeliest class."""
    rows = outputs[0][picture]
    chosen, scores, class_ids = best_of_rows(rows, confidence)
    return candidates(centred(rows[chosen, :4]), scores, class_ids)
