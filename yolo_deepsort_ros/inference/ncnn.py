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


"""Networks run by ncnn."""

from __future__ import annotations

from importlib import import_module
import os
from typing import Any

import numpy as np

from yolo_deepsort_ros.config.network_config import InferenceConfig
from yolo_deepsort_ros.error_text import shown
from yolo_deepsort_ros.errors import ModelError
from yolo_deepsort_ros.inference.network import cannot_run, described, no_device, Tensor
from yolo_deepsort_ros.models.ncnn.ncnn_model import NcnnModel
from yolo_deepsort_ros.models.ncnn.to_ncnn import to_ncnn
from yolo_deepsort_ros.models.onnx.model import OnnxModel

#: Options that let it compute in float16, which it does on ARM alone.
HALVES = ('use_fp16_packed', 'use_fp16_storage', 'use_fp16_arithmetic')

# Its threads would go on turning after each picture, on cores that others need, and wait for each
# other so. OpenMP reads this once, when it is loaded.
os.environ.setdefault('OMP_WAIT_POLICY', 'PASSIVE')
ncnn: Any = import_module('ncnn')


class NcnnNetwork:
    """A network in ncnn; see `Network` for the meaning."""

    def __init__(self, model: OnnxModel, config: InferenceConfig) -> None:
        if config.device.lower() != 'cpu':
            raise no_device('ncnn', config.device, ['cpu'])
        if model.quantised:
            raise ModelError(
                f'{shown(model.path)}: computes in integers, which ncnn is not given here: take '
                f'backend onnxruntime or openvino'
            )
        self._path = model.path
        threads = config.threads or os.cpu_count() or 1
        is_half = config.precision == 'auto' and ncnn.cpu_support_arm_vfpv4()
        self.name = described(
            f'ncnn {ncnn.__version__}', 'cpu', 'float16' if is_half else 'float32', threads,
        )
        self._net: Any = ncnn.Net()
        self._net.opt.num_threads = threads
        for option in HALVES:
            setattr(self._net.opt, option, is_half)
        if isinstance(model, NcnnModel):
            self._input, self._outputs = model.inputs[0].name, [out.name for out in model.outputs]
            self._check(self._net.load_param(model.path))
            self._check(self._net.load_model(str(model.binary)))
            return
        self._input = 'in0'
        self._outputs = [f'out{number}' for number in range(len(model.outputs))]
        files = to_ncnn(model)
        # Weights come from a file, of memory: it would keep pointers into what it is handed.
        with open(os.memfd_create('weights'), 'wb') as weights:
            weights.write(files.weights)
            weights.flush()
            self._check(self._net.load_param_mem(files.param))
            self._check(self._net.load_model(f'/proc/self/fd/{weights.fileno()}'))

    def run(self, batch: Tensor) -> list[Tensor]:
        """Run the network on a batch of pictures; see `Network.run`."""
        found = [self._run(picture) for picture in batch]
        return [np.stack(outputs) for outputs in zip(*found, strict=True)]

    def _run(self, picture: Tensor) -> list[Tensor]:
        extractor = self._net.create_extractor()
        extractor.input(self._input, ncnn.Mat(picture))
        outputs = []
        for name in self._outputs:
            status, output = extractor.extract(name)
            self._check(status)
            outputs.append(np.array(output))
        return outputs

    def _check(self, status: int) -> None:
        if status:
            raise cannot_run('ncnn', self._path, RuntimeError(f'status {status}'))


def from_onnx(model: OnnxModel, config: InferenceConfig) -> NcnnNetwork:
    """Load an ONNX network, or one in ncnn's own files."""
    return NcnnNetwork(model, config)
