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

"""Bags in and out."""

import json

from command_line import FRAMES, run
import cv2
import pytest

from yolo_deepsort_ros.evaluation.mot import read_mot


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


def test_of_two_swapped_images_the_late_one_has_no_rows(scene, tmp_path, capsys):
    """All ids stay; who pairs by stamp finds an empty message."""
    from bags import compressed, rosbag2, START, TOPIC, write_bag
    from yolo_deepsort_ros.cli.track_bag import message_types, TRACKS_TYPE
    from yolo_deepsort_ros.sources.bag import rosbags
    numbers = [*range(1, FRAMES + 1)]
    numbers[5:7] = numbers[6], numbers[5]
    bag = write_bag(tmp_path / 'bag', [
        (TOPIC, START + i, compressed(
            cv2.imread(str(scene / 'pictures' / f'{number}.png')), START + number * 33_333_333))
        for i, number in enumerate(numbers)
    ])
    tracks, frames = tmp_path / 'tracks.txt', []
    for source, options in ((scene / 'pictures', []), (bag, ['--out-bag', tmp_path / 'out'])):
        status, *_ = run(
            capsys, 'track', source, '--model', scene / 'colours.cfg', '--out', tracks, *options
        )
        assert status == 0
        rows = read_mot(tracks)
        frames.append({number: set(rows.ids[rows.frames == number].tolist()) for number in
                       range(1, FRAMES + 1)})
    in_order, swapped = frames
    assert swapped.pop(7) == set()
    assert in_order.pop(7) != set()
    assert swapped == in_order
    types = message_types(rosbags())
    with rosbag2.Reader(tmp_path / 'out') as reader:
        [connection] = [found for found in reader.connections if found.msgtype == TRACKS_TYPE]
        found = [types.deserialize_cdr(data, TRACKS_TYPE)
                 for _, _, data in reader.messages([connection])]
    assert [len(message.detections) == 0 for message in found][5:8] == [False, True, False]


def test_the_tracks_go_into_a_bag(scene, bag, tmp_path, capsys):
    from bags import rosbag2
    from yolo_deepsort_ros.cli.track_bag import message_types, TRACKS_TYPE
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
