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
The camera node with a stand-in for OpenCV's capture: `webcam.py FOLDER --ros-args …`.

Files of the folder are devices. What one holds is what its driver does: `good`; `busy`, it
cannot be opened; `stalls`, reads do not return; `slow`, a quarter of the rate; `small`, half the
size. A file that is removed is unplugged. Links in `by-id` are the stable names, as udev makes
them.
"""

from __future__ import annotations

from pathlib import Path
import sys
import time
from typing import Any, ClassVar

import cv2
from fault_cases.pictures import arena_pictures
import numpy as np

RATE = 10.0  #: Hz
FORMAT = cv2.VideoWriter_fourcc(*'YUYV')


class FileCapture:
    """The part of cv2.VideoCapture that the package uses."""

    pictures: ClassVar[list[Any]] = []
    position = 0

    def __init__(self, path: str, _: int) -> None:
        self._path = Path(path)
        self._due = time.monotonic()

    @property
    def _does(self) -> str:
        try:
            return self._path.read_text(encoding='utf-8')
        except OSError:
            return ''

    def isOpened(self) -> bool:  # noqa: N802
        return self._does not in ('', 'busy')

    def get(self, key: int) -> float:
        return {
            cv2.CAP_PROP_FRAME_WIDTH: 320.0, cv2.CAP_PROP_FRAME_HEIGHT: 240.0,
            cv2.CAP_PROP_FPS: RATE, cv2.CAP_PROP_FOURCC: float(FORMAT),
        }.get(key, 0.0)

    def set(self, key: int, value: float) -> bool:  # noqa: A003
        return False

    def grab(self) -> bool:
        period = (4 if self._does == 'slow' else 1) / RATE
        self._due = max(self._due + period, time.monotonic())
        while time.monotonic() < self._due or self._does == 'stalls':
            time.sleep(0.005)
        return bool(self._does)

    def retrieve(self) -> tuple[bool, Any]:
        FileCapture.position += 1
        picture = self.pictures[self.position % len(self.pictures)]
        return True, np.ascontiguousarray(picture[::2, ::2] if self._does == 'small' else picture)

    def release(self) -> None:
        pass


if __name__ == '__main__':
    from yolo_deepsort_ros.nodes.executables import camera_node
    from yolo_deepsort_ros.sources import devices

    devices.is_camera = lambda _: None  # the kernel knows no such device
    devices.STABLE = (str(Path(sys.argv.pop(1)) / 'by-id' / '*'),)
    FileCapture.pictures = arena_pictures(sys.argv.pop(1), RATE)
    cv2.VideoCapture = FileCapture  # type: ignore[assignment,misc]
    camera_node()
