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


"""The command `ground`: points of the floor from arguments, and clicked in a window."""

import os
import subprocess

from command_line import COMMAND, run
import numpy as np
import pytest
from screen import PATIENCE, screen, until, xdotool

from yolo_deepsort_ros.locating.floor_view import FloorView
from yolo_deepsort_ros.locating.ground_file import read_ground
from yolo_deepsort_ros.locating.homography import on_a_line
from yolo_deepsort_ros.simulation.arena.camera import Camera
from yolo_deepsort_ros.sources.arena_source import arena_calibration

ARENA = 'arena:agents=1'
FLOOR = np.array([(6.0, 2.0), (6.0, -2.0), (10.0, -2.0), (10.0, 2.0), (8.0, 0.5)])


def pixels(floor, size=(640, 480)):
    pose = Camera.at_rest(*size).pose
    view = FloorView.from_transform(arena_calibration(*size), pose.rotation, pose.position)
    return view.project(np.column_stack([floor, np.zeros(len(floor))]))[0]


def points(floor):
    for (u, v), (x, y) in zip(pixels(floor), floor, strict=True):
        yield from ('--point', f'{u:.2f},{v:.2f},{x},{y}')


def test_points_given_as_arguments_make_the_file(capsys, tmp_path):
    out = tmp_path / 'ground.yaml'
    status, lines, _ = run(capsys, 'ground', ARENA, '--out', out, *points(FLOOR))
    assert status == 0
    assert [line.rpartition('off by ')[2] for line in lines[:5]] == ['0.000 m'] * 5
    assert lines[5].startswith('the camera is 5.00 m above the floor; focal length 625 px')
    ground = read_ground(out)
    assert ground.size == (640, 480)
    assert np.allclose(ground.metres, FLOOR)
    assert np.allclose(ground.view().meet(pixels(FLOOR)), FLOOR, atol=0.01)


def test_a_point_that_is_off_is_told_by_its_residual(capsys, tmp_path):
    floor = np.concatenate([FLOOR, [(7.0, -1.0), (9.0, 1.0)]])
    words = list(points(floor))
    u, v, x, y = words[9].split(',')
    words[9] = f'{u},{v},{float(x) + 0.5},{y}'
    _, lines, _ = run(capsys, 'ground', ARENA, '--out', tmp_path / 'g.yaml', *words)
    errors = [float(line.rpartition('off by ')[2].split()[0]) for line in lines[:7]]
    assert np.argmax(errors) == 4 and errors[4] > 0.2


@pytest.mark.parametrize(('floor', 'words'), [
    ([(6, 2), (6, 0), (6, -2), (10, 0)], 'points 1, 2 and 3 lie on a line'),
    ([(6, 2), (6, -2), (10, 0)], '3 ground points: at least 4'),
])
def test_points_that_say_too_little_are_refused(capsys, tmp_path, floor, words):
    out = tmp_path / 'g.yaml'
    status, _, err = run(capsys, 'ground', ARENA, '--out', out, *points(np.array(floor, float)))
    assert (status, len(err)) == (2, 1)
    assert words in err[0]
    assert not out.exists()


def test_without_a_display_points_are_asked_for(capsys, tmp_path, monkeypatch):
    for name in ('DISPLAY', 'WAYLAND_DISPLAY'):
        monkeypatch.delenv(name, raising=False)
    status, _, err = run(capsys, 'ground', ARENA, '--out', tmp_path / 'g.yaml')
    assert (status, len(err)) == (2, 1)
    assert 'no window opens here: give at least four points with --point U,V,X,Y' in err[0]


def test_lines_are_lines():
    assert on_a_line(np.array([[0, 0], [1, 0], [2, 0.01], [0, 1]])) == (0, 1, 2)
    assert on_a_line(np.array([[0, 0], [1, 0], [1, 1], [0, 1]])) is None


def test_points_are_clicked_in_a_window(tmp_path):
    folder, out = tmp_path / 'screen', tmp_path / 'ground.yaml'
    folder.mkdir()
    with screen(folder) as (name, _), subprocess.Popen(
        [*COMMAND, 'ground', ARENA, '--out', str(out)],
        env={**os.environ, 'DISPLAY': name}, text=True, bufsize=1,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as process:
        try:
            window = until(lambda: xdotool(
                name, 'search', '--onlyvisible', '--name', '^yolo_deepsort_ros'
            )).splitlines()[0]
            assert 'click a point' in process.stderr.readline()

            def wait_for(words):
                while words not in (said := process.stderr.readline()):
                    assert said, f'ended before {words}'

            for number, (spot, metres) in enumerate(zip(pixels(FLOOR), FLOOR, strict=True), 1):
                xdotool(name, 'mousemove', '--window', window, *map(str, spot.astype(int)),
                        'click', '1')
                wait_for('metres x y?')
                process.stdin.write(f'{metres[0]} {metres[1]}\n')
                wait_for(f'points so far: {number}')
            process.stdin.write('\n')
            out_text, err = process.communicate(timeout=PATIENCE)
        finally:
            process.kill()
    assert process.returncode == 0, err
    ground = read_ground(out)
    assert np.allclose(ground.metres, FLOOR)
    assert np.allclose(ground.pixels, pixels(FLOOR), atol=3), out_text
