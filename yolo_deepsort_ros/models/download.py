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

The standard library does it: it knows proxies and certificates, and http, a wrong file or half a
file are refused here.
"""

from __future__ import annotations

from http.client import HTTPException, HTTPResponse, responses
import io
import os
import ssl
from typing import Any
from urllib import request
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit

from tqdm import tqdm

from yolo_deepsort_ros.error_text import shown
from yolo_deepsort_ros.errors import ConfigurationError, DownloadError, OutputError
from yolo_deepsort_ros.files import write_whole
from yolo_deepsort_ros.models.registry import KnownModel, ModelFile, sha256_of

CHUNK = 2**16  #: bytes read at once
TIMEOUT = 20.0  #: seconds of silence after which a server is given up
MAX_BYTES = 2**28  #: of a file; the largest network in the registry has a tenth


def fetch(model: KnownModel, timeout: float = TIMEOUT, max_bytes: int = MAX_BYTES) -> None:
    """
    Download those files of a network that are not there, or not as they should be.

    Each is received and checked in memory and then appears under its name at once, so that
    processes may fetch the same at the same time.

    Parameters
    ----------
    model : KnownModel
        The network.
    timeout : float
        Longest silence of a server, in seconds.
    max_bytes : int
        Bytes of a file above which it cannot be the right one.

    Raises
    ------
    ConfigurationError
        When the user has no folder for downloads.
    DownloadError
        When a file cannot be had, or is another one.
    OutputError
        When it cannot be written.

    """
    for file in model.files:
        if file.url and not (os.path.exists(file.path) and file.is_intact()):
            _download(file, timeout, max_bytes)


def _download(wanted: ModelFile, timeout: float, max_bytes: int) -> None:
    if not wanted.path.is_absolute():
        raise ConfigurationError('no home folder for downloads: set XDG_CACHE_HOME to a folder')
    try:
        content = _receive(wanted.url, timeout, max_bytes)
    except DownloadError as error:
        raise DownloadError(
            f'{wanted.url}: {error}; or bring the file here as {shown(wanted.path)}'
        ) from None
    if sha256_of(io.BytesIO(content)) != wanted.sha256:
        raise DownloadError(
            f'{wanted.url}: {len(content)} bytes came, but their SHA-256 is not that of '
            f'{wanted.path.name}: nothing is kept; is a login page or a filter in between?'
        )
    try:
        wanted.path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(
            f'{shown(wanted.path)}: cannot be written: {error.strerror}; set XDG_CACHE_HOME to '
            f'another folder'
        ) from None
    write_whole(wanted.path, content, 'make room, or set XDG_CACHE_HOME to another folder')


def _receive(url: str, timeout: float, max_bytes: int) -> bytes:
    """Return what an address holds."""
    asked = request.Request(url, headers={'User-Agent': 'yolo_deepsort_ros'})
    try:
        with _https_opener().open(asked, timeout=timeout) as response:
            return _read(response, urlsplit(url).path.rpartition('/')[2], max_bytes)
    except HTTPError as error:
        error.close()
        raise DownloadError(_refusal(error.code)) from None
    except URLError as error:
        raise DownloadError(_why_no_connection(error.reason)) from None
    except TimeoutError:
        raise DownloadError('the server has fallen silent; try again later') from None
    except (OSError, HTTPException, ValueError) as error:
        why = shown(error) or type(error).__name__
        raise DownloadError(f'the connection broke ({why}); try again') from None


def _read(response: HTTPResponse, name: str, max_bytes: int) -> bytes:
    content, total = bytearray(), response.length
    with tqdm(total=total, desc=name, unit='B', unit_scale=True, disable=None) as bar:
        while len(content) < max_bytes and (chunk := response.read1(CHUNK)):
            content += chunk
            bar.update(len(chunk))
    if max(len(content), total or 0) >= max_bytes:
        raise DownloadError(f'the server sends {max_bytes} bytes or more, no network has so many')
    if total is not None and len(content) < total:
        raise DownloadError(
            f'the connection ended after {len(content)} of {total} bytes; try again'
        )
    return bytes(content)


def _refusal(code: int) -> str:
    message = f'the server answers {code} {responses.get(code, "")}'.rstrip()
    if 300 <= code < 400:
        return f'{message}, redirects that do not end at a file'
    remedy = 'try again later' if code >= 500 else 'look for a newer release of yolo_deepsort_ros'
    return f'{message}; {remedy}'


def _why_no_connection(reason: object) -> str:
    if isinstance(reason, ssl.SSLCertVerificationError):
        return (f'the server cannot be trusted ({reason.verify_message}): check the clock of '
                f'this machine and its certificates (package ca-certificates)')
    if isinstance(reason, TimeoutError):
        return 'the server has fallen silent; try again later'
    why = reason.strerror if isinstance(reason, OSError) and reason.strerror else reason
    return (f'no connection ({shown(why)}): check the network, and https_proxy if there is a '
            f'proxy')


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
