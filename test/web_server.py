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

"""A real https server on this host that misbehaves as its addresses say."""

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
import ssl
import threading

CERTIFICATE = Path(__file__).with_name('localhost.pem')  #: and key; let SSL_CERT_FILE name it
CONTENT = bytes(range(256)) * 1000
LENGTH = len(CONTENT)


class WebServer:
    """
    Serves `CONTENT` in a thread, at `url(manner)`.

    Attributes
    ----------
    asked : list of str
        The manner of each request so far.

    """

    def __init__(self):
        self.asked = []
        self.closing = threading.Event()
        self._server = ThreadingHTTPServer(('localhost', 0), _Handler)
        self._server.web = self
        self._server.handle_error = lambda *_: None  # clients that go are what is tested
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(CERTIFICATE)
        self._server.socket = context.wrap_socket(
            self._server.socket, server_side=True, do_handshake_on_connect=False
        )
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def url(self, manner):
        return f'https://localhost:{self._server.server_port}/{manner}'

    def times(self, manner):
        return self.asked.count(manner)


class _Handler(BaseHTTPRequestHandler):
    timeout = 10

    def do_GET(self):  # noqa: N802
        manner = self.path[1:]
        self.web = self.server.web
        self.web.asked.append(manner)
        getattr(self, manner)()

    def log_message(self, *_):
        pass

    def answer(self, code, **headers):
        self.send_response(code)
        for name, value in headers.items():
            self.send_header(name.replace('_', '-'), str(value))
        self.end_headers()

    def part(self, end=LENGTH):
        """Send the content up to `end`, though all is promised."""
        self.answer(200, Content_Length=LENGTH)
        self.wfile.write(CONTENT[:end])

    # -- well enough

    def good(self):
        self.part()

    def unsized(self):
        self.answer(200)
        self.wfile.write(CONTENT)

    def chunked(self):
        self.answer(200, Transfer_Encoding='chunked')
        for start in range(0, LENGTH, 50000):
            chunk = CONTENT[start:start + 50000]
            self.wfile.write(b'%x\r\n%s\r\n' % (len(chunk), chunk))
        self.wfile.write(b'0\r\n\r\n')

    def moved(self):
        self.answer(302, Location=self.web.url('good'))

    # -- beyond help

    def missing(self):
        self.answer(404)

    def forbidden(self):
        self.answer(403)

    def down(self):
        self.answer(503)

    def breaks_a_chunk(self):
        self.answer(200, Transfer_Encoding='chunked')
        self.wfile.write(b'%x\r\n%s' % (LENGTH, CONTENT[:60000]))

    def breaks(self):
        self.part(end=60000)

    def other(self):
        self.answer(200, Content_Length=5)
        self.wfile.write(b'login')

    def longer(self):
        self.answer(200, Content_Length=LENGTH + 1)
        self.wfile.write(CONTENT + b'!')

    def to_http(self):
        self.answer(301, Location=self.web.url('good').replace('https', 'http'))

    def to_a_file(self):
        self.answer(302, Location=CERTIFICATE.as_uri())

    def around(self):
        self.answer(302, Location=self.web.url('around'))

    def huge(self):
        self.answer(200, Content_Length=2**60)
        self.wfile.write(CONTENT)

    def endless(self):
        self.answer(200)
        while not self.web.closing.is_set():
            self.wfile.write(CONTENT)

    def silent(self):
        self.web.closing.wait(9)

    def stalls(self):
        self.part(end=60000)
        self.web.closing.wait(9)

    def nonsense(self):
        self.wfile.write(b'220 this is no web server\r\n')
