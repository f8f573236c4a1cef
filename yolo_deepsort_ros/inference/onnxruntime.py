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


"""Networks run by ONNX Runtime."""

from __future__ import annotations

import os

import numpy as np
import onnxruntime

from yolo_deepsort_ros.config.network_config import InferenceConfig
from yolo_deepsort_ros.inference.network import cannot_run, described, no_device, Tensor
from yolo_deepsort_ros.models.onnx.model import OnnxModel

ERRORS_ONLY = 3  #: the library's log severity
REMOTE = 'AzureExecutionProvider'  #: no device: sends pictures away
TYPES = {'tensor(float16)': np.float16}  #: of inputs that are not float32
SUFFIX = 'ExecutionProvider'  #: of its names of devices


class OnnxRuntimeNetwork:
    """A network in ONNX Runtime; see `Network` for the meaning."""

    def __init__(self, model: OnnxModel, config: InferenceConfig) -> None:
        provider = _provider(config.device)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = config.threads  # 0: all cores
        options.log_severity_level = ERRORS_ONLY
        # Its threads would go on turning after each picture, on cores that others need.
        options.add_session_config_entry('session.intra_op.allow_spinning', '0')
        precision = 'int8' if model.quantised else 'float32'
        self.name = described(
            f'ONNX Runtime {onnxruntime.__version__}', config.device.lower(), precision,
            config.threads or os.cpu_count() or 1,
        )
        self._path = model.path
        try:
            self._session = onnxruntime.InferenceSession(
                model.content, options, providers=[provider]
            )
        except Exception as error:  # noqa: B902  its errors have no class in common
            raise cannot_run('ONNX Runtime', self._path, error) from None
        taken = self._session.get_inputs()[0]
        self._input, self._dtype = taken.name, TYPES.get(taken.type, np.float32)
        used = self._session.get_providers()
        if provider not in used:  # its libraries do not load
            raise no_device('ONNX Runtime', config.device, [_device(name) for name in used])

    def run(self, batch: Tensor) -> list[Tensor]:
        """Run the network on a batch of pictures; see `Network.run`."""
        try:
            taken = batch.astype(self._dtype, copy=False)
            found = self._session.run(None, {self._input: taken})
            return [output.astype(np.float32, copy=False) for output in found]
        except Exception as error:  # noqa: B902  its errors have no class in common
            raise cannot_run('ONNX Runtime', self._path, error) from None


def from_onnx(model: OnnxModel, config: InferenceConfig) -> OnnxRuntimeNetwork:
    """Load an ONNX network."""
    return OnnxRuntimeNetwork(model, config)


def _provider(wanted: str) -> str:
    """Return the library's name of a device."""
    names: list[str] = onnxruntime.get_available_providers()
    providers = {_device(name): name for name in names if name != REMOTE}
    if wanted.lower() not in providers:
        raise no_device('ONNX Runtime', wanted, list(providers))
    return providers[wanted.lower()]


def _device(provider: str) -> str:
    return provider.removesuffix(SUFFIX).lower()
