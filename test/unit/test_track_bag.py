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

"""Bags written with tracks: read back, against what was read and tracked."""

from __future__ import annotations

from contextlib import closing
import os
from pathlib import Path

from bags import compressed, DELAY, image_bag, raw, rosbag2, START, text, TOPIC, TYPES, write_bag
import numpy as np
import pytest

from yolo_deepsort_ros.cli.track_bag import message_types, TrackBag, tracks_topic, TRACKS_TYPE
from yolo_deepsort_ros.errors import OutputError, SourceError
from yolo_deepsort_ros.sources.bag import Bag, rosbags
from yolo_deepsort_ros.sources.frame import Header
from yolo_deepsort_ros.tracks import Tracks

#: Of the official vision_msgs; see test_environment.py.
TRACKS_HASH = 'RIHS01_214274120007f4a683866481336b70310268cfa107aebe9d594a6acf75bda968'
PICTURES = [np.full((6, 8, 3), i, np.uint8) for i in range(3)]
NAMES = ('person', 'dog')
VISION = message_types(rosbags())


def tracks_of(*ids: int) -> Tracks:
    count = len(ids)
    ones = np.ones(count)
    return Tracks(
        ids=np.array(ids), tlwh=np.array([[1.0, 2.0, 30.0, 40.0]] * count).reshape(-1, 4),
        states=ones, ages=ones, hits=ones, time_since_update=ones, class_ids=np.arange(count) % 2,
        scores=ones / 4, velocities=np.zeros((count, 2)), covariances=np.zeros((count, 4, 4)),
    )


def contents(path: Path) -> list[tuple[str, int, bytes]]:
    with rosbag2.Reader(path) as reader:
        return [(found.topic, time, bytes(data)) for found, time, data in reader.messages()]


def written(path: Path, original: Path, tracked: list[Tracks]) -> Path:
    """Write the tracks of the first images, as the command line does."""
    with closing(Bag(original)) as bag, TrackBag(path, bag) as out:
        for tracks in tracked:
            out.write(bag.read_with_header()[1], tracks, NAMES)
    return path


@pytest.mark.parametrize('storage', ['mcap', 'sqlite3'])
@pytest.mark.parametrize('make', [raw, compressed])
@pytest.mark.parametrize('count', [0, 2, 3])
def test_all_originals_and_the_tracks(tmp_path: Path, storage, make, count) -> None:
    topic = TOPIC if make is raw else f'{TOPIC}/compressed'
    original = image_bag(tmp_path / 'bag', PICTURES, 10.0, storage, make, topic)
    tracked = [tracks_of(), tracks_of(7, 8), tracks_of(8)][:count]
    out = written(tmp_path / 'out', original, tracked)
    found = contents(out)
    assert [row for row in found if row[0] != '/front/tracks'] == contents(original)
    messages = [(time, VISION.deserialize_cdr(data, TRACKS_TYPE))
                for topic, time, data in found if topic == '/front/tracks']
    assert len(messages) == count
    for i, (time, message) in enumerate(messages):
        stamp = message.header.stamp
        assert stamp.sec * 10**9 + stamp.nanosec == time - DELAY == START + i * 10**8
        assert message.header.frame_id == 'camera'
        assert [d.id for d in message.detections] == [str(n) for n in tracked[i].ids]
        assert all(d.header == message.header for d in message.detections)
    if count > 1:
        first = messages[1][1].detections[0]
        centre = first.bbox.center.position
        assert (centre.x, centre.y, first.bbox.size_x, first.bbox.size_y) == (16, 22, 30, 40)
        [result] = first.results
        assert (result.hypothesis.class_id, result.hypothesis.score) == ('person', 0.25)
        assert [d.results[0].hypothesis.class_id for d in messages[1][1].detections] == [*NAMES]


@pytest.mark.parametrize('storage', ['mcap', 'sqlite3'])
def test_the_type_is_the_official_one(tmp_path: Path, storage) -> None:
    out = written(tmp_path / 'out', image_bag(tmp_path / 'bag', PICTURES, 9.0, storage), [])
    assert VISION.hash_rihs01(TRACKS_TYPE) == TRACKS_HASH
    assert TRACKS_HASH in (out / 'metadata.yaml').read_text()
    highlevel = pytest.importorskip('rosbags.highlevel')
    with highlevel.AnyReader([out]) as reader:  # by the definitions in the bag alone, checked
        assert set(reader.topics) == {TOPIC, '/front/tracks'}
        assert reader.typestore.hash_rihs01(TRACKS_TYPE) == TRACKS_HASH


def test_other_topics_are_kept_and_older_tracks_left_out(tmp_path: Path) -> None:
    original = write_bag(tmp_path / 'bag', [
        ('/talk', START - 5, text('before')),
        (TOPIC, START + DELAY, raw(PICTURES[0], START)),
        ('/front/tracks', START + DELAY + 1, text('of another tracker')),
        ('/talk', START + DELAY + 2, text('after')),
    ])
    found = contents(written(tmp_path / 'out', original, [tracks_of(1)]))
    assert [row[:2] for row in found] == [
        ('/talk', START - 5), (TOPIC, START + DELAY), ('/front/tracks', START + DELAY),
        ('/talk', START + DELAY + 2),
    ]


def test_a_type_that_nobody_knows_is_copied(tmp_path: Path) -> None:
    with rosbag2.Writer(tmp_path / 'bag', version=9) as bag:
        strange = bag.add_connection('/x', 'my_msgs/msg/Mine', msgdef='', rihs01='RIHS01_0')
        images = bag.add_connection(TOPIC, 'sensor_msgs/msg/Image', typestore=TYPES)
        bag.write(strange, START, b'\0\1\0\0anything')
        bag.write(images, START, TYPES.serialize_cdr(raw(PICTURES[0], START), images.msgtype))
    out = written(tmp_path / 'out', tmp_path / 'bag', [tracks_of(1)])
    assert ('/x', START, b'\0\1\0\0anything') in contents(out)
    assert 'my_msgs/msg/Mine' in (out / 'metadata.yaml').read_text()


@pytest.mark.parametrize(('images', 'expected'), [
    ('/image_raw', '/tracks'),
    ('/a/b/image_raw', '/a/b/tracks'),
    ('/a/image_raw/compressed', '/a/tracks'),
    ('/compressed', '/tracks'),
])
def test_where_the_tracks_are(images, expected) -> None:
    assert tracks_topic(images) == expected


def test_what_is_there_is_not_touched(tmp_path: Path) -> None:
    original = image_bag(tmp_path / 'bag', PICTURES, 10.0)
    before = contents(original)
    with closing(Bag(original)) as bag, pytest.raises(OutputError, match='is there already'):
        TrackBag(original, bag)
    assert contents(original) == before


def test_where_nothing_can_be_made(tmp_path: Path) -> None:
    original = image_bag(tmp_path / 'bag', PICTURES, 10.0)
    (tmp_path / 'file').write_text('')
    with closing(Bag(original)) as bag, pytest.raises(OutputError) as raised:
        TrackBag(tmp_path / 'file' / 'out', bag)
    assert 'cannot write the bag (Not a directory)' in str(raised.value)


def test_a_full_disk_leaves_no_bag(tmp_path: Path, monkeypatch) -> None:
    original = image_bag(tmp_path / 'bag', PICTURES, 10.0)

    def full(*_: object) -> None:
        raise OSError(28, os.strerror(28))
    monkeypatch.setattr(rosbag2.Writer, 'write', full)
    with closing(Bag(original)) as bag, pytest.raises(OutputError) as raised, \
            TrackBag(tmp_path / 'out', bag) as out:
        out.write(bag.read_with_header()[1], tracks_of(1), NAMES)
    assert str(raised.value) == f'{tmp_path / "out"}: cannot write the bag ({os.strerror(28)})'
    assert not (tmp_path / 'out').exists()


def test_an_error_elsewhere_leaves_no_bag(tmp_path: Path) -> None:
    original = image_bag(tmp_path / 'bag', PICTURES, 10.0)
    with closing(Bag(original)) as bag, pytest.raises(SourceError), \
            TrackBag(tmp_path / 'out', bag):
        raise SourceError('the camera was unplugged')
    assert not (tmp_path / 'out').exists()


def test_an_original_damaged_on_the_way_leaves_no_bag(tmp_path: Path) -> None:
    pictures = np.random.default_rng(0).integers(0, 255, (30, 60, 80, 3), np.uint8)
    path = image_bag(tmp_path / 'bag', pictures, 10.0, 'sqlite3')
    file = next(path.glob('*.db3'))
    with closing(Bag(path)) as bag, \
            pytest.raises(SourceError, match='not a bag that can be read'), \
            TrackBag(tmp_path / 'out', bag) as out:
        out.write(Header(START, '', START), tracks_of(1), NAMES)
        os.truncate(file, file.stat().st_size // 2)
    assert not (tmp_path / 'out').exists()
