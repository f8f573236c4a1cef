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
The camera node with a capture device that is a plain file.

Removing the file unplugs it; with `stalls` in it a read does not return; if it is a JPEG, the
camera gives that.
"""

import os
from pathlib import Path
import threading
import time

import cv2
import numpy as np

SIZE = {cv2.CAP_PROP_FRAME_WIDTH: 64.0, cv2.CAP_PROP_FRAME_HEIGHT: 48.0}
FRAMES = {cv2.CAP_PROP_FPS: 50.0, cv2.CAP_PROP_FOURCC: float(cv2.VideoWriter_fourcc(*'MJPG'))}


class FileCapture:
    """The part of cv2.VideoCapture that the package uses."""

    def __init__(self, path, api):
        self._path = Path(path)
        self._content = b''
        self._converts = True

    def isOpened(self):  # noqa: N802
        return self._path.exists()

    def get(self, key):
        return {**SIZE, **FRAMES}.get(key, 0.0)

    def set(self, key, value):  # noqa: A003
        self._converts = self._converts and key != cv2.CAP_PROP_CONVERT_RGB
        return False

    def grab(self):
        time.sleep(0.02)
        try:
            self._content = self._path.read_bytes()
        except FileNotFoundError:
            return False
        if self._content == b'stalls':
            threading.Event().wait()
        return True

    def retrieve(self):
        if self._content.startswith(b'\xff\xd8') and not self._converts:
            return True, np.frombuffer(self._content, np.uint8)[None]
        return True, np.full((48, 64, 3), os.getpid() % 256, np.uint8)

    def release(self):
        pass


if __name__ == '__main__':
    cv2.VideoCapture = FileCapture
    from yolo_deepsort_ros.nodes.executables import camera_node
    camera_node()
