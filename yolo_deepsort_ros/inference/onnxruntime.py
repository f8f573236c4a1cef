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

import onnxruntime

from yolo_deepsort_ros.errors import ModelError
from yolo_deepsort_ros.inference.network import Tensor
from yolo_deepsort_ros.models.onnx import OnnxModel
from yolo_deepsort_ros.wording import LONGEST, shown

ERRORS_ONLY = 3  #: the library's log severity


class OnnxRuntimeNetwork:
    """A network in ONNX Runtime on the CPU; see `Network` for the meaning."""

    def __init__(self, model: OnnxModel, threads: int) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads  # 0: all cores
        options.log_severity_level = ERRORS_ONLY
        self.name = f'ONNX Runtime {onnxruntime.__version__}, CPU'
        self._path = model.path
        self._input = model.inputs[0].name
        try:
            self._session = onnxruntime.InferenceSession(
                model.content, options, providers=['CPUExecutionProvider']
            )
        except Exception as error:  # noqa: B902  its errors have no class in common
            raise self._error(error) from None

    def run(self, batch: Tensor) -> list[Tensor]:
        """Run the network on a batch of pictures; see `Network.run`."""
        try:
            return list(self._session.run(None, {self._input: batch}))
        except Exception as error:  # noqa: B902  its errors have no class in common
            raise self._error(error) from None

    def _error(self, error: Exception) -> ModelError:
        reason = shown(' '.join(str(error).split()), 2 * LONGEST)
        return ModelError(f'{shown(self._path)}: ONNX Runtime cannot run this network: {reason}')


def from_onnx(model: OnnxModel, threads: int) -> OnnxRuntimeNetwork:
    """Load an ONNX network; 0 threads are all cores."""
    return OnnxRuntimeNetwork(model, threads)
