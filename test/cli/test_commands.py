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

"""The command line from end to end, with a network that needs no download."""

import hashlib
import json

from command_line import FRAMES, run
import cv2
from darknet_files import write_colour_network
import numpy as np
import pytest

from yolo_deepsort_ros.evaluation.mot import read_mot


def test_track_writes_rows_a_video_and_a_summary(scene, tmp_path, capsys):
    tracks, video = tmp_path / 'tracks.txt', tmp_path / 'out.mp4'
    status, out, _ = run(
        capsys, 'track', scene / 'pictures', '--model', scene / 'colours.cfg',
        '--out', tracks, '--video', video,
    )
    assert status == 0
    summary = json.loads(out[-1])
    assert (summary['frames'], summary['tracks']) == (FRAMES, 2)
    assert set(summary['stages_ms']) == {'read', 'detect', 'embed', 'track'}
    assert set(read_mot(tracks).ids) == {1, 2}
    assert cv2.VideoCapture(str(video)).get(cv2.CAP_PROP_FRAME_COUNT) == FRAMES
    first = tracks.read_text().splitlines()[0].split(',')
    assert (first[0], len(first), first[-2:]) == ('3', 10, ['-1', '-1'])


def test_evaluate_judges_the_rows_of_track(scene, tmp_path, capsys):
    pytest.importorskip('trackeval', reason='no trackeval: figures are not tested')
    tracks = tmp_path / 'tracks.txt'
    run(capsys, 'track', scene / 'pictures', '--model', scene / 'colours.cfg', '--out', tracks)
    status, out, _ = run(capsys, 'evaluate', '--gt', scene / 'gt.txt', '--tracks', tracks)
    figures = json.loads(out[-1])
    assert status == 0
    assert figures['num_switches'] == 0
    assert figures['recall'] == pytest.approx((FRAMES - 2) / FRAMES)  # two tentative frames


def test_track_obeys_its_options(scene, tmp_path, capsys):
    tracks = tmp_path / 'tracks.txt'
    status, out, _ = run(
        capsys, 'track', scene / 'pictures', '--model', scene / 'colours.cfg', '--classes',
        'blue', '--set', 'n_init=5', '--max-frames', 8, '--out', tracks,
    )
    assert status == 0
    assert json.loads(out[-1])['frames'] == 8
    rows = np.loadtxt(tracks, delimiter=',')
    assert set(rows[:, 7]) == {1}
    assert rows[:, 0].min() == 5


def test_detect_prints_an_object_a_picture(scene, capsys):
    pictures = [scene / 'pictures' / f'{number}.png' for number in (1, 2)]
    status, out, _ = run(capsys, 'detect', *pictures, '--model', scene / 'colours.cfg')
    assert status == 0
    found = [json.loads(line) for line in out]
    assert [entry['file'] for entry in found] == [str(path) for path in pictures]
    red = next(row for row in found[0]['detections'] if row['class'] == 'red')
    assert [red[key] for key in 'xywh'] == pytest.approx([26, 60, 48, 48], abs=8)


def test_export_writes_a_network_that_needs_nothing_else(scene, tmp_path, capsys):
    onnx, picture = tmp_path / 'c.onnx', scene / 'pictures' / '1.png'
    onnx.write_text('an older file')
    status, out, _ = run(capsys, 'export', scene / 'colours.cfg', '--out', onnx)
    assert status == 0
    result = json.loads(out[-1])
    assert result['file'] == str(onnx)
    assert result['bytes'] == onnx.stat().st_size
    assert result['sha256'] == hashlib.sha256(onnx.read_bytes()).hexdigest()
    assert (result['input_size'], result['classes'], result['dynamic']) == ([160, 128], 2, False)
    assert list(tmp_path.iterdir()) == [onnx]
    expected = run(capsys, 'detect', picture, '--model', scene / 'colours.cfg')
    assert run(capsys, 'detect', picture, '--model', onnx) == expected


def test_export_of_another_size_and_of_any(scene, tmp_path, capsys):
    onnx = tmp_path / 'c.onnx'
    for options, size in ([], [320, 320]), (['--dynamic'], [320, 320]):
        _, out, _ = run(capsys, 'export', scene / 'colours.cfg', '--out', onnx, '--set',
                        'input_size=320', *options)
        assert json.loads(out[-1])['input_size'] == size
    assert json.loads(out[-1])['dynamic']
    picture = scene / 'pictures' / '1.png'
    status, _, _ = run(capsys, 'detect', picture, '--model', onnx, '--set', 'input_size=160,128')
    assert status == 0


def test_a_failed_export_leaves_everything_as_it_was(scene, tmp_path, capsys):
    onnx = tmp_path / 'c.onnx'
    onnx.write_text('an older file')
    (tmp_path / 'short.weights').write_bytes(bytes(100))
    status, out, err = run(
        capsys, 'export', scene / 'colours.cfg', '--weights', tmp_path / 'short.weights', '--out',
        onnx)
    assert (status, out, len(err)) == (2, [], 1)
    assert onnx.read_text() == 'an older file'
    assert sorted(path.name for path in tmp_path.iterdir()) == ['c.onnx', 'short.weights']


def test_an_export_is_not_exported_again(tmp_path, capsys):
    cfg, _ = write_colour_network(tmp_path)
    assert run(capsys, 'export', cfg, '--out', tmp_path / 'a.onnx')[0] == 0
    status, out, err = run(capsys, 'export', tmp_path / 'a.onnx', '--out', tmp_path / 'b.onnx')
    assert (status, out, len(err)) == (2, [], 1)
    assert 'is an .onnx file already' in err[0]


def test_track_detections_with_pictures_and_without(scene, tmp_path, capsys):
    found, tracks = tmp_path / 'det.txt', tmp_path / 'tracks.txt'
    rows = [line.split(',') for line in (scene / 'gt.txt').read_text().splitlines()]
    found.write_text('\n'.join(','.join([row[0], '-1', *row[2:6], '0.9']) for row in rows))
    for options in ([], ['--images', scene / 'pictures']):
        status, out, _ = run(capsys, 'track-detections', found, '--out', tracks, *options)
        assert status == 0
        assert json.loads(out[-1])['tracks'] == 2
    status, out, _ = run(
        capsys, 'track-detections', found, '--out', tracks, '--confidence', '0.95'
    )
    assert json.loads(out[-1])['tracks'] == 0


def test_rows_that_cannot_be_used_leave_the_others_theirs(scene, tmp_path, capsys, caplog):
    found, tracks = tmp_path / 'det.txt', (tmp_path / 'clean.txt', tmp_path / 'mixed.txt')
    rows = [line.split(',') for line in (scene / 'gt.txt').read_text().splitlines()]
    good = [','.join([row[0], '-1', *row[2:6], '0.9']) for row in rows]
    bad = [f'{number},-1,5,5,{size},9,{score}' for number, (size, score) in enumerate(
        [('0', '1'), ('-4', '1'), ('nan', '1'), ('inf', '1'), ('9', 'nan'), ('9', '-inf')], 1
    )]
    for lines, path in ((good, tracks[0]), ([*bad, *good], tracks[1])):
        found.write_text('\n'.join(lines))
        assert run(capsys, 'track-detections', found, '--out', path)[0] == 0
    assert tracks[0].read_text() == tracks[1].read_text() != ''
    assert [record.getMessage() for record in caplog.records] == [
        f'{found}: in 6 of {6 + len(good)} rows, first in line 1, the box or score cannot be '
        f'used: left out'
    ]


@pytest.mark.parametrize('settings, stages', [
    (['profile=strong'], {'embed', 'motion', 'track'}),
    (['profile=fast'], {'embed', 'motion', 'track'}),
    (['detect_every=2', 'n_init=2'], {'embed', 'track'}),
])
def test_options_beyond_the_paper(scene, tmp_path, capsys, settings, stages):
    found, tracks = tmp_path / 'det.txt', tmp_path / 'tracks.txt'
    rows = [line.split(',') for line in (scene / 'gt.txt').read_text().splitlines()]
    found.write_text('\n'.join(','.join([row[0], '-1', *row[2:6], '0.9']) for row in rows))
    options = [word for setting in settings for word in ('--set', setting)]
    _, out, _ = run(capsys, 'track-detections', found, '--images', scene / 'pictures',
                    '--out', tracks, *options)
    summary = json.loads(out[-1])
    assert (summary['tracks'], set(summary['stages_ms'])) == (2, stages)
    last = read_mot(tracks)
    assert last.ids[last.frames == FRAMES].tolist() == [1, 2]


def test_a_picture_every_other_of_which_is_searched(scene, tmp_path, capsys):
    _, out, _ = run(capsys, 'track', scene / 'pictures', '--model', scene / 'colours.cfg',
                    '--set', 'detect_every=2', '--set', 'n_init=2', '--set', 'camera_motion=true')
    summary = json.loads(out[-1])
    assert (summary['frames'], summary['tracks']) == (FRAMES, 2)
    assert 'motion' in summary['stages_ms']
