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
from importlib import import_module
import io
import logging
from pathlib import Path
import shutil
import sqlite3
import struct
from tempfile import TemporaryDirectory
from typing import Any

from yolo_deepsort_ros.error_text import shown
from yolo_deepsort_ros.errors import InputError, MissingDependencyError, SourceError
from yolo_deepsort_ros.files import read_bytes, reading
from yolo_deepsort_ros.yaml_text import yaml_documents

METADATA = 'metadata.yaml'
SUFFIXES = ('.mcap', '.db3')
MAX_METADATA = 2**26  #: bytes of a metadata.yaml, which lists the files of a long recording
MCAP, SQLITE3 = 'mcap', 'sqlite3'
#: How the files of a storage begin.
STARTS = {b'\x89MCAP0\r\n': MCAP, b'SQLite format 3\0': SQLITE3}
WAL = '-wal'  #: what a database that was not closed has beside it
CDR = 'cdr'  #: encoding of the messages of ROS
PROFILE = b'ros2'  #: what the head of an MCAP file says that it holds

_LOG = logging.getLogger(__name__)


def is_bag(path: Path) -> bool:
    """Tell whether this is a bag's folder, or one of its files."""
    if not path.is_dir():
        return path.suffix in SUFFIXES or bool(storage_of(path))
    marks = (METADATA, *(f'*{suffix}' for suffix in SUFFIXES))
    return any(True for mark in marks for _ in path.glob(mark))


def storage_of(path: Path) -> str:
    """Return how a file stores messages, `MCAP` or `SQLITE3`, by its first bytes; else ''."""
    with suppress(SourceError), reading(path, SourceError, '') as file:
        head = file.read(max(map(len, STARTS)))
        return next((kind for start, kind in STARTS.items() if head.startswith(start)), '')
    return ''


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
        self._library = rosbags()
        self._open_files = ExitStack()
        self.is_open = True
        with self._open_files, readable(self.name):
            metadata = _metadata(path)
            self.promised, hashes = _topics(metadata)
            files = _files(path, metadata)
            self.is_mcap = any(storage_of(file) == MCAP for file in files)
            if metadata.get('compression_mode'):
                self._storages = [self._opened(self._library.rosbag2.Reader(path))]
                self.is_mcap = any('.mcap' in file.suffixes for file in path.iterdir())
            else:
                self._storages = [self._opened(self._storage(file)) for file in files]
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

    def _storage(self, file: Path) -> Any:
        """Return the library's reader of a file."""
        if storage_of(file) == SQLITE3:
            return self._library.rosbag2.storage_sqlite3.Sqlite3Reader(self._recovered(file))
        reader = self._library.rosbag2.storage_mcap.McapReader(_WithProfile(file))
        reader.schemas = _Schemas()
        return reader

    def _recovered(self, file: Path) -> Path:
        """Return the database with what its log holds, as a copy where there is one."""
        log = file.with_name(file.name + WAL)
        if not (log.exists() and log.stat().st_size):
            return file
        _LOG.warning(
            '%s: its recorder was stopped before it was finished; %s is read too',
            shown(file), log.name,
        )
        folder = Path(self._open_files.enter_context(TemporaryDirectory()))
        copy = folder / file.name
        shutil.copyfile(file, copy)
        shutil.copyfile(log, folder / log.name)
        with sqlite3.connect(copy) as database:
            database.execute('PRAGMA wal_checkpoint(TRUNCATE)')
        database.close()
        return copy

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


class _Schemas(dict[int, Any]):
    """Types of messages, without the definitions that the library cannot read."""

    def __setitem__(self, key: int, schema: Any) -> None:
        if schema.encoding not in ('ros2msg', 'ros2idl'):
            schema = schema._replace(encoding='ros2msg', data='')
        super().__setitem__(key, schema)


class _WithProfile:
    """
    The path of an MCAP file that says `ros2` at its head.

    A file may leave its profile empty; the library refuses it then. The name of the writing
    program, which follows, gives way, so that all else stays in its place.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def __str__(self) -> str:
        return str(self._path)

    def open(self, mode: str) -> io.BufferedReader:  # noqa: A003
        """Open it for reading."""
        with open(self._path, mode) as file:
            head = file.read(17)
            size = struct.unpack('<Q', head[9:])[0] if len(head) == 17 else 0
            has_none = file.read(4) == bytes(4)
        if not has_none or not 12 <= size < 2**16:
            return io.BufferedReader(io.FileIO(self._path))
        told = struct.pack('<I', len(PROFILE)) + PROFILE + struct.pack('<I', size - 12)
        return io.BufferedReader(_Overlaid(self._path, head + told.ljust(size)))


class _Overlaid(io.FileIO):
    """A file that begins with other bytes."""

    def __init__(self, path: Path, head: bytes) -> None:
        super().__init__(path)
        self._head = head

    def readinto(self, buffer: Any) -> int:
        """Read what is there, and put the head over it."""
        at = self.tell()
        count = super().readinto(buffer) or 0
        part = self._head[at:at + count]
        memoryview(buffer).cast('B')[:len(part)] = part
        return count


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


def rosbags() -> Any:
    """
    Load the library.

    Raises
    ------
    MissingDependencyError
        When it is not installed.

    """
    try:
        for part in ('rosbag2', 'rosbag2.storage_mcap', 'rosbag2.storage_sqlite3', 'typesys'):
            import_module(f'rosbags.{part}')
        return import_module('rosbags')
    except ImportError as error:
        raise MissingDependencyError(
            f'bags need the library rosbags ({shown(error)}): pip install "rosbags>=0.11"'
        ) from None


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
