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


"""The arena as a source of frames."""

import numpy as np
import pytest

from yolo_deepsort_ros.config.source_config import SourceConfig
from yolo_deepsort_ros.errors import ConfigurationError, OutputError
from yolo_deepsort_ros.simulation.arena import Arena
from yolo_deepsort_ros.simulation.arena.arena_config import arena_config, ArenaConfig
from yolo_deepsort_ros.simulation.arena.camera import Camera
from yolo_deepsort_ros.sources.arena_source import ArenaRecording
from yolo_deepsort_ros.sources.opening import open_source

SMALL = {'source': 'arena', 'width': 96, 'height': 72}


def small(options, **values):
    return SourceConfig(**{**SMALL, 'source': f'arena:{options}', **values})


def test_frames_are_the_arenas_own_with_its_time():
    config = small('seed=5', duration=0.1)
    with open_source(config, paced=False) as source:
        frames = list(source)
    arena = Arena(ArenaConfig(seed=5), width=96, height=72)
    assert [frame.stamp for frame in frames] == pytest.approx([0, 1 / 30, 2 / 30])
    for frame in frames:
        assert np.array_equal(frame.image, arena.render(frame.index)[0])


def test_defaults_are_vga_at_30_hz():
    with open_source(SourceConfig(source='arena'), paced=False) as source:
        assert source.read().image.shape == (480, 640, 3)
        assert (source.name, source.rate, source.is_live) == ('arena', 30.0, False)


def test_the_rate_asked_for():
    with open_source(SourceConfig(**SMALL, rate=10.0), paced=False) as source:
        assert [source.read().stamp for _ in range(3)] == pytest.approx([0, 0.1, 0.2])


def test_rewound_it_starts_again():
    recording = ArenaRecording(SourceConfig(**SMALL))
    first = [recording.read() for _ in range(3)]
    recording.rewind()
    assert all(np.array_equal(recording.read(), image) for image in first)


def test_drawn_ahead_they_are_the_same():
    ahead = ArenaRecording(small('ahead=2'))
    live = ArenaRecording(SourceConfig(**SMALL))
    for _ in range(4):
        assert np.array_equal(ahead.read(), live.read())


def test_what_was_drawn_ahead_is_not_drawn_again(monkeypatch):
    recording = ArenaRecording(small('ahead=2'))
    monkeypatch.setattr(Arena, 'look', None)
    assert [recording.read().shape for _ in range(2)] == [(72, 96, 3)] * 2
    with pytest.raises(TypeError):
        recording.read()


def test_more_than_memory_holds_is_refused(monkeypatch):
    def render(*_):
        raise MemoryError
    monkeypatch.setattr(Arena, 'look', render)
    with pytest.raises(ConfigurationError, match='source: arena: ahead: 5 frames need more'):
        ArenaRecording(small('ahead=5'))


@pytest.mark.parametrize('ahead', [0, 5])
def test_the_truth_is_that_of_the_frames_read(tmp_path, ahead):
    path = tmp_path / 'gt.txt'
    config = small(
        f'ahead={ahead},truth={path},truth_3d={tmp_path}/gt_3d.csv', max_frames=3
    )
    with open_source(config, paced=False) as source:
        assert len(list(source)) == 3
    arena = Arena(ArenaConfig(), width=96, height=72)
    expected = np.concatenate([arena.render(index)[1].mot_rows(index + 1) for index in range(3)])
    np.testing.assert_allclose(np.loadtxt(path, delimiter=','), expected, atol=1e-6)
    header, *rows = (tmp_path / 'gt_3d.csv').read_text().splitlines(keepends=True)
    assert header == 'frame,id,x,y,z,vx,vy,vz\n'
    assert rows == [
        row for index in range(3) for row in arena.render(index)[1].rows_3d(index + 1)
    ]


def test_frames_know_the_pose_and_the_depth_of_their_own_time():
    with open_source(small('camera_speed=1', duration=0.2), paced=False) as source:
        frames = list(source)
    arena = Arena(ArenaConfig(camera_speed=1.0), width=96, height=72)
    for frame in frames:
        shot = arena.look(frame.index)
        assert np.array_equal(frame.pose.position, shot.pose.position)
        assert np.array_equal(frame.depth(), shot.depth())
    assert frames[0].pose.position[0] < frames[-1].pose.position[0]


def test_a_truth_that_cannot_be_written_is_one_line(tmp_path):
    with pytest.raises(OutputError, match=r'nowhere/gt\.txt: cannot write the file'):
        ArenaRecording(small(f'truth={tmp_path}/nowhere/gt.txt'))


def test_options_in_text_and_in_a_file(tmp_path):
    assert arena_config('arena') == arena_config('arena:') == ArenaConfig()
    assert arena_config('arena:agents=3,noise=0') == ArenaConfig(agents=3, noise=0.0)
    path = tmp_path / 'a=b' / 'own.yaml'
    path.parent.mkdir()
    path.write_text('{agents: 3, seed: 1, truth: "a,b.txt"}')
    expected = ArenaConfig(agents=3, seed=2, truth='a,b.txt')
    assert arena_config(f'arena:{path},seed=2') == expected


@pytest.mark.parametrize(('options', 'words'), [
    ('seeed=1', "unknown parameter 'seeed'; did you mean 'seed'?"),
    ('self=1', "unknown parameter 'self'; "),
    ('seed=-1', 'seed: -1 is out of range 0'),
    ('seed=', "seed: '' is not an integer"),
    ('agents', 'agents: No such file or directory; write arena:NAME=VALUE,NAME=VALUE, or'),
    ('{tmp_path}/bad.yaml', 'bad.yaml: not YAML: '),
    ('{tmp_path}/list.yaml', 'list.yaml: holds no names and values'),
    ('{tmp_path}/typo.yaml', "unknown parameter 'seeed'; did you mean 'seed'?"),
])
def test_bad_options_are_one_line(tmp_path, options, words):
    for name, content in (('bad', '{'), ('list', '[1]'), ('typo', 'seeed: 1')):
        (tmp_path / f'{name}.yaml').write_text(content)
    with pytest.raises(ConfigurationError) as caught:
        open_source(small(options.format(tmp_path=tmp_path)), paced=False)
    assert str(caught.value).startswith('source: arena: ')
    assert words in str(caught.value)
    assert str(caught.value).isprintable()


def test_16_by_16_pixels_are_refused_with_a_reason():
    with pytest.raises(ConfigurationError, match='16 x 16 pixels cannot be drawn; give 64'):
        open_source(SourceConfig(source='arena', width=16, height=16), paced=False)


def test_the_arena_knows_its_camera():
    """A point straight ahead of the camera is in the middle, one beside it where K says."""
    given = open_source(SourceConfig(source='arena', width=320, height=240), paced=False)
    calibration = given.calibration
    camera = Camera.at_rest(320, 240)
    ahead, right = camera.rotation[2], camera.rotation[0]
    points = np.stack([ahead, ahead + 0.1 * right]) + camera.position
    middle, beside = camera.project(points)
    k = np.reshape(calibration.k, (3, 3))
    assert np.allclose(middle, (k[0, 2], k[1, 2]))
    assert np.allclose(beside, (k[0, 2] + 0.1 * k[0, 0], k[1, 2]))
    assert (calibration.width, calibration.height, calibration.d) == (320, 240, (0.0,) * 5)
