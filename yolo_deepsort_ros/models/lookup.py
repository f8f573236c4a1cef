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

"""From what users give as `model` and `reid`, names or files, to the files."""

from __future__ import annotations

from collections.abc import Mapping
import os
from pathlib import Path
from typing import Any

from yolo_deepsort_ros.config.network_config import DetectorConfig, EmbedderConfig
from yolo_deepsort_ros.error_text import nearest, quoted, shown
from yolo_deepsort_ros.errors import ConfigurationError, ModelError
from yolo_deepsort_ros.files import user_path
from yolo_deepsort_ros.models.registry import KnownModel, read_registry

SUFFIXES = {'model': ('.cfg', '.onnx', '.param'), 'reid': ('.onnx',)}  #: of files, by parameter
WEIGHTS = {'.cfg': '.weights', '.param': '.bin'}  #: suffixes of what lies beside such files


def find_model(model: str, weights: str = '') -> tuple[Path, Path | None]:
    """
    Find the files of a detection network.

    Parameters
    ----------
    model : str
        Name in the registry, or a `.cfg`, `.onnx` or ncnn's `.param` file.
    weights : str
        Weights of a `.cfg` or `.param` file; empty: those beside it.

    Returns
    -------
    (Path, Path or None)
        The `.cfg` or `.param` and its weights, or the `.onnx` and nothing: of a name intact, of a
        file there.

    Raises
    ------
    ConfigurationError
        When `model` is neither, or comes with weights although it has its own.
    ModelError
        When a file is missing, or one of the registry is damaged.

    """
    found = _known_or_path('model', model)
    if isinstance(found, KnownModel):
        if weights:
            raise ConfigurationError(
                f'weights: {shown(model)} has its own: leave weights out, or give as model the '
                f'.cfg file to {quoted(weights)}'
            )
        found.check()
        has_weights = found.path.suffix != '.onnx'
        return found.path, found.path.with_suffix('.weights') if has_weights else None
    if found.suffix == '.onnx':
        if weights:
            raise ConfigurationError(f'weights: {shown(model)} has its own: leave weights out')
        return _existing('model', found), None
    beside = found.with_suffix(WEIGHTS[found.suffix])
    return (
        _existing('model', found),
        _existing('weights', user_path(weights) if weights else beside),
    )


def find_reid(reid: str) -> Path:
    """
    Find the file of a re-identification network: a name in the registry, or an `.onnx` file.

    Raises
    ------
    ConfigurationError, ModelError
        As `find_model`.

    """
    found = _known_or_path('reid', reid)
    if isinstance(found, KnownModel):
        found.check()
        return found.path
    return _existing('reid', found)


def check_models(values: Mapping[str, Any]) -> None:
    """
    Check what can be without loading anything, so that a mistake shows before a start.

    Parameters
    ----------
    values : mapping
        Parameters by name; of these model, weights and reid count.

    Raises
    ------
    ConfigurationError, ModelError
        As `find_model`.

    """
    find_model(values.get('model', DetectorConfig().model), values.get('weights', ''))
    if values.get('reid', EmbedderConfig().reid):
        find_reid(values['reid'])


def downloadable(values: Mapping[str, Any]) -> list[str]:
    """Return those of the networks that parameters name which come over the network."""
    named = (
        values.get('model', DetectorConfig().model), values.get('reid', EmbedderConfig().reid)
    )
    known = read_registry()
    return [name for name in known if name in named and not known[name].is_embedded]


def _known_or_path(parameter: str, given: str) -> KnownModel | Path:
    """Return what a parameter's value means, be it there or not."""
    known = read_registry()
    if given in known and known[given].parameter == parameter:
        return known[given]
    path = user_path(given)
    if path.suffix in SUFFIXES[parameter]:
        return path
    names = [name for name, model in known.items() if model.parameter == parameter]
    *others, last = SUFFIXES[parameter]
    suffixes = ' or '.join(filter(None, (', '.join(others), last)))
    raise ConfigurationError(
        f'{parameter}: {quoted(given)} is neither a {suffixes} file nor a network known by '
        f'name; {nearest(path.stem, names)}'
    )


def _existing(parameter: str, path: Path) -> Path:
    """Return the path of a file after a look whether it is there."""
    if os.path.exists(path):
        return path
    known = read_registry().get(path.stem)
    hint = f'; without the suffix, {path.stem} is known by name' if known else ''
    raise ModelError(f'{parameter}: {shown(path)}: No such file or directory{hint}')
