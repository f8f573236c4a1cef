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

"""Why a stream cannot be opened: OpenCV does not tell, so its sender is asked once more."""

from __future__ import annotations

import re
import socket
import ssl
from typing import NamedTuple
from urllib.parse import SplitResult, urlsplit

from yolo_deepsort_ros.error_text import shown

PATIENCE = 2.0  #: s
#: Ports of the protocols over TCP, and what their requests look like.
PORTS = {'http': 80, 'https': 443, 'rtsp': 554, 'rtsps': 322, 'rtmp': 1935}
ENCRYPTED = ('https', 'rtsps')
REQUESTS = {
    'http': 'GET {target} HTTP/1.0\r\nHost: {host}\r\n\r\n',
    'rtsp': 'DESCRIBE {scheme}://{host}:{port}{target} RTSP/1.0\r\nCSeq: 1\r\n\r\n',
}
REFUSALS = (401, 403)

_STATUS = re.compile(rb'(?:HTTP|RTSP)/[0-9.]+ +([0-9]{3}) *([ -~]*)')
_PARTS = re.compile(rb'^content-type: *multipart/x-mixed-replace', re.IGNORECASE | re.MULTILINE)


class Probed(NamedTuple):
    """What a sender that cannot be opened has answered."""

    why: str  #: and the remedy, in words for an error line
    sends_parts: bool = False  #: pictures one after the other, as motion JPEG over HTTP


UNKNOWN = Probed('check the URL and that the sender is running')


def probe(url: str) -> Probed:
    """
    Return why a stream cannot be opened.

    Whoever answers is asked without user and password.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port or PORTS.get(parts.scheme)
    except ValueError:
        return Probed('its address cannot be read; write special letters of a password as %XX')
    if not host or not port or parts.scheme not in PORTS:
        return UNKNOWN
    try:
        answer = _answer(parts, host, port)
    except OSError as error:
        reason = getattr(error, 'strerror', None) or str(error) or type(error).__name__
        return Probed(
            f'nobody answers at {shown(host)}:{port} ({shown(reason)}); check the address and '
            f'that the sender is running'
        )
    status = _STATUS.match(answer)
    code = int(status[1]) if status else 200
    words = shown(status[2].decode()) if status else ''
    if code in REFUSALS:
        return Probed(
            f'the camera answers {code} {words}: it wants the right user and password; give '
            f'them as {parts.scheme}://USER:PASSWORD@HOST/…, special letters as %XX'
        )
    if code >= 400:
        return Probed(f'the sender answers {code} {words}; check the path of the URL')
    return Probed(
        'the sender answers, but FFmpeg cannot read it; give the URL of an MJPEG or H.264 one',
        sends_parts=_PARTS.search(answer) is not None,
    )


def _answer(parts: SplitResult, host: str, port: int) -> bytes:
    """Return the beginning of what the sender answers, empty if it waits for more."""
    target = (parts.path or '/') + (f'?{parts.query}' if parts.query else '')
    request = REQUESTS.get(parts.scheme.removesuffix('s'), '').format(
        target=target, host=host, port=port, scheme=parts.scheme
    )
    with socket.create_connection((host, port), PATIENCE) as connection:
        sender: socket.socket = connection
        if parts.scheme in ENCRYPTED:
            context = ssl._create_unverified_context()  # as FFmpeg: cameras sign for themselves
            sender = context.wrap_socket(connection)
        try:
            sender.sendall(request.encode())
            return sender.recv(1024)
        except OSError:  # it is there, and has nothing to say to this
            return b''
