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

"""How an error line quotes what a user has given or a file holds, and what it suggests."""

from __future__ import annotations

from collections.abc import Iterable
import difflib

MAX_SHOWN = 200  #: characters of a name or value; real paths are shorter


def shown(value: object, longest: int = MAX_SHOWN) -> str:
    """Return the text of a value in one printable line, cut where it is too long."""
    text = str(value)
    if not text.isprintable():
        text = repr(text)[1:-1]
    return text if len(text) <= longest else f'{text[:longest]}…'


def quoted(value: object, longest: int = MAX_SHOWN) -> str:
    """Return a value as it is written in Python, cut where it is too long."""
    text = repr(value)
    if isinstance(value, str) and len(text) > longest:
        return f'{text[:longest]}…{text[0]}'
    return shown(text, longest)


def memory_line(error: MemoryError) -> str:
    """Return what a user can do about memory that has run out."""
    reason = f' ({shown(error)})' if str(error) else ''
    return (
        f'not enough memory{reason}: take a smaller network or picture, or raise the limit '
        f'(ulimit -v, the --memory of a container)'
    )


def nearest(name: str, known: Iterable[str]) -> str:
    """Return a hint at the known name that a wrong one is like, else at all of them."""
    names = list(known)
    close = difflib.get_close_matches(name, names, n=1)
    return f'did you mean {close[0]!r}?' if close else f'known: {", ".join(names)}'
