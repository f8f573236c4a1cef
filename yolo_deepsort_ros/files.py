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
Files that users name: never waited for, never read without a limit, refused in one line.

What is written is there whole or not at all.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager, suppress
import errno
import os
from pathlib import Path
import stat
from typing import BinaryIO, TYPE_CHECKING

from yolo_deepsort_ros.error_text import shown
from yolo_deepsort_ros.errors import OutputError, YoloDeepsortError

if TYPE_CHECKING:
    from typing_extensions import Self

Failure = type[YoloDeepsortError]

LFS_POINTER = b'version https://git-lfs.github.com/spec/'  #: how one begins


class Closable(ABC):
    """What is closed at the end of a `with` statement, however that ends."""

    @abstractmethod
    def close(self) -> None:
        """Finish; nothing is done with it afterwards."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


@contextmanager
def reading(path: str | Path, failure: Failure, remedy: str) -> Iterator[BinaryIO]:
    """
    Open a regular file; a pipe could block for ever, and a device never end.

    Parameters
    ----------
    path : str or Path
        The file.
    failure : class of YoloDeepsortError
        What to raise when it cannot be opened or read.
    remedy : str
        What the error line tells the user to do.

    """
    try:
        with open(path, 'rb', opener=_open_regular) as file:
            yield file
    except OSError as error:
        raise failure(f'{shown(path)}: {error.strerror}; {remedy}') from None


def read_bytes(path: str | Path, limit: int, failure: Failure, remedy: str) -> bytes:
    """Return the content of a regular file of at most `limit` bytes; errors as in `reading`."""
    with reading(path, failure, remedy) as file:
        size = size_of(file)
        if size > limit:
            raise failure(f'{shown(path)}: {size} bytes, the limit is {limit}; {remedy}')
        content = file.read()
    check_fetched(path, content, failure)
    return content


def check_fetched(path: str | Path, start: bytes, failure: Failure) -> None:
    """Refuse a file that stands for another one, by its first bytes."""
    if start.startswith(LFS_POINTER):
        raise failure(
            f'{shown(path)}: a Git LFS pointer, not the file itself: run git lfs pull where it '
            f'was cloned, or download it'
        )


def write_whole(
    path: str | Path, content: bytes, remedy: str = 'name a file to write'
) -> None:
    """
    Write a file so that it is there whole or not at all; an older one is replaced.

    A link goes on pointing where it does.

    Raises
    ------
    OutputError
        When it cannot be written; it ends in the remedy.

    """
    target = os.path.realpath(path)
    unfinished = f'{target}.{os.urandom(8).hex()}.part'
    try:
        if os.path.exists(target) and not os.path.isfile(target):
            raise OSError(errno.EINVAL, 'a folder, pipe or device, not a file')
        with open(unfinished, 'wb') as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(unfinished, target)
    except OSError as error:
        raise OutputError(f'{shown(path)}: {error.strerror}; {remedy}') from None
    finally:
        with suppress(OSError):
            os.unlink(unfinished)


def remove_empty(path: Path) -> None:
    """Remove a file that has been opened in vain."""
    with suppress(OSError):
        if path.is_file() and not path.stat().st_size:
            path.unlink()


def size_of(file: BinaryIO) -> int:
    """Return the size of an open file in bytes."""
    return os.fstat(file.fileno()).st_size


def user_path(name: str) -> Path:
    """Return the path that a user has typed; a `~` that means no home stays as it is."""
    return Path(os.path.expanduser(name))


def check_utf8(name: str, failure: Failure, known_as: str = '') -> None:
    """Refuse a name that OpenCV cannot take: it ends the process instead of raising."""
    try:
        name.encode('utf-8')
    except UnicodeEncodeError:
        raise failure(
            f'{shown(known_as or name)}: rename the file: its name is not UTF-8'
        ) from None


def _open_regular(path: str, flags: int) -> int:
    if not stat.S_ISREG(os.stat(path).st_mode):
        raise OSError(errno.EINVAL, 'a folder, pipe or device, not a file')
    return os.open(path, flags)
