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

"""A client of the page without a browser, in a thread of its own."""

from __future__ import annotations

import asyncio
import json
import struct
import threading
import time

import aiohttp

PATIENCE = 60.0  #: s; far more than anything takes


class PageUser:
    """Looks at the page until it is closed; a context manager."""

    def __init__(self, address):
        self._address = address
        self._messages = []
        self._news = threading.Condition()
        self._is_open = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._talk()), daemon=True)

    def __enter__(self):
        self._thread.start()
        assert self._is_open.wait(PATIENCE)
        return self

    def __exit__(self, *_):
        self._loop.call_soon_threadsafe(self._end.set)
        self._thread.join()

    def send(self, **message):
        """Send a message of the page."""
        future = asyncio.run_coroutine_threadsafe(self._socket.send_json(message), self._loop)
        future.result(PATIENCE)

    def newest(self, kind, condition=lambda message: True):
        """Return the newest message of a kind that fulfils a condition, None without one."""
        with self._news:
            found = (each for each in reversed(self._messages)
                     if each['type'] == kind and condition(each))
            return next(found, None)

    def wait(self, kind, condition=lambda message: True):
        """Return a message of a kind that fulfils a condition, of those that came or will come."""
        deadline = time.monotonic() + PATIENCE
        with self._news:
            while True:
                for message in self._messages:
                    if message['type'] == kind and condition(message):
                        return message
                left = deadline - time.monotonic()
                assert left > 0, f'waited {PATIENCE:g} s in vain for a {kind}'
                self._news.wait(left)

    def ask(self, **command):
        """Send a command and return its answer."""
        tag = time.monotonic_ns()
        self.send(tag=tag, **command)
        return self.wait('answer', lambda answer: answer['tag'] == tag)

    async def _talk(self):
        self._loop, self._end = asyncio.get_running_loop(), asyncio.Event()
        async with aiohttp.ClientSession() as session:
            address = f'{self._address}api/live'
            async with session.ws_connect(address, max_msg_size=0) as self._socket:
                self._is_open.set()
                taking = asyncio.ensure_future(self._take())
                await self._end.wait()
                taking.cancel()

    async def _take(self):
        async for message in self._socket:
            if message.type is aiohttp.WSMsgType.BINARY:
                size, = struct.unpack_from('<I', message.data)
                content = json.loads(message.data[4:4 + size])
                content.update(type='picture', jpeg=message.data[4 + size:])
                await self._socket.send_json({'do': 'drawn', 'camera': content['camera']})
            else:
                content = json.loads(message.data)
            with self._news:
                self._messages.append(content)
                self._news.notify_all()
