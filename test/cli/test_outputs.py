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

"""Outputs never harm what is there."""

from pathlib import Path

from command_line import run
import pytest


def contents(folder):
    """Return what is in each file of a folder and its folders."""
    return {path: path.read_bytes() for path in folder.rglob('*') if path.is_file()}


@pytest.mark.parametrize(('words', 'culprit'), [
    ('track me.mp4 --video me.mp4', '--video: me.mp4 is an input'),
    ('track me.mp4 --video hard.mp4', '--video: hard.mp4 is an input'),
    ('track me.mp4 --out me.mp4', '--out: me.mp4 is an input'),
    ('track pics --out around/1.png', '--out: around/1.png is an input'),
    ('track around --video ./pics/2.png', '--video: ./pics/2.png is an input'),
    ('track arena --max-frames 3 --out a.mp4 --video ./a.mp4',
     '--video: ./a.mp4 is for --out too'),
    ('track arena:truth=a.txt --max-frames 3 --out a.txt',
     'arena:truth: a.txt is for --out too'),
    ('track pics --model colours.cfg --out colours.cfg', '--out: colours.cfg is an input'),
    ('track pics --model colours.cfg --out colours.weights', '--out: colours.weights'),
    ('track pics --model colours.cfg --out colours.names', '--out: colours.names'),
    ('track pics --names det.txt --out det.txt', '--out: det.txt is an input'),
    ('track pics --reid net.onnx --out net.onnx', '--out: net.onnx is an input'),
    ('track-detections det.txt --out det.txt', '--out: det.txt is an input'),
    ('track-detections soft.txt --out det.txt', '--out: det.txt is an input'),
    ('track-detections det.txt --out soft.txt', '--out: soft.txt is an input'),
    ('track-detections det.txt --images pics --out pics/1.png', '--out: pics/1.png is an input'),
    ('export colours.cfg --out colours.cfg', '--out: colours.cfg is an input'),
    ('export colours.cfg --out colours.weights', '--out: colours.weights is an input'),
    ('export colours.cfg --int8 --calibration pics --out pics/1.png', '--out: pics/1.png'),
    ('export colours.cfg --int8 --calibration pics --labels labels --out labels/1.txt',
     '--out: labels/1.txt is an input'),
])
def test_an_output_is_never_an_input(home, capsys, monkeypatch, words, culprit):
    monkeypatch.chdir(home)
    before = contents(home)
    status, out, err = run(capsys, *words.split())
    assert (status, out, len(err)) == (2, [], 1)
    assert culprit in err[0]
    assert contents(home) == before


def test_outputs_beside_inputs_and_to_nowhere_are_fine(home, capsys, monkeypatch):
    monkeypatch.chdir(home)
    for out in ('pics/tracks.txt', 'pics/tracks.txt', '/dev/null'):
        assert run(capsys, 'track', 'pics', '--model', 'colours.cfg', '--out', out)[0] == 0


@pytest.mark.parametrize(('words', 'message'), [
    ('track-detections det.txt --out old.txt --images nodir', 'nodir'),
    ('track-detections det.txt --out new.txt --images nodir', 'nodir'),
    ('track arena --max-frames 3 --out old.txt --video /dev/full', '/dev/full: cannot write'),
    ('track arena --max-frames 3 --out new.txt --video no/a.mp4', 'no/a.mp4: cannot write'),
    ('track arena --max-frames 3 --out no/a.txt --video old.mp4', 'no/a.txt: cannot write'),
])
def test_what_fails_at_its_start_leaves_all_files_as_they_were(
    home, capsys, monkeypatch, words, message
):
    monkeypatch.chdir(home)
    for old in ('old.txt', 'old.mp4'):
        Path(old).write_text('of an earlier run')
    before = contents(home)
    status, out, err = run(capsys, *words.split())
    assert (status, out, len(err)) == (2, [], 1)
    assert message in err[0]
    assert contents(home) == before
