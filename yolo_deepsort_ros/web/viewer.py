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

"""What the page shows, of all cameras, and who is followed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
import time
from typing import Any

from yolo_deepsort_ros.web.camera_view import CameraView, Keeping
from yolo_deepsort_ros.web.page_client import PageClient
from yolo_deepsort_ros.web.page_operator import Answer, Health, Operator
from yolo_deepsort_ros.web.shown_frame import Picture, Places, ShownTracks

LOOK = 10.0  #: s that a request counts as looking
FIRST_TRACKS = 1.0  #: s that `/api/state` waits for them
SILENT = 4.0  #: s after which a node that said something of itself is silent
TICK = 0.5  #: s between what is told but the pictures
MAX_CAMERAS = 64
MAX_NODES = 300


class Viewer:
    """
    Takes frames, tracks and health from any thread, and has clients see them.

    What comes while nobody looks is dropped. All state belongs to the thread of the server's
    event loop.

    Parameters
    ----------
    operator : Operator
        Does what the page asks for.
    may_control : bool
        Whether it may ask for anything.
    may_record : bool
        Whether there is a folder for recordings.

    """

    def __init__(self, operator: Operator, *, may_control: bool, may_record: bool) -> None:
        self._operator = operator
        self.may_control = may_control
        self.may_record = may_record
        self.cameras: dict[str, CameraView] = {}
        self.settings: dict[str, Any] = {}
        self.selected: tuple[str, int] | None = None
        self._keeping: dict[str, Keeping] = {}
        self._clients: set[PageClient] = set()
        self._health: dict[str, tuple[Health, float]] = {}
        self._ticking: asyncio.TimerHandle | None = None
        self._is_watched = False
        self._looked_at = -LOOK
        self._loop: asyncio.AbstractEventLoop | None = None
        self._came = asyncio.Event()

    # -- from any thread

    @property
    def is_watched(self) -> bool:
        """Whether somebody looks."""
        return self._is_watched

    def show(self, camera: str, picture: Picture, tracks: ShownTracks) -> None:
        """Show a picture and its tracks, which come together."""
        if self._is_watched:
            self._post(lambda: self._with_tracks(camera, lambda view: view.show(picture, tracks)))

    def add_picture(self, camera: str, picture: Picture) -> None:
        """Show a picture, with its tracks if they come soon."""
        if self._is_watched:
            self._post(lambda: self.camera(camera).add_picture(picture))

    def add_tracks(self, camera: str, tracks: ShownTracks) -> None:
        """Take the tracks of a stamp."""
        if self._is_watched:
            self._post(lambda: self._with_tracks(camera, lambda view: view.add_tracks(tracks)))

    def add_places(self, camera: str, places: Places) -> None:
        """Take where a camera's tracks are in metres."""
        if self._is_watched:
            self._post(lambda: self.camera(camera).add_places(places))

    def set_cameras(self, names: Iterable[str]) -> None:
        """Say which cameras are there."""
        known = list(names)[:MAX_CAMERAS]
        self._post(lambda: self._set_cameras(known))

    def set_keeping(self, camera: str, keeping: Keeping) -> None:
        """Say how long a camera's tracker keeps an id that is hidden."""
        self._post(lambda: self._set_keeping(camera, keeping))

    def add_health(self, health: Health) -> None:
        """Take what a node says of itself."""
        self._post(lambda: self._add_health(health))

    def set_settings(self, settings: Mapping[str, Any]) -> None:
        """Say what can be set of each node; see `settings.js`."""
        self._post(lambda: self._set_settings(dict(settings)))

    def restart(self, camera: str, reason: str) -> None:
        """Say that a camera's ids begin anew."""
        self._post(lambda: self._restart(camera, reason))

    def _post(self, call: Callable[[], None]) -> None:
        loop = self._loop
        if loop is not None:
            with suppress(RuntimeError):  # it has just been closed
                loop.call_soon_threadsafe(call)

    # -- in the server's thread

    def open(self) -> None:  # noqa: A003
        """Begin, in the thread of the event loop."""
        self._loop = asyncio.get_running_loop()

    def close(self) -> None:
        """Take nothing any more."""
        self._loop = None
        for view in self.cameras.values():
            view.close()

    def touch(self) -> None:
        """Take note of a request."""
        self._looked_at = time.monotonic()
        self._set_watched(True)
        asyncio.get_running_loop().call_later(LOOK + 0.1, self._look_around)

    def attach(self, client: PageClient) -> None:
        """Have a client see all."""
        self._clients.add(client)
        self.touch()
        client.tell('hello', {
            'may_control': self.may_control, 'may_record': self.may_record,
        })
        client.tell('cameras', {'names': list(self.cameras)})
        self._tell_selection([client])
        client.tell('health', {'nodes': self.health_json()})
        client.tell('settings', self.settings)
        if self._ticking is None:
            self._tick()
        else:
            client.tell_history(self.cameras.values())

    def detach(self, client: PageClient) -> None:
        """Have a client see nothing any more."""
        self._clients.discard(client)
        client.close()
        self.touch()  # it may come back at once

    async def state(self) -> dict[str, Any]:
        """Return what `/api/state` says, after a wait for the first tracks."""
        deadline = time.monotonic() + FIRST_TRACKS
        while not any(view.is_fresh for view in self.cameras.values()):
            self._came.clear()
            left = deadline - time.monotonic()
            if left <= 0:
                break
            with suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._came.wait(), left)
        return {
            'cameras': {name: view.as_json() for name, view in self.cameras.items()},
            'diagnostics': [
                {name: node[name] for name in ('node', 'level', 'message')}
                for node in self.health_json()
            ],
        }

    def health_json(self) -> list[dict[str, Any]]:
        """Return what the nodes say of themselves, those that fell silent too."""
        now = time.monotonic()
        said = []
        for health, at in self._health.values():
            level, message = health.level, health.message
            if now - at > SILENT:
                level, message = 3, (
                    f'no word for {now - at:.0f} s: the node has ended, hangs, or cannot be heard'
                )
            said.append({
                'node': health.node, 'level': level, 'message': message,
                'values': dict(health.values),
            })
        return said

    def select(self, camera: str, number: int) -> str:
        """Follow an id, 0 for none; return why not, '' if it is done."""
        view = self.cameras.get(camera)
        if number and (view is None or view.history.hidden_for(number) > view.history.kept):
            return f'id {number} is not there any more'
        self._select((camera, number) if number else None)
        return ''

    def command(self, command: Mapping[str, Any], answer: Answer) -> None:
        """Do what a client asks for, or say why not."""
        if not self.may_control:
            answer(False, 'this page may only look: web_control is false')
        elif command['do'] == 'select':
            said = self.select(command['camera'], command['id'])
            answer(not said, said)
        else:
            self._operator.on_command(command, lambda good, text: self._post(
                lambda: answer(good, text)
            ))

    def camera(self, name: str) -> CameraView:
        """Return what is known of a camera, which is there from now on."""
        if name not in self.cameras:
            view = CameraView(name, self._wake, lambda: self._restart(name, 'ids begin anew'))
            view.keeping = self._keeping.get(name, view.keeping)
            self.cameras[name] = view
            self._tell('cameras', {'names': list(self.cameras)})
        return self.cameras[name]

    def _set_cameras(self, names: list[str]) -> None:
        for name in names:
            self.camera(name)
        for name in [each for each in self.cameras if each not in names]:
            self.cameras.pop(name).close()
            self._tell('cameras', {'names': list(self.cameras)})

    def _set_keeping(self, camera: str, keeping: Keeping) -> None:
        self._keeping[camera] = keeping
        if camera in self.cameras:
            self.cameras[camera].keeping = keeping

    def _with_tracks(self, camera: str, take: Callable[[CameraView], None]) -> None:
        view = self.camera(camera)
        take(view)
        self._came.set()
        if self.selected and self.selected[0] == camera:
            number, history = self.selected[1], view.history
            if history.hidden_for(number) > history.kept:
                self._drop(
                    f'id {number} has been away for longer than the tracker keeps it '
                    f'({history.kept:.3g} s)'
                )

    def _restart(self, camera: str, reason: str) -> None:
        if camera in self.cameras:
            self.cameras[camera].history.clear()
            for client in self._clients:
                client.forget_history(camera)
        if self.selected and self.selected[0] == camera:
            self._drop(reason)

    def _drop(self, reason: str) -> None:
        self._select(None)
        self._tell('word', {'text': f'Nobody is followed any more: {reason}'})

    def _select(self, selected: tuple[str, int] | None) -> None:
        if selected == self.selected:
            return
        before, self.selected = self.selected, selected
        if before and (selected is None or selected[0] != before[0]):
            self._operator.on_select(before[0], '')
        if selected:
            self._operator.on_select(selected[0], str(selected[1]))
        self._tell_selection(self._clients)

    def _add_health(self, health: Health) -> None:
        if health.node in self._health or len(self._health) < MAX_NODES:
            self._health[health.node] = health, time.monotonic()

    def _set_settings(self, settings: dict[str, Any]) -> None:
        if settings != self.settings:
            self.settings = settings
            self._tell('settings', settings)

    def _tell(self, kind: str, content: Mapping[str, Any]) -> None:
        for client in self._clients:
            client.tell(kind, content)

    def _tell_selection(self, clients: Iterable[PageClient]) -> None:
        camera, number = self.selected or ('', 0)
        for client in clients:
            client.tell('selection', {'camera': camera, 'id': number})

    def _wake(self) -> None:
        for client in self._clients:
            client.wake()

    def _tick(self) -> None:
        self._ticking = None
        if not self._clients:
            return
        self._ticking = asyncio.get_running_loop().call_later(TICK, self._tick)
        health = {'nodes': self.health_json()}
        for client in self._clients:
            client.tell('health', health)
            client.tell_history(self.cameras.values())

    def _look_around(self) -> None:
        if not self._clients and time.monotonic() - self._looked_at >= LOOK:
            self._set_watched(False)

    def _set_watched(self, is_watched: bool) -> None:
        if is_watched == self._is_watched:
            return
        self._is_watched = is_watched
        if not is_watched:
            for view in self.cameras.values():
                view.close()
            self._health.clear()
        self._operator.on_watch(is_watched)
