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


"""Networks run by OpenVINO."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import numpy as np

from yolo_deepsort_ros.config.network_config import InferenceConfig
from yolo_deepsort_ros.error_text import shown
from yolo_deepsort_ros.errors import ModelError
from yolo_deepsort_ros.inference.network import cannot_run, described, no_device, Tensor
from yolo_deepsort_ros.inference.telemetry import without_telemetry
from yolo_deepsort_ros.models.onnx.model import OnnxModel

#: OpenVINO's names of number types, as others call them.
PRECISIONS = {'f32': 'float32', 'f16': 'float16', 'bf16': 'bfloat16'}

with without_telemetry():
    openvino: Any = import_module('openvino')


class OpenVINONetwork:
    """A network in OpenVINO; see `Network` for the meaning."""

    def __init__(self, model: OnnxModel, config: InferenceConfig) -> None:
        core = openvino.Core()
        device = _device(core, config.device)
        self._path = model.path
        if device == 'CPU' and model.has_signed_activations:
            raise ModelError(
                f'{shown(model.path)}: OpenVINO computes signed activations of 8 bits wrongly: '
                f'take backend onnxruntime, or quantise it with unsigned ones'
            )
        try:
            network = core.read_model(model.content)
            compiled = core.compile_model(network, device, _properties(device, config))
            self._request = compiled.create_infer_request()
        except Exception as error:  # noqa: B902  its errors have no class in common
            raise cannot_run('OpenVINO', self._path, error) from None
        version, _, _ = openvino.__version__.partition('-')
        precision = compiled.get_property('INFERENCE_PRECISION_HINT').get_type_name()
        self.name = described(
            f'OpenVINO {version}', device.lower(),
            'int8' if model.quantised else PRECISIONS.get(precision, precision),
            config.threads or compiled.get_property('INFERENCE_NUM_THREADS'),
        )

    def run(self, batch: Tensor) -> list[Tensor]:
        """Run the network on a batch of pictures; see `Network.run`."""
        try:
            found = self._request.infer([batch], share_inputs=True)
        except Exception as error:  # noqa: B902  its errors have no class in common
            raise cannot_run('OpenVINO', self._path, error) from None
        return [output.astype(np.float32, copy=False) for output in found.values()]


def from_onnx(model: OnnxModel, config: InferenceConfig) -> OpenVINONetwork:
    """Load an ONNX network."""
    return OpenVINONetwork(model, config)


def _device(core: Any, wanted: str) -> str:
    """Return the library's name of a device, such as CPU or GPU.1."""
    present: list[str] = core.available_devices
    if wanted.upper() in (*present, *(name.partition('.')[0] for name in present)):
        return wanted.upper()
    raise no_device('OpenVINO', wanted, [name.lower() for name in present])


def _properties(device: str, config: InferenceConfig) -> dict[str, Any]:
    properties: dict[str, Any] = {'PERFORMANCE_HINT': 'LATENCY'}
    if config.precision == 'float32':
        properties['INFERENCE_PRECISION_HINT'] = 'f32'
    if device == 'CPU':
        properties['ENABLE_CPU_PINNING'] = False  # other nodes share the cores
        if config.threads:
            properties['INFERENCE_NUM_THREADS'] = config.threads
    return properties
