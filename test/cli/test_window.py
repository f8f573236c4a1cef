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
import subprocess
import sys

from command_line import COMMAND, run
import pytest
from screen import (
    drawn_area, ended_by, PATIENCE, screen, screenshot, seen_on, TITLE, until, xdotool,
)


@pytest.fixture(scope='module')
def display(tmp_path_factory):
    with screen(tmp_path_factory.mktemp('screen')) as found:
        yield found


def end_with_q(name, window):
    xdotool(name, 'windowfocus', window, 'key', 'q')


def end_with_escape(name, window):
    xdotool(name, 'windowfocus', window, 'key', 'Escape')


def end_by_closing(name, window):
    # As the close button does: a request.
    code = (
        'import ctypes as c; x = c.CDLL("libX11.so.6"); x.XOpenDisplay.restype = c.c_void_p\n'
        'x.XInternAtom.restype = c.c_ulong\n'
        'd = c.c_void_p(x.XOpenDisplay(None))\n'
        f'e = (c.c_long * 24)(33, 0, 1, d.value, {window}, '
        'x.XInternAtom(d, b"WM_PROTOCOLS", 0), 32,'
        ' x.XInternAtom(d, b"WM_DELETE_WINDOW", 0), 0)\n'
        f'x.XSendEvent(d, c.c_ulong({window}), 0, c.c_long(0), e); x.XSync(d, 0)'
    )
    subprocess.run([sys.executable, '-c', code], env=seen_on(name), check=False)


@pytest.mark.parametrize('end', [end_with_q, end_with_escape, end_by_closing])
def test_the_window_shows_tracks_until_the_user_ends_it(display, scene, tmp_path, end):
    name, pixels = display
    tracks = tmp_path / 'tracks.txt'
    with subprocess.Popen(
        [*COMMAND, 'track', str(scene / 'pictures'), '--model', str(scene / 'colours.cfg'),
         '--set', 'loop=true', '--out', str(tracks), '--show'],
        env=seen_on(name), text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as process:
        try:
            window = until(
                lambda: xdotool(name, 'search', '--onlyvisible', '--name', TITLE), process)
            until(lambda: drawn_area(screenshot(pixels)) > 100, process)
            until(lambda: ended_by(process, lambda: end(name, window.splitlines()[0])))
            out, err = process.communicate(timeout=PATIENCE)
        finally:
            process.kill()
    assert (process.returncode, err) == (0, '')
    summary = json.loads(out.splitlines()[-1])
    assert summary['frames'] > 0
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
