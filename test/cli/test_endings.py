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

"""How the command line ends: signals, closed pipes, full disks."""

from contextlib import suppress
import json
import os
from pathlib import Path
import pty
import signal
import subprocess
import time

from command_line import COMMAND, ROOT, started
import cv2
import pytest

from yolo_deepsort_ros.evaluation.mot import read_mot


@pytest.mark.skipif(not Path('/dev/full').exists(), reason='no /dev/full on this machine')
def test_an_output_that_is_full_is_one_line_and_status_two(scene):
    with open('/dev/full', 'w') as full:
        done = subprocess.run(
            [*COMMAND, 'detect', scene / 'pictures' / '1.png', '--model', scene / 'colours.cfg'],
            cwd=ROOT, stdout=full, stderr=subprocess.PIPE, text=True,
        )
    assert done.returncode == 2
    assert done.stderr.splitlines() == [
        'yolo_deepsort_ros detect: cannot write the output: [Errno 28] No space left on device'
    ]


@pytest.mark.parametrize(('option', 'words'), [
    ('--video', ' disk full?'),
    ('--out', 'tracks.txt: cannot write the file (File too large)'),
])
@pytest.mark.parametrize('limit', [0, 10_000])  # bytes; the system refuses the next one
def test_a_disk_that_fills_up_is_one_line_and_status_two(scene, tmp_path, option, words, limit):
    resource = pytest.importorskip('resource')
    command = started(
        'track', scene / 'pictures', '--model', scene / 'colours.cfg', '--set', 'loop=true',
        '--max-frames', 300, option, tmp_path / ('out.mp4' if 'v' in option else 'tracks.txt'),
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
    )
    out, err = command.communicate(timeout=60)
    assert (command.returncode, out) == (2, '')
    # OpenCV 4.5 lets FFmpeg speak, too: [mov @ 0x55e5] …
    assert len([line for line in err.splitlines() if not line.startswith('[')]) == 1
    assert words in err
    for left in tmp_path.iterdir():  # what nobody can read does not stay
        assert option == '--out'
        assert left.stat().st_size == limit > 0


def test_the_module_runs_and_a_closed_pipe_is_no_traceback(scene):
    command = started(
        'detect', '--model', scene / 'colours.cfg', *[scene / 'pictures' / '1.png'] * 3
    )
    command.stdout.close()
    error = command.stderr.read()
    command.stderr.close()
    assert command.wait(60) in (0, 1)
    assert 'Traceback' not in error


@pytest.mark.parametrize('number', [signal.SIGINT, signal.SIGTERM], ids=lambda n: n.name)
def test_a_signal_while_the_libraries_load_is_no_traceback(tmp_path, number):
    (tmp_path / 'cv2.py').write_text('import time\nprint("loading", flush=True)\ntime.sleep(60)\n')
    command = started('detect', 'x', env={**os.environ, 'PYTHONPATH': str(tmp_path)})
    assert command.stdout.readline() == 'loading\n'
    command.send_signal(number)
    assert command.communicate(timeout=60) == ('', '')
    assert command.returncode == -number


@pytest.mark.parametrize(
    'number', [signal.SIGINT, signal.SIGTERM, signal.SIGHUP], ids=lambda n: n.name
)
def test_a_signal_ends_track_in_order(scene, tmp_path, number):
    tracks, video = tmp_path / 'tracks.txt', tmp_path / 'out.mp4'
    command = started(
        'track', scene / 'pictures', '--model', scene / 'colours.cfg', '--set', 'loop=true',
        '--out', tracks, '--video', video,
    )
    while not (tracks.exists() and tracks.stat().st_size):
        assert command.poll() is None, command.stderr.read()
        time.sleep(0.05)
    command.send_signal(number)
    out, err = command.communicate(timeout=60)
    assert (command.returncode, err) == (0, '')
    frames = json.loads(out)['frames']
    shown = int(cv2.VideoCapture(str(video)).get(cv2.CAP_PROP_FRAME_COUNT))
    assert frames - 1 <= shown <= frames  # the last one may have been under way
    # The second frame of each round has no tracks: everything has jumped back.
    assert frames - 2 <= read_mot(tracks).frames.max() <= frames


def test_track_outlives_its_terminal_under_nohup(scene):
    command = started(
        'track', scene / 'pictures', '--model', scene / 'colours.cfg', '--set', 'loop=true',
        '--max-frames', 600, preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN),
    )
    for _ in range(20):
        command.send_signal(signal.SIGHUP)
        time.sleep(0.1)
    out, err = command.communicate(timeout=60)
    assert (command.returncode, err) == (0, '')
    assert json.loads(out)['frames'] == 600


def test_a_terminal_is_told_first_which_order_pictures_have(scene):
    ours, theirs = pty.openpty()
    command = subprocess.Popen(
        [*COMMAND, 'track', scene / 'pictures', '--model', scene / 'colours.cfg'],
        cwd=ROOT, stdout=subprocess.DEVNULL, stderr=theirs,
    )
    os.close(theirs)
    with open(ours, encoding='utf-8', errors='replace') as terminal:
        first = terminal.readline()
        with suppress(OSError):  # Linux has no end of file here
            terminal.read()
    assert command.wait(60) == 0
    assert first.rstrip().endswith('pictures: 30 Hz, 12 pictures by name, numbers by their value')
