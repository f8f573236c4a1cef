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

"""Those who want no picture of the page, but its robot or its time."""

import asyncio
from contextlib import suppress
import json
import random
import socket
import time
from urllib.request import urlopen

import numpy as np
import pytest

from yolo_deepsort_ros.config.web_config import WebConfig
from yolo_deepsort_ros.web.shown_frame import Picture, shown_tracks

aiohttp = pytest.importorskip('aiohttp')
page_server = pytest.importorskip('yolo_deepsort_ros.web.page_server')

PATIENCE = 60.0  #: s; far more than anything takes
WORDS = ('do', 'view', 'drawn', 'select', 'set', 'call', 'record', 'camera', 'id', 'width', 'node',
         'name', 'value', 'tag', 'is_on', 'action', '/', '', '../..', '\0', '\ud83d\ude00')


@pytest.fixture(scope='module')
def server():
    with page_server.PageServer(WebConfig(web_port=0)) as running:
        yield running


def is_well(server):
    """Tell whether the page answers as it should."""
    with urlopen(f'{server.address}api/state', timeout=PATIENCE) as response:
        return set(json.load(response)) == {'cameras', 'diagnostics'}


def until(condition):
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def some_value(chance, depth=0):
    kind = chance.randrange(8 if depth < 3 else 6)
    if kind == 6:
        return [some_value(chance, depth + 1) for _ in range(chance.randrange(4))]
    if kind == 7:
        return {chance.choice(WORDS): some_value(chance, depth + 1) for _ in range(4)}
    return (None, chance.random() * 1e19, chance.randrange(-9, 1 << 65), True,
            chance.choice(WORDS), -1)[kind]


def some_message(chance):
    """Return bytes, a text or something like what the page sends."""
    kind = chance.randrange(4)
    if kind == 0:
        return chance.randbytes(chance.randrange(200))
    if kind == 1:
        return ''.join(map(chr, (chance.randrange(32, 0x2fff) for _ in range(50))))
    message = {'do': chance.choice(WORDS[1:7])}
    message.update((chance.choice(WORDS), some_value(chance)) for _ in range(chance.randrange(6)))
    return json.dumps(message)


async def fuzz(address, count, seed):
    """Send random messages, over a new connection whenever one is closed."""
    chance, sent = random.Random(seed), 0
    async with aiohttp.ClientSession() as session:
        while sent < count:
            async with session.ws_connect(f'{address}api/live') as link:
                async def read(link=link):
                    async for _ in link:
                        pass
                reading = asyncio.ensure_future(read())
                while sent < count and not link.closed:
                    message = some_message(chance)
                    sent += 1
                    try:
                        if isinstance(message, bytes):
                            await link.send_bytes(message)
                        else:
                            await link.send_str(message)
                    except ConnectionError:
                        break
                    await asyncio.sleep(0)
                reading.cancel()


def test_random_messages_harm_nobody(server):
    asyncio.run(asyncio.wait_for(fuzz(server.address, 500, 1), PATIENCE))
    assert is_well(server)


def test_very_many_random_messages_harm_nobody(server, long_run):
    asyncio.run(fuzz(server.address, 100_000, 2))
    assert is_well(server)


def test_a_client_that_sends_too_fast_is_closed(server):
    async def flood():
        address = f'{server.address}api/live'
        async with aiohttp.ClientSession() as session, session.ws_connect(address) as link:
            for _ in range(3000):
                if link.closed:
                    break
                try:
                    await link.send_json({'do': 'drawn', 'camera': ''})
                except ConnectionError:
                    break
            async for _ in link:
                pass
            return link.close_code
    assert asyncio.run(asyncio.wait_for(flood(), PATIENCE)) in (1008, 1006)
    assert is_well(server)


def test_pings_count_too(server, caplog):
    async def flood():
        address = f'{server.address}api/live'
        async with aiohttp.ClientSession() as session, session.ws_connect(address) as link:
            for _ in range(5000):
                try:
                    await link.ping(bytes(100))
                except ConnectionError:
                    break
                await asyncio.sleep(0)
            async for _ in link:
                pass
            return link.close_code
    assert asyncio.run(asyncio.wait_for(flood(), PATIENCE)) in (1008, 1006)
    assert is_well(server)
    assert caplog.records == []


def frame_of(text):
    """Return a WebSocket message as a client sends it, with a mask of zeros."""
    return bytes([0x81, 0x80 | len(text)]) + bytes(4) + text.encode()


@pytest.mark.parametrize('last', ['x', ''])
def test_who_reads_nothing_holds_no_place(monkeypatch, last):
    """Neither who breaks a rule then, nor who only answers no ping."""
    monkeypatch.setattr(page_server, 'HEARTBEAT', 1.0)
    with page_server.PageServer(WebConfig(web_port=0)) as server, socket.socket() as deaf:
        deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2304)
        deaf.connect(('127.0.0.1', int(server.address.rstrip('/').rpartition(':')[2])))
        deaf.sendall(
            b'GET /api/live HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n'
            b'Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n'
            b'Sec-WebSocket-Key: MDAwMDAwMDAwMDAwMDAwMA==\r\n\r\n'
        )
        until(lambda: server._links)
        deaf.sendall(frame_of('{"do":"view","camera":"/c","width":640}'))
        noise = np.random.default_rng(0).integers(0, 255, (480, 640, 3), np.uint8)
        for stamp in range(1, 40):
            tracks = shown_tracks(stamp, [], [], [], [], None)
            server.viewer.show('/c', Picture(stamp, 640, 480, lambda: noise), tracks)
            try:
                deaf.sendall(frame_of('{"do":"drawn","camera":"/c"}'))
            except ConnectionError:
                break
            time.sleep(0.05)
        if last:
            deaf.sendall(frame_of(last))
        until(lambda: not server._links and not server._runner.server.connections)
        assert is_well(server)


def test_who_asks_for_nothing_is_not_waited_for(monkeypatch):
    monkeypatch.setattr(page_server, 'HEADER_WAIT', 2.0)
    with page_server.PageServer(WebConfig(web_port=0)) as server:
        port = int(server.address.rstrip('/').rpartition(':')[2])
        slow = [socket.create_connection(('127.0.0.1', port)) for _ in range(20)]
        try:
            for each in slow:
                each.settimeout(PATIENCE)
                with suppress(ConnectionError):  # on a busy machine its time is over already
                    each.sendall(b'GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ')
            assert is_well(server)
            for each in slow:
                with suppress(ConnectionError):
                    assert each.recv(4096)[:5] in (b'', b'HTTP/')
        finally:
            for each in slow:
                each.close()


def test_more_clients_than_there_is_room_for_are_told_so(monkeypatch):
    monkeypatch.setattr(page_server, 'MAX_CLIENTS', 3)
    with page_server.PageServer(WebConfig(web_port=0)) as server:
        assert asyncio.run(asyncio.wait_for(crowd(server.address, 5), PATIENCE)) == [503, 503]
        until(lambda: asyncio.run(crowd(server.address, 3)) == [])


def is_closed(connection):
    try:
        return connection.recv(1) == b''
    except BlockingIOError:
        return False
    except ConnectionError:
        return True


async def crowd(address, count):
    """Have so many look at once; return the answers to those that were refused."""
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
        links = [await opened(session, address) for _ in range(count)]
        for link in links:
            if not isinstance(link, int):
                await link.close()
    return [link for link in links if isinstance(link, int)]


async def opened(session, address):
    """Return a link, or the status of the answer that refuses it."""
    try:
        return await session.ws_connect(f'{address}api/live')
    except aiohttp.WSServerHandshakeError as error:
        return error.status
    except aiohttp.ClientConnectionError:
        return 0


def test_two_hundred_clients(server, long_run):
    refused = asyncio.run(crowd(server.address, 200))
    assert len(refused) == 200 - page_server.MAX_CLIENTS
    assert is_well(server)


def test_more_connections_than_there_is_room_for_are_closed(server):
    port = int(server.address.rstrip('/').rpartition(':')[2])
    many = [socket.create_connection(('127.0.0.1', port))
            for _ in range(page_server.MAX_CONNECTIONS + 20)]
    try:
        for each in many:
            each.setblocking(False)
        until(lambda: sum(map(is_closed, many)) >= 20)
    finally:
        for each in many:
            each.close()
    assert is_well(server)
