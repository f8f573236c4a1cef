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

"""
Which library runs a network.

To add one: a small file beside this one with a class that follows `Network`, its name among
the choices of `InferenceConfig.backend`, and a line in the functions below.
"""

from __future__ import annotations

import cv2

from yolo_deepsort_ros.config import InferenceConfig
from yolo_deepsort_ros.errors import ConfigurationError, MissingDependencyError
from yolo_deepsort_ros.inference.network import Network
from yolo_deepsort_ros.inference.opencv import OpenCVNetwork
from yolo_deepsort_ros.models.darknet import DarknetModel
from yolo_deepsort_ros.models.onnx import OnnxModel


def load_darknet(model: DarknetModel, config: InferenceConfig) -> Network:
    """
    Load a Darknet network; its outputs are the raw heads in the order of `model.heads`.

    Raises
    ------
    ConfigurationError
        When the backend cannot run Darknet files.
    ModelError
        When the library refuses the network.

    """
    _limit_threads(config.threads)
    if config.backend not in ('auto', 'opencv'):
        raise ConfigurationError(
            f'backend: {config.backend} runs no Darknet files ({model.path}): take opencv or auto'
        )
    return OpenCVNetwork.from_darknet(model)


def load_onnx(model: OnnxModel, config: InferenceConfig) -> Network:
    """
    Load an ONNX network.

    Raises
    ------
    MissingDependencyError
        When the backend is not installed.
    ModelError
        When the library refuses the network.

    """
    _limit_threads(config.threads)
    if config.backend == 'opencv':
        return OpenCVNetwork.from_onnx(model)
    try:
        from yolo_deepsort_ros.inference.onnxruntime import OnnxRuntimeNetwork
    except ImportError as error:
        if config.backend == 'auto':
            return OpenCVNetwork.from_onnx(model)
        raise MissingDependencyError(
            f'backend: onnxruntime does not load ({error}): pip install onnxruntime'
        ) from None
    return OnnxRuntimeNetwork(model, config.threads)


def _limit_threads(threads: int) -> None:
    """Bound OpenCV's own threads, which are the process's: it also resizes pictures."""
    if threads:
        cv2.setNumThreads(threads)
