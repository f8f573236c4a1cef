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
Downloads over https that leave the right file, or one line of error and nothing.

The standard library does it: robots of any year have it, it knows proxies and certificates,
and what must not happen (http, a wrong file, half a file) is refused here, not by a setting.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse, responses
import os
from pathlib import Path
import re
import secrets
import ssl
import time
from typing import Any, BinaryIO
from urllib import request
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit

from tqdm import tqdm

from yolo_deepsort_ros.error_text import shown
from yolo_deepsort_ros.errors import DownloadError, OutputError
from yolo_deepsort_ros.models.registry import KnownModel, ModelFile

CHUNK = 2**16  #: bytes read at once
TRANSIENT = (408, 425, 429)  #: HTTP states, beside those from 500 on, that may pass


@dataclass(frozen=True)
class Patience:
    """
    What is still waited for.

    Attributes
    ----------
    timeout : float
        Longest silence of a server, in seconds.
    slowest : float
        Bytes a second, on an average over such a time, below which a server counts as silent.
    pauses : tuple of float
        Seconds before each further attempt after a connection has broken.
    largest : int
        Bytes of a file above which it cannot be the right one.

    """

    timeout: float = 20.0
    slowest: float = 512.0
    pauses: tuple[float, ...] = (1.0, 2.0, 4.0, 8.0)
    largest: int = 2**28


class _BrokenError(Exception):
    """The connection ended before the file did; another one may go on."""


def fetch(model: KnownModel, patience: Patience | None = None) -> None:
    """
    Download those files of a network that are not there, or not as they should be.

    Each appears under its name at once and intact: it is written under another name beside
    it, checked and renamed. So processes may fetch the same at the same time.

    Parameters
    ----------
    model : KnownModel
        The network.
    patience : Patience, optional
        When to give up.

    Raises
    ------
    DownloadError
        When a file cannot be had, or is another one.
    OutputError
        When it cannot be written.

    """
    for file in model.files:
        if file.url and not (os.path.exists(file.path) and file.is_intact()):
            _download(file, patience or Patience())


def _download(wanted: ModelFile, patience: Patience) -> None:
    with _appearing(wanted.path) as (file, part):
        try:
            _receive(wanted.url, file, patience)
        except DownloadError as error:
            raise DownloadError(
                f'{wanted.url}: {error}; or bring the file here as {shown(wanted.path)}'
            ) from None
        file.flush()
        if not ModelFile(part, wanted.sha256, '').is_intact():
            raise DownloadError(
                f'{wanted.url}: {file.tell()} bytes came, but their SHA-256 is not that of '
                f'{wanted.path.name}: nothing is kept; is a login page or a filter in between?'
            )


@contextmanager
def _appearing(path: Path) -> Iterator[tuple[BinaryIO, Path]]:
    """Yield a file with a name of its own, which gets the right one if the block succeeds."""
    part = path.with_name(f'.{path.name}.{secrets.token_hex(8)}.part')
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(part, 'xb') as file:
            yield file, part
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, path)
    except OSError as error:
        raise OutputError(
            f'{shown(path)}: cannot be written: {error.strerror}; mend that, or set '
            f'XDG_CACHE_HOME to another folder'
        ) from None
    finally:
        with suppress(OSError):
            part.unlink()


def _receive(url: str, file: BinaryIO, patience: Patience) -> None:
    """Write what the address holds, over as many connections as it takes and is allowed."""
    opener = _https_opener()
    problem = _attempt(opener, url, file, patience)
    for pause in patience.pauses:
        if not problem:
            return
        time.sleep(pause)
        problem = _attempt(opener, url, file, patience)
    if problem:
        attempts = len(patience.pauses) + 1
        raise DownloadError(f'{problem}, the last of {attempts} attempts; try again later')


def _attempt(
    opener: request.OpenerDirector, url: str, file: BinaryIO, patience: Patience
) -> str:
    """Return what went wrong with a connection, empty when the file is complete."""
    try:
        _receive_more(opener, url, file, patience)
    except _BrokenError as error:
        return str(error)
    return ''


def _receive_more(
    opener: request.OpenerDirector, url: str, file: BinaryIO, patience: Patience
) -> None:
    """Go on where the file ends; from its start where the server does not do that."""
    headers = {'User-Agent': 'yolo_deepsort_ros'}
    if file.tell():
        headers['Range'] = f'bytes={file.tell()}-'
    with _open(opener, request.Request(url, headers=headers), patience, file) as response:
        if response.status != 206 or _first_byte(response) != file.tell():
            file.seek(0)
            file.truncate()
            if response.status != 200:
                raise _BrokenError(f'the server answers {response.status} with the wrong part')
        total = None if response.length is None else file.tell() + response.length
        _check_size(total or 0, patience)
        with tqdm(
            total=total, initial=file.tell(), desc=urlsplit(url).path.rpartition('/')[2],
            unit='B', unit_scale=True, disable=None,
        ) as bar:
            for chunk in _chunks(response, patience):
                file.write(chunk)
                bar.update(len(chunk))
                _check_size(file.tell(), patience)
    if total is not None and file.tell() < total:
        raise _BrokenError(f'the connection ended after {file.tell()} of {total} bytes')


def _chunks(response: HTTPResponse, patience: Patience) -> Iterator[bytes]:
    """Yield what comes until the end of the file or of the connection, if it comes at all."""
    left = patience.largest if response.length is None else response.length
    since, received = time.monotonic(), 0
    with _breaking():
        while left and (chunk := response.read1(min(CHUNK, left))):
            yield chunk
            left -= len(chunk)
            received += len(chunk)
            seconds = time.monotonic() - since
            if seconds > patience.timeout:
                if received < seconds * patience.slowest:
                    raise _BrokenError(f'the server sends {received} bytes in {seconds:.0f} s')
                since, received = time.monotonic(), 0


def _open(
    opener: request.OpenerDirector, asked: request.Request, patience: Patience, file: BinaryIO
) -> HTTPResponse:
    try:
        with _breaking():
            response: HTTPResponse = opener.open(asked, timeout=patience.timeout)
            return response
    except HTTPError as error:
        error.close()
        if error.code == 416:  # asked for what comes after the end: the file has grown too long
            file.seek(0)
            file.truncate()
        message = f'the server answers {error.code} {responses.get(error.code, "")}'.rstrip()
        if 300 <= error.code < 400:
            raise DownloadError(f'{message}, redirects that do not end at a file') from None
        if error.code in (*TRANSIENT, 416) or error.code >= 500:
            raise _BrokenError(message) from None
        raise DownloadError(f'{message}; look for a newer release of yolo_deepsort_ros') from None
    except URLError as error:
        message = _why_no_connection(error.reason)
        if file.tell() and not isinstance(error.reason, ssl.SSLCertVerificationError):
            raise _BrokenError(message) from None  # it worked a moment ago
        raise DownloadError(message) from None


def _why_no_connection(reason: object) -> str:
    if isinstance(reason, ssl.SSLCertVerificationError):
        return (f'the server cannot be trusted ({reason.verify_message}): check the clock of '
                f'this machine and its certificates (package ca-certificates)')
    why = reason.strerror if isinstance(reason, OSError) and reason.strerror else reason
    return (f'no connection ({shown(why)}): check the network, and https_proxy if there is a '
            f'proxy')


@contextmanager
def _breaking() -> Iterator[None]:
    """Turn what a connection may die of, after it was made, into one kind of error."""
    try:
        yield
    except URLError:
        raise
    except TimeoutError:
        raise _BrokenError('the server has fallen silent') from None
    except (OSError, HTTPException, ValueError) as error:
        why = shown(error) or type(error).__name__
        raise _BrokenError(f'the connection broke ({why})') from None


def _first_byte(response: HTTPResponse) -> int | None:
    found = re.match(r'bytes (\d+)-', response.headers.get('Content-Range', ''))
    return int(found[1]) if found else None


def _check_size(size: int, patience: Patience) -> None:
    if size >= patience.largest:
        raise DownloadError(
            f'the server sends {patience.largest} bytes or more, no network has so many'
        )


class _HttpsRedirects(request.HTTPRedirectHandler):
    """Follows an address to another one, but not out of https."""

    def redirect_request(
        self, req: request.Request, fp: Any, code: int, msg: str, headers: Any, newurl: str
    ) -> request.Request | None:
        """Return the request for the new address."""
        if urlsplit(newurl).scheme != 'https':
            fp.close()
            raise DownloadError(
                f'the server leads to {shown(newurl)}, which is not https: it is not followed'
            )
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _https_opener() -> request.OpenerDirector:
    """Return what opens https addresses, directly or by the environment's proxy, and no others."""
    opener = request.OpenerDirector()
    for handler in (
        request.ProxyHandler(),
        request.HTTPSHandler(context=ssl.create_default_context()),
        request.HTTPDefaultErrorHandler(),
        request.HTTPErrorProcessor(),
        _HttpsRedirects(),
        request.UnknownHandler(),
    ):
        opener.add_handler(handler)
    return opener
