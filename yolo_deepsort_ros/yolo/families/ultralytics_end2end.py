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
Ultralytics' networks that suppress by themselves: YOLOv10, 26, and exports with `nms=True`.

One output, batch x boxes x 6: the two corners in pixels of the input, score and class number.
"""

from __future__ import annotations

from collections.abc import Sequence

from yolo_deepsort_ros.models.conventions import Conventions, USUAL_STRIDE
from yolo_deepsort_ros.models.onnx.model import DYNAMIC, OnnxModel
from yolo_deepsort_ros.yolo.decode import Candidates
from yolo_deepsort_ros.yolo.families.family import cornered, Float32, given_classes, Recognised
from yolo_deepsort_ros.yolo.families.shapes import (
    input_size as size_of, metadata_labels, metadata_stride, strides_of,
)
from yolo_deepsort_ros.yolo.families.ultralytics import (
    END2END, FILL, metadata_form, metadata_task, QUERIES,
)

NAME = 'ultralytics_end2end'
SUPPRESSES = True
DYNAMIC_EXPORT = 'dynamic=True'
COLUMNS = 6


def recognise(model: OnnxModel, is_forced: bool) -> Recognised | None:
    """Take one output of six columns that no grid explains."""
    task = metadata_task(model)
    if len(model.outputs) != 1 or len(model.outputs[0].shape) != 3:
        return None
    _, boxes, columns = model.outputs[0].shape
    if not is_forced and metadata_form(model) == QUERIES:
        return None
    is_said = columns == DYNAMIC and metadata_form(model) == END2END
    if columns != COLUMNS and not is_said:
        return None
    if not is_forced and any(strides_of(model, boxes, anchors) for anchors in (1, 3)):
        return None  # a grid's boxes of one class
    labels = metadata_labels(model)
    stride = metadata_stride(model, USUAL_STRIDE)
    said = Conventions((), size_of(model), labels, 'letterbox', stride, family=NAME, fill=FILL)
    author = model.metadata.get('author', '')
    by = f'metadata of {author}' if task and author else 'the shape of its output'
    unsure = () if task else ('that its six columns are corners, score and class',)
    return Recognised(said, len(labels), by, unsure)


def decode(
    outputs: Sequence[Float32],
    picture: int,
    conventions: Conventions,
    input_size: tuple[int, int],
    confidence: float,
) -> Candidates:
    """Take the boxes as they are."""
    rows = outputs[0][picture]
    chosen = cornered(rows[:, :4]), rows[:, 4], rows[:, 5]
    return given_classes(chosen, conventions, confidence)
