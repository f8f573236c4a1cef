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

"""`scripts/demo --show`: the nodes' pictures in a window, ended by a key."""

from __future__ import annotations

import json
import os
import subprocess
import sys

from screen import (
    drawn_area, ended_by, PATIENCE, screen, screenshot, seen_on, TITLE, until, xdotool,
)

#: The arena is drawn while it is shown: nothing to wait for.
COMMAND = [sys.executable, '-m', 'yolo_deepsort_ros.demo', 'arena:ahead=1', '--seconds', '300',
           '--set', 'rate=5', '--show']


def test_q_ends_the_demo_with_its_summary(graph, tmp_path):
    with screen(tmp_path) as (name, pixels), subprocess.Popen(
        COMMAND, cwd=tmp_path, env={**seen_on(name), 'TMPDIR': str(tmp_path)},
        text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as demo:
        try:
            window = until(lambda: xdotool(name, 'search', '--onlyvisible', '--name', TITLE),
                           demo)
            until(lambda: drawn_area(screenshot(pixels)) > 100, demo)
            until(lambda: ended_by(demo, lambda: xdotool(
                name, 'windowfocus', window.splitlines()[0], 'key', 'q')))
            out, err = demo.communicate(timeout=PATIENCE)
        finally:
            demo.kill()
    assert demo.returncode == 0, err
    summary = json.loads(out)
    assert 0 < summary['frames'] < 1500
    assert (tmp_path / 'yolo_deepsort_demo' / 'tracks.txt').is_file()
    assert (tmp_path / summary['video']).is_file()


def test_without_a_display_nothing_is_started(graph, tmp_path):
    without = {name: value for name, value in os.environ.items()
               if name not in ('DISPLAY', 'WAYLAND_DISPLAY')}
    done = subprocess.run(
        COMMAND, cwd=tmp_path, env=without, capture_output=True, text=True, check=False,
        timeout=PATIENCE,
    )
    assert (done.returncode, done.stdout) == (2, '')
    [line] = done.stderr.splitlines()
    assert 'there is no display here' in line
    assert '--web' in line
