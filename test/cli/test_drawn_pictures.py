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

"""`detect --draw` and what else the commands show."""

from __future__ import annotations

import json

from command_line import run
import cv2
import numpy as np
import pytest

from yolo_deepsort_ros.cli.commands import main
from yolo_deepsort_ros.config.source_config import SourceConfig
from yolo_deepsort_ros.sources.opening import open_source
from yolo_deepsort_ros.visualization.drawing import colour_of


def test_detect_draws_each_picture_into_a_folder(scene, tmp_path, capsys):
    pictures = [scene / 'pictures' / f'{number}.png' for number in (1, 2)]
    status, out, _ = run(
        capsys, 'detect', *pictures, '--model', scene / 'colours.cfg', '--draw',
        tmp_path / 'new' / 'drawn',
    )
    assert (status, len(out)) == (0, 2)
    assert {path.name for path in (tmp_path / 'new' / 'drawn').iterdir()} == {'1.jpg', '2.jpg'}
    drawn = cv2.imread(str(tmp_path / 'new' / 'drawn' / '1.jpg'))
    [red, blue] = sorted(json.loads(out[0])['detections'], key=lambda row: row['x'])
    for row, number in ((red, 1), (blue, 2)):  # classes 0 and 1
        edge = drawn[round(row['y'] + row['h'] / 2), round(row['x'])].astype(int)
        off = [np.abs(edge - colour_of(other)).sum() for other in (1, 2)]
        assert np.argmin(off) + 1 == number  # JPEG smears the colours of thin lines


@pytest.mark.parametrize(('names', 'folder', 'message'), [
    (['pics/a.jpg'], 'pics', "'pics/a.jpg' is an input too"),
    (['pics/a.jpg', 'a.jpg'], 'out', 'is for pics/a.jpg too'),
    (['pics/a.jpg'], 'a.jpg/out', '--draw a.jpg/out: cannot make the folder'),
])
def test_no_picture_is_written_over(home, capsys, monkeypatch, names, folder, message):
    monkeypatch.chdir(home)
    picture = cv2.imread('pics/1.png')
    for name in ('pics/a.jpg', 'a.jpg'):
        cv2.imwrite(name, picture)
    status, out, err = run(
        capsys, 'detect', *names, '--model', 'colours.cfg', '--draw', folder)
    assert (status, out, len(err)) == (2, [], 1)
    assert message.replace("'", '') in err[0]


@pytest.mark.parametrize('options', [
    {}, {'max_frames': 5}, {'max_frames': 500}, {'duration': 0.2}, {'duration': 0.21, 'rate': 10},
])
@pytest.mark.parametrize('name', ['pictures', 'video.mp4'])
def test_a_recording_knows_how_many_frames_will_come(scene, name, options):
    if name == 'video.mp4' and not (scene / name).exists():
        writer = cv2.VideoWriter(
            str(scene / name), cv2.VideoWriter.fourcc(*'mp4v'), 10, (320, 256))
        for _ in range(8):
            writer.write(np.zeros((256, 320, 3), np.uint8))
        writer.release()
    with open_source(SourceConfig(source=str(scene / name), **options), paced=False) as source:
        assert source.length == len(list(source))


@pytest.mark.parametrize(('options', 'length'), [
    ({}, None), ({'max_frames': 5}, 5), ({'duration': 1.0}, 30),
])
def test_the_arena_has_no_end_but_the_one_given(options, length):
    with open_source(SourceConfig(source='arena', **options), paced=False) as source:
        assert source.length == length


@pytest.mark.parametrize(('words', 'text'), [
    ('track a.mp4 --classes person dog', 'unknown arguments: dog; several names go in one word'),
    ('evaluate --gt a --tracks b --classes person dog', 'several names go in one word: a,b'),
    ('models list --jsn', 'unknown arguments: --jsn'),
])
def test_a_word_too_many_names_the_help_of_its_command(words, text, capsys):
    with pytest.raises(SystemExit) as ended:
        main(words.split())
    [line] = capsys.readouterr().err.splitlines()
    assert ended.value.code == 2
    assert text in line
    command = ' '.join(words.split()[:2 if words.startswith('models') else 1])
    assert f'(see yolo_deepsort_ros {command} --help)' in line
