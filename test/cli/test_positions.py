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

"""`--positions`: tracks in metres on the command line."""

import csv

import numpy as np
import pytest

from yolo_deepsort_ros.cli.commands import main
from yolo_deepsort_ros.visualization.video import VideoWriter

CALIBRATION = """
image_width: 640
image_height: 480
distortion_model: plumb_bob
distortion_coefficients: {data: [0, 0, 0, 0, 0]}
camera_matrix: {data: [500, 0, 319.5, 0, 500, 239.5, 0, 0, 1]}
"""
RATE = 10.0


@pytest.fixture
def sequence(tmp_path):
    """Return the folder of a person who walks 1 m/s away from a camera 3 m high."""
    (tmp_path / 'det').mkdir()
    rows = []
    for frame in range(1, 31):
        ahead = 5 + frame / RATE
        down = np.arctan([3 / ahead, 1.3 / ahead]) - 0.4  # foot and head, below the axis
        foot, head = 239.5 + 500 * np.tan(down)
        rows.append(f'{frame},-1,300,{head:.2f},40,{foot - head:.2f},0.9')
    (tmp_path / 'det' / 'det.txt').write_text('\n'.join(rows))
    (tmp_path / 'seqinfo.ini').write_text(
        f'[Sequence]\nframeRate={RATE:.0f}\nimWidth=640\nimHeight=480\n'
    )
    (tmp_path / 'camera.yaml').write_text(CALIBRATION)
    (tmp_path / 'ground.yaml').write_text('camera_height: 3.0\ncamera_pitch: 0.4\n')
    return tmp_path


def run(sequence, *options):
    return main([
        'track-detections', str(sequence / 'det' / 'det.txt'), '--out', str(sequence / 'out.txt'),
        '--positions', str(sequence / 'positions.csv'), *options,
    ])


def positions_of(sequence):
    return list(csv.DictReader((sequence / 'positions.csv').read_text().splitlines()))


def test_a_walk_in_metres(sequence):
    ground = ('--ground', str(sequence / 'ground.yaml'))
    assert run(sequence, *ground, '--camera-info', str(sequence / 'camera.yaml')) == 0
    rows = positions_of(sequence)
    assert len(rows) == len((sequence / 'out.txt').read_text().splitlines())
    last = rows[-1]
    assert (last['frame'], last['id']) == ('30', '1')
    assert float(last['x']) == pytest.approx(8.0, abs=0.1)
    assert float(last['vx']) == pytest.approx(1.0, abs=0.15)


@pytest.mark.parametrize('option', ['--out', '--positions'])
@pytest.mark.parametrize('read', ['ground.yaml', 'camera.yaml'])
def test_what_says_where_the_camera_is_is_not_written_over(sequence, capsys, option, read):
    before = (sequence / read).read_text()
    options = ('--ground', str(sequence / 'ground.yaml'), '--camera-info',
               str(sequence / 'camera.yaml'), option, str(sequence / read))
    assert run(sequence, *options) == 2
    assert main(['track', 'arena', '--positions', str(sequence / 'p.csv'), *options]) == 2
    assert capsys.readouterr().err.count(f'{option}: {sequence / read} is an input too') == 2
    assert (sequence / read).read_text() == before


def test_without_a_rate_there_are_no_velocities(sequence, capsys):
    (sequence / 'seqinfo.ini').unlink()
    ground = ('--ground', str(sequence / 'ground.yaml'))
    assert run(sequence, *ground, '--camera-info', str(sequence / 'camera.yaml')) == 0
    assert 'frame_rate' in capsys.readouterr().err
    rows = positions_of(sequence)
    assert {row['vx'] for row in rows} == {''}


@pytest.mark.parametrize(('options', 'line'), [
    ((), '--ground'),
    (('--ground', 'no.yaml'), 'no.yaml'),
    (('--ground', '{folder}/ground.yaml'), '--camera-info'),
    (('--ground', '{folder}/camera.yaml'), 'camera.yaml'),
])
def test_what_is_missing_is_said_in_one_line(sequence, capsys, options, line):
    (sequence / 'out.txt').write_text('of an earlier run')
    assert run(sequence, *(option.format(folder=sequence) for option in options)) == 2
    error = capsys.readouterr().err
    assert line in error
    assert error.count('\n') == 1
    assert (sequence / 'out.txt').read_text() == 'of an earlier run'


@pytest.mark.parametrize('command', [
    ['track', 'arena'], ['track-detections', 'det.txt', '--out', 'tracks.txt']])
@pytest.mark.parametrize('option', ['--ground', '--camera-info'])
def test_what_only_positions_use_is_refused_without_them(option, command, capsys):
    assert main([*command, option, 'any.yaml']) == 2
    assert f'{option} without --positions FILE' in capsys.readouterr().err


def test_positions_never_overwrite_an_input(sequence, capsys):
    detections = str(sequence / 'det' / 'det.txt')
    assert main(['track-detections', detections, '--out', str(sequence / 'out.txt'),
                 '--positions', detections, '--ground', str(sequence / 'ground.yaml')]) == 2
    assert '--positions' in capsys.readouterr().err


def test_track_takes_them_too(sequence, capsys):
    video = sequence / 'grey.mp4'
    with VideoWriter(video, RATE) as out:
        for _ in range(3):
            out.write(np.full((480, 640, 3), 90, np.uint8))
    status = main([
        'track', str(video), '--model', 'arena-tiny',
        '--positions', str(sequence / 'positions.csv'), '--ground', str(sequence / 'ground.yaml'),
        '--camera-info', str(sequence / 'camera.yaml'),
    ])
    assert status == 0
    assert (sequence / 'positions.csv').read_text().startswith('frame,id,x,y,z,')
