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
RT-DETR and D-FINE: boxes that need no suppression, of pictures stretched to the input.

Three forms: labels, boxes and scores, chosen by the network, with an input for the picture's size
(the authors' export); logits and centred boxes in shares of the input (that of Transformers); and
both in one output, boxes x (4 + classes), the classes as probabilities (that of Ultralytics).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from yolo_deepsort_ros.error_text import shown
from yolo_deepsort_ros.errors import ModelError
from yolo_deepsort_ros.models.conventions import Conventions, USUAL_STRIDE
from yolo_deepsort_ros.models.onnx.model import DYNAMIC, OnnxModel
from yolo_deepsort_ros.yolo.decode import Candidates, sigmoid
from yolo_deepsort_ros.yolo.families.family import (
    candidates, centred, cornered, Float32, given_classes, Recognised,
)
from yolo_deepsort_ros.yolo.families.shapes import (
    check_labels, input_size as size_of, metadata_labels, strides_of,
)
from yolo_deepsort_ros.yolo.families.ultralytics import metadata_form, metadata_task, QUERIES

NAME = 'detr'
SUPPRESSES = True
DYNAMIC_EXPORT = ''
SIZES = 'orig_target_sizes'  #: the input for the picture's size
CHOSEN = {'labels', 'boxes', 'scores'}
#: Beside the names of outputs, in `Conventions.variant`.
PIXELS, JOINED, ROWS = 'pixels', 'joined', 'rows'
#: Boxes and columns of what is taken for such a network by its shape; most have 300 and 84.
MIN_QUERIES, MAX_QUERIES, MAX_COLUMNS = 50, 1000, 1004
OLD_CLASSES = (91, 92)  #: of DETR and RF-DETR, whose pictures are normalised otherwise


def recognise(model: OnnxModel, is_forced: bool) -> Recognised | None:
    """Take one of the three forms, by the shapes of the outputs and their names."""
    names = [tensor.name for tensor in model.outputs]
    shapes = [tensor.shape for tensor in model.outputs]
    lengths = [len(shape) for shape in shapes]
    if set(names) == CHOSEN and sorted(lengths) == [2, 2, 3]:
        return _chosen(model, names)
    if lengths == [3, 3] and 4 in (shapes[0][2], shapes[1][2]):
        rows = shapes[0][1], shapes[1][1]
        if is_forced or (max(rows) <= MAX_QUERIES and (DYNAMIC in rows or rows[0] == rows[1])):
            return _logits(model, 0 if shapes[1][2] == 4 else 1)
    if lengths == [3] and (shapes[0][2] >= 5 or metadata_form(model) == QUERIES):
        return _joined(model, is_forced)
    return None


def decode(
    outputs: Sequence[Float32],
    picture: int,
    conventions: Conventions,
    input_size: tuple[int, int],
    confidence: float,
) -> Candidates:
    """Take the boxes as they are, each with its likeliest class."""
    words = conventions.variant.split()
    by_name = dict(zip(words, (output[picture] for output in outputs), strict=False))
    sides = np.tile(np.array(input_size, np.float64), 2)
    if set(words) >= CHOSEN:
        boxes = cornered(by_name['boxes']) * (1 if PIXELS in words else sides)
        chosen = boxes, by_name['scores'], by_name['labels']
        return given_classes(chosen, conventions, confidence)
    if ROWS in words:
        rows = outputs[0][picture]
        chosen = centred(rows[:, :4]) * sides, rows[:, 4], rows[:, 5]
        return given_classes(chosen, conventions, confidence)
    if JOINED in words:
        boxes, probabilities = np.split(outputs[0][picture], [4], axis=1)
    else:
        boxes, probabilities = by_name['boxes'], sigmoid(by_name['logits'])
    class_ids = probabilities.argmax(axis=1)
    scores = probabilities[np.arange(len(class_ids)), class_ids]
    keep = scores >= confidence
    return candidates(centred(boxes[keep]) * sides, scores[keep], class_ids[keep])


def _chosen(model: OnnxModel, names: Sequence[str]) -> Recognised:
    has_sizes = any(tensor.name == SIZES for tensor in model.inputs)
    words, unsure = list(names), []
    if not has_sizes:
        words.append(PIXELS)
        unsure.append('that its boxes are in pixels of the input')
    labels = metadata_labels(model)
    return Recognised(
        _said(model, ' '.join(words), labels), len(labels), 'the names of its outputs',
        tuple(unsure), SIZES if has_sizes else '',
    )


def _logits(model: OnnxModel, logits: int) -> Recognised:
    classes, labels = model.outputs[logits].shape[2], metadata_labels(model)
    if classes in OLD_CLASSES or model.outputs[1 - logits].name == 'dets':
        raise ModelError(
            f'{shown(model.path)}: {classes} classes: a DETR or RF-DETR, whose pictures are '
            f'normalised otherwise than those of RT-DETR and D-FINE: not supported'
        )
    check_labels(model, labels, classes or len(labels))
    words = 'boxes logits' if logits else 'logits boxes'
    return Recognised(_said(model, words, labels), classes, 'the shapes of its outputs')


def _joined(model: OnnxModel, is_forced: bool) -> Recognised | None:
    _, boxes, columns = model.outputs[0].shape
    labels, task = metadata_labels(model), metadata_task(model)
    has_chosen = metadata_form(model) == QUERIES and 'head' in model.metadata  # of 2026
    if has_chosen and columns in (DYNAMIC, 6):
        return Recognised(_said(model, ROWS, labels), len(labels), 'its metadata')
    columns = columns or 4 + len(labels)
    is_grid = any(strides_of(model, boxes, anchors) for anchors in (1, 3))
    is_said = bool(task) and columns == 4 + len(labels) and boxes != columns
    if columns == 6 and metadata_form(model) != QUERIES:
        is_said = False  # corners, score and class of an end-to-end export
    looks = MIN_QUERIES <= boxes <= MAX_QUERIES and 7 < columns <= MAX_COLUMNS
    looks = looks and not (task or is_grid)
    if not (is_forced or is_said or looks):
        return None
    check_labels(model, labels, columns - 4)
    unsure = () if is_said else (f'that its {columns} columns are a box and classes',)
    by = 'metadata and the shape of its output' if is_said else 'the shape of its output'
    return Recognised(_said(model, JOINED, labels), columns - 4, by, unsure)


def _said(model: OnnxModel, variant: str, labels: tuple[str, ...]) -> Conventions:
    return Conventions(
        (), size_of(model), labels, 'stretch', USUAL_STRIDE, family=NAME, variant=variant,
    )
