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

"""ONNX files with a part added or replaced; all else stays as it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from numpy.typing import NDArray

from yolo_deepsort_ros.models.onnx.model import OnnxModel
from yolo_deepsort_ros.models.onnx.protobuf import field, fields, integer_field, text
from yolo_deepsort_ros.models.onnx.writer import weights_message

GRAPH, METADATA = 7, 14  #: fields of a ModelProto
INITIALIZER, INPUT = 5, 11  #: fields of a GraphProto


def with_metadata(model: OnnxModel, metadata: Mapping[str, str]) -> OnnxModel:
    """Return a network that says this besides what it said before."""
    parts = [
        _again(number, value) for number, value in fields(memoryview(model.content))
        if not (number == METADATA and _key(value) in metadata)
    ]
    parts += [
        field(METADATA, field(1, key) + field(2, value)) for key, value in metadata.items()
    ]
    return OnnxModel.parse(b''.join(parts), model.path)


def with_constant(model: OnnxModel, name: str, values: NDArray[Any]) -> OnnxModel:
    """Return a network in which an input has a value once and for all."""
    def graph(old: memoryview) -> Iterator[bytes]:
        for number, value in fields(old):
            if not (number == INPUT and _key(value) == name):
                yield _again(number, value)
        yield field(INITIALIZER, weights_message(name, values))

    content = b''.join(
        field(GRAPH, b''.join(graph(value)))
        if number == GRAPH and isinstance(value, memoryview) else _again(number, value)
        for number, value in fields(memoryview(model.content))
    )
    return OnnxModel.parse(content, model.path)


def _key(message: int | memoryview) -> str:
    """Return the first text of a metadata entry or an input: its name."""
    return text(message, 1) if isinstance(message, memoryview) else ''


def _again(number: int, value: int | memoryview) -> bytes:
    return integer_field(number, value) if isinstance(value, int) else field(number, bytes(value))
