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

"""Every snippet of the README and the docs runs, on files as it names them."""

from __future__ import annotations

from collections.abc import Iterator
import glob
import json
from pathlib import Path
import re
import shlex
import shutil
import subprocess
import sys
from typing import Any, NamedTuple

from command_line import run
import cv2
from darknet_files import draw_object, write_colour_network
import numpy as np
import pytest

from yolo_deepsort_ros.boxes import iou_matrix
from yolo_deepsort_ros.evaluation.mot import read_mot
from yolo_deepsort_ros.simulation.arena import Arena
from yolo_deepsort_ros.simulation.arena.arena_config import ArenaConfig
from yolo_deepsort_ros.visualization.video import VideoWriter

ROOT = Path(__file__).resolve().parents[1]
PAGES = [ROOT / 'README.md', *sorted((ROOT / 'docs').rglob('*.md'))]
FRAMES = 10  #: of each film
CLI = 'python3 -m yolo_deepsort_ros '
#: How a command begins that is not run here, and why.
NOT_RUN = {
    'sudo ': 'changes the machine', 'cd ~': 'needs a ROS workspace', 'rosdep ': 'needs ROS',
    'colcon ': 'needs ROS', 'ros2 ': 'test/ros/test_launch.py launches the files',
    'scripts/test': 'runs this', 'scripts/demo': 'test/ros/test_demo.py runs it; its options are '
    'read below', 'scripts/run pip ': 'installs',
    'scripts/run python3 -m sphinx': 'builds the site', 'docker ': 'needs a Docker engine',
    'export ': 'sets a variable', 'pip install --target ': 'installs peers',
    'scripts/run env PYTHONPATH=PEERS': 'needs the peers', 'pip install uv': 'installs',
    'uv pip compile ': 'asks the registry',
}


class Snippet(NamedTuple):
    """A block of a page."""

    page: str
    language: str
    text: str


def snippets(*languages: str) -> list[Snippet]:
    return [
        Snippet(page.relative_to(ROOT).as_posix(), language, text)
        for page in PAGES
        for language, text in re.findall(
            r'^```(\w+)\n(.*?)^```', page.read_text(encoding='utf-8'), re.DOTALL | re.MULTILINE)
        if language in languages
    ]


def commands() -> list[tuple[str, str]]:
    """Return page and command of each line of a shell block, a backslash joining lines."""
    return [
        (found.page, line.partition('#')[0].strip())
        for found in snippets('bash', 'sh', 'console')
        for line in found.text.replace('\\\n', ' ').splitlines() if line.partition('#')[0].strip()
    ]


COMMANDS = commands()
OURS = [(page, line) for page, line in COMMANDS if line.startswith(f'scripts/run {CLI}')]
FILES = [(page, line) for page, line in COMMANDS
         if re.match(r'scripts/run python3 (?!-m|consumer)\S', line)]
LIBRARY = [found for found in snippets('python') if 'rclpy' not in found.text]


@pytest.fixture(scope='module')
def stage(tmp_path_factory) -> Path:
    """Make a folder that holds what the pages name, as far as that needs no real data."""
    folder = tmp_path_factory.mktemp('stage')
    arena = Arena(ArenaConfig())
    with VideoWriter(folder / 'arena.mp4', 30.0) as film:
        for number in range(FRAMES):
            picture, truth = arena.render(number)
            film.write(picture)
    np.save(folder / 'arena.npy', truth.tlwh)
    [ground, *_] = [found.text for found in snippets('yaml') if found.page == 'docs/positions.md']
    (folder / 'ground.yaml').write_text(ground, encoding='utf-8')
    write_colour_network(folder)
    for suffix in ('cfg', 'weights', 'names'):
        shutil.copy(folder / f'colours.{suffix}', folder / f'mine.{suffix}')
    for name in ('pictures', 'labels'):
        (folder / name).mkdir()
    pictures = []
    for number in range(FRAMES):
        picture = np.full((256, 320, 3), 40, np.uint8)
        left, top, width, height = draw_object(picture, 'red', 20 + 6 * number, 60)
        cv2.imwrite(str(folder / 'pictures' / f'{number}.png'), picture)
        share = ((left + width / 2) / 320, (top + height / 2) / 256, width / 320, height / 256)
        (folder / 'labels' / f'{number}.txt').write_text(' '.join(map(str, (0, *share))))
        pictures.append(picture)
    try:
        from bags import image_bag
        image_bag(folder / 'drive_0001', pictures, 30.0, topic='/front/image_raw')
    except pytest.skip.Exception:  # without rosbags; its command is skipped
        pass
    return folder


@pytest.fixture
def street(stage, request) -> Path:
    """Add a film of a street, with its truth and detections, from the real data."""
    if (stage / 'street.mp4').exists():
        return stage
    data = request.getfixturevalue('shared_data')
    source = data / 'mot' / 'TUD-Stadtmitte'
    with VideoWriter(stage / 'street.mp4', 25.0) as film:
        for path in sorted((source / 'img1').glob('*.jpg'))[:FRAMES]:
            film.write(cv2.imread(str(path)))
    for kind in ('gt', 'det'):
        rows = (source / kind / f'{kind}.txt').read_text().splitlines()
        early = [row for row in rows if int(row.partition(',')[0]) <= FRAMES]
        (stage / f'{kind}.txt').write_text('\n'.join(early))
    truth = read_mot(stage / 'gt.txt')
    np.save(stage / 'street.npy', truth.tlwh[truth.frames == FRAMES])
    shutil.copy(stage / 'gt.txt', stage / 'tracks.txt')
    shutil.copy(data / 'images' / 'dog.jpg', stage)
    models = data / 'models'
    shutil.copy(models / 'yolov4-tiny.cfg', stage)
    shutil.copy(models / 'coco.names', stage)
    shutil.copy(models / 'yolov4-tiny-voc20in80.weights', stage / 'yolov4-tiny.weights')
    return stage


def expanded(words: list[str]) -> Iterator[str]:
    """Yield the words of a command as a shell hands them over."""
    for word in words:
        yield from sorted(glob.glob(word)) if '*' in word else [word]


def with_stand_in(words: list[str]) -> list[str]:
    """Name the network by its file: the official weights are no part of the real data."""
    is_run = words[0] in ('track', 'detect')
    named = ['yolov4-tiny.cfg' if word == 'yolov4-tiny' else word for word in words]
    return named if '--model' in named or not is_run else [*named, '--model', 'yolov4-tiny.cfg']


@pytest.mark.parametrize(('page', 'line'), OURS)
def test_commands_run_on_what_they_name(page, line, stage, request, monkeypatch, capsys):
    words = shlex.split(line.partition(CLI)[2])
    if words[0] == 'models' and words[1] != 'list':
        pytest.skip(f'{line}: downloads, or needs a download; test_model_commands.py has it')
    if words[0] == 'ground' and '--point' not in words:
        pytest.skip(f'{line}: asks for clicks in a window; test_ground.py has it')
    if '--int8' in words:
        pytest.importorskip('nncf', reason=f'{line}: no nncf')
    if words[0] == 'evaluate':
        pytest.importorskip('trackeval', reason=f'{line}: no trackeval')
    monkeypatch.chdir(stage)
    if '$D' in line:
        data = request.getfixturevalue('shared_data')
        words = [word.replace('$D', str(data)) for word in words]
        if words[0] == 'track':
            words += ['--max-frames', str(FRAMES)]
        if words[0] == 'evaluate' and not Path(words[-1]).exists():
            Path(words[-1]).write_text('')
    elif words[0] in ('track', 'detect', 'track-detections', 'evaluate', 'export', 'foot-offset'):
        if words[1] == 'drive_0001':
            pytest.importorskip('rosbags', reason=f'{line}: no rosbags')
            words = [word if word != 'yolov4-tiny' else 'mine.cfg' for word in words]
        elif any(name in line for name in ('mine.cfg', 'arena')):
            pass
        else:
            request.getfixturevalue('street')
            words = with_stand_in(words)
    status, out, err = run(capsys, *expanded(words))
    assert status == 0, (page, line, err)
    if words[0] == 'track':
        assert json.loads(out[-1])['tracks'] > 0, (page, 'it follows nothing that it names')
    if words[0] == 'detect':
        assert json.loads(out[-1])['detections'], (page, 'it finds nothing on what it names')


@pytest.mark.parametrize('found', LIBRARY, ids=lambda found: found.page)
def test_python_finds_and_follows_what_it_names(found, stage, request, monkeypatch, capsys):
    if 'street.mp4' in found.text:
        request.getfixturevalue('street')
    monkeypatch.chdir(stage)
    names: dict[str, Any] = {}
    exec(compile(found.text, found.page, 'exec'), names)
    capsys.readouterr()
    [film] = re.findall(r"'(\w+)\.mp4'", found.text)
    shown = names['tracks'].reported
    overlaps = iou_matrix(shown.tlwh, np.load(f'{film}.npy'))
    assert len(shown)
    assert np.mean(overlaps.max(axis=1) > 0.5) > 0.5, f'{found.page}: a network of other films'


@pytest.mark.parametrize(
    'found', [found for found in snippets('python') if 'rclpy' in found.text],
    ids=lambda found: found.page)
def test_python_with_ros_is_python(found):
    """Nodes are run by test/ros/test_consumer.py."""
    compile(found.text, found.page, 'exec')


@pytest.mark.parametrize(('page', 'line'), FILES)
def test_programs_are_there_with_their_options(page, line):
    name, *words = shlex.split(line.partition('python3 ')[2])
    assert (ROOT / name).is_file(), f'{page}: {line}'
    options = [word for word in words if word.startswith('--') and word != '--ros-args']
    if not options:
        return
    done = subprocess.run(
        [sys.executable, str(ROOT / name), '--help'], capture_output=True, text=True, check=False,
        timeout=120,
    )
    if done.returncode:
        pytest.skip(f'{name}: needs what is not installed: {done.stderr.splitlines()[-1:]}')
    # Options of a subcommand stand in its own help.
    told = done.stdout + (ROOT / name).read_text(encoding='utf-8')
    assert [option for option in options if option not in told] == [], f'{page}: {line}'


@pytest.mark.parametrize(('page', 'line'), [
    (page, line) for page, line in COMMANDS if line.startswith('scripts/demo') and '…' not in line
])
def test_the_demo_has_those_options(page, line):
    from yolo_deepsort_ros.demo.command import _parser
    _parser().parse_args(shlex.split(line)[1:])


@pytest.mark.parametrize(('page', 'line'), [
    (page, line) for page, line in COMMANDS if line.startswith('ros2 launch yolo_deepsort_ros')
])
def test_launch_files_have_those_arguments(page, line):
    name, *words = shlex.split(line)[3:]
    text = ''.join(path.read_text() for path in (ROOT / 'launch').glob('*.py'))
    text += ''.join(path.read_text() for path in (ROOT / 'yolo_deepsort_ros').rglob('*launch*.py'))
    assert (ROOT / 'launch' / name).is_file(), f'{page}: {line}'
    for word in words:
        argument = word.partition(':=')[0]
        assert f"'{argument}'" in text, f'{page}: {argument}'


def test_every_command_is_run_or_has_a_reason_not_to_be():
    known = {*OURS, *FILES}
    left = [
        line for page, line in COMMANDS
        if (page, line) not in known
        and not line.startswith((*NOT_RUN, 'ROS_DOMAIN_ID='))  # the latter: the consumer
    ]
    assert left == []
