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

"""What the shapes and the metadata of a foreign network tell."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from yolo_deepsort_ros.error_text import shown
from yolo_deepsort_ros.errors import ModelError
from yolo_deepsort_ros.models.conventions import MAX_SIDE, UNREADABLE
from yolo_deepsort_ros.models.onnx.model import OnnxModel

#: Strides of the grids of such networks: the usual ones, with P6, with P2, those of tiny ones.
STRIDES = ((8, 16, 32), (8, 16, 32, 64), (4, 8, 16, 32), (16, 32))
USUAL_SIDE = 640  #: of a network of any size that does not say its own
MAX_CLASSES = 2**16  #: labels that a file may list
MAX_TEXT = 2**20  #: characters of the list


def input_size(model: OnnxModel) -> tuple[int, int]:
    """Return width and height of the input; of a network of any size the usual one."""
    shape = model.inputs[0].shape if model.inputs else ()
    height, width = shape[2:4] if len(shape) == 4 else (0, 0)
    sides = [width, height]
    if not all(sides):
        usual = [
            side for side in metadata_list(model, 'imgsz')
            if isinstance(side, int) and 0 < side <= MAX_SIDE
        ]
        if len(usual) == 2:
            sides = [width or usual[1], height or usual[0]]
    return sides[0] or USUAL_SIDE, sides[1] or USUAL_SIDE


def is_of_any_size(model: OnnxModel) -> bool:
    """Tell whether the picture's width and height vary."""
    return bool(model.inputs) and 0 in model.inputs[0].shape[2:4]


def strides_of(model: OnnxModel, boxes: int, anchors: int) -> tuple[int, ...]:
    """Return the strides of the grids that give so many boxes, empty where none do."""
    width, height = input_size(model)
    for strides in STRIDES:
        cells = sum((width // stride) * (height // stride) for stride in strides)
        if boxes == anchors * cells and not is_of_any_size(model):
            return strides
    return ()


def metadata_labels(model: OnnxModel) -> tuple[str, ...]:
    """Return the names of the classes that the metadata has, as {0: 'person', …} or a list."""
    names = _literal(model.metadata.get('names', ''))
    if isinstance(names, dict):
        by_number = {str(key): name for key, name in names.items()}
        names = [by_number.get(str(number)) for number in range(len(names))]
        if None in names:
            return ()
    if not isinstance(names, list | tuple) or not 0 < len(names) <= MAX_CLASSES:
        return ()
    # What is no text would be found only when a label is written or sent.
    words = (''.join(c if c.isprintable() else ' ' for c in str(name)) for name in names)
    return tuple(' '.join(word.split()) for word in words)


def metadata_list(model: OnnxModel, key: str) -> Sequence[object]:
    """Return what the metadata says as a list, empty where it does not."""
    value = _literal(model.metadata.get(key, ''))
    return value if isinstance(value, list | tuple) else ()


def metadata_stride(model: OnnxModel, default: int) -> int:
    """Return the coarsest stride that the metadata says."""
    text = model.metadata.get('stride', '')
    value = int(text) if text.isascii() and text.isdecimal() and len(text) < 5 else 0
    return value if 0 < value <= MAX_SIDE else default


def check_labels(model: OnnxModel, labels: Sequence[str], classes: int) -> None:
    """Refuse names that the outputs contradict."""
    if labels and len(labels) != classes:
        raise ModelError(
            f'{shown(model.path)}: its metadata names {len(labels)} classes, its output has '
            f'{classes}: it is damaged, or no detection network'
        )


def _literal(text: str) -> object:
    """Return a value that Python's syntax writes, None where it is none."""
    if not text or len(text) > MAX_TEXT:
        return None
    try:
        return ast.literal_eval(text)
    except (*UNREADABLE, MemoryError, SyntaxError):
        return None
