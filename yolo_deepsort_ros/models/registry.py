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

from dataclasses import dataclass
import hashlib
import os
from pathlib import Path
from typing import BinaryIO

import yaml

from yolo_deepsort_ros.error_text import shown
from yolo_deepsort_ros.errors import ConfigurationError, ModelError
from yolo_deepsort_ros.files import read_bytes, reading

FILE = Path(__file__).with_name('data') / 'models.yaml'
MAX_FILE_BYTES = 2**20  #: bytes of the registry
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
    Return the networks by name, in their order in the file.

    Parameters
    ----------
    path : Path, optional
        A file in the place of `FILE`; embedded networks lie beside it.

    Raises
    ------
    ConfigurationError
        When it cannot be read.

    """
    path = path or FILE
    entries = yaml.safe_load(read_bytes(path, MAX_FILE_BYTES, ConfigurationError, REINSTALL))
    return {
        name: KnownModel(name, entry['parameter'], entry['text'], tuple(
            ModelFile(
                (cache_folder() if 'url' in file else path.parent) / f'{name}.{suffix}',
                file['sha256'], file.get('url', ''),
            )
            for suffix, file in entry['files'].items()
        ))
        for name, entry in entries.items()
    }


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


def _fetch_command() -> str:
    """Return the command as it works where this process was started."""
    return f'{os.environ.get(RUN_VARIABLE, "")} {FETCH}'.lstrip()
