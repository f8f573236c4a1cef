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

"""A camera on the network, as MJPEG over HTTP, some of whose frames come damaged."""

from __future__ import annotations

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
import threading

import cv2
import numpy as np

SHADE = 90  #: of the pictures, 64 x 48
EVERY = 3  #: frame is damaged, the first of a connection among them
PART = b'--frame\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n%s\r\n'

_JPEG = cv2.imencode('.jpg', np.full((48, 64, 3), SHADE, np.uint8))[1].tobytes()
_HALF = _JPEG[:len(_JPEG) // 2]
#: What may become of a frame: the length that is said, and what is sent.
DAMAGES = {
    'none': (len(_JPEG), _JPEG),
    'half': (len(_HALF), _HALF),
    'empty': (0, b''),
    'noise': (500, np.random.default_rng(0).bytes(500)),
    'a page': (4, b'busy'),
    'half, said to be whole': (len(_JPEG), _HALF),
    'longer than said': (len(_HALF), _JPEG),
}


class NetworkCamera(ThreadingHTTPServer):
    """Sends frames until it is unplugged; each connection is in `connections`."""

    def __init__(
        self, port: int = 0, damage: str = 'none', has_first_boundary: bool = True
    ) -> None:
        super().__init__(('127.0.0.1', port), _Handler)
        self.url = f'http://127.0.0.1:{self.server_port}/video.mjpg'
        self.damaged = DAMAGES[damage]
        self.has_first_boundary = has_first_boundary
        self.is_unplugged = threading.Event()
        self.connections: list[object] = []
        threading.Thread(target=self.serve_forever, args=(0.05,)).start()

    def handle_error(self, *_) -> None:
        """Say nothing of clients that go."""

    def __exit__(self, *_) -> None:
        self.is_unplugged.set()
        self.shutdown()
        self.server_close()


class _Handler(BaseHTTPRequestHandler):

    def do_GET(self) -> None:  # noqa: N802
        self.server.connections.append(self.client_address)
        self.send_response(200)
        self.send_header('Content-Type', 'multipart/x-mixed-replace; boundary=frame')
        self.end_headers()
        index = 0
        while not self.server.is_unplugged.wait(0.02):
            part = PART % (DAMAGES['none'] if index % EVERY else self.server.damaged)
            is_bare = not (index or self.server.has_first_boundary)
            self.wfile.write(part.removeprefix(b'--frame\r\n') if is_bare else part)
            index += 1

    def log_message(self, *_) -> None:
        pass
