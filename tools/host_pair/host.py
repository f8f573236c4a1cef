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

"""A host that is no more than a network namespace."""

from __future__ import annotations

from collections.abc import Iterable
import os
from pathlib import Path
import signal
import subprocess

#: What such hosts need, of the packages iproute2 and util-linux.
NEEDED = ('ip', 'tc', 'unshare', 'nsenter')


class Host:
    """A network and a shared memory of its own; what runs in it ends with it."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name = name
        self._folder = folder
        self._children: dict[str, subprocess.Popen[bytes]] = {}
        self._holder = subprocess.Popen([
            'unshare', '--net', '--mount', 'sh', '-c',
            'mount -t tmpfs tmpfs /dev/shm && ip link set lo up && echo && exec sleep infinity',
        ], stdout=subprocess.PIPE)
        self._holder.stdout.readline()  # it is ready
        self.pid = str(self._holder.pid)

    def call(self, *command: str) -> None:
        subprocess.run(self._entering(command), check=True)

    def start(self, name: str, command: list[str], **environ: str) -> None:
        with open(self._folder / f'{self.name}.{name}.log', 'wb') as log:
            self._children[name] = subprocess.Popen(
                self._entering(command), env={**os.environ, **environ}, stdin=subprocess.DEVNULL,
                stdout=log, stderr=subprocess.STDOUT,
            )

    def signal(self, name: str, number: int) -> None:
        self._children[name].send_signal(number)

    def end(self, name: str) -> None:
        child = self._children.pop(name)
        child.send_signal(signal.SIGINT)
        try:
            child.wait(10.0)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()

    def close(self) -> None:
        for name in list(self._children):
            self.end(name)
        self._holder.kill()
        self._holder.wait()

    def processor_time(self, names: Iterable[str]) -> float:
        """Return the seconds of processor that these have taken."""
        ticks = 0
        for name in names:
            fields = Path(f'/proc/{self._children[name].pid}/stat').read_text().split()
            ticks += int(fields[13]) + int(fields[14])
        return ticks / os.sysconf('SC_CLK_TCK')

    def _entering(self, command: list[str] | tuple[str, ...]) -> list[str]:
        return ['nsenter', '--net', '--mount', '--target', self.pid, *command]
