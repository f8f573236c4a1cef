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
import re
import sys

MAX_SHOWN = 200  #: characters of a name or value; real paths are shorter
MAX_READ = 4096  #: characters that are looked at; a message may bring a name of megabytes

#: A URL in a text; of a path with `pathlib` one slash is left. `file:` has no host. The scheme is
#: bounded, or a long text without one would take the square of its length.
_URL = re.compile(r'(?!file:)([A-Za-z][A-Za-z0-9+.-]{1,40}):/{1,2}(\S*)')
_AFTER_URL = ':;,.)\'"'  #: what ends it and is no part of it
_HOST = re.compile(r'(?:[A-Za-z0-9._~%-]+|\[[0-9A-Fa-f:.]+\])?(?::[0-9]*)?')


def public_url(url: str) -> str:
    """
    Return scheme, host and port of a URL; users, passwords and tokens may be anywhere else.

    Where an `@` stands so that nobody can tell the host from a password, the scheme is all.
    A `file:` URL is returned as it is, and so is a text that is no URL.

    Examples
    --------
    >>> public_url('rtsp://admin:secret@camera.local:554/live?token=x')
    'rtsp://camera.local:554/…'

    """
    scheme, mark, rest = url.partition('://')
    if not mark or scheme == 'file':
        return url
    authority = re.split('[/?#\\\\]', rest, maxsplit=1)[0]
    host = authority.rpartition('@')[2]
    is_plain = re.fullmatch('[A-Za-z][A-Za-z0-9+.-]*', scheme)
    if not is_plain or '@' in rest[len(authority):] or not _HOST.fullmatch(host):
        return f'{scheme}://…' if is_plain else '…'
    return f'{scheme}://{host}/…' if rest[len(authority):] else f'{scheme}://{host}'


def without_secrets(text: str) -> str:
    """Return the head of a text, the URLs in it as `public_url` has them."""
    head = text[:MAX_READ]

    def public(found: re.Match[str]) -> str:
        if found.end() == len(head) < len(text):  # cut off, and its secrets may come first
            return f'{found[1]}://…'
        rest = found[2].rstrip(_AFTER_URL)
        return public_url(f'{found[1]}://{rest}') + found[2][len(rest):]

    return _URL.sub(public, head)


def shown(value: object, longest: int = MAX_SHOWN) -> str:
    """Return the text of a value in one printable line, cut where it is too long; no secrets."""
    text = without_secrets(str(value))
    if not text.isprintable():
        text = repr(text)[1:-1]
    return text if len(text) <= longest else f'{text[:longest]}…'


def quoted(value: object, longest: int = MAX_SHOWN) -> str:
    """Return a value as it is written in Python, cut where it is too long; no secrets."""
    value = without_secrets(value) if isinstance(value, str) else value
    text = repr(value)
    if isinstance(value, str) and len(text) > longest:
        return f'{text[:longest]}…{text[0]}'
    return shown(text, longest)


def pip_install(packages: str) -> str:
    """Return the command by which this Python gets packages, in an environment of its own too."""
    pip = 'pip' if sys.prefix == sys.base_prefix else f'{sys.prefix}/bin/pip'
    return f'{pip} install {packages}'


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
