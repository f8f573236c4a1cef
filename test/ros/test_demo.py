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

"""The demo's contract: what it prints, writes and leaves behind."""

from __future__ import annotations

import fcntl
import json
import os
from pathlib import Path
from queue import Queue
import signal
import subprocess
import sys
import time
from types import SimpleNamespace

import cv2
from darknet_files import draw_object, HEIGHT, WIDTH, write_colour_network
import numpy as np
import pytest
from vision_msgs.msg import Detection2DArray

from yolo_deepsort_ros.demo import watching
from yolo_deepsort_ros.demo.consumer import Consumer
from yolo_deepsort_ros.demo.endings import NodeFailure
from yolo_deepsort_ros.demo.judging import RESULTS
from yolo_deepsort_ros.demo.processes import Log
from yolo_deepsort_ros.demo.record import Arrival, Record
from yolo_deepsort_ros.evaluation.mot import read_mot
from yolo_deepsort_ros.evaluation.tracking_metrics import evaluate
from yolo_deepsort_ros.simulation.arena import Arena
from yolo_deepsort_ros.simulation.arena.arena_config import ArenaConfig

RATE, FRAMES = 5, 10
PATIENCE = 240.0


@pytest.fixture(scope='module')
def given(tmp_path_factory):
    """Return the arguments for pictures on which a red object goes right."""
    folder = tmp_path_factory.mktemp('demo')
    cfg, weights = write_colour_network(folder)
    pictures = folder / 'pictures'
    pictures.mkdir()
    for number in range(FRAMES):
        picture = np.full((HEIGHT, WIDTH, 3), 90, np.uint8)
        draw_object(picture, 'red', 20 + 4 * number, 40)
        cv2.imwrite(str(pictures / f'{number}.png'), picture)
    names = cfg.with_suffix('.names')
    return [str(pictures), '--model', str(cfg), '--weights', str(weights),
            '--names', str(names), '--set', f'rate={RATE}']


@pytest.fixture
def run(graph, tmp_path):
    """Return what starts the demo; it is killed afterwards, if need be."""
    demos = []

    def start(*arguments):
        command = [sys.executable, '-m', 'yolo_deepsort_ros.demo', *arguments]
        demos.append(subprocess.Popen(
            command, cwd=tmp_path, env={**os.environ, 'TMPDIR': str(tmp_path)}, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        ))
        return demos[-1]

    yield start
    for demo in demos:
        demo.kill()
        demo.communicate()


def children_of(demo):
    """Return the names of the processes below the demo by process number."""
    found = {}
    waiting = [demo.pid]
    while waiting:
        number = waiting.pop()
        for child in Path(f'/proc/{number}/task/{number}/children').read_text().split():
            waiting.append(int(child))
            found[int(child)] = Path(f'/proc/{child}/cmdline').read_text().replace('\0', ' ')
    return found


def wait_for_frames(demo):
    """Wait until tracks come; return the processes below the demo."""
    for line in demo.stderr:
        if 'frame ' in line:
            return children_of(demo)
    raise AssertionError('the demo ended without a frame')


def wait_until_gone(processes):
    deadline = time.monotonic() + PATIENCE
    while any(Path(f'/proc/{number}').exists() for number in processes):
        assert time.monotonic() < deadline, f'left behind: {processes}'
        time.sleep(0.05)


def test_to_the_end_of_the_source(run, given, tmp_path):
    demo = run(*given, '--set', 'n_init=2', '--out', 'here')
    stdout, stderr = demo.communicate(timeout=PATIENCE)
    assert demo.returncode == 0, stderr
    summary = json.loads(stdout)
    assert stdout.count('\n') == 1
    assert list(summary) == [
        'frames', 'ids', 'fps', 'latency_ms_p50', 'latency_ms_p95', 'images_lost', 'video',
    ]
    # A loaded machine may lose images, but must know of it.
    rows = [line.split(',') for line in (tmp_path / 'here/tracks.txt').read_text().splitlines()]
    assert (summary['frames'], summary['ids']) == (FRAMES, 1)
    # One frame goes to n_init: to a lost one, if there is any.
    assert 0 < len(rows) <= FRAMES - max(1, summary['images_lost'])
    assert {(row[1], row[7], row[8], row[9]) for row in rows} == {('1', '0', '-1', '-1')}
    for row in rows:
        left, top = float(row[2]), float(row[3])
        assert abs(left - (20 + 4 * (int(row[0]) - 1))) < 6
        assert abs(top - 40) < 4
    video = cv2.VideoCapture(str(tmp_path / 'here/annotated.mp4'))
    assert summary['video'] == 'here/annotated.mp4'
    assert video.get(cv2.CAP_PROP_FPS) == pytest.approx(RATE, rel=0.2)
    assert 0 < video.get(cv2.CAP_PROP_FRAME_COUNT) <= FRAMES  # at its own pace, gaps filled


def test_without_arguments_it_scores_itself_in_the_arena(run, tmp_path):
    demo = run('--seconds', '3', '--seed', '4')
    stdout, stderr = demo.communicate(timeout=PATIENCE)
    assert demo.returncode == 0, stderr
    summary = json.loads(stdout)
    folder = tmp_path / 'yolo_deepsort_demo'
    truth = read_mot(folder / 'gt.txt')
    assert (summary['frames'], truth.frames.max()) == (90, 90)
    figures = evaluate(truth, read_mot(folder / 'tracks.txt'))
    assert list(summary)[-4:] == ['mota', 'idf1', 'hota', 'num_switches']
    for name in ('mota', 'idf1', 'hota', 'num_switches'):
        assert summary[name] == pytest.approx(figures[name], abs=1e-4)
    if not summary['images_lost']:  # a loaded machine may lose some
        assert summary['mota'] > 0.8
    assert cv2.imread(str(folder / 'tracks.png')).shape[2] == 3
    arena = Arena(ArenaConfig(seed=4))
    np.testing.assert_allclose(
        truth.tlwh[truth.frames == 90], arena.render(89)[1].tlwh, atol=0.5
    )


def test_ctrl_c_writes_what_there_is_and_leaves_nothing(run, given, tmp_path):
    demo = run(*given, '--set', 'loop=true')
    nodes = wait_for_frames(demo)
    assert len(nodes) >= 4
    deadline = time.monotonic() + PATIENCE
    while not (tmp_path / 'yolo_deepsort_demo' / 'annotated.mp4').exists():
        assert time.monotonic() < deadline, 'no video'
        time.sleep(0.05)
    demo.send_signal(signal.SIGINT)
    stdout, _ = demo.communicate(timeout=PATIENCE)
    assert demo.returncode == 130
    assert json.loads(stdout)['frames'] > 0
    assert sorted(os.listdir(tmp_path / 'yolo_deepsort_demo')) == [
        'annotated.mp4', 'tracks.png', 'tracks.txt',
    ]
    wait_until_gone(nodes)


def test_a_killed_demo_leaves_no_nodes(run, given):
    demo = run(*given, '--set', 'loop=true')
    nodes = wait_for_frames(demo)
    demo.kill()
    wait_until_gone(nodes)


def test_a_node_that_dies_ends_the_demo(run, given):
    demo = run(*given, '--set', 'loop=true')
    nodes = wait_for_frames(demo)
    victim = next(number for number, line in nodes.items() if 'tracker_node' in line)
    os.kill(victim, signal.SIGKILL)
    stdout, stderr = demo.communicate(timeout=PATIENCE)
    assert (demo.returncode, stdout) == (1, '')
    assert 'demo: tracker_node has died (exit code -9)' in stderr
    wait_until_gone(nodes)


@pytest.mark.parametrize(('arguments', 'words'), [
    (['no.mp4'], 'source: no.mp4: no such file'),
    (['.', '--model', 'no.cfg'], 'model: no.cfg: No such file'),
    (['.', '--model', 'arena-tyni'], "did you mean 'arena-tiny'"),
    (['.', '--out', ''], 'the name is empty'),
    (['.', '--frobnicate'], 'unknown arguments: --frobnicate'),
    (['.', '--seconds', 'ten'], "--seconds: 'ten' is not a number"),
    (['arena', '--seconds', '-1'], '--seconds: -1.0 is out of range'),
    (['arena', '--seed', '-1'], '--seed: -1 is out of range'),
    (['.', '--seed', '1'], '--seed: . is not the arena; leave it out'),
    (['arena', '--set', 'arena_seed=1'], 'it is source: arena:seed=VALUE now'),
    (['arena:seeed=1'], "source: arena: unknown parameter 'seeed'; did you mean 'seed'?"),
    (['arena', '--set', 'duration=-1'], 'duration: -1.0 is out of range'),
    (['.', '--confidence', '2'], 'confidence: 2.0 is out of range'),
    (['.', '--set', 'n_int=3'], "unknown parameter 'n_int'; did you mean 'n_init'?"),
    (['arena', '--out', '/proc/here'], '--out /proc/here: cannot write there'),
])
def test_wrong_use_is_one_line_and_exit_code_2(run, arguments, words):
    demo = run(*arguments)
    stdout, stderr = demo.communicate(timeout=PATIENCE)
    assert (demo.returncode, stdout) == (2, '')
    assert words in stderr
    assert stderr.count('\n') == 1


@pytest.mark.parametrize(('variable', 'value'), [
    ('ROS_DOMAIN_ID', '233'), ('ROS_DOMAIN_ID', 'robot'), ('ROS_LOG_DIR', '/proc/nowhere'),
])
def test_an_environment_that_cannot_be_is_one_line_and_exit_code_2(
    run, given, monkeypatch, variable, value
):
    monkeypatch.setenv(variable, value)
    demo = run(*given)
    stdout, stderr = demo.communicate(timeout=PATIENCE)
    assert (demo.returncode, stdout) == (2, '')
    assert value in stderr
    assert stderr.count('\n') == 1


@pytest.mark.parametrize('options', [[], ['--classes', 'zebra']], ids=['empty', 'wrong class'])
def test_a_demo_that_shows_nothing_leaves_the_earlier_one(run, given, tmp_path, options):
    if not options:
        (tmp_path / 'empty').mkdir()
    source, *others = given
    folder = tmp_path / 'here'
    folder.mkdir()
    for name in RESULTS:
        (folder / name).write_text('of an earlier demo')
    demo = run(source if options else 'empty', *others, *options, '--out', 'here')
    _, stderr = demo.communicate(timeout=PATIENCE)
    assert demo.returncode == 2, stderr
    assert {path.name: path.read_text() for path in folder.iterdir()} == dict.fromkeys(
        RESULTS, 'of an earlier demo')


def test_two_demos_do_not_share_a_folder(run, tmp_path):
    folder = os.open(tmp_path, os.O_RDONLY)
    fcntl.flock(folder, fcntl.LOCK_EX)
    demo = run('--out', '.')
    stdout, stderr = demo.communicate(timeout=PATIENCE)
    os.close(folder)
    assert (demo.returncode, stdout) == (2, '')
    assert stderr == 'demo: --out .: another demo writes there; name another\n'


def test_a_demo_does_not_write_over_its_source(run, given, tmp_path):
    (tmp_path / 'annotated.mp4').write_text('a video')
    demo = run('annotated.mp4', *given[1:], '--out', '.')
    _, stderr = demo.communicate(timeout=PATIENCE)
    assert (demo.returncode, stderr.count('\n')) == (2, 1)
    assert 'annotated.mp4 is an input too' in stderr
    assert (tmp_path / 'annotated.mp4').read_text() == 'a video'


@pytest.fixture
def watch(tmp_path, monkeypatch):
    """Return a watch of nodes that are there and do nothing, and what they would say."""
    for wait in ('SETTLE', 'DRAIN', 'END_WAIT'):
        monkeypatch.setattr(watching, wait, 0.0)
    consumer = SimpleNamespace(
        record=Record(), pictures=Queue(), pictures_dropped=0, class_indices={}, where='here',
        has_camera_gone=True, mute_topic='detections', missing=str, start_camera=lambda: None,
    )
    processes = SimpleNamespace(
        check=lambda: None, has_camera_ended=False, is_camera_alive=True)
    return watching.Watch(consumer, processes, tmp_path), consumer, processes


def test_a_camera_that_hangs_is_a_failure(watch):
    ours, _, processes = watch
    with pytest.raises(NodeFailure, match='camera_node no longer answers'), ours:
        ours.until_end()
    processes.is_camera_alive = False
    with ours:
        ours.until_end()


@pytest.mark.parametrize(('seconds', 'words'), [
    (8, 'the last 8 s of images have no tracks: detections fell silent'),
    (3, 'images have no tracks: the machine is too slow'),
])
def test_a_node_that_hangs_is_not_a_slow_machine(watch, capsys, seconds, words):
    ours, consumer, _ = watch
    now = time.time_ns()
    for number in range(20):
        consumer.record.add_image(now - (20 - number) * 10**9)
    tracked = now - (1 + seconds) * 10**9
    nothing = Arrival(tracked, np.zeros(0, int), np.zeros((0, 4)), np.zeros(0), [])
    consumer.record.add_tracks(tracked, nothing)
    ours.summary()
    [line] = capsys.readouterr().err.splitlines()
    assert words in line


def test_the_topic_that_ended_first_is_named():
    with Consumer('/mute') as consumer:
        assert consumer.mute_topic == 'detections'  # neither has come
        consumer._on_detections(b'')
        assert consumer.mute_topic == 'tracks'
        consumer._on_tracks(Detection2DArray())
        assert consumer.mute_topic == 'detections'


def test_a_log_is_looked_at_once_and_by_whole_lines(tmp_path):
    log = Log(tmp_path / 'log')
    log.path.write_text('[INFO] [1.5] [camera]: ready\n[FATAL] [1.6] [camera]: no ca')
    log.follow()
    assert (log.fatal, log.died) == (None, None)
    with open(log.path, 'a') as file:
        file.write('mera\n[FATAL] [1.7] [camera]: again\n')
    log.follow()
    assert log.fatal[1] == 'no camera'
    log.path.write_text('')  # what was looked at is not needed any more
    log.follow()
    assert (log.fatal[1], log.died, log.tail()) == ('no camera', None, [])


def test_what_a_node_refuses_is_one_line_and_exit_code_2(run, given, tmp_path):
    weights = tmp_path / 'short.weights'
    weights.write_bytes(b'\0' * 100)
    demo = run(*given, '--weights', str(weights))
    stdout, stderr = demo.communicate(timeout=PATIENCE)
    assert (demo.returncode, stdout) == (2, '')
    assert 'short.weights' in stderr.splitlines()[-1]
    assert len(stderr.splitlines()) == 2  # after the line that says what it does
