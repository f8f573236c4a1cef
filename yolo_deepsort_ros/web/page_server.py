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

"""The server of the page: HTTP and a WebSocket, in a thread of their own."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
import json
import logging
import threading
from typing import Any
from urllib.parse import quote

from yolo_deepsort_ros.config.web_config import WebConfig
from yolo_deepsort_ros.error_text import pip_install
from yolo_deepsort_ros.errors import MissingDependencyError
from yolo_deepsort_ros.files import Closable
from yolo_deepsort_ros.web.access import Access, HEADERS, shown_host
from yolo_deepsort_ros.web.listening import bound_socket
from yolo_deepsort_ros.web.page_client import PageClient
from yolo_deepsort_ros.web.page_files import FILES, page_file
from yolo_deepsort_ros.web.page_operator import Operator
from yolo_deepsort_ros.web.recordings import Recordings
from yolo_deepsort_ros.web.viewer import Viewer

try:
    from aiohttp import web, WSMsgType
    from aiohttp.http_exceptions import HttpProcessingError
except ImportError:
    raise MissingDependencyError(
        f'the page needs aiohttp: apt install python3-aiohttp, or {pip_install("aiohttp")}'
    ) from None

MAX_CLIENTS = 32  #: that look at once
MAX_CONNECTIONS = 128
HEADER_WAIT = 10.0  #: s that a connection has to ask for something
MAX_MESSAGE = 4096  #: bytes that a client may send at once
MESSAGE_RATE, MESSAGE_BURST = 300.0, 600.0  #: a second, and at once, of one client
HEARTBEAT = 10.0  #: s between pings: a client that does not answer is gone
STOP_WAIT = 1.0  #: s

_REQUESTS = logging.getLogger(f'{__name__}.requests')


def _is_ours(record: logging.LogRecord) -> bool:
    """Tell whether a request has failed for another reason than that it is no HTTP."""
    error = record.exc_info[1] if record.exc_info else None
    return not isinstance(error, HttpProcessingError)


_REQUESTS.addFilter(_is_ours)  # anybody could fill the log

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class PageServer(Closable):
    """
    Serves the page until it is closed; a context manager.

    Parameters
    ----------
    config : WebConfig
    operator : Operator, optional
        Does what the page asks for.

    Attributes
    ----------
    viewer : Viewer
        Takes what the page shows.
    address : str
        Where the page is, with the token where one is required.

    Raises
    ------
    OutputError
        When it cannot be served there.

    """

    def __init__(self, config: WebConfig, operator: Operator | None = None) -> None:
        self._access = Access(config)
        self._socket = bound_socket(config.web_host, config.web_port)
        self._port = self._socket.getsockname()[1]
        may_record = config.web_recordings and self._access.may_control
        self._recordings = Recordings(config.web_recordings) if may_record else None
        self.viewer = Viewer(
            operator or Operator(), may_control=self._access.may_control,
            may_record=self._recordings is not None,
        )
        token = self._access.token
        query = f'?token={quote(token)}' if token else ''
        self.address = f'http://{shown_host(config.web_host)}:{self._port}/{query}'
        self._links: set[web.WebSocketResponse] = set()
        self._silent: set[Any] = set()  # connections that have asked for nothing yet
        self._executor = ThreadPoolExecutor(1, thread_name_prefix='page_jpeg')
        self._is_ready = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = threading.Thread(target=self._run, name='page_server')
        self._thread.start()
        self._is_ready.wait()

    def close(self) -> None:
        """Serve no longer."""
        loop = self._loop
        if loop is not None and self._thread.is_alive():
            with suppress(RuntimeError):
                loop.call_soon_threadsafe(self._end.set)
        self._thread.join()
        self._executor.shutdown(wait=False)
        if self._recordings is not None:
            self._recordings.close()

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        finally:
            self._is_ready.set()
            self._socket.close()

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._end = asyncio.Event()
        application = web.Application(
            middlewares=[self._guard], client_max_size=1024
        )
        application.router.add_get('/', self._on_page)
        application.router.add_get('/api/state', self._on_state)
        application.router.add_get('/api/live', self._on_live)
        application.router.add_get('/page/{name}', self._on_file)
        self._runner = web.AppRunner(
            application, access_log=None, handle_signals=False, logger=_REQUESTS
        )
        await self._runner.setup()
        self.viewer.open()
        server = await self._loop.create_server(self._connection, sock=self._socket)
        self._is_ready.set()
        await self._end.wait()
        server.close()
        self.viewer.close()
        with suppress(asyncio.TimeoutError):
            await asyncio.wait_for(self._leave(), STOP_WAIT)

    async def _leave(self) -> None:
        """End all connections; those that do not listen are cut."""
        await asyncio.gather(
            *(link.close(code=1001) for link in self._links), return_exceptions=True
        )
        await self._runner.cleanup()

    def _connection(self) -> asyncio.Protocol:
        """Return what talks to a new connection: nobody, where there are too many."""
        server = self._runner.server
        if server is None or len(server.connections) >= MAX_CONNECTIONS:
            return _Refusal()
        handler = server()
        self._silent.add(handler)
        asyncio.get_running_loop().call_later(HEADER_WAIT, self._end_if_silent, handler)
        return handler

    def _end_if_silent(self, handler: Any) -> None:
        if handler in self._silent:
            self._silent.discard(handler)
            handler.force_close()

    @web.middleware
    async def _guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Answer a request if it may ask; each connection has one."""
        self._silent.discard(request.protocol)
        reason = self._access.refusal(request.headers)
        cookie = f'yolo_deepsort_{self._port}'
        if not reason and not self._access.has_token(
            request.query.get('token'), request.cookies.get(cookie)
        ):
            reason = 'the address needs the token that was printed at the start: ?token=…'
        if reason:
            response: web.StreamResponse = web.Response(status=403, text=f'{reason}\n')
        else:
            try:
                response = await handler(request)
            except web.HTTPException as error:
                response = web.Response(status=error.status, text=f'{error.reason}\n')
        if not response.prepared:
            response.headers.update(HEADERS)
            response.force_close()
            if self._access.token and not reason:
                response.set_cookie(
                    cookie, self._access.cookie, httponly=True, samesite='Strict'
                )
        return response

    async def _on_page(self, request: web.Request) -> web.StreamResponse:
        return _file('page.html')

    async def _on_file(self, request: web.Request) -> web.StreamResponse:
        return _file(request.match_info['name'])

    async def _on_state(self, request: web.Request) -> web.StreamResponse:
        self.viewer.touch()
        return web.json_response(await self.viewer.state(), dumps=_dumps)

    async def _on_live(self, request: web.Request) -> web.StreamResponse:
        if len(self._links) >= MAX_CLIENTS:
            raise web.HTTPServiceUnavailable(reason=f'{MAX_CLIENTS} others look already')
        link = web.WebSocketResponse(
            max_msg_size=MAX_MESSAGE, heartbeat=HEARTBEAT, compress=False, autoping=False,
        )
        if not link.can_prepare(request).ok:
            raise web.HTTPBadRequest(reason='this is for WebSockets')
        self._links.add(link)
        try:
            await link.prepare(request)
            watch = asyncio.ensure_future(_abort_when_closed(link, request))
            try:
                with suppress(ConnectionError, asyncio.TimeoutError):  # it has gone, or hangs
                    await self._talk(link)
            finally:
                watch.cancel()
        finally:
            self._links.discard(link)
            if request.transport is not None and request.transport.get_write_buffer_size():
                request.transport.abort()  # else it waits until the client reads
        return link

    async def _talk(self, link: web.WebSocketResponse) -> None:
        async def send(message: str | bytes) -> None:
            if isinstance(message, str):
                await link.send_str(message)
            else:
                await link.send_bytes(message)

        client = PageClient(
            send, self.viewer.cameras, self.viewer.command, self._executor,
            self._recordings,
        )
        sending = asyncio.ensure_future(_sent(client, link))
        self.viewer.attach(client)
        allowance, counted_at = MESSAGE_BURST, asyncio.get_running_loop().time()
        try:
            async for message in link:
                now = asyncio.get_running_loop().time()
                allowance += MESSAGE_RATE * (now - counted_at) - 1
                allowance, counted_at = min(allowance, MESSAGE_BURST), now
                if allowance < 0:
                    await _close(link)
                elif message.type is WSMsgType.PING:
                    await asyncio.wait_for(link.pong(message.data), STOP_WAIT)
                elif message.type is WSMsgType.TEXT:
                    try:
                        client.take(message.data)
                    except (ValueError, RecursionError):
                        await _close(link)
                elif message.type is not WSMsgType.PONG:
                    await _close(link)
        finally:
            self.viewer.detach(client)
            sending.cancel()
            with suppress(asyncio.CancelledError):
                await sending


class _Refusal(asyncio.Protocol):
    """Ends a connection at once."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if isinstance(transport, asyncio.Transport):
            transport.abort()


async def _close(link: web.WebSocketResponse) -> None:
    """End a link that breaks a rule, or is broken; nobody waits until the client reads."""
    await asyncio.wait_for(link.close(code=1008), STOP_WAIT)


async def _abort_when_closed(link: web.WebSocketResponse, request: web.Request) -> None:
    """
    End the connection of a client that answers no ping.

    aiohttp 3.9 closes it, which lasts until the client has read what waits for it.
    """
    while not link.closed:
        await asyncio.sleep(HEARTBEAT)
    if request.transport is not None:
        request.transport.abort()


async def _sent(client: PageClient, link: web.WebSocketResponse) -> None:
    try:
        await client.run()
    except (ConnectionError, RuntimeError):  # the client has gone
        return
    except Exception:
        _REQUESTS.exception('nothing more can be sent to a client')
        with suppress(ConnectionError, asyncio.TimeoutError):
            await _close(link)  # it comes back; else it would show the last picture as live


def _file(name: str) -> web.Response:
    if name not in FILES:
        raise web.HTTPNotFound
    return web.Response(body=page_file(name), content_type=FILES[name], charset='utf-8')


def _dumps(content: Any) -> str:
    return json.dumps(content, allow_nan=False)
