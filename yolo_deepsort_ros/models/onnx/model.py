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
What an ONNX file says of itself: its inputs, outputs and metadata.

Read from the file with no library, because OpenCV cannot be asked for it. An ONNX file is
a protocol buffer message; the field numbers are those of the ONNX specification
(https://github.com/onnx/onnx/blob/main/onnx/onnx.proto).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
import math
from pathlib import Path
from typing import NamedTuple

from yolo_deepsort_ros.error_text import quoted, shown
from yolo_deepsort_ros.errors import ModelError
from yolo_deepsort_ros.files import read_bytes
from yolo_deepsort_ros.models.onnx.protobuf import fields, messages, text
from yolo_deepsort_ros.models.onnx.weights_check import check_weights

MAX_FILE_BYTES = 2**31 - 1  #: bytes; no protocol buffer message is longer
DYNAMIC = 0  #: a dimension that is not fixed
FLOAT32, INT8, FLOAT16 = 1, 3, 10  #: TensorProto.DataType
#: Operators that compute in integers, or lead to ones that do.
INTEGER_OPERATORS = frozenset({
    'QuantizeLinear', 'DynamicQuantizeLinear', 'ConvInteger', 'MatMulInteger', 'QLinearConv',
    'QLinearMatMul',
})
INT8_KEY = 'yolo_deepsort_ros.int8'  #: of the metadata of networks that `quantise` has made


@dataclass(frozen=True)
class OnnxTensor:
    """An input or output: name, shape and type; a dimension that varies is `DYNAMIC`."""

    name: str
    shape: tuple[int, ...]
    kind: int = FLOAT32

    def __str__(self) -> str:
        return f'{self.name!r} ({" x ".join(str(n) if n else "?" for n in self.shape)})'


class OnnxNode(NamedTuple):
    """An operation: its operator, and the names of what it takes and gives."""

    operator: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class OnnxModel:
    """
    A network read from an ONNX file.

    Attributes
    ----------
    path : str
        The file.
    content : bytes
        The file as it is.
    inputs, outputs : tuple of OnnxTensor
        What goes in and comes out; weights are not among the inputs.
    metadata : mapping of str to str
        What its maker wrote into it.
    nodes : tuple of OnnxNode
        What it computes, in that order.
    weights : mapping of str to int
        The type of each constant (TensorProto.DataType), by its name.

    """

    path: str
    content: bytes
    inputs: tuple[OnnxTensor, ...]
    outputs: tuple[OnnxTensor, ...]
    metadata: Mapping[str, str]
    nodes: tuple[OnnxNode, ...] = ()
    weights: Mapping[str, int] = field(default_factory=dict)

    @property
    def quantised(self) -> bool:
        """Whether it computes in integers."""
        return any(node.operator in INTEGER_OPERATORS for node in self.nodes)

    @property
    def is_foreign_int8(self) -> bool:
        """Whether it computes in integers that `quantise` has not chosen."""
        return self.quantised and INT8_KEY not in self.metadata

    @property
    def has_signed_activations(self) -> bool:
        """Whether what is computed becomes signed integers of eight bits."""
        return any(
            node.operator == 'QuantizeLinear' and node.inputs[0] not in self.weights
            and self.weights.get(node.inputs[2] if len(node.inputs) > 2 else '') == INT8
            for node in self.nodes if node.inputs
        )

    def producer(self, tensor: str) -> str:
        """Return the operator that gives a tensor, empty where none does."""
        return next((node.operator for node in self.nodes if tensor in node.outputs), '')

    @classmethod
    def read(cls, path: str | Path) -> OnnxModel:
        """
        Read a file.

        Raises
        ------
        ModelError
            When the file cannot be read or is not ONNX.

        """
        return cls.parse(read_bytes(path, MAX_FILE_BYTES, ModelError, 'give an .onnx file'), path)

    @classmethod
    def parse(cls, content: bytes, path: str | Path) -> OnnxModel:
        """Read the content of a file; `path` names it in errors."""
        try:
            graphs = messages(memoryview(content), 7)  # ModelProto.graph
            if len(graphs) != 1:
                raise ValueError('no graph')
            metadata = _metadata(memoryview(content))
            parts = _read_graph(graphs[0], path)
        except (ValueError, IndexError):
            raise ModelError(f'{shown(path)}: not an ONNX file, or cut off') from None
        inputs, outputs, nodes, weights = parts
        return cls(str(path), content, inputs, outputs, metadata, nodes, weights)


def _read_graph(
    graph: memoryview, path: str | Path
) -> tuple[
    tuple[OnnxTensor, ...], tuple[OnnxTensor, ...], tuple[OnnxNode, ...], dict[str, int]
]:
    """Return inputs, outputs, nodes and weights, once these are known to be there."""
    # GraphProto: node = 1, initializer = 5, input = 11, output = 12
    parts: dict[int, list[memoryview]] = {1: [], 5: [], 11: [], 12: []}
    for number, value in fields(graph):
        if number in parts and isinstance(value, memoryview):
            parts[number].append(value)
    inputs = [_tensor(value) for value in parts[11]]
    counts = {tensor.name: math.prod(max(side, 1) for side in tensor.shape) for tensor in inputs}
    weights = check_weights(parts[5], parts[1], counts, path)
    outputs = tuple(_tensor(value) for value in parts[12])
    nodes = tuple(_node(value) for value in parts[1])
    _check_names(path, inputs, outputs, nodes, weights)
    taken = tuple(tensor for tensor in inputs if tensor.name not in weights)
    return taken, outputs, nodes, weights


def _check_names(
    path: str | Path, inputs: Iterable[OnnxTensor], outputs: Iterable[OnnxTensor],
    nodes: Iterable[OnnxNode], weights: Iterable[str],
) -> None:
    """Refuse what takes a tensor that is not there: OpenCV 4.14 ends the process then."""
    there = {'', *weights, *(tensor.name for tensor in inputs)}
    there.update(name for node in nodes for name in node.outputs)
    asked = [(name, node.operator) for node in nodes for name in node.inputs]
    for name, by in (*asked, *((tensor.name, 'the output') for tensor in outputs)):
        if name not in there:
            raise ModelError(
                f'{shown(path)}: {quoted(by)} needs the tensor {quoted(name)}, which nothing '
                f'makes; the file is damaged'
            )


def _node(node: memoryview) -> OnnxNode:
    """Read a NodeProto: input = 1, output = 2, op_type = 4."""
    parts: dict[int, list[str]] = {1: [], 2: [], 4: []}
    for number, value in fields(node):
        if number in parts and isinstance(value, memoryview):
            parts[number].append(bytes(value).decode('utf-8'))
    return OnnxNode(''.join(parts[4]), tuple(parts[1]), tuple(parts[2]))


def _metadata(model: memoryview) -> dict[str, str]:
    """Read ModelProto.metadata_props = 14 (StringStringEntryProto: key = 1, value = 2)."""
    return {text(entry, 1): text(entry, 2) for entry in messages(model, 14)}


def _tensor(value_info: memoryview) -> OnnxTensor:
    """Read a ValueInfoProto: name = 1, type = 2, of it tensor_type = 1: type = 1, shape = 2."""
    shape = [
        _dimension(dimension)
        for kind in messages(value_info, 2)
        for tensor in messages(kind, 1)
        for shape in messages(tensor, 2)
        for dimension in messages(shape, 1)
    ]
    kinds = [
        value
        for kind in messages(value_info, 2)
        for tensor in messages(kind, 1)
        for number, value in fields(tensor)
        if number == 1 and isinstance(value, int)
    ]
    return OnnxTensor(text(value_info, 1), tuple(shape), kinds[0] if kinds else 0)


def _dimension(dimension: memoryview) -> int:
    """Read a Dimension: dim_value = 1, else it varies; exporters also write -1 for that."""
    for number, value in fields(dimension):
        if number == 1 and isinstance(value, int) and value < 1 << 31:
            return value
    return DYNAMIC
