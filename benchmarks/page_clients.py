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
Clients of the page in a process of their own: `page_clients.py ADDRESS COUNT STALLED`.

They draw nothing, but take each picture and say so; those that are stalled read nothing. Ends
when its standard input does.
"""

from __future__ import annotations

import asyncio
import json
import struct
import sys

import aiohttp


async def look(session: aiohttp.ClientSession, address: str, *, is_stalled: bool) -> None:
    """Be one client."""
    async with session.ws_connect(f'{address}api/live', max_msg_size=0) as link:
        if is_stalled:
            await asyncio.Event().wait()
        async for message in link:
            if message.type is aiohttp.WSMsgType.BINARY:
                size, = struct.unpack_from('<I', message.data)
                camera = json.loads(message.data[4:4 + size])['camera']
                await link.send_json({'do': 'drawn', 'camera': camera})
            else:
                content = json.loads(message.data)
                for camera in content.get('names', ()):
                    await link.send_json({'do': 'view', 'camera': camera, 'width': 640})


async def main(address: str, count: int, stalled: int) -> None:
    """Look until nobody holds the other end of standard input."""
    loop = asyncio.get_running_loop()
    async with aiohttp.ClientSession() as session:
        clients = [
            asyncio.ensure_future(look(session, address, is_stalled=number < stalled))
            for number in range(count)
        ]
        await loop.run_in_executor(None, sys.stdin.read)
        for client in clients:
            client.cancel()


if __name__ == '__main__':
    asyncio.run(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
