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

"""The nodes as child processes that never outlive their parent."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from importlib.util import find_spec
import os
from pathlib import Path
import re
import shutil
import signal
import subprocess
import sys
import time

from ament_index_python.packages import get_package_prefix

from yolo_deepsort_ros.config.node_configs import NODES, ON_DEMAND
from yolo_deepsort_ros.demo.endings import NodeFailure
from yolo_deepsort_ros.errors import ConfigurationError
from yolo_deepsort_ros.nodes.runtime.parent_process import end_with_parent

PACKAGE = 'yolo_deepsort_ros'
STEPS = ((signal.SIGINT, 5.0), (signal.SIGTERM, 2.0))  #: how to stop, and how long to wait (s)
LOG_TAIL = 15  #: lines
#: `[FATAL] [1700000000.123] [name]: text`, after what launch puts before it.
FATAL = re.compile(r'\[FATAL\] \[[\d.]+\] \[[^\]]+\]: (.*)')
DIED = re.compile(r'\[ERROR\] \[(\w+)-\d+\]: process has died \[pid \d+, exit code (-?\d+)')
PAGE = re.compile(r'\[(?:INFO|ERROR)\] \[[\d.]+\] \[[^\]]*viewer\]: (page at .*|no page: .*)')


class NodeProcesses:
    """
    Starts the nodes and stops them; a context manager.

    `ros2 launch` is used where it is installed, else the executables that it would start.

    Parameters
    ----------
    namespace : str
        Of all nodes.
    parameters : Path
        YAML file with the parameters.
    logs : Path
        Existing folder for what the processes print.
    commands : mapping of str to list of str, optional
        What to start instead, by name.
    port : int, optional
        Of a page to be served.

    """

    def __init__(
        self, namespace: str, parameters: Path, logs: Path,
        commands: Mapping[str, list[str]] | None = None, port: int | None = None,
    ) -> None:
        self._children: dict[str, subprocess.Popen[bytes]] = {}
        self._commands = commands or (
            _launch_command(namespace, parameters, port) if has_launch()
            else node_commands(namespace, parameters, _nodes(port), port)
        )
        self._logs = {name: Log(logs / name) for name in self._commands}

    def __enter__(self) -> NodeProcesses:
        try:
            for name, command in self._commands.items():
                self._children[name] = self._start(name, command)
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def process_ids(self) -> dict[str, int]:
        """The operating system's number of each process."""
        return {name: child.pid for name, child in self._children.items()}

    @property
    def page(self) -> str:
        """What the viewer has said of its page; '' as long as it has said nothing."""
        said = [log.page[1] for log in self._logs.values() if log.page]
        return said[0] if said else ''

    @property
    def has_camera_ended(self) -> bool:
        """Whether the camera has come to its end; not known while `ros2 launch` hides it."""
        camera = self._children.get('camera_node')
        return camera is not None and camera.poll() == 0

    @property
    def is_camera_alive(self) -> bool:
        """Whether the camera's process is known and has not ended."""
        camera = self._children.get('camera_node')
        return camera is not None and camera.poll() is None

    def check(self) -> None:
        """
        Look whether all nodes live, or have ended as they should.

        Raises
        ------
        ConfigurationError
            When a node has refused what it was given; its own line.
        NodeFailure
            When one has died, with the end of its log.

        """
        for name, child in self._children.items():
            code = child.poll()
            log = self._logs[name]
            log.follow()
            if log.fatal and (code or log.died):
                raise ConfigurationError(log.fatal[1])
            if log.died:
                name, code = log.died[1], int(log.died[2])
            if code:
                raise NodeFailure(
                    f'{name} has died (exit code {code}); the last lines of the nodes:\n'
                    f'{self.log_tail()}'
                )

    def log_tail(self) -> str:
        """Return the last lines of every process."""
        lines = [
            f'{name}: {line}' for name in self._children for line in self._logs[name].tail()
        ]
        return '\n'.join(f'    {line}' for line in lines)

    def stop(self) -> None:
        """End all processes: politely, then firmly; returns when none is left."""
        for number, patience in STEPS:
            living = [child for child in self._children.values() if child.poll() is None]
            for child in living:
                child.send_signal(number)
            deadline = time.monotonic() + patience
            for child in living:
                _wait(child, deadline)
        for child in self._children.values():
            # Whatever is left of its group, as the nodes of a launch that was killed.
            with suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
            child.wait()

    def _start(self, name: str, command: list[str]) -> subprocess.Popen[bytes]:
        """Start in a session of its own: Ctrl-C is for the parent, which stops in order."""
        with open(self._logs[name].path, 'wb') as log:
            return subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
                start_new_session=True, preexec_fn=_die_with_parent(os.getpid()),
            )


class Log:
    """
    What a process has printed.

    Attributes
    ----------
    path : Path
        The file that it prints to.
    fatal, died, page : re.Match or None
        The first lines of that kind found so far.

    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.fatal: re.Match[str] | None = None
        self.died: re.Match[str] | None = None
        self.page: re.Match[str] | None = None
        self._offset = 0  # bytes looked at

    def follow(self) -> None:
        """Look at the lines that have come since the last time."""
        with open(self.path, 'rb') as file:
            file.seek(self._offset)
            new = file.read()
        new = new[:new.rfind(b'\n') + 1]  # the rest is still being written
        self._offset += len(new)
        text = new.decode(errors='replace')
        self.fatal = self.fatal or FATAL.search(text)
        self.died = self.died or DIED.search(text)
        self.page = self.page or PAGE.search(text)

    def tail(self) -> list[str]:
        """Return the last lines."""
        return self.path.read_text(errors='replace').splitlines()[-LOG_TAIL:]


def has_launch() -> bool:
    """Whether `ros2 launch` is installed."""
    return bool(shutil.which('ros2') and find_spec('ros2launch') and find_spec('launch_ros'))


def _launch_command(
    namespace: str, parameters: Path, port: int | None
) -> dict[str, list[str]]:
    page = [] if port is None else ['web:=true', f'web_port:={port}']
    return {'launch': [
        'ros2', 'launch', PACKAGE, 'tracking.launch.py',
        f'namespace:={namespace}', f'params_file:={parameters}', *page,
    ]}


def _nodes(port: int | None) -> list[str]:
    return [name for name in NODES if name not in ON_DEMAND] + ['viewer'] * (port is not None)


def node_commands(
    namespace: str, parameters: Path, nodes: Iterable[str], port: int | None = None
) -> dict[str, list[str]]:
    """Return what starts each node's executable, by its name."""
    folder = Path(get_package_prefix(PACKAGE), 'lib', PACKAGE)
    return {f'{node}_node': [
        str(folder / f'{node}_node'), '--ros-args', '-r', f'__node:={node}',
        '-r', f'__ns:={namespace}', '--params-file', str(parameters),
        *(['-p', f'web_port:={port}'] if node == 'viewer' else []),
    ] for node in nodes}


def _die_with_parent(parent: int) -> Callable[[], None]:
    """Return what a child does first: ask for a SIGINT when its parent is killed."""
    def prepare() -> None:
        if not end_with_parent(parent):
            sys.exit(1)
    return prepare


def _wait(child: subprocess.Popen[bytes], deadline: float) -> None:
    with suppress(subprocess.TimeoutExpired):
        child.wait(max(0.0, deadline - time.monotonic()))
