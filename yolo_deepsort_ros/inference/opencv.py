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


"""Networks run by OpenCV's dnn module."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import cv2
import numpy as np

from yolo_deepsort_ros.config.network_config import InferenceConfig
from yolo_deepsort_ros.images.opencv_log import quiet_opencv
from yolo_deepsort_ros.inference.network import cannot_run, described, no_device, Tensor
from yolo_deepsort_ros.models.onnx.model import OnnxModel

#: OpenCV's names of what runs a network, and on what, by device.
DEVICES = {
    'cpu': ('DNN_BACKEND_OPENCV', 'DNN_TARGET_CPU'),
    'opencl': ('DNN_BACKEND_OPENCV', 'DNN_TARGET_OPENCL'),
    'cuda': ('DNN_BACKEND_CUDA', 'DNN_TARGET_CUDA'),
}

Result = TypeVar('Result')


class OpenCVNetwork:
    """A network in OpenCV; see `Network` for the meaning."""

    def __init__(self, model: OnnxModel, config: InferenceConfig) -> None:
        runner, target = _device(config.device)
        library = f'OpenCV {cv2.__version__}'
        precision = 'int8' if model.quantised else 'float32'
        self.name = described(library, config.device.lower(), precision, cv2.getNumThreads())
        self._path = model.path
        content = np.frombuffer(model.content, np.uint8)
        self._net: Any = self._call(cv2.dnn.readNetFromONNX, content)
        self._net.setPreferableBackend(runner)
        self._call(self._net.setPreferableTarget, target)  # OpenCV 5 warns of any
        ends = self._net.getUnconnectedOutLayersNames()  # in the order of the alphabet
        said = [tensor.name for tensor in model.outputs]
        self._outputs = said if set(said) <= set(ends) else ends

    def run(self, batch: Tensor) -> list[Tensor]:
        """Run the network on a batch of pictures; see `Network.run`."""
        self._net.setInput(batch)
        found = self._call(self._net.forward, self._outputs)
        return [output.astype(np.float32, copy=False) for output in found]

    def _call(self, function: Callable[..., Result], *arguments: Any) -> Result:
        try:
            with quiet_opencv():
                return function(*arguments)
        except cv2.error as error:
            raise cannot_run('OpenCV', self._path, error) from None


def from_onnx(model: OnnxModel, config: InferenceConfig) -> OpenCVNetwork:
    """Load an ONNX network."""
    return OpenCVNetwork(model, config)


def _device(wanted: str) -> tuple[int, int]:
    """Return OpenCV's numbers of what runs a network, and on what."""
    present = {}
    for name, (runner, target) in DEVICES.items():
        numbers = getattr(cv2.dnn, runner), getattr(cv2.dnn, target)
        if numbers[1] in cv2.dnn.getAvailableTargets(numbers[0]):
            present[name] = numbers
    if wanted.lower() not in present:
        raise no_device('OpenCV', wanted, list(present))
    return present[wanted.lower()]
