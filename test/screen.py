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

"""A screen without a monitor: its pixels, and keys pressed on it."""

from __future__ import annotations

from contextlib import contextmanager
import os
import shutil
import signal
import struct
import subprocess
import time

import numpy as np
import pytest

from yolo_deepsort_ros.visualization.drawing import colour_of

TOOLS = ('Xvfb', 'xdotool', 'openbox')
PATIENCE = 90.0  #: s; a busy machine loads OpenCV and Qt
TITLE = '^yolo_deepsort_ros'


def seen_on(name):
    """Return the environment of a program that is seen there, and that tells where it hangs."""
    return {**os.environ, 'DISPLAY': name, 'PYTHONFAULTHANDLER': '1'}


@contextmanager
def screen(folder):
    """Start a screen of its own; tell its name and the file that holds its pixels."""
    missing = [tool for tool in TOOLS if shutil.which(tool) is None]
    if missing:
        pytest.skip(f'windows are not tested: no {", ".join(missing)} '
                    f'(Debian packages xvfb, xdotool, openbox)')
    reading, writing = os.pipe()
    # Without -noreset it starts anew when the last program leaves, and refuses others meanwhile.
    server = subprocess.Popen(
        ['Xvfb', '-displayfd', str(writing), '-screen', '0', '800x600x24', '-fbdir', folder,
         '-noreset'],
        pass_fds=[writing], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )
    os.close(writing)
    with os.fdopen(reading) as number:
        name = f':{number.readline().strip()}'
    # Without a window manager Qt leaves one window in seven black on a busy machine.
    manager = subprocess.Popen(
        ['openbox', '--sm-disable'], env=seen_on(name), stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        until(lambda: xdotool(name, 'get_desktop'))
        yield name, folder / 'Xvfb_screen0'
    finally:
        for process in (manager, server):
            process.terminate()
            process.wait()


def screenshot(path):
    """Return the pixels of the screen, blue, green, red: Xvfb keeps them as an xwd file."""
    data = path.read_bytes()
    header = struct.unpack('>25I', data[:100])
    width, height, stride, colours = header[4], header[5], header[12], header[19]
    start = header[0] + 12 * colours
    rows = np.frombuffer(data[start:start + stride * height], np.uint8).reshape(height, stride)
    return rows[:, :width * header[11] // 8].reshape(height, width, header[11] // 8)[..., :3]


def xdotool(name, *words):
    done = subprocess.run(
        ['xdotool', *words], env=seen_on(name), capture_output=True, text=True,
        check=False,
    )
    return done.stdout.strip()


def drawn_area(picture):
    """Count the pixels that have the colour of any id."""
    colours = np.array([colour_of(number) for number in range(1, 100)])
    seen, counts = np.unique(picture.reshape(-1, 3), axis=0, return_counts=True)
    near = np.abs(seen[:, None].astype(int) - colours).max(axis=2) <= 8
    return counts[near.any(axis=1)].sum()


def stacks(process):
    """End a process that hangs; return where, which it tells under PYTHONFAULTHANDLER."""
    process.send_signal(signal.SIGABRT)
    return process.communicate()


def until(answer, process=None):
    """Wait for an answer, of a process that is meant to live so long."""
    end = time.monotonic() + PATIENCE
    while not (found := answer()):
        assert process is None or process.poll() is None, process.communicate()
        assert time.monotonic() < end, f'nothing has come in time\n{process and stacks(process)}'
        time.sleep(0.1)
    return found


def ended_by(process, act):
    """Act as a user who tries again; tell whether the process has ended."""
    if process.poll() is None:
        act()
    return process.poll() is not None
