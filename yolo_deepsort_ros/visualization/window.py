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

"""A window on the screen that shows pictures while they are made."""

from __future__ import annotations

from collections.abc import Callable
import os
import subprocess
import sys

import cv2
import numpy as np
from numpy.typing import NDArray

from yolo_deepsort_ros.error_text import quoted
from yolo_deepsort_ros.errors import OutputError
from yolo_deepsort_ros.files import Closable

END_KEYS = (ord('q'), ord('Q'), 27)  #: the last one is Esc
WINDOW_FLAGS = cv2.WINDOW_NORMAL | cv2.WINDOW_KEEPRATIO | cv2.WINDOW_GUI_NORMAL
PROBE_TIMEOUT = 30.0  #: s; a slow machine loads OpenCV
#: Opens a window and closes it: a toolkit that finds no display ends its whole process.
_PROBE = 'import cv2; cv2.namedWindow("probe"); cv2.waitKey(1); cv2.destroyAllWindows()'


class Window(Closable):
    """
    A window that the user ends with q, Esc or its close button; a context manager.

    Parameters
    ----------
    title : str
        What its frame says.
    on_click : callable, optional
        Takes the pixel, x and y, at which the left button was pressed.

    Raises
    ------
    OutputError
        When there is no display, or this OpenCV cannot open windows.

    """

    def __init__(
        self, title: str, on_click: Callable[[int, int], None] | None = None
    ) -> None:
        _check()
        self._on_click = on_click
        self._title = title
        self._is_open = False

    def show(self, picture: NDArray[np.uint8], wait: float = 0.0) -> bool:
        """
        Show a picture, shape (H, W, 3), blue, green, red.

        Parameters
        ----------
        picture : ndarray of uint8
            What to show.
        wait : float
            Seconds that the user has to look at it.

        Returns
        -------
        bool
            False when the user has ended the run.

        """
        if not self._is_open:
            cv2.namedWindow(self._title, WINDOW_FLAGS)
            cv2.resizeWindow(self._title, picture.shape[1], picture.shape[0])
            self._is_open = True
            if self._on_click:
                cv2.setMouseCallback(self._title, self._on_mouse)
        cv2.imshow(self._title, picture)
        key = cv2.waitKey(max(1, round(1e3 * wait)))
        try:
            is_visible = cv2.getWindowProperty(self._title, cv2.WND_PROP_VISIBLE) >= 1
        except cv2.error:  # Qt, of a window that is closed
            is_visible = False
        return is_visible and key & 0xFF not in END_KEYS

    def _on_mouse(self, event: int, x: int, y: int, *_: object) -> None:
        if event == cv2.EVENT_LBUTTONDOWN and self._on_click:
            self._on_click(x, y)

    def close(self) -> None:
        """Take the window from the screen."""
        if self._is_open:
            cv2.destroyAllWindows()
            self._is_open = False


def _check() -> None:
    """Refuse where no window can be opened."""
    if not (os.environ.get('DISPLAY') or os.environ.get('WAYLAND_DISPLAY')):
        raise OutputError(
            '--show: there is no display here (DISPLAY is not set); leave it out, or look at the '
            'picture in a browser with --web'
        )
    try:
        done = subprocess.run(
            [sys.executable, '-c', _PROBE], capture_output=True, timeout=PROBE_TIMEOUT,
            check=False,
        )
        code, text = done.returncode, done.stderr
    except subprocess.TimeoutExpired:
        code, text = 1, b''
    if code and b'not implemented' in text:
        raise OutputError(
            '--show: this OpenCV has no windows, as opencv-python-headless: install opencv-python '
            'in its place, or look at the picture in a browser with --web'
        )
    if code:
        display = quoted(os.environ.get('DISPLAY') or os.environ['WAYLAND_DISPLAY'])
        raise OutputError(
            f'--show: cannot open a window on display {display}; is it yours, and is it running? '
            f'Or look at the picture in a browser with --web'
        )
