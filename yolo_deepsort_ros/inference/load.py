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

To add one: a module beside this one that has `from_onnx`, and its name in `BACKENDS` of
`config.network_config`.
"""

from __future__ import annotations

from dataclasses import replace
from importlib import import_module
from typing import Any

from yolo_deepsort_ros.config.network_config import AUTO_BACKENDS, InferenceConfig
from yolo_deepsort_ros.error_text import pip_install, shown
from yolo_deepsort_ros.errors import (
    ConfigurationError, MissingDependencyError, ModelError, YoloDeepsortError,
)
from yolo_deepsort_ros.inference.network import Network
from yolo_deepsort_ros.inference.threads import limit_threads, threads_to_use
from yolo_deepsort_ros.models.ncnn.ncnn_model import NcnnModel
from yolo_deepsort_ros.models.onnx.model import OnnxModel

NCNN = 'ncnn'  #: which alone runs networks in its own files
MEANT = 'onnxruntime'  #: whose arithmetic integer networks are made for
#: What the dynamic linker says of a library that is there, when memory has run out.
NO_ROOM = ('failed to map segment', 'cannot allocate memory', 'Cannot allocate memory')


def load_onnx(model: OnnxModel, config: InferenceConfig) -> Network:
    """
    Load a network; its outputs are those of the file, in their order.

    Backend `auto` is the first of `AUTO_BACKENDS` that is installed, has the device and takes the
    network; of one with integers that somebody else has chosen it is ONNX Runtime first, which
    computes them as they are meant: others differ, OpenVINO 2026.4 with signed ones beyond use.

    Raises
    ------
    ConfigurationError
        When the backend has no such device, or the network not the precision.
    MissingDependencyError
        When the backend is not installed.
    MemoryError
        When there is no room for the backend.
    ModelError
        When the library refuses the network.

    """
    if config.precision == 'int8' and not model.quantised:
        raise ConfigurationError(
            f'precision: {shown(model.path)} is no int8 network: make one with export --int8'
        )
    config = replace(config, threads=threads_to_use(config.threads))
    limit_threads(config.threads)
    if isinstance(model, NcnnModel):
        if config.backend not in ('auto', NCNN):
            raise ConfigurationError(
                f'backend: {shown(model.path)} is a network of {NCNN}: take backend {NCNN} or auto'
            )
        return _load(NCNN, model, config)
    if config.backend != 'auto':
        return _load(config.backend, model, config)
    refusals: list[YoloDeepsortError] = []
    for name in sorted(AUTO_BACKENDS, key=lambda name: model.is_foreign_int8 and name != MEANT):
        try:
            return _load(name, model, config)
        except (ConfigurationError, MissingDependencyError, ModelError) as error:  # noqa: PERF203
            refusals.append(error)
    refusals.sort(key=lambda error: isinstance(error, MissingDependencyError))
    raise type(refusals[0])('; '.join(map(str, refusals)))


def _load(name: str, model: OnnxModel, config: InferenceConfig) -> Network:
    try:
        module: Any = import_module(f'{__package__}.{name}')
    except (ImportError, SystemError) as error:
        # Python's compiler forgets to say that memory has run out.
        if isinstance(error, SystemError) or any(words in str(error) for words in NO_ROOM):
            raise MemoryError(f'{name} does not load: {error}') from None
        raise MissingDependencyError(
            f'backend: {name} does not load ({error}): {pip_install(name)}'
        ) from None
    network: Network = module.from_onnx(model, config)
    return network
