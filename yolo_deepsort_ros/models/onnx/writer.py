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
ONNX files written from their parts: nodes, weights, inputs and outputs.

The same parts give the same bytes. Field numbers are those of the ONNX specification
(https://github.com/onnx/onnx/blob/main/onnx/onnx.proto).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from yolo_deepsort_ros.models.onnx.protobuf import field, float_field, integer_field

IR_VERSION, OPSET = 7, 13  #: of ONNX 1.8 (2020): what the libraries of today's robots read
FLOAT32 = 1  #: TensorProto.DataType
#: The types of arrays that are written as they are, and of all others float32, by kind of NumPy.
KINDS = {'<i8': 7, '|i1': 3, '|u1': 2}
PRODUCER = 'yolo_deepsort_ros'

Attribute = int | float | str | Sequence[int]


class GraphWriter:
    """Collects a network's parts in the order in which they are computed."""

    def __init__(self) -> None:
        self._nodes: list[bytes] = []
        self._weights: list[bytes] = []
        self._inputs: list[bytes] = []
        self._outputs: list[bytes] = []

    def add_input(self, name: str, shape: Sequence[int | str], kind: int = FLOAT32) -> str:
        """Add an input; a dimension that varies has a name. Return its name."""
        self._inputs.append(_value(name, shape, kind))
        return name

    def add_output(self, name: str, shape: Sequence[int | str], kind: int = FLOAT32) -> str:
        """Say that a tensor is an output, as `add_input`."""
        self._outputs.append(_value(name, shape, kind))
        return name

    def add_weights(self, name: str, values: NDArray[Any]) -> str:
        """Add an array of float32, int64, int8 or uint8; return its name."""
        self._weights.append(weights_message(name, values))
        return name

    def add_node(
        self, operator: str, inputs: Sequence[str], output: str, **attributes: Attribute
    ) -> str:
        """Add an operation with one output; return the name of the output."""
        self._nodes.append(b''.join([
            *(field(1, name) for name in inputs), field(2, output), field(3, output),
            field(4, operator),
            *(field(5, _attribute(name, value)) for name, value in attributes.items()),
        ]))
        return output

    def content(self, metadata: Mapping[str, str]) -> bytes:
        """Return the file."""
        graph = b''.join([
            *(field(1, node) for node in self._nodes), field(2, 'network'),
            *(field(5, weights) for weights in self._weights),
            *(field(11, value) for value in self._inputs),
            *(field(12, value) for value in self._outputs),
        ])
        return b''.join([
            integer_field(1, IR_VERSION), field(2, PRODUCER), field(7, graph),
            field(8, integer_field(2, OPSET)),
            *(field(14, field(1, key) + field(2, text)) for key, text in metadata.items()),
        ])


def weights_message(name: str, values: NDArray[Any]) -> bytes:
    """Return a TensorProto of float32, or of integers as they are."""
    name_of_type = values.dtype.newbyteorder('<').str
    kind = KINDS.get(name_of_type, FLOAT32)
    little = np.ascontiguousarray(values, name_of_type if name_of_type in KINDS else '<f4')
    return b''.join([
        *(integer_field(1, side) for side in values.shape),
        integer_field(2, kind), field(8, name), field(9, little.tobytes()),
    ])


def _value(name: str, shape: Sequence[int | str], kind: int) -> bytes:
    """Return a ValueInfoProto."""
    sides = (
        field(2, side) if isinstance(side, str) else integer_field(1, side) for side in shape
    )
    tensor = integer_field(1, kind) + field(2, b''.join(field(1, side) for side in sides))
    return field(1, name) + field(2, field(1, tensor))


def _attribute(name: str, value: Attribute) -> bytes:
    """Return an AttributeProto: f = 2, i = 3, s = 4, ints = 8, type = 20."""
    if isinstance(value, int):
        return field(1, name) + integer_field(3, value) + integer_field(20, 2)
    if isinstance(value, float):
        return field(1, name) + float_field(2, value) + integer_field(20, 1)
    if isinstance(value, str):
        return field(1, name) + field(4, value) + integer_field(20, 3)
    numbers = b''.join(integer_field(8, number) for number in value)
    return field(1, name) + numbers + integer_field(20, 7)
