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

"""A camera on the network that can be told to misbehave: the arena as MJPEG over HTTP."""

from __future__ import annotations

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
import random
import socket
import threading
from typing import Any

import cv2
from fault_cases.pictures import arena_pictures

PART = b'--frame\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n%s\r\n'
HEADER = 'multipart/x-mixed-replace; boundary=frame'


class StreamServer(ThreadingHTTPServer):
    """
    Sends pictures until it is closed; a context manager.

    Attributes
    ----------
    mode : str
        `good`; `frozen` keeps connections open and sends nothing; `garbage` sends noise for
        JPEGs; `cut` closes connections and refuses new ones.

    """

    daemon_threads = True

    def __init__(self, source: str, rate: float) -> None:
        super().__init__(('127.0.0.1', 0), _Handler)
        self.url = f'http://127.0.0.1:{self.server_port}/video.mjpg'
        self.mode, self.period = 'good', 1 / rate
        self.closing = threading.Event()
        self.jpegs = [
            cv2.imencode('.jpg', shot)[1].tobytes() for shot in arena_pictures(source, rate)]
        self.position = 0
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()

    def handle_error(self, *_: Any) -> None:
        """Say nothing of clients that go."""

    def __exit__(self, *_: object) -> None:
        self.closing.set()
        self.shutdown()
        self.server_close()


class _Handler(BaseHTTPRequestHandler):

    def do_GET(self) -> None:  # noqa: N802
        server: Any = self.server
        if server.mode == 'cut':
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        self.send_response(200)
        self.send_header('Content-Type', HEADER)
        self.end_headers()
        while server.mode != 'cut' and not server.closing.wait(server.period):
            if server.mode == 'frozen':
                continue
            server.position = (server.position + 1) % len(server.jpegs)
            data = server.jpegs[server.position]
            if server.mode == 'garbage':
                data = random.Random(server.position).randbytes(len(data))
            self.wfile.write(PART % (len(data), data))
        self.close_connection = True

    def log_message(self, *_: Any) -> None:
        """Say nothing of requests."""
