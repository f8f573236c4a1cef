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

"""What a browser sends to the page's server."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
import json
from pathlib import Path
from typing import Any

from fuzz_targets import Target
from rclpy.serialization import serialize_message

from yolo_deepsort_ros.errors import InputError
from yolo_deepsort_ros.nodes.viewing.settings_json import KINDS, parameter_value
from yolo_deepsort_ros.web.camera_view import CameraView
from yolo_deepsort_ros.web.page_client import COMMANDS, PageClient

WORDS = (
    'do', 'view', 'drawn', 'camera', 'id', 'width', 'node', 'name', 'value', 'tag', 'is_on',
    'action', 'true', 'null', '1e999', 'NaN', '-1', '9' * 60, '\\ud83d', '[[[[', '{"do":"', '../',
)


def page(folder: Path) -> Target:
    """Return what takes a message of a client, and makes a parameter of what it wants to set."""
    async def nothing(_: str | bytes) -> None:
        pass

    def command(asked: Mapping[str, Any], answer: Any) -> None:
        assert isinstance(asked.get('node', ''), str)
        for kind in KINDS if asked['do'] == 'set' else ():
            with suppress(InputError):
                serialize_message(parameter_value(kind, asked.get('value')))
        answer(True, '')

    views = {'/': CameraView('/', lambda: None, lambda: None)}
    with ThreadPoolExecutor(1) as pool:
        client = PageClient(nothing, views, command, pool)

    def read(data: bytes) -> None:
        with suppress(ValueError, RecursionError):  # for which the server ends the connection
            client.take(data.decode())
        # What waits for it is bounded, and can be sent.
        assert len(client._messages) <= 64
        json.dumps(client._messages)

    seeds = [json.dumps(each).encode() for each in (
        {'do': 'view', 'camera': '/', 'width': 640}, {'do': 'drawn', 'camera': '/'},
        {'do': 'select', 'camera': '/', 'id': 3, 'tag': 1},
        {'do': 'call', 'node': '/tracker', 'action': 'reset', 'tag': 2},
        {'do': 'record', 'is_on': True, 'tag': 3},
        *({'do': 'set', 'node': '/tracker', 'name': 'confidence', 'value': value, 'tag': 4}
          for value in (0.5, 3, True, 'a, b', ['person'], [0.5, 1], None)),
    )]
    words = [word.encode() for word in (*WORDS, *COMMANDS)]
    return Target(read, seeds, words, max_bytes=1024)
