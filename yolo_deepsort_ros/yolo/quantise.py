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


"""Detection networks in 8-bit integers, by the library NNCF."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import redirect_stdout
import logging
import sys
from typing import Any

import numpy as np

from yolo_deepsort_ros.array_types import Pixels
from yolo_deepsort_ros.error_text import MAX_SHOWN, pip_install, shown
from yolo_deepsort_ros.errors import MissingDependencyError, ModelError
from yolo_deepsort_ros.inference.telemetry import without_telemetry
from yolo_deepsort_ros.models.onnx.edit import with_metadata
from yolo_deepsort_ros.models.onnx.model import INT8_KEY
from yolo_deepsort_ros.models.onnx.writer import OPSET
from yolo_deepsort_ros.yolo.detection_model import DetectionModel
from yolo_deepsort_ros.yolo.preprocess import Fit, Preprocessor

QUANTISERS = ('QuantizeLinear', 'DequantizeLinear')


def quantise(network: DetectionModel, pictures: Sequence[Pixels]) -> bytes:
    """
    Make an ONNX file that computes in 8-bit integers, as OpenVINO runs fastest.

    Parameters
    ----------
    network : DetectionModel
        In floating point.
    pictures : sequence of ndarray of uint8, shape (H, W, 3)
        Some hundred of what the camera will see: they decide the ranges of the integers.

    Returns
    -------
    bytes
        The file, with the metadata of the network.

    Raises
    ------
    MissingDependencyError
        When `nncf` or `onnx` is not installed.
    ModelError
        When NNCF refuses the network.

    """
    with without_telemetry(), redirect_stdout(sys.stderr):  # which NNCF draws bars on
        nncf, onnx = _libraries()
        # Its own `set_log_level` silences the handlers of the whole process.
        logging.getLogger('nncf').setLevel(logging.ERROR)
        name = network.onnx.inputs[0].name
        said = network.conventions
        preprocessor = Preprocessor(said.colour, said.max_value, said.fill)

        def prepared(picture: Pixels) -> dict[str, Any]:
            size = picture.shape[1], picture.shape[0]
            fit = Fit.of(size, said.input_size, said.resize, said.stride, said.corner)
            return {name: preprocessor.batch([picture], [fit]).copy()}

        before = onnx.load_model_from_string(
            with_metadata(network.self_described(), {INT8_KEY: 'unsigned'}).content
        )
        try:
            after = nncf.quantize(
                _by_channel(before, onnx), nncf.Dataset(list(pictures), prepared),
                subset_size=len(pictures), preset=nncf.QuantizationPreset.MIXED,
            )
        except Exception as error:  # noqa: B902  its errors have no class in common
            reason = shown(' '.join(str(error).split()), 2 * MAX_SHOWN)
            raise ModelError(f'{shown(network.onnx.path)}: NNCF refuses it: {reason}') from None
    _make_unsigned(after, onnx)
    del after.metadata_props[:]
    after.metadata_props.extend(before.metadata_props)
    content: bytes = after.SerializeToString(deterministic=True)
    return content


def _libraries() -> tuple[Any, Any]:
    try:
        import nncf
        import onnx
        import onnx.version_converter
    except ImportError as error:
        raise MissingDependencyError(
            f'int8 needs the libraries nncf and onnx ({error}): {pip_install("nncf onnx")}'
        ) from None
    return nncf, onnx


def _by_channel(model: Any, onnx: Any) -> Any:
    """
    Return a network of an opset in which each channel has integers of its own.

    With one range for all channels depthwise convolutions are beyond use: YOLOX-nano, which its
    authors export in opset 11, has AP50 0.008 then, else 0.526.
    """
    opset = next(entry.version for entry in model.opset_import if entry.domain in ('', 'ai.onnx'))
    return model if opset >= OPSET else onnx.version_converter.convert_version(model, OPSET)


def _make_unsigned(model: Any, onnx: Any) -> None:
    """
    Shift activations from signed to unsigned integers, which changes no value.

    OpenVINO 2026.4 computes convolutions of signed activations whose zero is not 0 wrongly
    on x86: AP50 0.01 instead of 0.54. Other libraries take either.
    """
    weights = {tensor.name: tensor for tensor in model.graph.initializer}
    zeros = {
        node.input[2] for node in model.graph.node
        if node.op_type in QUANTISERS and node.input[0] not in weights
    }
    for name in zeros:
        zero = onnx.numpy_helper.to_array(weights[name])
        if zero.dtype == np.int8:
            shifted = (zero.astype(np.int16) + 128).astype(np.uint8)
            weights[name].CopyFrom(onnx.numpy_helper.from_array(shifted, name))
    del model.graph.value_info[:]  # it names the types of before
