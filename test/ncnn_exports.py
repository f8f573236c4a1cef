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

"""Networks in ncnn's own files, as an export for ncnn writes them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from foreign_networks import CELLS, centred_rows, class_rows, HEIGHT, padded, WIDTH
import numpy as np
import yaml

from yolo_deepsort_ros.models.ncnn.layer_writer import float_bytes, NcnnFiles, NcnnLayer, written


def write_files(folder: Path, files: NcnnFiles, metadata: Mapping[str, object]) -> Path:
    """Write a network into a folder; return the path of its text."""
    path = folder / 'model.ncnn.param'
    path.write_text(files.param)
    (folder / 'model.ncnn.bin').write_bytes(files.weights)
    (folder / 'metadata.yaml').write_text(yaml.safe_dump(dict(metadata)))
    return path


def write_ultralytics(folder: Path) -> Path:
    """Write a network that finds `OBJECTS` on any picture, as an export of Ultralytics."""
    rows = padded(np.hstack([centred_rows(), class_rows(3)]), CELLS).swapaxes(1, 2)[0]
    files = written([
        NcnnLayer('Input', [], ['in0']),
        NcnnLayer('MemoryData', [], ['rows'], {0: CELLS, 1: len(rows)}, float_bytes(rows)),
        NcnnLayer('Reduction', ['in0'], ['nothing'], {0: 0, 1: 1, 2: 0.0}),
        NcnnLayer('BinaryOp', ['rows', 'nothing'], ['out0'], {0: 0}),
    ])
    return write_files(folder, files, {
        'author': 'Ultralytics', 'task': 'detect', 'stride': 32, 'imgsz': [HEIGHT, WIDTH],
        'names': {0: 'cat', 1: 'dog', 2: 'bird'},
    })
