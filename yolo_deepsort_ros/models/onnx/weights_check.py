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

"""Whether the weights of an ONNX file are there, before a library makes room for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
import math
from pathlib import Path

import numpy as np

from yolo_deepsort_ros.error_text import shown
from yolo_deepsort_ros.errors import ModelError
from yolo_deepsort_ros.models.onnx.protobuf import fields, integers, messages, text

MAX_FILLED = 2**27  #: numbers that a file may ask for without holding them
FILLERS = ('ConstantOfShape', 'Expand', 'Tile')  #: operators that make many numbers of few
#: Operators whose output has no fewer numbers than any of their inputs.
ELEMENTWISE = frozenset({
    'Abs', 'Add', 'Cast', 'Clip', 'Div', 'Dropout', 'Elu', 'Erf', 'Exp', 'Flatten', 'HardSigmoid',
    'HardSwish', 'Identity', 'LeakyRelu', 'Max', 'Min', 'Mish', 'Mul', 'Neg', 'Relu', 'Reshape',
    'Sigmoid', 'Softmax', 'Sqrt', 'Squeeze', 'Sub', 'Sum', 'Tanh', 'Transpose', 'Unsqueeze',
    'Where',
})
EXTERNAL = 1  #: TensorProto.DataLocation
INT64 = 7  #: TensorProto.DataType
DATA = (4, 5, 7, 9, 10, 11)  #: fields of a TensorProto that hold numbers


def check_weights(
    tensors: Sequence[memoryview], nodes: Sequence[memoryview], taken: Mapping[str, int],
    path: str | Path,
) -> dict[str, int]:
    """
    Return the type of each weight (TensorProto.DataType) by its name.

    Parameters
    ----------
    tensors : sequence of memoryview
        A TensorProto each: dims = 1, data_type = 2, name = 8, raw_data = 9, data_location = 14.
    nodes : sequence of memoryview
        A NodeProto each: input = 1, output = 2, op_type = 4, attribute = 5, of it t = 5.
    taken : mapping of str to int
        How many numbers each input has.
    path : str or Path
        The file, for errors.

    Raises
    ------
    ModelError
        When they lie in another file, are claimed to be more than the file holds, or the nodes
        make too much of them.

    """
    sizes: dict[str, list[int]] = {}
    kinds: dict[str, int] = {}
    least = dict(taken)  # how many numbers a tensor has at least; 1 of those that are not here
    for tensor in tensors:
        name = text(tensor, 8)
        kinds[name] = next(iter(integers(tensor, 2)), 0)
        sizes[name] = _checked(tensor, path)
        least[name] = math.prod(integers(tensor, 1))
    for node in nodes:
        operator = text(node, 4)
        given = [bytes(name).decode('utf-8') for name in messages(node, 1)]
        if operator == 'Constant':
            for attribute in messages(node, 5):
                for tensor in messages(attribute, 5):
                    kinds[text(node, 2)] = next(iter(integers(tensor, 2)), 0)
                    sizes[text(node, 2)] = _checked(tensor, path)
                    least[text(node, 2)] = math.prod(integers(tensor, 1))
            continue
        made = _least_made(operator, given, sizes, least)
        if made > MAX_FILLED:
            raise ModelError(
                f'{shown(path)}: {shown(operator)} makes {made} numbers of few, the limit is '
                f'{MAX_FILLED}: it is no network to run'
            )
        least[text(node, 2)] = made
    return kinds


def _least_made(
    operator: str, given: Sequence[str], sizes: Mapping[str, list[int]], least: Mapping[str, int]
) -> int:
    """Return how many numbers an operation makes at least, as far as can be told without it."""
    counts = [least.get(name, 1) for name in given if name]
    if operator == 'Concat':
        return sum(counts)
    if operator in ELEMENTWISE:
        return max(counts, default=1)
    if operator in FILLERS:
        return max(
            (math.prod(max(side, 1) for side in sizes.get(name, ())) for name in given), default=1,
        )
    return 1


def _checked(tensor: memoryview, path: str | Path) -> list[int]:
    """Return the numbers of a short list of int64, which may be a shape; [] of all others."""
    held, dims, raw, kind = 0, integers(tensor, 1), None, 0
    for number, value in fields(tensor):
        if number == 14 and value == EXTERNAL:
            raise ModelError(
                f'{shown(path)}: its weights lie in another file: write both into one, as '
                f'onnx.save(onnx.load(FILE), FILE) does'
            )
        if number == 2 and isinstance(value, int):
            kind = value
        if number in DATA:
            held += len(value) if isinstance(value, memoryview) else 8
            raw = value if number == 9 else raw
    count = math.prod(dims)
    if count > 2 * held:  # the smallest numbers have four bits
        raise ModelError(
            f'{shown(path)}: its weights are cut off: {shown(text(tensor, 8))} has {count} '
            f'numbers in {held} bytes'
        )
    if kind != INT64 or count > 8:
        return []
    if isinstance(raw, memoryview):
        return [int(number) for number in np.frombuffer(raw[:len(raw) // 8 * 8], '<i8')]
    return integers(tensor, 7)
