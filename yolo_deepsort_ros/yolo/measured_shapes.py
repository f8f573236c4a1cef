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

"""The shapes of outputs whose file does not tell them, by running the network."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from yolo_deepsort_ros.config.network_config import InferenceConfig
from yolo_deepsort_ros.errors import YoloDeepsortError
from yolo_deepsort_ros.inference.load import load_onnx
from yolo_deepsort_ros.models.conventions import USUAL_STRIDE
from yolo_deepsort_ros.models.ncnn.ncnn_model import NcnnModel
from yolo_deepsort_ros.models.onnx.model import DYNAMIC, OnnxModel
from yolo_deepsort_ros.yolo.families.shapes import input_size, is_of_any_size


def with_run_shapes(model: NcnnModel, wanted: Sequence[int] = ()) -> NcnnModel:
    """
    Return a network in ncnn's own files with the shapes of its input and outputs, by running it.

    Parameters
    ----------
    model : NcnnModel
        The network.
    wanted : sequence of int
        Width and height of the input, or one side, where the files do not tell them.

    Raises
    ------
    ConfigurationError, MissingDependencyError, ModelError
        As `load_onnx`.

    """
    width, height = input_size(model)
    if wanted and is_of_any_size(model):
        width, height = wanted[0], wanted[-1]
    found = load_onnx(model, InferenceConfig()).run(np.zeros((1, 3, height, width), np.float32))
    return replace(
        model,
        inputs=tuple(replace(tensor, shape=(1, 3, height, width)) for tensor in model.inputs),
        outputs=tuple(
            replace(tensor, shape=output.shape)
            for tensor, output in zip(model.outputs, found, strict=True)
        ),
    )


def with_measured_shapes(model: OnnxModel) -> OnnxModel:
    """
    Return a network whose outputs have the sides that a picture gives them.

    Exporters that trace a network often lose them, such as YOLOX with `--dynamic`. A side that
    differs between pictures of two sizes stays `DYNAMIC`, and so does that of the batch. The
    network comes back as it is where all is known, or where it does not run.

    Parameters
    ----------
    model : OnnxModel
        A network of other people.

    """
    if all(DYNAMIC not in tensor.shape[1:] for tensor in model.outputs):
        return model
    width, height = input_size(model)
    sizes = [(width, height)]
    if is_of_any_size(model):
        taken = model.inputs[0].shape
        sizes.append((taken[3] or width + USUAL_STRIDE, taken[2] or height + USUAL_STRIDE))
    try:
        network = load_onnx(model, InferenceConfig())
        runs = [
            [output.shape for output in network.run(np.zeros((1, 3, tall, wide), np.float32))]
            for wide, tall in sizes
        ]
    except (YoloDeepsortError, MemoryError):
        return model
    if any([len(tensor.shape) for tensor in model.outputs] != [*map(len, run)] for run in runs):
        return model
    outputs = tuple(
        replace(tensor, shape=(tensor.shape[0], *(
            side if side == other else DYNAMIC
            for side, other in zip(first[1:], last[1:], strict=True)
        )))
        for tensor, first, last in zip(model.outputs, runs[0], runs[-1], strict=True)
    )
    return replace(model, outputs=outputs)
