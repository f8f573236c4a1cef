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

"""A detection network run once, so that one that cannot run is found before the first picture."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from yolo_deepsort_ros.error_text import shown
from yolo_deepsort_ros.errors import ModelError
from yolo_deepsort_ros.inference.network import Network
from yolo_deepsort_ros.models.onnx.model import DYNAMIC
from yolo_deepsort_ros.yolo.detection_model import DetectionModel
from yolo_deepsort_ros.yolo.families.family import MISFITS

Outputs = Sequence[NDArray[np.float32]]


def check_outputs(
    network: Network, model: DetectionModel, sizes: Iterable[tuple[int, int]]
) -> None:
    """
    Run a network on a black picture of each size.

    Raises
    ------
    ModelError
        When it cannot run, or puts out something else than its file says.

    """
    path, said = shown(model.onnx.path), model.conventions
    for width, height in dict.fromkeys(sizes):
        outputs = network.run(np.zeros((1, 3, height, width), np.float32))
        if has_nan(outputs):
            raise ModelError(f'{path}: the network puts out NaN')
        try:
            model.family.decode(outputs, 0, said, (width, height), 1.0)
            fits = all(map(_has_shape, outputs, [tensor.shape for tensor in model.onnx.outputs]))
        except MISFITS:
            fits = False
        if not fits:
            shapes = ', '.join(str(output.shape) for output in outputs)
            expected = [head.channels for head in said.heads]
            wanted = f'heads of {expected} channels' if expected else model.family.NAME
            raise ModelError(f'{path}: the network puts out {shapes}, expected {wanted}')


def takes_two(network: Network, model: DetectionModel) -> bool:
    """Tell whether a network runs on two pictures at once."""
    width, height = model.conventions.input_size
    try:
        outputs = network.run(np.zeros((2, 3, height, width), np.float32))
        model.family.decode(outputs, 1, model.conventions, (width, height), 1.0)
    except (ModelError, *MISFITS):
        return False
    return True


def has_nan(outputs: Outputs) -> bool:
    """Tell whether there is a number that is none."""
    with np.errstate(invalid='ignore', over='ignore'):
        return any(bool(np.isnan(output.sum())) for output in outputs)


def _has_shape(output: NDArray[np.float32], declared: tuple[int, ...]) -> bool:
    """Tell whether an output has the sides that the file says; the first may be the batch's."""
    return output.ndim == len(declared) and all(
        said in (DYNAMIC, side)
        for side, said in zip(output.shape[1:], declared[1:], strict=True)
    )
