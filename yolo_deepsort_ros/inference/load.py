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

To add one: a module beside this one that has `from_onnx`, `from_darknet` or both, and its name
in `config.BACKENDS`.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

import cv2

from yolo_deepsort_ros.config import BACKENDS, InferenceConfig
from yolo_deepsort_ros.errors import ConfigurationError, MissingDependencyError
from yolo_deepsort_ros.inference.network import Network
from yolo_deepsort_ros.models.darknet import DarknetModel
from yolo_deepsort_ros.models.darknet_onnx import to_onnx
from yolo_deepsort_ros.models.onnx import OnnxModel


def load_darknet(model: DarknetModel, config: InferenceConfig) -> Network:
    """Load a Darknet network; its outputs are the raw heads in the order of `model.heads`."""
    return load_onnx(to_onnx(model), config)


def load_onnx(model: OnnxModel, config: InferenceConfig) -> Network:
    """
    Load an ONNX network; raises as `load_darknet`.

    Its outputs are those of the file, in their order.
    """
    _limit_threads(config.threads)
    return _loader('from_onnx', model.path, config.backend)(model, config.threads)


def _loader(function: str, path: str, backend: str) -> Callable[..., Network]:
    """Return the function of that name of the backend, or of the first that has it."""
    for name in BACKENDS if backend == 'auto' else (backend,):
        try:
            module = import_module(f'{__package__}.{name}')
        except ImportError as error:
            if backend == 'auto':
                continue
            raise MissingDependencyError(
                f'backend: {name} does not load ({error}): pip install {name}'
            ) from None
        if hasattr(module, function):
            loader: Callable[..., Network] = getattr(module, function)
            return loader
    raise ConfigurationError(f'backend: {backend} does not run files such as {path}: take auto')


def _limit_threads(threads: int) -> None:
    """Bound OpenCV's own threads, which are the process's: it also resizes pictures."""
    if threads:
        cv2.setNumThreads(threads)
