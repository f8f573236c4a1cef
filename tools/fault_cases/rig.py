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

"""Nodes that are started once for many faults, the witness beside them, and hands to disturb."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
import json
import os
from pathlib import Path
import resource
import shutil
import signal
import socket
import subprocess
import sys
import time
from typing import Any

from fault_cases import measuring
from fault_cases.clock import faked_clock
from fault_cases.fault import Broken, expect, Skipped
from fault_cases.measuring import Status, Tracks
from fault_cases.peer import Peer
from fault_cases.stream_server import StreamServer
import yaml

from yolo_deepsort_ros.cli.options import with_source_defaults
from yolo_deepsort_ros.demo.processes import node_commands
from yolo_deepsort_ros.nodes.parameters.parameter_file import overrides
from yolo_deepsort_ros.nodes.runtime.parent_process import end_with_parent

TOOLS = Path(__file__).resolve().parents[1]
NAMESPACE = '/faults'
SHARED_MEMORY = '/dev/shm'  #: a folder below /dev, where cameras are, that we may write to
RATE = 10.0  #: Hz
RESPAWN_DELAY = 2.0  #: s, as that of the launch file
PATIENCE = 60.0  #: s; nodes start in 3 on an idle machine
ARENA = {
    'source': 'arena:agents=4,seed=3,depth=false', 'rate': RATE, 'width': 320, 'height': 240,
    'end_with_parent': True,
}
#: Which nodes a group has, and their parameters.
GROUPS: dict[str, tuple[tuple[str, ...], dict[str, Any]]] = {
    'nodes': (('camera', 'detector', 'tracker', 'annotator'), ARENA),
    'compressed': (('camera', 'detector', 'tracker'), {**ARENA, 'image_transport': 'compressed'}),
    'pipeline': (('pipeline',), ARENA),
    'readers': (
        ('camera', 'detector', 'tracker', 'locator', 'viewer'),
        {**ARENA, 'camera_height': 5.0, 'camera_pitch': 0.5},
    ),
    'clock': (('camera', 'detector', 'tracker'), ARENA),
    'stream': (('camera', 'detector', 'tracker'), {**ARENA, 'frame_timeout': 1.0}),
    'webcam': (('camera', 'detector', 'tracker'), {**ARENA, 'frame_timeout': 1.0}),
}
now = time.monotonic


class Rig:
    """
    The processes of a group; a context manager.

    Parameters
    ----------
    group : str
        Which of `GROUPS`.
    folder : Path
        Empty folder for logs and records.
    server : StreamServer, optional
        Whose stream the camera takes in place of the arena.

    Attributes
    ----------
    webcam : Path
        What `webcam.py` takes for devices, in the group of that name.
    clock : Path
        In the group of that name, what the nodes' system clock is read from.
    page : str
        Address of the viewer's page.

    """

    def __init__(self, group: str, folder: Path, server: StreamServer | None = None) -> None:
        self.folder = folder
        self.server: Any = server
        self._nodes, values = GROUPS[group]
        self._parameters = folder / 'parameters.yaml'
        values = with_source_defaults(values)
        self.webcam = Path(SHARED_MEMORY, folder.name)
        self.clock = folder / 'clock'
        self._page_port = _free_port()
        self.page = f'http://127.0.0.1:{self._page_port}/'
        self._environ = faked_clock(self.clock) if group == 'clock' else {}
        if server:
            values = {**values, 'source': server.url, 'rate': 0.0}
        elif group == 'webcam':
            self._plug_in()
            values = {**values, 'source': str(self.webcam / 'video0')}
        content = overrides(values)
        self._parameters.write_text(yaml.safe_dump(content), encoding='utf-8')
        self._children: dict[str, subprocess.Popen[bytes]] = {}
        self._record = folder / 'witness.jsonl'
        self._offset = 0
        self.images: list[tuple[float, int]] = []
        self.tracks: list[Tracks] = []
        self.positions: list[float] = []
        self.statuses: dict[str, list[Status]] = {}
        self.starts: dict[str, float] = {}  # s from the process to the first status
        self.cause_ended: float | None = None
        self.peer: Peer

    def __enter__(self) -> Rig:
        self._record.touch()
        try:
            self.peer = Peer(NAMESPACE)
            self.run('witness', [
                sys.executable, '-m', 'fault_cases.witness', NAMESPACE, str(self._record)
            ])
            for node in self._nodes:
                self.start(node)
            begun = now()
            for node in self._nodes:
                self.until(lambda node=node: self.statuses.get(node), f'a status of {node}')
                self.starts[node] = self.statuses[node][0].time - begun
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        for name in list(self._children):
            self.end(name)
        self.peer.close()
        shutil.rmtree(self.webcam, ignore_errors=True)

    def _plug_in(self) -> None:
        (self.webcam / 'by-id').mkdir(parents=True)
        (self.webcam / 'video0').write_text('good', encoding='utf-8')
        (self.webcam / 'by-id' / 'usb-camera').symlink_to(self.webcam / 'video0')

    @property
    def has_own_clock(self) -> bool:
        """Whether the nodes follow `clock`."""
        return bool(self._environ)

    # -- processes --------------------------------------------------------------------------

    def run(self, name: str, command: list[str], **environ: str) -> None:
        """Start a process that ends with this one."""
        with open(self.folder / f'{name}.log', 'ab') as log:
            self._children[name] = subprocess.Popen(
                command, cwd=TOOLS, stdin=subprocess.DEVNULL, stdout=log,
                stderr=subprocess.STDOUT, preexec_fn=_end_with_parent,
                env={**os.environ, **environ},
            )

    def start(self, node: str, name: str = '') -> None:
        """Start a node; under another name of the process, where it is a second one."""
        (command,) = node_commands(NAMESPACE, self._parameters, [node], self._page_port).values()
        if node == 'camera' and self.webcam.exists():
            command = [sys.executable, '-m', 'fault_cases.webcam', str(self.webcam),
                       str(ARENA['source']), *command[1:]]
        self.run(name or node, command, **self._environ)

    def signal(self, name: str, number: int) -> None:
        """Send a signal."""
        self._children[name].send_signal(number)

    def end(self, name: str) -> None:
        """End a process: politely, then firmly."""
        child = self._children.pop(name)
        child.send_signal(signal.SIGCONT)
        for number in (signal.SIGINT, signal.SIGKILL):
            child.send_signal(number)
            with suppress(subprocess.TimeoutExpired):
                child.wait(10)
                return

    def kill(self, name: str) -> None:
        """Kill a process; the others go on."""
        child = self._children.pop(name)
        child.kill()
        child.wait()

    def respawn(self, node: str) -> None:
        """Start a killed node again after the delay; the cause ends when it has started."""
        self.pause(RESPAWN_DELAY)
        begun = now()
        self.start(node)
        self.until(lambda: self.statuses[node][-1].time > begun, f'{node} to be back')

    def log(self, name: str) -> str:
        """Return what a process has printed."""
        return (self.folder / f'{name}.log').read_text(errors='replace')

    def exit_code(self, name: str) -> int | None:
        """Return the exit code of a process that has ended, else None."""
        return self._children[name].poll()

    def limit_memory(self, name: str, is_limited: bool = True) -> None:
        """Let a process have no more memory than it has, or again what it wants."""
        pid = self._children[name].pid
        pages = int(Path(f'/proc/{pid}/statm').read_text().split()[0])
        limit = pages * resource.getpagesize() if is_limited else resource.RLIM_INFINITY
        resource.prlimit(pid, resource.RLIMIT_AS, (limit, resource.RLIM_INFINITY))

    def check_alive(self) -> None:
        """Raise `Broken` when a process has ended by itself; it is started again first."""
        dead = [name for name, child in self._children.items() if child.poll() is not None]
        texts = []
        for name in dead:
            code = self._children.pop(name).returncode
            last = self.log(name).strip().splitlines()[-1:]
            texts.append(f'{name} has died (exit code {code}): {"".join(last)[:200]}')
            if name in self._nodes:
                self.start(name)
        expect(not texts, '; '.join(texts))

    # -- what the witness has seen ------------------------------------------------------------

    def read(self) -> None:
        """Take what the witness has written since the last time."""
        with open(self._record, 'rb') as file:
            file.seek(self._offset)
            new = file.read()
        new = new[:new.rfind(b'\n') + 1]
        self._offset += len(new)
        for line in new.splitlines():
            kind, when, *values = json.loads(line)
            if kind == 'image':
                self.images.append((when, values[0]))
            elif kind == 'positions':
                self.positions.append(when)
            elif kind == 'tracks':
                self.tracks.append(Tracks(when, values[0], tuple(values[1]), tuple(values[2])))
            else:
                node = values[0].rpartition('/')[2]
                self.statuses.setdefault(node, []).append(Status(when, *values[1:]))

    @property
    def times(self) -> list[float]:
        """When tracks of the camera's own images came."""
        stamps = {stamp for _, stamp in self.images}
        return [message.time for message in self.tracks if message.stamp in stamps]

    def counter(self, node: str, name: str) -> int:
        """Return a counter of a node's newest status."""
        self.read()
        return measuring.counter(self.statuses.get(node, [None])[-1], name)

    def until(self, condition: Callable[[], Any], what: str, patience: float = PATIENCE) -> Any:
        """Wait for a condition over what the witness sees; `Broken` when it never holds."""
        deadline = now() + patience
        while True:
            self.read()
            if found := condition():
                return found
            expect(now() < deadline, f'waited {patience:g} s in vain for {what}')
            self.peer.spin(0.05)

    def pause(self, seconds: float) -> None:
        """Let time pass."""
        self.peer.spin(seconds)

    def rises(self, node: str, name: str, before: int) -> int:
        """Wait until a counter is above what it was; return by how much."""
        self.until(
            lambda: self.counter(node, name) > before,
            f'"{name}" of {node} in /diagnostics to count', 10.0,
        )
        self.pause(1.1)  # the next status has them all
        return self.counter(node, name) - before

    def warned(self, since: float, *words: str, patience: float = 10.0) -> str:
        """Wait for a status that holds one of the words; return its text."""
        def found() -> str:
            return next((
                f'{node}: {status.message}'
                for node, statuses in self.statuses.items() for status in statuses
                if status.time > since and status.level and any(
                    word in status.message for word in words
                )
            ), '')
        text: str = self.until(found, f'/diagnostics to say {" or ".join(words)}', patience)
        return text

    def settled(self) -> float:
        """Wait for two seconds at the nominal rate; return that measured (Hz)."""
        try:
            self.until(
                lambda: measuring.rate(self.times, now() - 2.0, now()) >= 0.85 * RATE
                and any(message.ids for message in self.tracks[-10:]), 'the normal rate',
            )
        except Broken as text:
            raise Skipped(f'the machine is too busy to begin: {text}') from None
        return min(measuring.rate(self.times, now() - 2.0, now()), RATE)


def _end_with_parent() -> None:
    end_with_parent(os.getppid())


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        return int(probe.getsockname()[1])
