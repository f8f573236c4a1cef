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
The raw head of Ultralytics' detection networks: YOLOv5u, v8, v9, v10, 11, 12 and 26.

One output, batch x (4 + classes) x boxes: centre and size in pixels of the input, and the
probability of each class. Described at https://docs.ultralytics.com/modes/export.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from yolo_deepsort_ros.error_text import shown
from yolo_deepsort_ros.errors import ModelError
from yolo_deepsort_ros.models.conventions import Conventions, USUAL_STRIDE
from yolo_deepsort_ros.models.onnx.model import DYNAMIC, OnnxModel
from yolo_deepsort_ros.yolo.decode import Candidates
from yolo_deepsort_ros.yolo.families.family import candidates, centred, Float32, Recognised
from yolo_deepsort_ros.yolo.families.shapes import (
    check_labels, input_size as size_of, metadata_labels, metadata_stride, strides_of,
)

NAME = 'ultralytics'
SUPPRESSES = False
DYNAMIC_EXPORT = 'dynamic=True'
FILL = 114  #: of what a picture leaves free; as for YOLOv5, from which these networks come
RAW, END2END, QUERIES = 'raw', 'end2end', 'queries'  #: forms of its exports
#: What these exports do instead of finding boxes, by the metadata `task`.
OTHER_TASKS = {
    'segment': 'segmentation', 'pose': 'pose', 'obb': 'oriented box', 'classify': 'classification',
}


def recognise(model: OnnxModel, is_forced: bool) -> Recognised | None:
    """Take one output of more boxes than channels."""
    task = metadata_task(model)
    if len(model.outputs) != 1 or len(model.outputs[0].shape) != 3:
        return None
    _, channels, boxes = model.outputs[0].shape
    labels = metadata_labels(model)
    if channels == DYNAMIC and labels and (is_forced or metadata_form(model) == RAW):
        channels = 4 + len(labels)
    if channels < 5:
        return None
    strides = strides_of(model, boxes, anchors=1)
    is_head = bool(strides) or boxes == DYNAMIC
    if not is_forced and not (is_head or (task and labels and channels == 4 + len(labels))):
        return None
    check_labels(model, labels, channels - 4)
    stride = metadata_stride(model, max(strides, default=USUAL_STRIDE))
    said = Conventions(
        (), size_of(model), labels, 'letterbox', stride, family=NAME, fill=FILL, strides=strides,
    )
    author = model.metadata.get('author', '')
    by = f'metadata of {author}' if task and author else 'the shape of its output'
    unsure = () if task else (f'that its {channels} channels are a box and classes alone',)
    return Recognised(said, channels - 4, by, unsure)


def decode(
    outputs: Sequence[Float32],
    picture: int,
    conventions: Conventions,
    input_size: tuple[int, int],
    confidence: float,
) -> Candidates:
    """Take the likeliest class of each box."""
    head = outputs[0][picture]
    best = head[4:].max(axis=0)
    chosen = np.flatnonzero(best >= confidence)
    columns = head[:, chosen]
    return candidates(centred(columns[:4].T), best[chosen], columns[4:].argmax(axis=0))


def metadata_form(model: OnnxModel) -> str:
    """Return which form the metadata says, for outputs whose sides all vary; empty: none."""
    said = model.metadata
    if metadata_task(model) != 'detect':
        return ''
    if 'detr' in said.get('description', '').lower():
        return QUERIES
    is_end = said.get('end2end') == 'True' or "'nms': True" in said.get('args', '')
    return END2END if is_end else RAW


def metadata_task(model: OnnxModel) -> str:
    """
    Return what an export of Ultralytics is for, empty where the file does not say.

    Raises
    ------
    ModelError
        When it is for something else than boxes.

    """
    task = model.metadata.get('task', '')
    if task in OTHER_TASKS:
        raise ModelError(
            f'{shown(model.path)}: a {OTHER_TASKS[task]} network, which has no boxes for this '
            f'package: give a detection network'
        )
    return task
