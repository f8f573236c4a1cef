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
The operations of an ONNX file, with their attributes and constants.

`model.py` reads what a network says of itself; this reads what it computes. The field numbers
are those of the ONNX specification (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto).
"""

from __future__ import annotations

from collections.abc import Mapping
import struct
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from yolo_deepsort_ros.models.onnx.model import FLOAT32, OnnxModel
from yolo_deepsort_ros.models.onnx.protobuf import fields, integers, messages, text

INT64 = 7  #: TensorProto.DataType
TYPES = {FLOAT32: '<f4', INT64: '<i8'}


class Operation(NamedTuple):
    """An operation: what it is, the names of what it takes and gives, how it is done."""

    operator: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    attributes: Mapping[str, Any]


def read_operations(model: OnnxModel) -> tuple[list[Operation], dict[str, NDArray[Any]]]:
    """
    Return the operations in their order, and the constants of float32 and int64 by name.

    Constants that are written in another way than as raw bytes are left out.
    """
    graph, = messages(memoryview(model.content), 7)  # ModelProto.graph
    constants = {}
    for tensor in messages(graph, 5):
        raw, kind = messages(tensor, 9), next(iter(integers(tensor, 2)), 0)
        if raw and kind in TYPES:
            constants[text(tensor, 8)] = np.frombuffer(raw[0], TYPES[kind]).reshape(
                integers(tensor, 1))
    operations = [
        Operation(
            text(node, 4), _names(node, 1), _names(node, 2),
            dict(map(_attribute, messages(node, 5))),
        )
        for node in messages(graph, 1)
    ]
    return operations, constants


def _names(node: memoryview, number: int) -> tuple[str, ...]:
    return tuple(bytes(name).decode('utf-8') for name in messages(node, number))


def _attribute(message: memoryview) -> tuple[str, Any]:
    """Read an AttributeProto: name = 1, f = 2, i = 3, s = 4, ints = 8; others are empty lists."""
    for number, value in fields(message):
        if number == 2 and isinstance(value, memoryview):
            return text(message, 1), float(struct.unpack('<f', value)[0])
        if number == 3 and isinstance(value, int):
            return text(message, 1), _signed(value)
        if number == 4:
            return text(message, 1), text(message, 4)
    return text(message, 1), [_signed(value) for value in integers(message, 8)]


def _signed(value: int) -> int:
    return value - (1 << 64) if value >> 63 else value
