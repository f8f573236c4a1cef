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

"""The files of ROS 2 bags (mcap, sqlite3), read by the library rosbags, without ROS."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, ExitStack, suppress
import logging
from pathlib import Path
from typing import Any

from yolo_deepsort_ros.config.yaml_text import yaml_documents
from yolo_deepsort_ros.error_text import shown
from yolo_deepsort_ros.errors import InputError, MissingDependencyError, SourceError
from yolo_deepsort_ros.files import read_bytes
from yolo_deepsort_ros.sources.bag_storage import MCAP, reader_of, rosbags, storage_of

METADATA = 'metadata.yaml'
SUFFIXES = ('.mcap', '.db3')
MAX_METADATA = 2**26  #: bytes of a metadata.yaml, which lists the files of a long recording
CDR = 'cdr'  #: encoding of the messages of ROS

_LOG = logging.getLogger(__name__)


def is_bag(path: Path) -> bool:
    """Tell whether this is a bag's folder, or one of its files."""
    if not path.is_dir():
        return path.suffix in SUFFIXES or bool(storage_of(path))
    marks = (METADATA, *(f'*{suffix}' for suffix in SUFFIXES))
    return any(True for mark in marks for _ in path.glob(mark))


class BagFiles:
    """
    The messages of a bag's files, one file after the other.

    Only `metadata.yaml` of a compressed bag is needed. Of others it says in which order the
    files come, and how many messages there should be. Topics in other encodings than that of
    ROS are left out, with one line.

    Parameters
    ----------
    path : Path
        A bag's folder, or its only file.

    Attributes
    ----------
    connections : list
        The topics, as the library has them, each once.
    promised : mapping of str to int
        Messages of each topic by `metadata.yaml`; empty without one.
    is_mcap : bool
        Whether its files are mcap, not sqlite3.

    Raises
    ------
    SourceError
        When it cannot be read.
    MissingDependencyError
        When the library rosbags is not installed.

    """

    def __init__(self, path: Path) -> None:
        self.name = str(path)
        library = rosbags()
        self._open_files = ExitStack()
        self.is_open = True
        with self._open_files, readable(self.name):
            metadata = _metadata(path)
            self.promised, hashes = _topics(metadata)
            files = _files(path, metadata)
            self.is_mcap = any(storage_of(file) == MCAP for file in files)
            if metadata.get('compression_mode'):
                self._storages = [self._opened(library.rosbag2.Reader(path))]
                self.is_mcap = any('.mcap' in file.suffixes for file in path.iterdir())
            else:
                self._storages = [
                    self._opened(reader_of(file, self._open_files)) for file in files
                ]
            self._merge(hashes)
            self._open_files = self._open_files.pop_all()

    def messages(self, connections: list[Any]) -> Iterator[tuple[Any, int, bytes]]:
        """Yield the topic, time of recording (ns) and bytes of each message."""
        wanted = {found.id for found in connections}
        for storage in self._storages:
            merged = {
                found.id: self._merged[_key(found)] for found in storage.connections
                if _key(found) in self._merged and self._merged[_key(found)].id in wanted
            }
            own = [found for found in storage.connections if found.id in merged]
            if own:
                for found, recorded, data in storage.messages(own):
                    yield merged[found.id], recorded, data

    def close(self) -> None:
        """Release the files."""
        self.is_open = False
        self._open_files.close()

    def _opened(self, storage: Any) -> Any:
        storage.open()
        self._open_files.callback(storage.close)
        return storage

    def _merge(self, hashes: Mapping[str, str]) -> None:
        """
        Find the topics of all files; those with the same name and type are one.

        Some files leave the hash of the type, by topic, to `metadata.yaml`.
        """
        self._merged: dict[tuple[str, str], Any] = {}
        others = set()
        for storage in self._storages:
            for found in storage.connections:
                if found.ext.serialization_format != CDR:
                    others.add(f'{found.topic} ({found.ext.serialization_format})')
                else:
                    known = self._merged.get(_key(found))
                    self._merged[_key(found)] = found._replace(
                        id=known.id if known else len(self._merged) + 1,
                        msgcount=found.msgcount + (known.msgcount if known else 0),
                        digest=found.digest or hashes.get(found.topic, ''),
                    )
        self.connections = list(self._merged.values())
        if others:
            _LOG.warning(
                '%s: topics that are not in the encoding of ROS are left out: %s',
                shown(self.name), shown(', '.join(sorted(others))),
            )


def _key(connection: Any) -> tuple[str, str]:
    return connection.topic, connection.msgtype


def _metadata(path: Path) -> Mapping[str, Any]:
    """Return what `metadata.yaml` says; nothing without one."""
    file = path / METADATA
    if not path.is_dir() or not file.exists():
        return {}
    try:
        tree = yaml_documents(read_bytes(file, MAX_METADATA, SourceError, 'free it'))[0]
        found = tree['rosbag2_bagfile_information']
        return {**found, 'relative_file_paths': list(map(str, found['relative_file_paths']))}
    except (InputError, IndexError, KeyError, TypeError) as error:
        raise InputError(f'{METADATA}: {type(error).__name__}: {shown(error)}') from None


def _topics(metadata: Mapping[str, Any]) -> tuple[dict[str, int], dict[str, str]]:
    """Return the counts of messages and the hash of the type by topic."""
    counts: dict[str, int] = {}
    hashes: dict[str, str] = {}
    with suppress(AttributeError, KeyError, TypeError, ValueError):
        for topic in metadata.get('topics_with_message_count', ()):
            name = str(topic['topic_metadata']['name'])
            counts[name] = counts.get(name, 0) + int(topic['message_count'])
            hashes[name] = str(topic['topic_metadata'].get('type_description_hash', ''))
    return counts, hashes


def _files(path: Path, metadata: Mapping[str, Any]) -> list[Path]:
    """Return a bag's files in their order; where those listed are not there, all that are."""
    if not path.is_dir():
        return [path]
    listed = [path / Path(name).name for name in metadata.get('relative_file_paths', ())]
    if listed and all(file.exists() for file in listed):
        return listed
    found = sorted(
        file for file in path.iterdir() if file.is_file() and file.suffix != '.yaml'
        and (file.suffix in SUFFIXES or storage_of(file))
    )
    if not found:
        raise InputError('its files are missing')
    return found


@contextmanager
def readable(name: str) -> Iterator[None]:
    """Turn whatever a library raises at a damaged bag into one line."""
    try:
        yield
    except (SourceError, MissingDependencyError):
        raise
    except Exception as error:  # noqa: B902  its errors have no class in common
        reason = shown(error) or type(error).__name__
        raise SourceError(
            f'{shown(name)}: not a bag that can be read ({reason}); give a whole bag of ROS 2: '
            f'ros2 bag reindex or mcap recover may repair it'
        ) from None
