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

"""One browser that looks: it is sent the newest of each camera, as fast as it takes it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from concurrent.futures import Executor
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
import json
import struct
import time
from typing import Any

from yolo_deepsort_ros.errors import OutputError, YoloDeepsortError
from yolo_deepsort_ros.web.camera_view import CameraView
from yolo_deepsort_ros.web.recordings import MAX_SECONDS, PageRecording, Recordings
from yolo_deepsort_ros.web.shown_frame import ShownFrame

IN_FLIGHT = 2  #: pictures of a camera that a client has not yet drawn
BYTE_RATE = 2_000_000  #: bytes a second of pictures to one client
MAX_MESSAGES = 64  #: that wait for a client; of each kind but answers only the newest
MAX_VIEWS = 64
UNSEEN = 0  #: width of a camera that the client does not show
COMMANDS = ('select', 'set', 'call', 'record', 'ground')
MAX_ID = 10**18


@dataclass
class _View:
    """How a client shows one camera."""

    width: int = UNSEEN
    in_flight: int = 0
    number: int = 0  # of the last picture sent
    version: int = 0  # of the history sent


class PageClient:
    """
    What one client is to be sent, bounded whatever it does.

    Parameters
    ----------
    send : callable
        Sends a message, text or bytes, and returns when there is room for the next one.
    cameras : mapping of str to CameraView
    command : callable
        Takes a checked command and what to answer with.
    executor : Executor
        Where pictures are compressed.
    recordings : Recordings or None
        Where the pictures that it is sent may go.

    """

    def __init__(
        self,
        send: Callable[[str | bytes], Awaitable[None]],
        cameras: Mapping[str, CameraView],
        command: Callable[[Mapping[str, Any], Callable[[bool, str], None]], None],
        executor: Executor,
        recordings: Recordings | None = None,
    ) -> None:
        self._send = send
        self._cameras = cameras
        self._command = command
        self._executor = executor
        self._recordings = recordings
        self._recording: PageRecording | None = None
        self._views: dict[str, _View] = {}
        self._messages: dict[str, Mapping[str, Any]] = {}
        self._awake = asyncio.Event()
        self._words = 0
        self._allowance = float(BYTE_RATE)
        self._counted_at = time.monotonic()

    def wake(self) -> None:
        """Look for something to send."""
        self._awake.set()

    def tell(self, kind: str, content: Mapping[str, Any]) -> None:
        """Send a message; it replaces one of that kind that still waits, but for words."""
        key = kind
        if kind in ('word', 'answer'):
            self._words += 1
            key = f'{kind} {self._words}'
        self._messages.pop(key, None)
        self._messages[key] = {'type': kind, **content}
        while len(self._messages) > MAX_MESSAGES:
            del self._messages[next(iter(self._messages))]
        self.wake()

    def tell_history(self, cameras: Iterable[CameraView]) -> None:
        """Send what is new in the histories."""
        for camera in cameras:
            view = self._view(camera.name)
            if f'history {camera.name}' in self._messages:
                continue  # it has not even got the last one
            version, changes = camera.history.since(view.version)
            if version != view.version:
                view.version = version
                self._messages[f'history {camera.name}'] = {
                    'type': 'history', 'camera': camera.name, **changes
                }
        self.wake()

    def forget_history(self, camera: str) -> None:
        """Have the whole history of a camera sent next."""
        self._view(camera).version = 0
        self._messages.pop(f'history {camera}', None)

    def take(self, text: str) -> None:
        """
        Take a message of the client.

        Raises
        ------
        ValueError
            When it is nothing that the page sends.

        """
        message = json.loads(text)
        if not isinstance(message, dict):
            raise ValueError('no object')
        kind, camera = message.get('do'), message.get('camera', '')
        if not isinstance(camera, str):
            raise ValueError('camera')
        if kind == 'view':
            self._view(camera).width = _number(message.get('width'), 1 << 14)
        elif kind == 'drawn':
            view = self._view(camera)
            view.in_flight = max(0, view.in_flight - 1)
        elif kind in COMMANDS:
            tag = _number(message.get('tag', 0), MAX_ID)
            if kind == 'select':
                message['id'] = _number(message.get('id'), MAX_ID)
            for name in ('node', 'name', 'action'):
                if not isinstance(message.get(name, ''), str):
                    raise ValueError(name)
            answer = partial(self._answer, tag)
            if kind == 'record':
                self._record(message.get('is_on') is True, answer)
            else:
                self._command({'camera': camera, **message}, answer)
        else:
            raise ValueError('do')
        self.wake()

    async def run(self) -> None:
        """Send until cancelled."""
        while True:
            await self._awake.wait()
            self._awake.clear()
            while self._messages:
                message = self._messages.pop(next(iter(self._messages)))
                await self._send(json.dumps(message, separators=(',', ':')))
            for name, camera in list(self._cameras.items()):
                view = self._view(name)
                if self._is_due(camera, view) and camera.newest is not None:
                    view.number, frame = camera.number, camera.newest
                    await self._send_picture(camera, view, frame)

    def _is_due(self, camera: CameraView, view: _View) -> bool:
        if view.width == UNSEEN or view.number == camera.number or view.in_flight >= IN_FLIGHT:
            return False
        now = time.monotonic()
        self._allowance += BYTE_RATE * (now - self._counted_at)
        self._allowance = min(self._allowance, BYTE_RATE)
        self._counted_at = now
        return self._allowance > 0

    async def _send_picture(self, camera: CameraView, view: _View, frame: ShownFrame) -> None:
        try:
            jpeg = await frame.jpeg(view.width, self._executor)
        except YoloDeepsortError:  # a picture that nobody can read; who detects in it says so
            return
        header = json.dumps(
            frame.header(
                camera=camera.name, rate_hz=round(camera.rate, 1), floor=camera.places.frame,
                places=camera.places.places,
            ),
            separators=(',', ':'),
        ).encode()
        view.in_flight += 1
        self._allowance -= len(jpeg)
        if self._recording is not None and not self._recording.add(camera.name, frame, jpeg):
            self._recording = None
            self._tell_recording()
        await self._send(b''.join((struct.pack('<I', len(header)), header, jpeg)))

    def close(self) -> None:
        """End what the client has begun."""
        if self._recording is not None:
            self._recording.end()

    def _answer(self, tag: int, is_done: bool, text: str) -> None:
        self.tell('answer', {'tag': tag, 'is_done': is_done, 'text': text})

    def _record(self, is_on: bool, answer: Callable[[bool, str], None]) -> None:
        if self._recordings is None:
            answer(False, 'nothing may be recorded here: see web_recordings and web_control')
            return
        loop = asyncio.get_running_loop()
        try:
            if is_on and not self._is_recording:
                self._recording = self._recordings.begin(
                    lambda text: _call_in(loop, lambda: self.tell('word', {'text': text}))
                )
                loop.call_later(MAX_SECONDS, self._end_in_time, self._recording)
            elif not is_on:
                self.close()
        except OutputError as error:
            answer(False, str(error))
            return
        self._tell_recording()
        answer(True, '')

    def _end_in_time(self, recording: PageRecording) -> None:
        if not recording.is_over:
            recording.end()
            self._tell_recording()

    @property
    def _is_recording(self) -> bool:
        return self._recording is not None and not self._recording.is_over

    def _tell_recording(self) -> None:
        self.tell('recording', {'is_on': self._is_recording})

    def _view(self, camera: str) -> _View:
        if camera not in self._views and len(self._views) >= MAX_VIEWS:
            self._views.clear()
        return self._views.setdefault(camera, _View())


def _call_in(loop: asyncio.AbstractEventLoop, call: Callable[[], None]) -> None:
    with suppress(RuntimeError):  # it has ended
        loop.call_soon_threadsafe(call)


def _number(value: Any, limit: int) -> int:
    """Return a whole number from 0 to a limit."""
    if type(value) is not int or not 0 <= value <= limit:
        raise ValueError('number')
    return value
