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

from contextlib import contextmanager
import re
import subprocess
from threading import Thread
from unittest.mock import MagicMock

from browser import browser
from command_line import COMMAND, run
import numpy as np
import pytest
from screen import PATIENCE, screen, seen_on, until, xdotool

from yolo_deepsort_ros.cli import ground_command
from yolo_deepsort_ros.cli.floor_points import FloorPoints
from yolo_deepsort_ros.cli.picking_on_page import PagePicking
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


def test_of_a_stream_without_a_picture_no_password_is_shown(capsys, tmp_path, monkeypatch):
    ended = MagicMock()
    ended.__enter__.return_value.read.return_value = None
    monkeypatch.setattr(ground_command, 'open_source', lambda *_, **__: ended)
    status, _, err = run(capsys, 'ground', 'rtsp://me:secret@cam/x?token=secret', '--out',
                         tmp_path / 'ground.yaml')
    assert (status, err) == (2, ['yolo_deepsort_ros ground: rtsp://cam/…: gives no picture'])


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


def test_the_calibration_is_not_written_over(capsys, tmp_path):
    file = tmp_path / 'camera.yaml'
    file.write_text('image_width: 640\n')
    status, _, err = run(
        capsys, 'ground', ARENA, '--out', file, '--camera-info', file, *points(FLOOR))
    assert (status, len(err)) == (2, 1) and 'is an input too' in err[0]


def test_without_a_display_points_are_asked_for(capsys, tmp_path, monkeypatch):
    for name in ('DISPLAY', 'WAYLAND_DISPLAY'):
        monkeypatch.delenv(name, raising=False)
    status, _, err = run(capsys, 'ground', ARENA, '--out', tmp_path / 'g.yaml')
    assert (status, len(err)) == (2, 1)
    assert ('no window opens here: click in a browser with --web, or give at least four points '
            'with --point U,V,X,Y') in err[0]


def test_lines_are_lines():
    assert on_a_line(np.array([[0, 0], [1, 0], [2, 0.01], [0, 1]])) == (0, 1, 2)
    assert on_a_line(np.array([[0, 0], [1, 0], [1, 1], [0, 1]])) is None


@pytest.mark.parametrize(('line', 'words'), [
    ('6 0', 'points 1, 2 and 3 lie on a line on the floor: give others; this one is forgotten'),
    ('1e300 0', 'out of range -1000000000 … 1000000000; this one is forgotten'),
    ('nan 0', 'nan is not a finite number; this one is forgotten'),
    ('6', "'6' is not two numbers: x y"),
    ('six 0', "'six 0' is not two numbers: x y"),
])
def test_of_typed_metres_it_is_said_what_is_wrong(capsys, line, words):
    picking = ground_command._Picking(
        np.zeros((480, 640, 3), np.uint8),
        FloorPoints((640, 480), None, [(10, 300, 6, 2), (600, 310, 6, -2)]))
    picking._on_click(300, 400)
    picking._take(line)
    assert capsys.readouterr().err.splitlines()[-1].endswith(words)


def test_a_point_outside_of_the_picture_is_refused(capsys, tmp_path):
    words = list(points(FLOOR))
    words[1] = '641,300,6,2'
    status, _, err = run(capsys, 'ground', ARENA, '--out', tmp_path / 'g.yaml', *words)
    assert (status, len(err)) == (2, 1)
    assert 'pixel 641, 300 of the ground points lies outside of pictures of 640 x 480' in err[0]


def test_the_page_may_forget_a_point_while_the_fit_is_shown():
    class Interrupted(FloorPoints):

        def fit(self):
            other.start()
            other.join(0.1)
            return super().fit()

    known = np.column_stack([pixels(FLOOR), FLOOR]).tolist()
    points = Interrupted((640, 480), None, known[:4])
    page, said = PagePicking(np.zeros((480, 640, 3), np.uint8), points), []
    other = Thread(target=page.on_command, args=(
        {'action': 'forget'}, lambda is_done, text: said.append((is_done, text))))
    state = page._state()
    other.join()
    assert (len(state['points']), len(points.points), said) == (4, 3, [(True, '')])


def test_points_are_clicked_in_a_window(tmp_path):
    folder, out = tmp_path / 'screen', tmp_path / 'ground.yaml'
    folder.mkdir()
    with screen(folder) as (name, _), subprocess.Popen(
        [*COMMAND, 'ground', ARENA, '--out', str(out)],
        env=seen_on(name), text=True, bufsize=1,
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


@contextmanager
def picking_on_the_page(out):
    """Yield the command, which serves its page, and the page's address."""
    with subprocess.Popen(
        [*COMMAND, 'ground', ARENA, '--web', '0', '--out', str(out)], text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as process:
        try:
            line = process.stderr.readline()
            yield process, re.fullmatch(
                r'ground: page at (http://127\.0\.0\.1:\d+/)\n', line)[1]
        finally:
            process.kill()


def test_points_are_clicked_on_the_page(tmp_path):
    pytest.importorskip('aiohttp')
    out = tmp_path / 'ground.yaml'
    with browser() as page, picking_on_the_page(out) as (process, address):
        page.driver.get(address)
        page.resize(1280, 900)
        page.until('return document.querySelector(".tile")?.dataset.stamp')
        finish = '#ground .actions button:last-child'
        assert not page.driver.find_element('css selector', finish).is_enabled()
        assert not page.driver.find_element('css selector', '#health-section').is_displayed()
        for number, ((u, v), (x, y)) in enumerate(zip(pixels(FLOOR), FLOOR, strict=True), 1):
            page.click('.boxes', (u + 0.5) / 640, (v + 0.5) / 480)
            page.until('return document.querySelector("#ground .text").textContent'
                       '.startsWith("Pixel ")')
            for name, metres in (('x', x), ('y', y)):
                page.element(f'#ground [name={name}]').send_keys(str(metres))
            page.click('#ground [type=submit]')
            page.until('return document.querySelectorAll("#ground li").length >= arguments[0]',
                       number)
        page.until('return document.querySelector("#ground li").textContent.includes("off by")')
        assert page.pixel('.boxes', *((pixels(FLOOR)[0] + 0.5) / (640, 480)))[:3] == [255, 60, 60]
        assert page.errors() == []
        page.click(finish)
        out_text, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, err
    ground = read_ground(out)
    assert np.allclose(ground.metres, FLOOR)
    assert np.allclose(ground.pixels, pixels(FLOOR), atol=1.5), out_text
    assert 'off by' in out_text


def test_the_page_says_why_a_point_is_refused(tmp_path):
    pytest.importorskip('aiohttp')
    from page_user import PageUser
    out = tmp_path / 'ground.yaml'
    with picking_on_the_page(out) as (process, address), PageUser(address) as user:
        def ask(**command):
            answer = user.ask(do='ground', **command)
            return answer['is_done'], answer['text']

        for floor in ((6.0, 2.0), (6.0, -2.0)):
            spot = pixels(np.array([floor]))[0].tolist()
            assert ask(action='add', point=[*spot, *floor]) == (True, '')
        assert ask(action='finish') == (
            False, '2 ground points: at least 4 pixels with their metres are needed')
        between = [*pixels(np.array([(6.0, 0.0)]))[0].tolist(), 6.0, 0.0]
        is_done, text = ask(action='add', point=between)
        assert not is_done and 'points 1, 2 and 3 lie on a line' in text
        for point in (None, [1, 2, 3], [1, 2, 3, 1e300], [1, 2, 3, float('nan')], ['1', 2, 3, 4]):
            assert not ask(action='add', point=point)[0]
        assert ask(action='forget')[0]
        assert ask(action='fly') == (False, 'there is no such button')
        said = user.wait('settings', lambda message: len(
            message.get('ground', {'points': ()})['points']) == 1)
        assert said['ground']['lines'][0].startswith('point 1: pixel ')
        assert process.poll() is None
    assert not out.exists()
