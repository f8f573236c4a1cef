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

from yolo_deepsort_ros.errors import ModelError
from yolo_deepsort_ros.inference.network import Tensor
from yolo_deepsort_ros.models.onnx import OnnxModel
from yolo_deepsort_ros.quiet import quiet_opencv
from yolo_deepsort_ros.wording import LONGEST, shown

Result = TypeVar('Result')


class OpenCVNetwork:
    """A network in OpenCV on the CPU; see `Network` for the meaning."""

    def __init__(self, path: str, net: Any) -> None:
        self.name = f'OpenCV {cv2.__version__}, CPU'
        self._path = path
        self._net = net
        self._outputs = net.getUnconnectedOutLayersNames()

    def run(self, batch: Tensor) -> list[Tensor]:
        """Run the network on a batch of pictures; see `Network.run`."""
        self._net.setInput(batch)
        return list(_call(self._path, self._net.forward, self._outputs))


def from_onnx(model: OnnxModel, _threads: int) -> OpenCVNetwork:
    """Load an ONNX network."""
    content = np.frombuffer(model.content, np.uint8)
    return OpenCVNetwork(model.path, _call(model.path, cv2.dnn.readNetFromONNX, content))


def _call(path: str, function: Callable[..., Result], *arguments: Any) -> Result:
    try:
        with quiet_opencv():
            return function(*arguments)
    except cv2.error as error:
        reason = shown(' '.join(str(error).split()), 2 * LONGEST)
        raise ModelError(f'{shown(path)}: OpenCV cannot run this network: {reason}') from None
