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

"""What cannot be is one line and exit status 2."""

import os
from pathlib import Path

from command_line import run
import cv2
import numpy as np
import pytest

from yolo_deepsort_ros.cli.commands import main


@pytest.mark.parametrize('name, arguments, message', [
    ('no network', ['track', '{scene}/pictures'], 'models fetch yolov4-tiny'),
    ('missing network', ['track', '{scene}/pictures', '--model', 'no.cfg'], 'no.cfg'),
    ('missing source', ['track', 'no.mp4', '--model', '{scene}/colours.cfg'], 'no.mp4'),
    ('missing picture', ['detect', 'no.jpg', '--model', '{scene}/colours.cfg'], 'no.jpg'),
    ('unknown parameter', ['track', 'x', '--set', 'max_ag=3'], "did you mean 'max_age'?"),
    ('no value', ['track', 'x', '--set', 'max_age'], 'write NAME=VALUE'),
    ('out of range', ['track', 'x', '--confidence', '7'], 'confidence: 7.0 is out of range'),
    ('not a number', ['track', 'x', '--confidence', 'much'], "confidence: 'much' is not a number"),
    ('no frames', ['track', 'x', '--max-frames', '-1'], 'max_frames: -1 is out of range'),
    ('no class', ['track', 'x', '--classes', ','], "classes: ',' lists nothing"),
    ('two values', ['track', 'x', '--set', 'confidence=0.5', '--confidence', '0.6'],
     "confidence: given twice, as '0.6' and '0.5'"),
    ('two settings', ['track', 'x', '--set', 'max_age=5', '--set', 'max_age=6'],
     "max_age: given twice, as '5' and '6'"),
    ('a home of nobody', ['track', 'x', '--model', '~no-such-user/a.cfg'], '~no-such-user/a.cfg'),
    ('unknown class', ['detect', 'x', '--model', '{scene}/colours.cfg', '--classes', 'rad'],
     "'red'"),
    ('nothing to export', ['export', '', '--out', '{out}/a.onnx'], "model: '' is neither"),
    ('an export to a folder', ['export', '{scene}/colours.cfg', '--out', '{out}'], 'a folder'),
    ('an export to a device', ['export', '{scene}/colours.cfg', '--out', '/dev/null'],
     'device, not a file'),
    ('an export to nowhere', ['export', '{scene}/colours.cfg', '--out', '{out}/no/a.onnx'],
     'a.onnx: No such file'),
    ('reid without pictures', ['track-detections', '{scene}/gt.txt', '--reid', 'r.onnx', '--out',
                               '{out}/t.txt'], '--images'),
    ('too few pictures', ['track-detections', '{scene}/gt.txt', '--images', '{scene}/one',
                          '--out', '{out}/t.txt'], 'no picture for frame 2'),
    ('confidence that is no number', ['track-detections', '{scene}/gt.txt', '--confidence', 'nan',
                                      '--out', '{out}/t.txt'], 'confidence: nan'),
    ('not a table', ['evaluate', '--gt', '{scene}/colours.cfg', '--tracks', '{scene}/gt.txt'],
     'colours.cfg'),
    ('not writable', ['track', '{scene}/pictures', '--model', '{scene}/colours.cfg', '--out',
                      '/no/such/folder/t.txt'], '/no/such/folder/t.txt'),
])
def test_wrong_use_is_one_line_and_status_two(
    name, arguments, message, scene, tmp_path, capsys, monkeypatch
):
    monkeypatch.setenv('XDG_CACHE_HOME', str(tmp_path))  # where nothing has been fetched
    one = scene / 'one'
    one.mkdir(exist_ok=True)
    (one / '1.png').write_bytes((scene / 'pictures' / '1.png').read_bytes())
    status, out, err = run(capsys, *[a.format(scene=scene, out=tmp_path) for a in arguments])
    assert (status, out) == (2, [])
    assert len(err) == 1
    assert message in err[0]


@pytest.mark.parametrize('arguments, message', [
    (['track', '{odd}', '--model', '{scene}/colours.cfg'], 'no picture in this folder'),
    (['track-detections', '{scene}/gt.txt', '--images', '{odd}/one', '--out', '{odd}/t.txt'],
     'no picture for frame 2'),
    (['detect', '{scene}/pictures/1.png', '--model', '{scene}/colours.cfg', '--draw',
      '{odd}/file/x'], 'cannot make the folder'),
    (['evaluate', '--gt', '{odd}/file', '--tracks', '{scene}/gt.txt'], 'no box of this'),
])
def test_names_of_any_bytes_are_shown_in_one_line(arguments, message, scene, tmp_path, capsys):
    if arguments[0] == 'evaluate':
        pytest.importorskip('trackeval')
    odd = tmp_path / os.fsdecode(b'a\nb\xff')
    (odd / 'one').mkdir(parents=True)
    (odd / 'file').write_text('1,1,10,10,40,80,0\n')
    picture = cv2.imencode('.png', np.zeros((8, 8, 3), np.uint8))[1]
    (odd / 'one' / '1.png').write_bytes(picture.tobytes())
    status, out, err = run(capsys, *[a.format(scene=scene, odd=odd) for a in arguments])
    assert (status, out, len(err)) == (2, [], 1)
    assert message in err[0]
    assert err[0].isprintable()


@pytest.mark.parametrize('arguments', [
    [], ['trak'], ['track'], ['track', 'x', '--nonsense'],
    ['track', 'x', '--out', ''], ['track', 'x', '--video='],
    ['track-detections', 'x', '--out', ''], ['track-detections', '', '--out', 'y'], ['detect', ''],
    ['track-detections', 'x', '--images', '', '--out', 'y'],
], ids=' '.join)
def test_wrong_words_are_one_line_and_status_two(arguments, capsys):
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert len(capsys.readouterr().err.splitlines()) == 1


@pytest.mark.parametrize(('options', 'message'), [
    ('--labels labels', '--labels FOLDER needs --int8'),
    ('--set confidence=.5', 'confidence: does not act on this export'),
    ('--set backend=opencv', 'backend: does not act on this export'),
    ('--int8 --calibration pics --labels labels --set confidence=.5', 'confidence: does not act'),
    ('--int8', 'belong together'),
])
def test_export_takes_nothing_that_does_not_act(home, capsys, monkeypatch, options, message):
    monkeypatch.chdir(home)
    status, out, err = run(
        capsys, 'export', 'colours.cfg', '--out', 'made.onnx', *options.split())
    assert (status, out, len(err)) == (2, [], 1)
    assert message in err[0]
    assert not Path('made.onnx').exists()
