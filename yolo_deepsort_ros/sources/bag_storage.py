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

"""One file of a bag as the library rosbags reads it: what it refuses is put right for it."""

from __future__ import annotations

from contextlib import ExitStack, suppress
from importlib import import_module
import io
import logging
from pathlib import Path
import shutil
import struct
from tempfile import TemporaryDirectory
from typing import Any

from yolo_deepsort_ros.error_text import pip_install, shown
from yolo_deepsort_ros.errors import MissingDependencyError, SourceError
from yolo_deepsort_ros.files import reading

MCAP, SQLITE3 = 'mcap', 'sqlite3'
#: How the files of a storage begin.
STARTS = {b'\x89MCAP0\r\n': MCAP, b'SQLite format 3\0': SQLITE3}
WAL = '-wal'  #: what a database that was not closed has beside it
PROFILE = b'ros2'  #: what the head of an MCAP file says that it holds

_LOG = logging.getLogger(__name__)


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
        remedy = pip_install('"rosbags>=0.11"')
        raise MissingDependencyError(
            f'bags need the library rosbags ({shown(error)}): {remedy}'
        ) from None


def storage_of(path: Path) -> str:
    """Return how a file stores messages, `MCAP` or `SQLITE3`, by its first bytes; else ''."""
    with suppress(SourceError), reading(path, SourceError, '') as file:
        head = file.read(max(map(len, STARTS)))
        return next((kind for start, kind in STARTS.items() if head.startswith(start)), '')
    return ''


def reader_of(file: Path, open_files: ExitStack) -> Any:
    """
    Return the library's reader of a file.

    Parameters
    ----------
    file : Path
        A file of a known storage.
    open_files : ExitStack
        Takes what is to be cleared up once the file is closed.

    """
    library = rosbags()
    if storage_of(file) == SQLITE3:
        return library.rosbag2.storage_sqlite3.Sqlite3Reader(_recovered(file, open_files))
    reader = library.rosbag2.storage_mcap.McapReader(_WithProfile(file))
    reader.schemas = _Schemas()
    return reader


def _recovered(file: Path, open_files: ExitStack) -> Path:
    """Return the database with what its log holds, as a copy where there is one."""
    log = file.with_name(file.name + WAL)
    if not (log.exists() and log.stat().st_size):
        return file
    _LOG.warning(
        '%s: its recorder was stopped before it was finished; %s is read too',
        shown(file), log.name,
    )
    import sqlite3  # a node that opens no such bag needs none of it
    folder = Path(open_files.enter_context(TemporaryDirectory()))
    copy = folder / file.name
    shutil.copyfile(file, copy)
    shutil.copyfile(log, folder / log.name)
    with sqlite3.connect(copy) as database:
        database.execute('PRAGMA wal_checkpoint(TRUNCATE)')
    database.close()
    return copy


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
