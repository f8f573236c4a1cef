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

To add one: a module beside this one that has `from_onnx`, and its name in `config.BACKENDS`.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

import cv2

from yolo_deepsort_ros.config import BACKENDS, InferenceConfig
from yolo_deepsort_ros.errors import MissingDependencyError
from yolo_deepsort_ros.inference.network import Network
from yolo_deepsort_ros.models.onnx import OnnxModel


def load_onnx(model: OnnxModel, config: InferenceConfig) -> Network:
    """
    Load a network; its outputs are those of the file, in their order.

    Raises
    ------
    MissingDependencyError
        When the backend is not installed.
    ModelError
        When the library refuses the network.

    """
    _limit_threads(config.threads)
    network: Network = _backend(config.backend).from_onnx(model, config.threads)
    return network


def _backend(wanted: str) -> Any:
    """Return the module of a backend, or of the first that is installed."""
    for name in BACKENDS if wanted == 'auto' else (wanted,):
        try:
            module = import_module(f'{__package__}.{name}')
        except ImportError as error:
            if wanted == 'auto':
                continue
            raise MissingDependencyError(
                f'backend: {name} does not load ({error}): pip install {name}'
            ) from None
        return module
    raise MissingDependencyError(f'backend: none loads of {", ".join(BACKENDS)}')


def _limit_threads(threads: int) -> None:
    """Bound OpenCV's own threads, which are the process's: it also resizes pictures."""
    if threads:
        cv2.setNumThreads(threads)
