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
import os
from pathlib import Path
import signal
import subprocess
import sys
import time

import cv2
from darknet_files import draw_object, write_colour_network
import numpy as np
import pytest

from yolo_deepsort_ros.cli import main
from yolo_deepsort_ros.mot import read_mot

FRAMES = 12
ROOT = Path(__file__).parents[1]
COMMAND = (sys.executable, '-m', 'yolo_deepsort_ros')


@pytest.fixture(scope='module')
def scene(tmp_path_factory):
    """Make pictures of a red and a blue rectangle, their truth, and the network."""
    folder = tmp_path_factory.mktemp('scene')
    pictures = folder / 'pictures'
    pictures.mkdir()
    rows = []
    for frame in range(1, FRAMES + 1):
        picture = np.full((256, 320, 3), 40, np.uint8)
        for number, (label, left, top) in enumerate(
            [('red', 20 + 6 * frame, 60), ('blue', 250 - 6 * frame, 150)], 1
        ):
            box = draw_object(picture, label, left, top)
            rows.append(f'{frame},{number},{",".join(map(str, box))},1,-1,-1,-1')
        cv2.imwrite(str(pictures / f'{frame}.png'), picture)
    (folder / 'gt.txt').write_text('\n'.join(rows))
    write_colour_network(folder)
    return folder


def run(capsys, *arguments):
    """Return the exit status, the lines of stdout and of stderr."""
    status = main([str(argument) for argument in arguments])
    shown = capsys.readouterr()
    return status, shown.out.splitlines(), shown.err.splitlines()


def started(*arguments, **how):
    """Start the command line in a process of its own."""
    return subprocess.Popen(
        [*COMMAND, *map(str, arguments)], cwd=ROOT, text=True, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, **how,
    )


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
    (tmp_path / 'a.onnx').touch()
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


@pytest.mark.parametrize('settings, stages', [
    (['profile=strong'], {'embed', 'motion', 'track'}),
    (['profile=fast'], {'embed', 'track'}),
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


DET = '1,-1,10,10,40,80,0.9\n'


@pytest.fixture
def home(scene, tmp_path):
    """Make a folder with one file of each kind that is read, and links to them."""
    for file in ('colours.cfg', 'colours.weights', 'colours.names'):
        (tmp_path / file).write_bytes((scene / file).read_bytes())
    (tmp_path / 'pics').mkdir()
    for number in (1, 2):
        picture = (scene / 'pictures' / f'{number}.png').read_bytes()
        (tmp_path / 'pics' / f'{number}.png').write_bytes(picture)
    (tmp_path / 'labels').mkdir()
    (tmp_path / 'labels' / '1.txt').write_text('0 .5 .5 .1 .1\n')
    (tmp_path / 'det.txt').write_text(DET)
    (tmp_path / 'net.onnx').write_bytes(b'a network')
    video = cv2.VideoWriter(
        str(tmp_path / 'me.mp4'), cv2.VideoWriter.fourcc(*'mp4v'), 10, (64, 64))
    for _ in range(3):
        video.write(np.zeros((64, 64, 3), np.uint8))
    video.release()
    os.link(tmp_path / 'me.mp4', tmp_path / 'hard.mp4')
    (tmp_path / 'soft.txt').symlink_to('det.txt')
    (tmp_path / 'around').symlink_to('pics')
    return tmp_path


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
    ('track arena --max-frames 3 --set arena_truth=a.txt --out a.txt',
     'arena_truth: a.txt is for --out too'),
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
    assert len(err.splitlines()) == 1
    assert words in err
    for left in tmp_path.iterdir():  # what nobody can read does not stay
        assert option == '--out'
        assert left.stat().st_size == limit > 0


@pytest.fixture(scope='module')
def bag(scene):
    """Write the pictures as a bag, 30 a second as the folder's."""
    from bags import compressed, image_bag
    pictures = [cv2.imread(str(scene / 'pictures' / f'{i}.png')) for i in range(1, FRAMES + 1)]
    return image_bag(scene / 'bag', pictures, 30.0, make=compressed)


def test_a_bag_gives_the_rows_of_its_pictures(scene, bag, tmp_path, capsys):
    rows = []
    for source in (scene / 'pictures', bag):
        file = tmp_path / 'tracks.txt'
        status, out, _ = run(
            capsys, 'track', source, '--model', scene / 'colours.cfg', '--out', file)
        assert status == 0
        assert json.loads(out[-1])['frames'] == FRAMES
        rows.append(file.read_text())
    assert rows[0] == rows[1] != ''


def test_the_tracks_go_into_a_bag(scene, bag, tmp_path, capsys):
    from bags import rosbag2
    from yolo_deepsort_ros.track_bag import message_types, TRACKS_TYPE
    from yolo_deepsort_ros.sources.bag import rosbags
    status, *_ = run(
        capsys, 'track', bag, '--topic', 'front/image_raw', '--model', scene / 'colours.cfg',
        '--out', tmp_path / 'tracks.txt', '--out-bag', tmp_path / 'out',
    )
    assert status == 0
    types = message_types(rosbags())
    with rosbag2.Reader(tmp_path / 'out') as reader:
        [tracks] = [found for found in reader.connections if found.msgtype == TRACKS_TYPE]
        found = [types.deserialize_cdr(data, TRACKS_TYPE)
                 for _, _, data in reader.messages([tracks])]
    said = [(frame, int(d.id), d.results[0].hypothesis.class_id)
            for frame, message in enumerate(found, 1) for d in message.detections]
    rows = read_mot(tmp_path / 'tracks.txt')
    names = [('red', 'blue')[int(kind)] for kind in rows.others[:, 0]]
    assert said == list(zip(rows.frames.tolist(), rows.ids.tolist(), names, strict=True))
    assert len(found) == FRAMES


@pytest.mark.parametrize(('source', 'options', 'words'), [
    ('bag', ['--topic', '/rear'], 'topic: '),
    ('bag', ['--out-bag', 'bag'], '--out-bag: '),
    ('bag', ['--out-bag', 'bag/out'], 'is an input too'),
    ('pictures', ['--out-bag', 'out'], '--out-bag needs a bag as SOURCE'),
    ('pictures', ['--topic', '/rear'], 'is no bag; leave it out'),
    ('truncated.mcap', [], 'not a bag that can be read'),
])
def test_wrong_use_of_bags_is_one_line(scene, bag, tmp_path, capsys, source, options, words):
    whole = next(bag.glob('*.mcap')).read_bytes()
    (scene / 'truncated.mcap').write_bytes(whole[:len(whole) // 2])
    options = [scene / option if option.startswith('bag') else option for option in options]
    status, out, errors = run(
        capsys, 'track', scene / source, '--model', scene / 'colours.cfg', *options)
    assert (status, out, len(errors)) == (2, [], 1)
    assert words in errors[0]
