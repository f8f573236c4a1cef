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

"""Recorded sources: folders, pictures, video files, and what open_source makes of names."""

from __future__ import annotations

from collections.abc import Callable
import itertools
import os
from pathlib import Path
import struct
import zlib

import cv2
import numpy as np
import pytest

from yolo_deepsort_ros.config.source_config import SourceConfig
from yolo_deepsort_ros.errors import SourceError
from yolo_deepsort_ros.sources.file_order import natural_key
from yolo_deepsort_ros.sources.opening import names_a_file, open_source
from yolo_deepsort_ros.visualization.video import VideoWriter


class AlteredCapture:
    """A capture with some methods replaced; OpenCV's own class cannot be derived from."""

    def __init__(self, reader: cv2.VideoCapture, **methods: Callable) -> None:
        self._reader = reader
        self._methods = methods

    def __getattr__(self, name: str) -> Callable:
        return self._methods.get(name) or getattr(self._reader, name)


def picture(shade: int, width: int = 32, height: int = 24) -> np.ndarray:
    return np.full((height, width, 3), shade, np.uint8)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Four pictures, each brighter than the one before, named to trip a plain sort."""
    place = tmp_path / 'img1'
    place.mkdir()
    for number, shade in ((1, 10), (2, 20), (10, 30), (11, 40)):
        cv2.imwrite(str(place / f'frame{number}.png'), picture(shade))
    (place / 'notes.txt').write_text('no picture')
    (place / '._frame1.png').write_text('no picture either')
    return place


@pytest.fixture
def video(tmp_path: Path) -> Path:
    """Twenty frames at 10 Hz."""
    path = tmp_path / 'twenty.mp4'
    with VideoWriter(path, 10.0) as writer:
        for number in range(20):
            writer.write(picture(10 * number, 64, 48))
    return path


def frames_of(source: object, **values: object) -> list:
    config = SourceConfig(source=str(source), **values)
    with open_source(config, paced=False) as opened:
        return list(opened)


@pytest.mark.parametrize(('names', 'expected'), [
    (['10.jpg', '9.jpg', '1.jpg'], ['1.jpg', '9.jpg', '10.jpg']),
    (['b2', 'a10', 'a9', 'B1'], ['a9', 'a10', 'B1', 'b2']),
    (['000010', '2', 'x'], ['2', '000010', 'x']),
    (['1.2.png', '1.10.png'], ['1.2.png', '1.10.png']),
    (['x (2).jpg', 'x (1).jpg', 'x.jpg'], ['x.jpg', 'x (1).jpg', 'x (2).jpg']),
])
def test_natural_order(names: list[str], expected: list[str]):
    assert sorted(names, key=natural_key) == expected


def test_a_folder_gives_its_pictures_in_natural_order(folder: Path):
    frames = frames_of(folder)
    assert [frame.image[0, 0, 0] for frame in frames] == [10, 20, 30, 40]
    assert [frame.index for frame in frames] == [0, 1, 2, 3]
    assert [frame.stamp for frame in frames] == [0.0, 1 / 30, 2 / 30, 3 / 30]


@pytest.mark.parametrize(('names', 'mode'), [
    (['1700000000.9', '1700000001.0666666', '1700000001.1', '1700000001.13'],
     '30 Hz, 4 pictures by the seconds in their names'),
    (['rgb_9.5', 'rgb_10.0', 'rgb_10.25'], '30 Hz, 3 pictures by the seconds in their names'),
    (['1.1', '1.2', '1.10'], '30 Hz, 3 pictures by name, numbers by their value'),
    (['left_1.5', 'right_1.25'], '30 Hz, 2 pictures by name, numbers by their value'),
    (['shot', 'shot (1)', 'shot (2)'], '30 Hz, 3 pictures by name, numbers by their value'),
], ids=lambda value: value[0] if isinstance(value, list) else '')
def test_pictures_come_in_the_order_that_their_names_mean(tmp_path: Path, names, mode):
    for shade, name in reversed(list(enumerate(names))):
        cv2.imwrite(str(tmp_path / f'{name}.png'), picture(shade))
    with open_source(SourceConfig(source=str(tmp_path)), paced=False) as source:
        assert source.mode == mode
        assert [frame.image[0, 0, 0] for frame in source] == list(range(len(names)))


def test_the_folder_of_a_mot_sequence_is_the_sequence(folder: Path):
    (folder.parent / 'seqinfo.ini').write_text('[Sequence]\nframeRate=25\n')
    with open_source(SourceConfig(source=str(folder.parent)), paced=False) as source:
        assert source.rate == 25
        assert len(list(source)) == 4
    cv2.imwrite(str(folder.parent / 'own.png'), picture(9))
    assert [frame.image[0, 0, 0] for frame in frames_of(folder.parent)] == [9]


@pytest.mark.parametrize('place', ['.', '..'])
def test_the_rate_of_a_mot_sequence_is_its_frame_rate(folder: Path, place: str):
    (folder / place / 'seqinfo.ini').write_text('[Sequence]\nframeRate=25\n')
    with open_source(SourceConfig(source=str(folder)), paced=False) as source:
        assert source.rate == 25
        assert not source.is_live


def test_fewer_pictures_than_the_sequence_promises_are_told(folder: Path, caplog):
    for length, lines in ((4, 0), (9, 1)):
        (folder / 'seqinfo.ini').write_text(f'[Sequence]\nframeRate=25\nseqLength={length}\n')
        with open_source(SourceConfig(source=str(folder)), paced=False) as source:
            assert source.rate == 25
        assert len(caplog.records) == lines
    assert '4 pictures, where seqinfo.ini promises 9' in caplog.text


@pytest.mark.parametrize('text', ['frameRate=25', '[Sequence]\nframeRate=fast', '[Sequence]\n'])
def test_a_bad_seqinfo_is_reported_and_passed_over(folder: Path, text: str, caplog):
    (folder / 'seqinfo.ini').write_text(text)
    with open_source(SourceConfig(source=str(folder)), paced=False) as source:
        assert source.rate == 30
    assert 'no readable frameRate' in caplog.text


def test_pictures_may_differ_in_size(folder: Path):
    cv2.imwrite(str(folder / 'frame12.png'), picture(50, 40, 60))
    assert frames_of(folder)[-1].image.shape == (60, 40, 3)


def test_grey_pictures_become_three_channels(folder: Path):
    cv2.imwrite(str(folder / 'frame12.png'), picture(50)[..., 0])
    assert frames_of(folder)[-1].image.shape == (24, 32, 3)


@pytest.mark.parametrize('suffix', ['jpg', 'png'])
@pytest.mark.parametrize(('spoil', 'reason'), [
    (lambda data: data[:-len(data) // 3], 'truncated'),
    (lambda data: b'', 'not a picture'),
    (lambda data: b'hello', 'not a picture'),
])
def test_a_corrupt_picture_is_named(folder: Path, suffix: str, spoil, reason: str):
    path = folder / f'frame3.{suffix}'
    noise = np.random.default_rng(0).integers(0, 255, (48, 64, 3), np.uint8)
    cv2.imwrite(str(path), noise)
    path.write_bytes(spoil(path.read_bytes()))
    with open_source(SourceConfig(source=str(folder)), paced=False) as source:
        assert [source.read().index for _ in range(2)] == [0, 1]
        with pytest.raises(SourceError, match=f'frame3.{suffix}: .*{reason}'):
            source.read()


def bmp(width: int, height: int) -> bytes:
    header = struct.pack('<IiiHHIIiiII', 40, width, height, 1, 24, 0, 0, 0, 0, 0, 0)
    return b'BM' + struct.pack('<IHHI', 54 + 100, 0, 0, 54) + header + bytes(100)


def png(width: int, height: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        checksum = zlib.crc32(kind + data)
        return struct.pack('>I', len(data)) + kind + data + struct.pack('>I', checksum)

    header = chunk(b'IHDR', struct.pack('>IIBBBBB', width, height, 8, 2, 0, 0, 0))
    return b'\x89PNG\r\n\x1a\n' + header + chunk(b'IDAT', zlib.compress(b'')) + chunk(b'IEND', b'')


@pytest.mark.parametrize('data', [bmp(60000, 60000), png(60000, 60000)], ids=['bmp', 'png'])
def test_a_picture_of_absurd_size_is_one_line(tmp_path: Path, data: bytes):
    path = tmp_path / 'huge.png'
    path.write_bytes(data)
    with pytest.raises(SourceError, match=r'huge\.png: a \w+ of 60000 x 60000 pixels; at most'):
        frames_of(path)


def test_what_is_no_file_is_not_waited_for(folder: Path):
    os.mkfifo(folder / 'frame12.png')
    os.mkfifo(folder / 'seqinfo.ini')
    with pytest.raises(SourceError, match=r'frame12\.png: a folder, pipe or device, not a file'):
        frames_of(folder)


@pytest.mark.parametrize(('name', 'expected'), [
    ('a.mp4', True), ('²', True), ('', True), ('0', False), ('/dev/video0', False),
    ('rtsp://host/x', False), ('arena', False), ('arena:seed=1', False),
])
def test_names_of_files(name: str, expected: bool):
    assert names_a_file(name) == expected


def test_a_single_picture_is_a_recording(folder: Path):
    path = folder / 'frame2.png'
    assert [frame.image[0, 0, 0] for frame in frames_of(path)] == [20]
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(SourceError, match=r'frame2\.png: the picture is truncated'):
        frames_of(path)


def test_loop_goes_on_counting(folder: Path):
    with open_source(SourceConfig(source=str(folder), loop=True), paced=False) as source:
        frames = [source.read() for _ in range(6)]
    assert [frame.index for frame in frames] == [0, 1, 2, 3, 4, 5]
    assert [frame.image[0, 0, 0] for frame in frames] == [10, 20, 30, 40, 10, 20]
    assert frames[5].stamp == 5 / 30


@pytest.mark.parametrize(('max_frames', 'count'), [(0, 4), (3, 3), (9, 4)])
def test_max_frames(folder: Path, max_frames: int, count: int):
    assert len(frames_of(folder, max_frames=max_frames)) == count


@pytest.mark.parametrize(('duration', 'count'), [(0.3, 3), (0.31, 4), (0.05, 1), (9.0, 4)])
def test_duration_is_source_time(folder: Path, duration: float, count: int):
    assert len(frames_of(folder, rate=10.0, duration=duration)) == count


def test_a_video_gives_every_frame_at_its_rate(video: Path):
    frames = frames_of(video)
    assert len(frames) == 20
    assert [frame.stamp for frame in frames] == [i / 10 for i in range(20)]
    assert frames[5].image.shape == (48, 64, 3)
    assert abs(int(frames[5].image[0, 0, 0]) - 50) < 6


def test_a_video_loops(video: Path):
    with open_source(SourceConfig(source=str(video), loop=True), paced=False) as source:
        assert [source.read().index for _ in range(45)] == list(range(45))


def test_the_rate_asked_for_wins(video: Path):
    assert frames_of(video, rate=4.0)[3].stamp == 0.75


def test_a_truncated_video_is_reported_once(video: Path, tmp_path: Path, caplog):
    noise = np.random.default_rng(0)
    path = tmp_path / 'cut.avi'  # has its frame count at the front and needs no trailer
    with VideoWriter(path, 10.0) as writer:
        for _ in range(40):
            writer.write(noise.integers(0, 255, (48, 64, 3), np.uint8))
    path.write_bytes(path.read_bytes()[:path.stat().st_size // 2])
    frames = frames_of(path)
    assert 5 < len(frames) < 35
    assert f'ended after {len(frames)} of 40 frames' in caplog.text
    assert len(caplog.records) == 1


def test_a_truncated_video_that_loops_is_reported_once(video: Path, caplog):
    def promises_40(*where: object) -> AlteredCapture:
        reader = cv2.VideoCapture(*where)
        return AlteredCapture(
            reader, get=lambda key: 40.0 if key == cv2.CAP_PROP_FRAME_COUNT else reader.get(key)
        )

    config = SourceConfig(source=str(video), loop=True)
    with open_source(config, paced=False, capture=promises_40) as source:
        assert [source.read().index for _ in range(65)] == list(range(65))
    assert [record.getMessage().split(': ')[1] for record in caplog.records] == [
        'ended after 20 of 40 frames; the file is truncated or corrupt'
    ]


def test_a_video_without_a_frame_is_an_error(video: Path):
    def never_grabs(*where: object) -> AlteredCapture:
        return AlteredCapture(cv2.VideoCapture(*where), grab=lambda: False)

    config = SourceConfig(source=str(video), loop=True)
    source = open_source(config, paced=False, capture=never_grabs)
    with pytest.raises(SourceError, match=r'twenty\.mp4: holds no frame'):
        source.read()


def test_a_whole_video_is_not_reported(video: Path, caplog):
    frames_of(video)
    assert caplog.text == ''


def test_paced_frames_keep_their_rate_and_are_stamped_by_the_clock(folder: Path):
    ticks = itertools.count(1000)  # no other process makes this clock run ahead

    def clock() -> float:
        return next(ticks) / 200

    config = SourceConfig(source=str(folder), rate=50.0)
    with open_source(config, paced=True, clock=clock) as source:
        before = clock()
        stamps = [frame.stamp for frame in source]
    assert 0 <= stamps[0] - before < 1
    assert np.allclose(np.diff(stamps), 1 / 50)
    assert clock() >= stamps[-1]


def test_a_folder_that_cannot_be_read_is_named(tmp_path, monkeypatch):
    def refuse(_):  # as for anybody but root
        raise PermissionError(13, 'Permission denied')
    monkeypatch.setattr(Path, 'iterdir', refuse)
    with pytest.raises(SourceError) as caught:
        open_source(SourceConfig(source=str(tmp_path)), paced=False)
    assert str(caught.value) == f'{tmp_path}: cannot read the folder (Permission denied)'


@pytest.mark.parametrize(('name', 'reason'), [
    ('nowhere.mp4', 'no such file or folder'),
    ('', 'an empty name: no such file or folder'),
    ('pipe', 'pipe: a pipe or device, not a file'),
    ('empty', 'no picture in this folder'),
    ('empty.mp4', 'the file is empty'),
    ('text.mp4', 'not a video'),
    ('text.txt', 'not a video'),
    ('/dev/video-none', 'no camera /dev/video-none; present: '),
    ('987654', 'no camera /dev/video987654; present: '),
    ('99999999999999999999', 'no camera has an index above 2147483647'),
    ('9' * 5000, 'no camera has an index above 2147483647'),
    ('²', '²: no such file or folder'),
    ('٣', '٣: no such file or folder'),
    ('a' * 300, f'{"a" * 200}…: '),
    ('\udcff.mp4', r'\udcff.mp4: no such file or folder'),
    ('/dev/\udcff', r'/dev/\udcff: rename the file: its name is not UTF-8'),
    ('http://me:\udcff@host/x', 'http://host/…: rename the file: its name is not UTF-8'),
    ('rtsp://me:secret@127.0.0.1:9/x', 'rtsp://127.0.0.1:9/…: cannot open the stream'),
])
def test_what_cannot_be_opened_is_told_in_one_line(
    name: str, reason: str, tmp_path: Path, monkeypatch, capfd
):
    (tmp_path / 'empty').mkdir()
    (tmp_path / 'empty.mp4').touch()
    os.mkfifo(tmp_path / 'pipe')
    for text in ('text.mp4', 'text.txt'):
        (tmp_path / text).write_text('hello\n' * 100)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SourceError) as caught:
        open_source(SourceConfig(source=name), paced=False)
    assert reason in str(caught.value)
    assert '\n' not in str(caught.value)
    if name != 'text.mp4' and '://' not in name:  # old wheels cannot silence FFmpeg
        assert capfd.readouterr().err == ''


def test_a_closed_source_gives_no_more_frames(folder: Path):
    source = open_source(SourceConfig(source=str(folder)), paced=False)
    assert source.read() is not None
    source.close()
    assert source.read() is None


def test_the_real_video(shared_data: Path):
    name = shared_data / 'video' / 'one-by-one-person-detection.mp4'
    with open_source(SourceConfig(source=str(name), duration=1.0), paced=False) as source:
        assert source.rate == 10.0
        shapes = {frame.image.shape for frame in source}
    assert shapes == {(432, 768, 3)}
