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

"""Bags as sources: what is read, by which stamps, and what is refused."""

from __future__ import annotations

import logging
from pathlib import Path
import re
import shutil
import sqlite3
import sys

from bags import (
    compressed, DELAY, header, image_bag, raw, rosbag2, START, text, TOPIC, TYPES, write_bag,
)
import numpy as np
import pytest
import yaml

from yolo_deepsort_ros.config.source_config import SourceConfig
from yolo_deepsort_ros.errors import ConfigurationError, MissingDependencyError, SourceError
from yolo_deepsort_ros.sources.opening import open_source
from yolo_deepsort_ros.sources.source import Source

PICTURES = [np.full((6, 8, 3), i, np.uint8) for i in range(5)]
MS = 1_000_000  #: ns


def source_of(path: Path | str, paced: bool = False, **values: object) -> Source:
    return open_source(SourceConfig(source=str(path), **values), paced=paced)


def shades(source: Source) -> list[int]:
    """Return the grey level of each picture left, and close the source."""
    with source:
        return [int(frame.image[0, 0, 0]) for frame in source]


@pytest.mark.parametrize('storage', ['mcap', 'sqlite3'])
@pytest.mark.parametrize('make', [raw, compressed])
@pytest.mark.parametrize('single', [False, True], ids=['folder', 'file'])
def test_images_with_their_headers(tmp_path: Path, storage, make, single) -> None:
    bag = image_bag(tmp_path / 'bag', PICTURES, 10.0, storage, make)
    path = next(bag.glob('bag.*')) if single else bag
    with source_of(path) as source:
        frames = list(source)
    assert source.rate == pytest.approx(10.0)
    assert not source.is_live
    for i, frame in enumerate(frames):
        np.testing.assert_array_equal(frame.image, PICTURES[i])
        assert frame.index == i
        assert (frame.header.stamp, frame.header.frame_id) == (START + i * 100 * MS, 'camera')
        assert frame.header.recorded == frame.header.stamp + DELAY
        assert frame.stamp == frame.header.stamp / 1e9
    assert len(frames) == len(PICTURES)


@pytest.mark.parametrize(('values', 'expected'), [
    ({'max_frames': 3}, [0, 1, 2]),
    ({'duration': 0.15}, [0, 1]),
    ({'loop': True, 'max_frames': 7}, [0, 1, 2, 3, 4, 0, 1]),
    ({'topic': TOPIC}, [0, 1, 2, 3, 4]),
    ({'topic': 'front/image_raw'}, [0, 1, 2, 3, 4]),
])
def test_limits(tmp_path: Path, values, expected) -> None:
    assert shades(source_of(image_bag(tmp_path / 'bag', PICTURES, 10.0), **values)) == expected


def test_the_given_rate_is_the_nominal_one(tmp_path: Path) -> None:
    with source_of(image_bag(tmp_path / 'bag', PICTURES, 10.0), rate=25.0) as source:
        assert source.rate == 25.0


@pytest.mark.parametrize(('steps', 'expected', 'warns'), [
    ([0, 40, 80], [0, 1, 2], False),
    ([0, 40, 40, 40, 80], [0, 1, 4], True),
    ([0, 40, 20, 60], [0, 1, 2, 3], False),
], ids=['even', 'repeated', 'backwards'])
def test_stamps(tmp_path: Path, caplog, steps, expected, warns) -> None:
    bag = write_bag(tmp_path / 'bag', [
        (TOPIC, START + i, raw(PICTURES[i], START + step * MS)) for i, step in enumerate(steps)
    ])
    with caplog.at_level(logging.WARNING):
        assert shades(source_of(bag)) == expected
    assert len(caplog.records) == warns


def test_without_a_stamp_the_time_of_recording_counts(tmp_path: Path) -> None:
    bag = write_bag(tmp_path / 'bag', [
        (TOPIC, START + i * 40 * MS, raw(PICTURES[i], 0)) for i in range(3)
    ])
    with source_of(bag) as source:
        frames = list(source)
    assert [frame.stamp for frame in frames] == [(START + i * 40 * MS) / 1e9 for i in range(3)]
    assert source.rate == pytest.approx(25.0)
    assert frames[0].header.stamp == 0


def test_a_stamp_of_zero_is_a_time_where_others_have_one(tmp_path: Path) -> None:
    """A simulation begins with it; recorded was the wall's time."""
    bag = write_bag(tmp_path / 'bag', [
        (TOPIC, START + i * 40 * MS, raw(PICTURES[i], i * 40 * MS)) for i in range(3)
    ])
    with source_of(bag) as source:
        assert [frame.stamp for frame in source] == [0, 0.04, 0.08]


def test_paced_a_bag_is_a_camera(tmp_path: Path) -> None:
    bag = image_bag(tmp_path / 'bag', PICTURES, 500.0)
    with source_of(bag, paced=True, loop=True, max_frames=7) as source:
        frames = list(source)
    steps = np.diff([frame.stamp for frame in frames])
    assert [frame.index for frame in frames] == list(range(7))
    assert (steps > 0).all()


TWO_CAMERAS = [
    ('/left', START, raw(PICTURES[0], START)),
    ('/right/compressed', START, compressed(PICTURES[1], START)),
    ('/talk', START, text('hello')),
]
IMAGE = 'sensor_msgs/msg/Image'


@pytest.mark.parametrize(('messages', 'topic', 'words'), [
    (TWO_CAMERAS, '', 'has images at /left, /right/compressed; choose one'),
    (TWO_CAMERAS, '/lift', "has no /lift; did you mean '/left'?"),
    (TWO_CAMERAS, '/x' * 500, 'known: /left, /right/compressed'),
    (TWO_CAMERAS, '/talk', 'holds std_msgs/msg/String; images are at /left'),
    (TWO_CAMERAS[2:], '', 'no images in this bag (topics: /talk)'),
    ([], '', 'no images in this bag (topics: none)'),
])
def test_topics_refused(tmp_path: Path, messages, topic, words) -> None:
    bag = write_bag(tmp_path / 'bag', messages)
    with pytest.raises((ConfigurationError, SourceError)) as raised:
        source_of(bag, topic=topic)
    assert words in str(raised.value)
    assert '\n' not in str(raised.value)


@pytest.mark.parametrize('name', ['/left', '/right/compressed'])
def test_one_of_two_topics(tmp_path: Path, name) -> None:
    assert shades(source_of(write_bag(tmp_path / 'bag', TWO_CAMERAS), topic=name)) == [
        ['/left', '/right/compressed'].index(name)
    ]


def test_a_topic_is_for_bags(tmp_path: Path) -> None:
    (tmp_path / '1.png').write_bytes(b'')
    for source in ('arena', '0', 'rtsp://there/x', tmp_path):
        with pytest.raises(ConfigurationError, match=r'topic: .* is no bag'):
            source_of(source, topic='/left')


@pytest.mark.parametrize(('message', 'words'), [
    (raw(PICTURES[0], START, encoding='polaroid'), "encoding 'polaroid' is unknown; convert it"),
    (raw(PICTURES[0], START, step=7), 'step is 7, at least 24 is needed'),
    (raw(PICTURES[0], START, height=9), 'data has 144 bytes, 216 are needed'),
    (raw(PICTURES[0], START, width=0), 'width and height must be positive'),
    (TYPES.types['sensor_msgs/msg/CompressedImage'](
        header(START), 'jpeg', np.zeros(9, np.uint8)), 'not a picture that OpenCV can decode'),
    (TYPES.types['sensor_msgs/msg/CompressedImage'](
        header(START), 'jpeg', np.zeros(0, np.uint8)), 'not a picture that OpenCV can decode'),
])
def test_images_that_cannot_be_used_are_left_out(
    tmp_path: Path, message, words, caplog
) -> None:
    good = raw(PICTURES[0], START - 1) if hasattr(message, 'encoding') else compressed(
        PICTURES[0], START - 1)
    bag = write_bag(tmp_path / 'bag', [(TOPIC, START - 1, good), (TOPIC, START, message)])
    assert len(shades(source_of(bag))) == 1  # the good one
    assert f'message 2 of {TOPIC}: ' in caplog.text
    assert words in caplog.text
    assert '1 of 2 images left out' in caplog.text
    bad = write_bag(tmp_path / 'bad', [(TOPIC, START, message)] * 2)
    with source_of(bad) as source, pytest.raises(SourceError) as raised:
        source.read()
    assert f'message 1 of {TOPIC}: ' in str(raised.value)
    assert words in str(raised.value)
    assert str(raised.value).endswith('; none of its images can be used')


def damaged(bag: Path, how: str) -> Path:
    file = next(bag.glob('bag.*'))
    data = file.read_bytes()
    if how == 'no files':
        file.unlink()
    elif how == 'bad metadata':
        (bag / 'metadata.yaml').write_text('{a: [}\n')
    elif how == 'other metadata':
        (bag / 'metadata.yaml').write_text('- 1\n')
    elif how == 'truncated':
        file.write_bytes(data[:len(data) // 2])
    elif how == 'empty':
        file.write_bytes(b'')
    elif how == 'text':
        file.write_text('this is no bag\n' * 100)
    return bag


@pytest.mark.parametrize('storage', ['mcap', 'sqlite3'])
@pytest.mark.parametrize('how', [
    'no files', 'bad metadata', 'other metadata', 'truncated', 'empty', 'text',
])
def test_damaged_bags(tmp_path: Path, storage, how) -> None:
    pictures = [np.random.default_rng(i).integers(0, 255, (60, 80, 3), np.uint8)
                for i in range(20)]
    bag = damaged(image_bag(tmp_path / 'bag', pictures, 10.0, storage), how)
    with pytest.raises(SourceError) as raised, source_of(bag) as source:
        list(source)
    assert str(raised.value).startswith(f'{bag}: not a bag that can be read (')
    assert 'ros2 bag reindex' in str(raised.value)
    assert '\n' not in str(raised.value)


def without_metadata(bag: Path) -> None:
    (bag / 'metadata.yaml').unlink()


def without_storage(bag: Path) -> None:
    """As `ros2 bag reindex` of Humble leaves it."""
    file = bag / 'metadata.yaml'
    text = file.read_text()
    file.write_text(re.sub('storage_identifier: .*', "storage_identifier: ''", text))


def renamed(bag: Path) -> None:
    file = next(bag.glob('bag.*'))
    file.rename(bag / f'tuesday{file.suffix}')


def without_suffix(bag: Path) -> None:
    next(bag.glob('bag.*')).rename(bag / 'tuesday')


def with_another_encoding(bag: Path) -> None:
    file = bag / 'metadata.yaml'
    tree = yaml.safe_load(file.read_text())
    topic = tree['rosbag2_bagfile_information']['topics_with_message_count'][0]
    other = {**topic['topic_metadata'], 'name': '/state', 'serialization_format': 'json'}
    tree['rosbag2_bagfile_information']['topics_with_message_count'].append(
        {'message_count': 1, 'topic_metadata': other}
    )
    file.write_text(yaml.safe_dump(tree))


@pytest.mark.parametrize('storage', ['mcap', 'sqlite3'])
@pytest.mark.parametrize('change', [
    without_metadata, without_storage, renamed, without_suffix, with_another_encoding,
])
def test_sound_bags_are_read(tmp_path: Path, storage, change, caplog) -> None:
    bag = image_bag(tmp_path / 'bag', PICTURES, 10.0, storage)
    change(bag)
    assert shades(source_of(bag)) == [0, 1, 2, 3, 4]
    assert caplog.text == ''


def test_an_mcap_file_without_a_profile_is_read(tmp_path: Path) -> None:
    bag = image_bag(tmp_path / 'bag', PICTURES, 10.0)
    file = next(bag.glob('*.mcap'))
    data = bytearray(file.read_bytes())
    assert data[17:25] == b'\x04\0\0\0ros2'
    size = int.from_bytes(data[9:17], 'little')
    data[17:17 + size] = bytes(4) + (size - 8).to_bytes(4, 'little') + b'x' * (size - 8)
    file.write_bytes(data)
    assert shades(source_of(bag)) == [0, 1, 2, 3, 4]


def test_several_files_come_one_after_the_other(tmp_path: Path) -> None:
    parts = [image_bag(tmp_path / f'part{i}', PICTURES[i:i + 2], 10.0) for i in (0, 2)]
    both = tmp_path / 'both'
    both.mkdir()
    for i, part in enumerate(parts):
        next(part.glob('*.mcap')).rename(both / f'both_{i}.mcap')
    with source_of(both, paced=True, rate=500.0) as source:
        assert [int(frame.image[0, 0, 0]) for frame in source] == [0, 1, 2, 3]


def test_the_log_of_a_killed_recorder_is_read_from_a_copy(tmp_path: Path, caplog) -> None:
    bag = image_bag(tmp_path / 'bag', PICTURES, 10.0, 'sqlite3')
    file = next(bag.glob('*.db3'))
    database = sqlite3.connect(file)
    database.execute('PRAGMA journal_mode=WAL')
    rows = database.execute('SELECT * FROM messages ORDER BY id').fetchall()
    database.execute('DELETE FROM messages WHERE id > 2')
    database.commit()
    database.execute('PRAGMA wal_checkpoint(TRUNCATE)')
    marks = ', '.join('?' * len(rows[0]))
    database.executemany(f'INSERT INTO messages VALUES ({marks})', rows[2:])
    database.commit()
    killed = tmp_path / 'killed'
    shutil.copytree(bag, killed)  # while the recorder has it open
    database.close()
    before = {path.name: path.read_bytes() for path in killed.iterdir()}
    assert any(name.endswith('-wal') and data for name, data in before.items())
    assert shades(source_of(killed)) == [0, 1, 2, 3, 4]
    assert {path.name: path.read_bytes() for path in killed.iterdir()} == before
    assert 'its recorder was stopped before it was finished' in caplog.text


def test_fewer_images_than_the_metadata_promises_are_told_once(tmp_path: Path, caplog) -> None:
    bag = image_bag(tmp_path / 'bag', PICTURES, 10.0, 'sqlite3')
    database = sqlite3.connect(next(bag.glob('*.db3')))
    database.execute('DELETE FROM messages WHERE id > 2')
    database.commit()
    database.close()
    with source_of(bag, loop=True, max_frames=9) as source:
        assert len(list(source)) == 9
    assert caplog.text.count(
        f'ended after 2 of the 5 messages of {TOPIC} that metadata.yaml promises'
    ) == 1


def test_topics_in_other_encodings_are_left_out_with_a_line(tmp_path: Path, caplog) -> None:
    bag = image_bag(tmp_path / 'bag', PICTURES, 10.0, 'sqlite3')
    database = sqlite3.connect(next(bag.glob('*.db3')))
    columns = [row[1] for row in database.execute('PRAGMA table_info(topics)')]
    row = dict(zip(columns, database.execute('SELECT * FROM topics').fetchone(), strict=True))
    row.update(id=9, name='/state', serialization_format='json')
    database.execute(
        f'INSERT INTO topics VALUES ({", ".join("?" * len(row))})', list(row.values())
    )
    database.commit()
    database.close()
    assert shades(source_of(bag)) == [0, 1, 2, 3, 4]
    assert 'not in the encoding of ROS are left out: /state (json)' in caplog.text


@pytest.mark.parametrize('storage', ['mcap', 'sqlite3'])
def test_any_damaged_byte_is_at_worst_one_line(tmp_path: Path, storage) -> None:
    bag = image_bag(tmp_path / 'bag', PICTURES, 10.0, storage)
    file = next(bag.glob('bag.*'))
    data = file.read_bytes()
    generator = np.random.default_rng(0)
    for _ in range(60):
        changed = bytearray(data)
        changed[generator.integers(len(data))] ^= 1 << int(generator.integers(8))
        file.write_bytes(changed)
        try:
            with source_of(bag, max_frames=10) as source:
                list(source)
        except (ConfigurationError, SourceError) as error:
            assert '\n' not in str(error)


def test_an_empty_topic(tmp_path: Path) -> None:
    with rosbag2.Writer(tmp_path / 'bag', version=9) as writer:
        writer.add_connection(TOPIC, IMAGE, typestore=TYPES)
    with source_of(tmp_path / 'bag') as source, pytest.raises(SourceError, match='no image at'):
        source.read()


def test_without_the_library(tmp_path: Path, monkeypatch) -> None:
    bag = image_bag(tmp_path / 'bag', PICTURES, 10.0)
    monkeypatch.setitem(sys.modules, 'rosbags.rosbag2', None)
    with pytest.raises(MissingDependencyError, match='pip install "rosbags>=') as raised:
        source_of(bag)
    assert '\n' not in str(raised.value)


def test_a_closed_source_gives_nothing(tmp_path: Path) -> None:
    source = source_of(image_bag(tmp_path / 'bag', PICTURES, 10.0))
    source.close()
    source.close()
    assert source.read() is None
