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

"""What the button of the page records: the pictures that it is sent, and their tracks."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
import json
import os
from pathlib import Path
import re
import subprocess
import sys
import time
from typing import Any

from yolo_deepsort_ros.error_text import shown
from yolo_deepsort_ros.errors import OutputError
from yolo_deepsort_ros.files import user_path
from yolo_deepsort_ros.web.shown_frame import ShownFrame

MAX_SECONDS, MAX_BYTES = 60.0, 100_000_000  #: of a recording
MAX_RECORDINGS = 10  #: in the folder
MAX_WAITING = 30  #: pictures that the disk has not yet taken
DRAWING_WAIT = 600.0  #: s
FRAMES, ABOUT, VIDEO = 'frames.jsonl', 'recording.json', 'annotated.mp4'
_NAME = re.compile('[^A-Za-z0-9_-]+')


class Recordings:
    """
    The folder of recordings, and the one that is being made.

    All but the writing happens in the thread of the server's event loop.

    Parameters
    ----------
    folder : str
        Where they go; made when it is not there.

    """

    def __init__(self, folder: str) -> None:
        self._folder = user_path(folder)
        self._executor = ThreadPoolExecutor(1, thread_name_prefix='page_recording')
        self._now: PageRecording | None = None
        self._drawing: subprocess.Popen[bytes] | None = None

    def begin(self, on_end: Callable[[str], None]) -> PageRecording:
        """
        Begin a recording.

        Parameters
        ----------
        on_end : callable
            Told once what became of it; called from another thread.

        Raises
        ------
        OutputError
            While another one is made, when there are too many, or nothing can be written.

        """
        if self._now is not None and not self._now.is_over:
            raise OutputError('another page records already')
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            count = sum(1 for each in self._folder.iterdir() if (each / ABOUT).is_file())
            if count >= MAX_RECORDINGS:
                raise OutputError(
                    f'{shown(self._folder)} holds {count} recordings: remove one of them'
                )
            path = self._folder / time.strftime('%Y%m%d_%H%M%S')
            path.mkdir()
        except OSError as error:
            raise OutputError(
                f'web_recordings: {shown(self._folder)}: {error.strerror}; name a folder that '
                f'can be written to'
            ) from None
        self._now = PageRecording(path, self._executor, lambda: self._draw(path, on_end))
        return self._now

    def close(self) -> None:
        """End the recording and its drawing."""
        if self._now is not None:
            self._now.end()
        if self._drawing is not None:
            self._drawing.terminate()
        self._executor.shutdown()

    def _draw(self, path: Path, on_end: Callable[[str], None]) -> None:
        """Have the video drawn by a process that gives way to all others."""
        command = [sys.executable, '-m', 'yolo_deepsort_ros.web.recording_video', str(path)]
        with subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
            preexec_fn=lambda: os.nice(10) and None,
        ) as self._drawing:
            try:
                _, said = self._drawing.communicate(timeout=DRAWING_WAIT)
            except subprocess.TimeoutExpired:
                self._drawing.kill()
                said = b'it took too long'
        code, self._drawing = self._drawing.returncode, None
        lines = said.decode(errors='replace').strip().splitlines() or ['']
        on_end(f'recorded: {path / VIDEO}' if code == 0 else f'{path}: no video: {lines[-1]}')


class PageRecording:
    """
    One recording.

    Parameters
    ----------
    path : Path
        Its folder, empty.
    executor : ThreadPoolExecutor
        Writes, in order.
    on_end : callable
        Called in the executor once all is written.

    """

    def __init__(
        self, path: Path, executor: ThreadPoolExecutor, on_end: Callable[[], None]
    ) -> None:
        self._path = path
        self._executor = executor
        self._on_end = on_end
        self._start = time.monotonic()
        self._bytes = 0
        self._count = 0
        self._waiting = 0
        self._rows: list[dict[str, Any]] = []
        self._error = ''
        self.is_over = False
        (path / ABOUT).write_text(json.dumps({'begun': time.time()}), encoding='utf-8')

    def add(self, camera: str, frame: ShownFrame, jpeg: bytes) -> bool:
        """Take a picture as it is sent; return False once the recording is over."""
        if self.is_over:
            return False
        is_full = self._bytes + len(jpeg) > MAX_BYTES
        if is_full or time.monotonic() - self._start > MAX_SECONDS or self._error:
            self.end()
            return False
        if self._waiting >= MAX_WAITING:
            return True
        self._bytes += len(jpeg)
        self._count += 1
        self._waiting += 1
        name = f'{_NAME.sub("_", camera.strip("/")) or "camera"}_{self._count:06d}.jpg'
        self._rows.append({'camera': camera, 'file': name, **frame.header()})
        self._executor.submit(self._write, name, jpeg)
        return True

    def end(self) -> None:
        """Record no more; the video is drawn then."""
        if not self.is_over:
            self.is_over = True
            self._executor.submit(self._finish)

    def _write(self, name: str, jpeg: bytes) -> None:
        try:
            (self._path / name).write_bytes(jpeg)
        except OSError as error:
            self._error = error.strerror or 'cannot write'
        self._waiting -= 1

    def _finish(self) -> None:
        text = ''.join(f'{json.dumps(row)}\n' for row in self._rows)
        try:
            (self._path / FRAMES).write_text(text, encoding='utf-8')
        except OSError as error:
            self._error = error.strerror or 'cannot write'
        self._on_end()
