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

"""Small ONNX networks for tests, written without the onnx package."""

from __future__ import annotations

from pathlib import Path

FLOAT, HALF = 1, 10  #: TensorProto.DataType


def write_mean_colour_network(
    path: Path, shape: tuple[int, ...] = (0, 3, 16, 8), last: str = 'Flatten', kind: int = FLOAT
) -> Path:
    """
    Write a network that gives the mean of each channel; return its path.

    Dimensions of 0 in its input's shape vary. Without `last`, an operator, its output has
    four axes; with another than Flatten it is applied after that. It computes in numbers of
    that kind.
    """
    operators = ['GlobalAveragePool', 'Flatten', last]
    operators = operators[:operators.index(last) + 1] if last else operators[:1]
    names = ['x', *(f'after {operator}' for operator in operators[:-1]), 'y']
    nodes = [
        _text(1, name) + _text(2, following) + _text(4, operator)
        for name, following, operator in zip(names[:-1], names[1:], operators, strict=True)
    ]
    output = shape[:2] if last else (*shape[:2], 1, 1)
    write_graph(path, nodes, [_tensor('x', shape, kind)], [_tensor('y', output, kind)])
    return path


def write_network_with_a_weight(path: Path) -> Path:
    """Write a network whose weight is among its inputs, as in old files; return its path."""
    node = _text(1, 'x') + _text(1, 'weight') + _text(2, 'y') + _text(4, 'Mul')
    weight = _integer(1, 1) + _integer(2, FLOAT) + _message(4, bytes(4)) + _text(8, 'weight')
    shape = (-1, 3, 16, 8)
    inputs = [_tensor('weight', (1,)), _tensor('x', shape)]
    write_graph(path, [node], inputs, [_tensor('y', shape)], _message(5, weight))
    return path


def write_graph(
    path: Path, nodes: list[bytes], inputs: list[bytes], outputs: list[bytes], rest: bytes = b''
) -> None:
    """Write a file of one graph."""
    graph = _text(2, 'graph') + rest
    for field, messages in ((1, nodes), (11, inputs), (12, outputs)):
        graph += b''.join(_message(field, message) for message in messages)
    opset = _message(8, _integer(2, 11))
    path.write_bytes(_integer(1, 6) + _message(7, graph) + opset)


def _tensor(name: str, shape: tuple[int, ...], kind: int = FLOAT) -> bytes:
    dimensions = [_integer(1, n) if n else _text(2, f'd{i}') for i, n in enumerate(shape)]
    tensor = _integer(1, kind) + _message(2, b''.join(_message(1, d) for d in dimensions))
    return _text(1, name) + _message(2, _message(1, tensor))


def _integer(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value & (1 << 64) - 1)


def _text(field: int, value: str) -> bytes:
    return _message(field, value.encode())


def _message(field: int, content: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(content)) + content


def _varint(value: int) -> bytes:
    low, rest = value & 127, value >> 7
    return bytes([low | 128]) + _varint(rest) if rest else bytes([low])
