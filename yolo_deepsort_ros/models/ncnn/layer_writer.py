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
Files of ncnn written from their parts: a text of layers, and their weights.

The format is described in ncnn's wiki, "param and model file structure" and "operators".
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

MAGIC = '7767517'  #: the first line of the text
FLOAT32_WEIGHTS = bytes(4)  #: what stands before kernels of float32

Value = int | float | Sequence[int | float]


@dataclass
class NcnnLayer:
    """
    A layer.

    Attributes
    ----------
    kind : str
        What it computes, as ncnn calls it.
    inputs, outputs : list of str
        Names of what it takes and gives.
    parameters : dict of int to Value
        How it is done, by ncnn's numbers.
    weights : bytes
        As `kernel_bytes` and `float_bytes` give them.

    """

    kind: str
    inputs: list[str]
    outputs: list[str]
    parameters: dict[int, Value] = field(default_factory=dict)
    weights: bytes = b''


class NcnnFiles(NamedTuple):
    """The text of a `.param` file and the content of its `.bin` file."""

    param: str
    weights: bytes


def written(layers: Sequence[NcnnLayer]) -> NcnnFiles:
    """
    Return the files of layers, each of which stands after those that it takes from.

    ncnn wants each tensor to be taken once: one that several take is split here.
    """
    wanted = Counter(name for layer in layers for name in layer.inputs)
    taken: Counter[str] = Counter()
    lines, blobs = [], 0
    for number, layer in enumerate(layers):
        inputs = []
        for name in layer.inputs:
            inputs.append(f'{name}_{taken[name]}' if wanted[name] > 1 else name)
            taken[name] += 1
        lines.append(_line(layer.kind, f'{number}', inputs, layer.outputs, layer.parameters))
        blobs += len(layer.outputs)
        for name in layer.outputs:
            if wanted[name] > 1:
                copies = [f'{name}_{copy}' for copy in range(wanted[name])]
                lines.append(_line('Split', f'split_{name}', [name], copies, {}))
                blobs += len(copies)
    text = '\n'.join([MAGIC, f'{len(lines)} {blobs}', *lines, ''])
    return NcnnFiles(text, b''.join(layer.weights for layer in layers))


def kernel_bytes(values: NDArray[Any]) -> bytes:
    """Return kernels, before which ncnn wants to be told their type."""
    return FLOAT32_WEIGHTS + float_bytes(values)


def float_bytes(values: NDArray[Any]) -> bytes:
    """Return weights that are always float32."""
    return np.ascontiguousarray(values, '<f4').tobytes()


def _line(
    kind: str, name: str, inputs: Sequence[str], outputs: Sequence[str],
    parameters: dict[int, Value],
) -> str:
    words = [kind, name, str(len(inputs)), str(len(outputs)), *inputs, *outputs]
    for number, value in parameters.items():
        if isinstance(value, Sequence):
            items = ','.join(map(_number, value))
            words.append(f'{-23300 - number}={len(value)},{items}')
        else:
            words.append(f'{number}={_number(value)}')
    return ' '.join(words)


def _number(value: int | float) -> str:
    """Write a number as ncnn tells integers from others; it reads fifteen characters."""
    return str(value) if isinstance(value, int) else f'{value:.8e}'
