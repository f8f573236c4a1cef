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

"""Reads a source in a thread of its own."""

from __future__ import annotations

from collections.abc import Callable
from threading import Condition, Thread

from yolo_deepsort_ros.sources.frame import Frame
from yolo_deepsort_ros.sources.source import Source

CLOSE_WAIT = 2.0  #: s; a device's driver may hold the reading thread longer


class SourceReader:
    """
    Hands the frames of a source on, while it is let; a file waits in between.

    A frame that is under way when the reader is held is handed on once it is let again.

    Parameters
    ----------
    source : Source
        Closed with the reader.
    use : callable
        Takes a frame; called from the thread.
    on_end : callable
        Takes what the source has failed of, None at its end; called from the thread, not
        after `close`.

    """

    def __init__(
        self,
        source: Source,
        use: Callable[[Frame], None],
        on_end: Callable[[Exception | None], None],
    ) -> None:
        self.source = source
        self._use = use
        self._on_end = on_end
        self._change = Condition()  # guards the two below, and `use`
        self._is_let = False
        self.is_closed = False
        self._thread = Thread(target=self._run, name='source', daemon=True)
        self._thread.start()

    def let(self, is_let: bool) -> None:
        """Go on or hold; once held, no frame is handed on any more."""
        with self._change:
            self._is_let = is_let
            self._change.notify_all()

    def close(self) -> None:
        """End the thread and release the source."""
        with self._change:
            self.is_closed = True
            self._change.notify_all()
        self.source.close()
        self._thread.join(CLOSE_WAIT)

    def _run(self) -> None:
        error = None
        try:
            self._read_all()
        except Exception as caught:
            error = caught
        if not self.is_closed:
            self._on_end(error)

    def _read_all(self) -> None:
        while self._wait_until_let():
            frame = self.source.read()
            if frame is None:
                break
            with self._change:
                self._change.wait_for(lambda: self._is_let or self.is_closed)
                if not self.is_closed:
                    self._use(frame)

    def _wait_until_let(self) -> bool:
        with self._change:
            self._change.wait_for(lambda: self._is_let or self.is_closed)
            return not self.is_closed
