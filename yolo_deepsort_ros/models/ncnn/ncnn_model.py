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


"""Networks in ncnn's own files, as an export for ncnn has written them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from yolo_deepsort_ros.error_text import shown
from yolo_deepsort_ros.errors import ModelError
from yolo_deepsort_ros.files import read_bytes
from yolo_deepsort_ros.models.ncnn.layer_writer import MAGIC
from yolo_deepsort_ros.models.onnx.model import DYNAMIC, FLOAT32, OnnxModel, OnnxTensor

SUFFIX = '.param'  #: of the text of layers; `.bin` beside it holds the weights
METADATA = 'metadata.yaml'  #: what Ultralytics writes beside them: names, task, stride, sizes
MAX_TEXT_BYTES = 2**24
REMEDY = 'give the .param of an export for ncnn'


@dataclass(frozen=True, eq=False)
class NcnnModel(OnnxModel):
    """
    A network in ncnn's own files, described as an ONNX file is; its `content` is the text.

    Its outputs have no shapes: the files do not tell them.

    Attributes
    ----------
    binary : Path
        The file of weights.

    """

    binary: Path = Path()

    @classmethod
    def read_files(cls, path: Path, binary: Path) -> NcnnModel:
        """
        Read the text, and the metadata beside it.

        Parameters
        ----------
        path, binary : Path
            The `.param` and the `.bin` file.

        Raises
        ------
        ModelError
            When the text is none of ncnn's.

        """
        content = read_bytes(path, MAX_TEXT_BYTES, ModelError, REMEDY)
        try:
            first, _, *lines = content.decode('utf-8').splitlines()
            if first.strip() != MAGIC:
                raise ValueError(first)
            layers = [_Layer.parse(line) for line in lines if line.strip()]
            inputs = tuple(
                OnnxTensor(layer.outputs[0], (1, 3, layer.side(1), layer.side(0)), FLOAT32)
                for layer in layers if layer.kind == 'Input'
            )
        except (ValueError, IndexError):
            raise ModelError(f'{shown(path)}: not the text of an ncnn network: {REMEDY}') from None
        taken = {name for layer in layers for name in layer.inputs}
        outputs = tuple(
            OnnxTensor(name, (), FLOAT32)
            for layer in layers for name in layer.outputs if name not in taken
        )
        if not inputs or not outputs:
            missing = 'output' if inputs else 'layer Input'
            raise ModelError(f'{shown(path)}: a network without {missing}: {REMEDY}')
        metadata = _metadata(path.with_name(METADATA))
        return cls(str(path), content, inputs, outputs, metadata, binary=binary)


@dataclass(frozen=True)
class _Layer:
    """A line of the text: kind, name, how many blobs in and out, their names, parameters."""

    kind: str
    inputs: Sequence[str]
    outputs: Sequence[str]
    parameters: Mapping[str, str]

    @classmethod
    def parse(cls, line: str) -> _Layer:
        kind, _, taken, given, *words = line.split()
        middle, end = int(taken), int(taken) + int(given)
        if len(words) < end:
            raise ValueError(line)
        pairs = (word.partition('=') for word in words[end:])
        return cls(
            kind, words[:middle], words[middle:end], {key: value for key, _, value in pairs})

    def side(self, number: int) -> int:
        """Return a side of what goes in: 0 the width, 1 the height."""
        return int(self.parameters.get(f'{number}', DYNAMIC))


def _metadata(path: Path) -> dict[str, str]:
    """Return what the exporter says, as it would in the metadata of an ONNX file."""
    if not path.is_file():
        return {}
    try:
        said: Any = yaml.safe_load(read_bytes(path, MAX_TEXT_BYTES, ModelError, REMEDY))
        return {str(key): str(value) for key, value in said.items()}
    except (yaml.YAMLError, AttributeError, UnicodeDecodeError, RecursionError):
        raise ModelError(f'{shown(path)}: no YAML of an export: write it again') from None
