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
import shutil
import subprocess
import sys
import threading
import time

from yolo_deepsort_ros.error_text import shown
from yolo_deepsort_ros.errors import OutputError
from yolo_deepsort_ros.files import user_path
from yolo_deepsort_ros.web.shown_frame import ShownFrame

MAX_SECONDS, MAX_BYTES = 60.0, 100_000_000  #: of a recording; who began it ends it in time
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
        self._writer = ThreadPoolExecutor(1, thread_name_prefix='page_recording')
        self._drawer = ThreadPoolExecutor(1, thread_name_prefix='page_drawing')
        self._now: PageRecording | None = None
        self._lock = threading.Lock()
        self._is_closed = False
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
            path = self._new_folder()
            try:
                self._now = PageRecording(path, self._writer, lambda recording: (
                    self._drawer.submit(self._draw, recording, on_end)))
            except OSError:
                shutil.rmtree(path, ignore_errors=True)
                raise
        except OSError as error:
            raise OutputError(
                f'web_recordings: {shown(self._folder)}: {error.strerror}; name a folder that '
                f'can be written to'
            ) from None
        return self._now

    def close(self) -> None:
        """End the recording and its drawing: what is recorded stays, without a video."""
        with self._lock:
            self._is_closed = True
            if self._drawing is not None:
                self._drawing.terminate()
        if self._now is not None:
            self._now.end()
        self._writer.shutdown()
        self._drawer.shutdown()

    def _new_folder(self) -> Path:
        """Make a folder that is named by the time, the second one of a second with a number."""
        name = time.strftime('%Y%m%d_%H%M%S')
        for number in range(1, MAX_RECORDINGS + 2):
            path = self._folder / (name if number == 1 else f'{name}_{number}')
            if not path.exists():
                break
        path.mkdir()
        return path

    def _draw(self, recording: PageRecording, on_end: Callable[[str], None]) -> None:
        """Have the video drawn by a process that gives way to all others, unless that is vain."""
        path = recording.path
        if recording.error:
            on_end(f'{path}: no video: {recording.error}')
            return
        command = [sys.executable, '-m', 'yolo_deepsort_ros.web.recording_video', str(path)]
        with self._lock:
            if self._is_closed:
                return
            drawing = self._drawing = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE, preexec_fn=lambda: os.nice(10) and None,
            )
        with drawing:
            try:
                _, said = drawing.communicate(timeout=DRAWING_WAIT)
            except subprocess.TimeoutExpired:
                drawing.kill()
                said = b'it took too long'
        with self._lock:
            self._drawing = None
        if drawing.returncode:
            lines = said.decode(errors='replace').strip().splitlines() or ['']
            on_end(f'{path}: no video: {lines[-1]}')
        elif recording.left_out:
            on_end(f'recorded: {path / VIDEO}, without {recording.left_out} pictures for which '
                   f'the disk was too slow')
        else:
            on_end(f'recorded: {path / VIDEO}')


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
        Called with it in the executor once all is written.

    Attributes
    ----------
    path : Path
    error : str
        What has failed; '' is nothing.
    left_out : int
        Pictures for which the disk was too slow.
    is_over : bool
        Whether it takes no more.

    Raises
    ------
    OSError
        When nothing can be written there.

    """

    def __init__(
        self, path: Path, executor: ThreadPoolExecutor, on_end: Callable[[PageRecording], object]
    ) -> None:
        self.path = path
        self._executor = executor
        self._on_end = on_end
        self._bytes = 0
        self._count = 0
        self._waiting = 0
        self.error = ''
        self.left_out = 0
        self.is_over = False
        (path / FRAMES).touch()
        (path / ABOUT).write_text(json.dumps({'begun': time.time()}), encoding='utf-8')

    def add(self, camera: str, frame: ShownFrame, jpeg: bytes) -> bool:
        """Take a picture as it is sent; return False once the recording is over."""
        if self.is_over:
            return False
        if self._bytes + len(jpeg) > MAX_BYTES or self.error:
            self.end()
            return False
        if self._waiting >= MAX_WAITING:
            self.left_out += 1
            return True
        self._bytes += len(jpeg)
        self._count += 1
        self._waiting += 1
        name = f'{_NAME.sub("_", camera.strip("/")) or "camera"}_{self._count:06d}.jpg'
        row = json.dumps({'camera': camera, 'file': name, **frame.header()})
        self._executor.submit(self._write, name, jpeg, row)
        return True

    def end(self) -> None:
        """Record no more; the video is drawn then."""
        if not self.is_over:
            self.is_over = True
            self._executor.submit(self._on_end, self)

    def _write(self, name: str, jpeg: bytes, row: str) -> None:
        try:
            (self.path / name).write_bytes(jpeg)
            with open(self.path / FRAMES, 'a', encoding='utf-8') as rows:
                rows.write(f'{row}\n')
        except OSError as error:
            self.error = error.strerror or 'cannot write'
        self._waiting -= 1
