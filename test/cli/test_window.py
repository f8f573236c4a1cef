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

"""`track --show` on a display of its own, with a synthetic key and a screenshot."""

from __future__ import annotations

import json
import os
import shutil
import struct
import subprocess
import sys
import time

from command_line import COMMAND, run
import numpy as np
import pytest

from yolo_deepsort_ros.visualization.drawing import colour_of

TOOLS = ('Xvfb', 'xdotool')
PATIENCE = 90.0  #: s; a busy machine loads OpenCV and Qt
TITLE = '^yolo_deepsort_ros'


@pytest.fixture(scope='module')
def display(tmp_path_factory):
    """Start a screen of its own; tell its name and the file that holds its pixels."""
    missing = [tool for tool in TOOLS if shutil.which(tool) is None]
    if missing:
        pytest.skip(f'windows are not tested: no {", ".join(missing)} '
                    f'(Debian packages xvfb, xdotool)')
    folder = tmp_path_factory.mktemp('screen')
    reading, writing = os.pipe()
    server = subprocess.Popen(
        ['Xvfb', '-displayfd', str(writing), '-screen', '0', '800x600x24', '-fbdir', folder],
        pass_fds=[writing], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )
    os.close(writing)
    with os.fdopen(reading) as number:
        name = f':{number.readline().strip()}'
    try:
        yield name, folder / 'Xvfb_screen0'
    finally:
        server.terminate()
        server.wait()


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
        ['xdotool', *words], env={**os.environ, 'DISPLAY': name}, capture_output=True, text=True,
        check=False,
    )
    return done.stdout.strip()


def drawn_area(picture):
    """Count the pixels that have the colour of any id."""
    colours = np.array([colour_of(number) for number in range(1, 100)])
    seen, counts = np.unique(picture.reshape(-1, 3), axis=0, return_counts=True)
    near = np.abs(seen[:, None].astype(int) - colours).max(axis=2) <= 8
    return counts[near.any(axis=1)].sum()


def until(answer):
    end = time.monotonic() + PATIENCE
    while not (found := answer()):
        assert time.monotonic() < end, 'nothing has come in time'
        time.sleep(0.1)
    return found


def end_with_q(name, window):
    xdotool(name, 'windowfocus', window, 'key', 'q')


def end_with_escape(name, window):
    xdotool(name, 'windowfocus', window, 'key', 'Escape')


def end_by_closing(name, window):
    # As the close button does: a request, which no window manager is here to send.
    code = (
        'import ctypes as c; x = c.CDLL("libX11.so.6"); x.XOpenDisplay.restype = c.c_void_p\n'
        'x.XInternAtom.restype = c.c_ulong\n'
        'd = c.c_void_p(x.XOpenDisplay(None))\n'
        f'e = (c.c_long * 24)(33, 0, 1, d.value, {window}, '
        'x.XInternAtom(d, b"WM_PROTOCOLS", 0), 32,'
        ' x.XInternAtom(d, b"WM_DELETE_WINDOW", 0), 0)\n'
        f'x.XSendEvent(d, c.c_ulong({window}), 0, c.c_long(0), e); x.XSync(d, 0)'
    )
    subprocess.run([sys.executable, '-c', code], env={**os.environ, 'DISPLAY': name}, check=True)


@pytest.mark.parametrize('end', [end_with_q, end_with_escape, end_by_closing])
def test_the_window_shows_tracks_until_the_user_ends_it(display, scene, tmp_path, end):
    name, pixels = display
    tracks = tmp_path / 'tracks.txt'
    with subprocess.Popen(
        [*COMMAND, 'track', str(scene / 'pictures'), '--model', str(scene / 'colours.cfg'),
         '--set', 'loop=true', '--out', str(tracks), '--show'],
        env={**os.environ, 'DISPLAY': name}, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as process:
        try:
            window = until(lambda: xdotool(name, 'search', '--onlyvisible', '--name', TITLE))
            until(lambda: drawn_area(screenshot(pixels)) > 100)
            end(name, window.splitlines()[0])
            out, err = process.communicate(timeout=PATIENCE)
        finally:
            process.kill()
    assert (process.returncode, err) == (0, '')
    summary = json.loads(out.splitlines()[-1])
    assert summary['frames'] > 3
    assert len(tracks.read_text().splitlines()) > 0


@pytest.mark.parametrize(('display_name', 'message'), [
    ('', 'there is no display here (DISPLAY is not set)'),
    (':7999', "cannot open a window on display ':7999'"),
])
def test_without_a_display_one_line_names_the_page(
    scene, capsys, monkeypatch, display_name, message
):
    monkeypatch.delenv('WAYLAND_DISPLAY', raising=False)
    monkeypatch.setenv('DISPLAY', display_name)
    status, out, err = run(
        capsys, 'track', scene / 'pictures', '--model', scene / 'colours.cfg', '--show')
    assert (status, out, len(err)) == (2, [], 1)
    assert message in err[0]
    assert '--web' in err[0]


def test_an_opencv_without_windows_is_named(scene, capsys, monkeypatch):
    monkeypatch.setenv('DISPLAY', ':0')
    monkeypatch.setattr(
        'yolo_deepsort_ros.visualization.window._PROBE',
        'import sys; sys.exit("The function is not implemented. Rebuild the library")',
    )
    status, out, err = run(
        capsys, 'track', scene / 'pictures', '--model', scene / 'colours.cfg', '--show')
    assert (status, out, len(err)) == (2, [], 1)
    assert 'opencv-python-headless' in err[0]
