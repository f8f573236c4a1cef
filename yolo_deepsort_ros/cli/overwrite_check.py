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

"""What a command writes held against what it reads, before anything is opened."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping
from contextlib import suppress
import os
from pathlib import Path
from typing import Any

from yolo_deepsort_ros.error_text import shown
from yolo_deepsort_ros.errors import ConfigurationError
from yolo_deepsort_ros.files import user_path
from yolo_deepsort_ros.models.lookup import WEIGHTS
from yolo_deepsort_ros.models.registry import read_registry
from yolo_deepsort_ros.sources.bag_files import is_bag
from yolo_deepsort_ros.sources.opening import names_a_file
from yolo_deepsort_ros.sources.pictures import pictures_folder, SUFFIXES
from yolo_deepsort_ros.sources.sequence_info import INFO_NAME


def check_outputs(outputs: Mapping[str, str | Path | None], inputs: Iterable[Path]) -> None:
    """
    Refuse to write a file that is read, or one file twice; links do not hide it.

    Parameters
    ----------
    outputs : mapping of str to str, Path or None
        What would be written, by the option that says so; None and '' for nothing. Devices
        and pipes may be anything.
    inputs : iterable of Path
        Files, and folders into which nothing may be written.

    Raises
    ------
    ConfigurationError
        With the option and the file.

    """
    read = {_identity(path) for path in inputs}
    written: dict[Hashable, str] = {}
    for option, name in outputs.items():
        if not name or _is_special(name):
            continue
        path = Path(os.path.realpath(name))
        if any(_identity(place) in read for place in (path, *path.parents)):
            raise ConfigurationError(f'{option}: {shown(name)} is an input too; name another')
        other = written.setdefault(_identity(path), option)
        if other != option:
            raise ConfigurationError(f'{option}: {shown(name)} is for {other} too; name another')


def files_read(values: Mapping[str, Any]) -> Iterator[Path]:
    """Yield the files, and the bag, that parameters name: the source's and the networks'."""
    source = values.get('source', '').removeprefix('file://')
    if source and names_a_file(source):
        yield from folder_files(user_path(source))
    for name in ('model', 'weights', 'names', 'reid'):
        given = values.get(name)
        if not given:
            continue
        known = read_registry().get(given)
        if known:
            yield from (file.path for file in known.files)
        path = user_path(given)
        yield path
        if name == 'model':
            yield from (path.with_suffix(suffix) for suffix in (*WEIGHTS.values(), '.names'))
            yield path.with_name('coco.names')


def folder_files(path: Path, suffixes: Iterable[str] = SUFFIXES) -> Iterator[Path]:
    """Yield what is read of a folder, files of those suffixes, or a file or bag as it is."""
    with suppress(OSError):  # whoever opens it says it better
        if not path.is_dir() or is_bag(path):
            yield path
            return
        yield path / INFO_NAME
        yield path.parent / INFO_NAME
        for folder in {path, pictures_folder(path)}:
            yield from (file for file in folder.iterdir() if file.suffix.lower() in suffixes)


def _is_special(name: str | Path) -> bool:
    """Tell whether there is something that is neither file nor folder."""
    return os.path.exists(name) and not (os.path.isfile(name) or os.path.isdir(name))


def _identity(path: Path) -> Hashable:
    """Return what two names of one file have in common, be it there or not."""
    try:
        found = os.stat(path)
    except (OSError, ValueError):
        return os.path.realpath(path)
    return found.st_dev, found.st_ino
