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
Networks that lie inside the package: nothing to download, on any machine.

They are made by `tools/train_arena.py`, which prints the hashes below.
"""

from __future__ import annotations

from collections.abc import Mapping
import hashlib
from pathlib import Path

from yolo_deepsort_ros.errors import ConfigurationError, ModelError

FOLDER = Path(__file__).with_name('data')

#: SHA-256 of each file of a network, the `.cfg` first and then its `.weights`.
EMBEDDED: Mapping[str, Mapping[str, str]] = {
    'arena-tiny': {
        '.cfg': 'b87d194dbf43a5abe08a1a3c2a65fed4df97ca83f6e27f05ab8ec366f98426f0',
        '.weights': '69e3568765fca4321bd2db736c788de466eb897cace9c4c07628f216d4b5fd82',
        '.names': '705dfb661f9b7bba73f75e3c7427232df415ee19a2a61de44b15d4417d19ca31',
    },
}


def embedded_model(name: str, folder: Path = FOLDER) -> tuple[Path, Path]:
    """
    Find an embedded network and make sure that it is as it was trained.

    Parameters
    ----------
    name : str
        One of `EMBEDDED`.
    folder : Path
        Where the files lie.

    Returns
    -------
    (Path, Path)
        The `.cfg`, with the labels beside it, and the `.weights`.

    Raises
    ------
    ConfigurationError
        When no such network is embedded.
    ModelError
        When a file is missing or is not the one of this release.

    """
    if name not in EMBEDDED:
        known = ', '.join(EMBEDDED)
        raise ConfigurationError(f'model: no {name!r} lies in the package; known: {known}')
    for suffix, expected in EMBEDDED[name].items():
        path = folder / f'{name}{suffix}'
        try:
            found = hashlib.sha256(path.read_bytes()).hexdigest()
        except OSError as error:
            raise ModelError(f'{path}: {error.strerror}: {_REMEDY}') from None
        if found != expected:
            raise ModelError(f'{path}: damaged: {_REMEDY}')
    return folder / f'{name}.cfg', folder / f'{name}.weights'


_REMEDY = 'reinstall yolo_deepsort_ros (in a clone: git restore this file and build again)'
