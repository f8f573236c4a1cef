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

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from yolo_deepsort_ros.error_text import shown
from yolo_deepsort_ros.errors import ModelError
from yolo_deepsort_ros.files import read_bytes
from yolo_deepsort_ros.models.onnx.protobuf import fields, messages, text

MAX_FILE_BYTES = 2**31 - 1  #: bytes; no protocol buffer message is longer
DYNAMIC = 0  #: a dimension that is not fixed


@dataclass(frozen=True)
class OnnxTensor:
    """An input or output: its name and shape; a dimension that varies is `DYNAMIC`."""

    name: str
    shape: tuple[int, ...]

    def __str__(self) -> str:
        return f'{self.name!r} ({" x ".join(str(n) if n else "?" for n in self.shape)})'


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

    """

    path: str
    content: bytes
    inputs: tuple[OnnxTensor, ...]
    outputs: tuple[OnnxTensor, ...]
    metadata: Mapping[str, str]

    @property
    def quantised(self) -> bool:
        """Whether it computes in integers: its tensors pass QuantizeLinear operators."""
        return b'QuantizeLinear' in self.content

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
            inputs, outputs = _interface(memoryview(content))
            metadata = _metadata(memoryview(content))
        except (ValueError, IndexError):
            raise ModelError(f'{shown(path)}: not an ONNX file, or cut off') from None
        return cls(str(path), content, inputs, outputs, metadata)


def _interface(model: memoryview) -> tuple[tuple[OnnxTensor, ...], tuple[OnnxTensor, ...]]:
    graphs = messages(model, 7)  # ModelProto.graph
    if len(graphs) != 1:
        raise ValueError('no graph')
    # GraphProto: initializer = 5 (TensorProto: name = 8), input = 11, output = 12
    weights = {text(tensor, 8) for tensor in messages(graphs[0], 5)}
    inputs = [_tensor(value) for value in messages(graphs[0], 11)]
    outputs = tuple(_tensor(value) for value in messages(graphs[0], 12))
    return tuple(tensor for tensor in inputs if tensor.name not in weights), outputs


def _metadata(model: memoryview) -> dict[str, str]:
    """Read ModelProto.metadata_props = 14 (StringStringEntryProto: key = 1, value = 2)."""
    return {text(entry, 1): text(entry, 2) for entry in messages(model, 14)}


def _tensor(value_info: memoryview) -> OnnxTensor:
    """Read a ValueInfoProto: name = 1, type = 2, of it tensor_type = 1, of it shape = 2."""
    shape = [
        _dimension(dimension)
        for kind in messages(value_info, 2)
        for tensor in messages(kind, 1)
        for shape in messages(tensor, 2)
        for dimension in messages(shape, 1)
    ]
    return OnnxTensor(text(value_info, 1), tuple(shape))


def _dimension(dimension: memoryview) -> int:
    """Read a Dimension: dim_value = 1, else it varies; exporters also write -1 for that."""
    for number, value in fields(dimension):
        if number == 1 and isinstance(value, int) and value < 1 << 31:
            return value
    return DYNAMIC
