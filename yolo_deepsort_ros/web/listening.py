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

"""The socket that the page is served at."""

from __future__ import annotations

import errno
import socket

from yolo_deepsort_ros.error_text import quoted
from yolo_deepsort_ros.errors import OutputError


def bound_socket(host: str, port: int) -> socket.socket:
    """
    Return a socket that listens.

    Raises
    ------
    OutputError
        When it cannot, with the parameter to change.

    """
    try:
        family, *_, place = socket.getaddrinfo(
            host.strip('[]'), port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        return socket.create_server(
            place[:2], family=family, backlog=64,
            dualstack_ipv6=family is socket.AF_INET6 and host.strip('[]') == '::'
            and socket.has_dualstack_ipv6(),
        )
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise OutputError(
                f'web_port: {port} is taken by another program; give another number, or 0 for '
                f'one that is free'
            ) from None
        if error.errno == errno.EACCES:
            raise OutputError(
                f'web_port: {port} is not allowed here; give one from 1024'
            ) from None
        raise OutputError(
            f'web_host: cannot serve at {quoted(host)} ({error.strerror}); give an address of '
            f'this machine, 127.0.0.1 or 0.0.0.0'
        ) from None
    except UnicodeError:
        raise OutputError(f'web_host: {quoted(host)} is no address') from None
