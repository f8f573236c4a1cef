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
Networks known by name: their files, where these are, and whether they are intact.

`data/models.yaml` declares them. The files of an embedded network lie beside it; those of
another are downloaded, by `download.fetch`, into the user's cache folder.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
import hashlib
import os
from pathlib import Path
import re
from typing import Any, BinaryIO

import yaml

from yolo_deepsort_ros.error_text import shown
from yolo_deepsort_ros.errors import ConfigurationError, ModelError
from yolo_deepsort_ros.files import read_bytes, reading

FILE = Path(__file__).with_name('data') / 'models.yaml'
MAX_FILE_BYTES = 2**20  #: bytes of the registry
#: The suffixes that a network has: by the parameter that takes its name, the main one first.
REQUIRED = {'model': ('cfg', 'weights'), 'reid': ('onnx',)}
OPTIONAL = {'model': ('names',), 'reid': ()}
ALONE = ('onnx',)  #: or this, instead of the required ones

FETCH = 'python3 -m yolo_deepsort_ros models fetch'
RUN_VARIABLE = 'YOLO_DEEPSORT_RUN'  #: set by scripts/run: what to put before a command
REINSTALL = 'reinstall yolo_deepsort_ros (in a clone: git restore this file and build again)'


@dataclass(frozen=True)
class ModelFile:
    """
    One file of a network.

    Attributes
    ----------
    path : Path
        Where it is, or will be once it is downloaded.
    sha256 : str
        Hash of its content, 64 hexadecimal digits.
    url : str
        Where it comes from, over https; empty: it lies in the package.

    """

    path: Path
    sha256: str
    url: str

    def is_intact(self) -> bool:
        """
        Return whether the file has the content that it should have.

        Raises
        ------
        ModelError
            When there is no file, or it cannot be read.

        """
        with reading(self.path, ModelError, 'see that it can be read, or remove it') as file:
            return sha256_of(file) == self.sha256


@dataclass(frozen=True)
class KnownModel:
    """
    A network of the registry.

    Attributes
    ----------
    name : str
        What it is known by.
    parameter : str
        What takes the name: model or reid.
    text : str
        One line for people.
    files : tuple of ModelFile
        The main one, which stands for all, first; the others lie beside it.

    """

    name: str
    parameter: str
    text: str
    files: tuple[ModelFile, ...]

    @property
    def path(self) -> Path:
        """Where the main file is, or will be."""
        return self.files[0].path

    @property
    def is_embedded(self) -> bool:
        """Whether it came with the package and needs no download."""
        return not self.files[0].url

    @property
    def state(self) -> str:
        """One of ready, missing and damaged."""
        if not all(os.path.exists(file.path) for file in self.files):
            return 'missing'
        try:
            return 'ready' if all(file.is_intact() for file in self.files) else 'damaged'
        except ModelError:
            return 'damaged'

    def check(self) -> None:
        """
        Make sure that all files are there and intact.

        Hashing 24 MB takes some 50 ms at each start. What it finds, a worn disk or the files
        of another release, would be wrong boxes without an error.

        Raises
        ------
        ModelError
            When a file is missing or damaged; the line says how to get it.

        """
        remedy = REINSTALL if self.is_embedded else f'run {_fetch_command()} {self.name}'
        for file in self.files:
            if not os.path.exists(file.path):
                problem = 'missing' if self.is_embedded else 'not fetched yet'
                raise ModelError(f'{shown(file.path)}: {problem}: {remedy}')
            if not file.is_intact():
                raise ModelError(f'{shown(file.path)}: damaged: {remedy}')


def read_registry(path: Path | None = None) -> dict[str, KnownModel]:
    """
    Read and check the registry.

    Parameters
    ----------
    path : Path, optional
        A file in the place of `FILE`; embedded networks lie beside it.

    Returns
    -------
    dict
        The networks by name, in their order in the file.

    Raises
    ------
    ConfigurationError
        When it cannot be read, or an entry is wrong.

    """
    path = path or FILE
    content = read_bytes(path, MAX_FILE_BYTES, ConfigurationError, REINSTALL)
    try:
        entries = yaml.safe_load(content)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ConfigurationError(f'{shown(path)}: not YAML: {shown(error)}') from None
    try:
        return {
            str(name): _known_model(name, about, path.parent)
            for name, about in _mapping(entries, 'the file').items()
        }
    except ValueError as error:
        raise ConfigurationError(f'{shown(path)}: {error}') from None


def cache_folder() -> Path:
    """
    Return the folder for downloaded files; it may not be there yet.

    Of a user without a home it is not absolute, and holds nothing: only who downloads needs one.
    """
    cache = os.environ.get('XDG_CACHE_HOME', '')
    if not os.path.isabs(cache):  # which its specification says to ignore
        cache = os.path.expanduser('~/.cache')
    return Path(cache, 'yolo_deepsort_ros')


def sha256_of(file: BinaryIO) -> str:
    """Return the hash of what is left of a file."""
    digest = hashlib.sha256()
    while chunk := file.read(2**20):
        digest.update(chunk)
    return digest.hexdigest()


def _known_model(name: object, about: object, folder: Path) -> KnownModel:
    label = shown(name)
    if not isinstance(name, str) or not re.fullmatch(r'\w[\w-]*', name, re.ASCII):
        raise ValueError(f'{label!r} is no name: take letters, digits, _ and -')
    values = _mapping(about, label, 'parameter', 'text', 'files')
    parameter, text = values['parameter'], values['text']
    if not isinstance(parameter, str) or parameter not in REQUIRED:
        raise ValueError(f'{label}: parameter is {shown(parameter)}, not {" or ".join(REQUIRED)}')
    if not isinstance(text, str) or not text.isprintable():
        raise ValueError(f'{label}: text is not one line of text')
    files = _mapping(values['files'], f'{label}: files')
    required = ALONE if ALONE[0] in files else REQUIRED[parameter]
    for suffix in files:
        if suffix not in required + OPTIONAL[parameter]:
            raise ValueError(f'{label}: files: a {parameter} has no {shown(suffix)}')
    for suffix in required:
        if suffix not in files:
            raise ValueError(f'{label}: files: {suffix} is missing')
    found = tuple(
        _model_file(f'{name}.{suffix}', files[suffix], folder)
        for suffix in required + OPTIONAL[parameter] if suffix in files
    )
    if len({bool(file.url) for file in found}) > 1:
        raise ValueError(f'{label}: files: either all have a url, or none has')
    return KnownModel(name, parameter, text, found)


def _model_file(name: str, about: object, folder: Path) -> ModelFile:
    values = _mapping(about, name, 'sha256', optional=('url',))
    sha256, url = values['sha256'], values.get('url', '')
    if not isinstance(sha256, str) or not re.fullmatch('[0-9a-f]{64}', sha256):
        raise ValueError(f'{name}: sha256 {shown(sha256)} is not 64 hexadecimal digits as text')
    if not isinstance(url, str) or not re.fullmatch(r'(https://[!-~]+)?', url):
        raise ValueError(f'{name}: url {shown(url)} does not begin with https://')
    return ModelFile((cache_folder() if url else folder) / name, sha256, url)


def _mapping(
    value: object, label: str, *required: str, optional: tuple[str, ...] = ()
) -> Mapping[Any, Any]:
    """Return a mapping with these keys, any where none are named."""
    if not isinstance(value, dict):
        raise ValueError(f'{label} holds no names with values')
    missing = [key for key in required if key not in value]
    unknown = [shown(key) for key in value if key not in required + optional]
    if missing:
        raise ValueError(f'{label}: {missing[0]} is missing')
    if required and unknown:
        known = ', '.join(required + optional)
        raise ValueError(f'{label}: {unknown[0]} is unknown; known: {known}')
    return value


def _fetch_command() -> str:
    """Return the command as it works where this process was started."""
    return f'{os.environ.get(RUN_VARIABLE, "")} {FETCH}'.lstrip()
