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

"""What the page records: in order, bounded, and kept whatever ends it."""

import json
import threading

import cv2
import numpy as np
import pytest

from yolo_deepsort_ros.errors import OutputError
from yolo_deepsort_ros.images.compressed_image import encoded
from yolo_deepsort_ros.web import recording_video, recordings as recordings_module
from yolo_deepsort_ros.web.recordings import (
    ABOUT, FRAMES, MAX_BYTES, MAX_RECORDINGS, Recordings,
)
from yolo_deepsort_ros.web.shown_frame import Picture, shown_tracks, ShownFrame

WAIT = 90.0  #: s; far more than anything takes
JPEG = encoded(np.full((48, 64, 3), 200, np.uint8), 90)


def frame(stamp=1):
    tracks = shown_tracks(stamp, [3], [[1, 2, 30, 40]], [0.5], ['cup'], None)
    return ShownFrame(Picture(stamp, 64, 48, lambda: None), tracks)


def rows_in(folder):
    return [json.loads(line) for line in (folder / FRAMES).read_text().splitlines()]


def test_they_are_bounded(tmp_path):
    recordings = Recordings(str(tmp_path))
    first = recordings.begin(lambda _: None)
    with pytest.raises(OutputError, match='another page records already'):
        recordings.begin(lambda _: None)
    assert first.add('', frame(), bytes(10))
    assert not first.add('', frame(), bytes(MAX_BYTES))
    assert first.is_over
    for number in range(MAX_RECORDINGS):
        (tmp_path / str(number)).mkdir()
        (tmp_path / str(number) / ABOUT).write_text('')
    with pytest.raises(OutputError, match='remove one of them'):
        recordings.begin(lambda _: None)
    recordings.close()
    with pytest.raises(OutputError, match=r'^web_recordings: .*name a folder'):
        Recordings('/proc/none').begin(lambda _: None)


def test_one_is_written_while_the_video_of_another_is_drawn(tmp_path, monkeypatch):
    is_done, words = threading.Event(), []
    monkeypatch.setattr(
        Recordings, '_draw', lambda *_: words.append('drawing') or is_done.wait(WAIT))
    recordings = Recordings(str(tmp_path))
    recordings.begin(words.append).end()
    second = recordings.begin(words.append)
    for stamp in range(200):
        second.add('/c', frame(stamp), JPEG)
        while second._waiting:
            assert not is_done.wait(0.001)
    second.end()
    recordings._writer.shutdown()
    is_done.set()
    recordings.close()
    assert len(rows_in(second.path)) == 200
    assert second.left_out == 0


def test_what_the_disk_is_too_slow_for_is_said(tmp_path, monkeypatch):
    monkeypatch.setattr(recordings_module, 'MAX_WAITING', 2)
    words, is_told = [], threading.Event()
    recordings = Recordings(str(tmp_path))
    is_free = threading.Event()
    recordings._writer.submit(is_free.wait, WAIT)
    recording = recordings.begin(lambda text: words.append(text) or is_told.set())
    for stamp in range(5):
        recording.add('/c', frame(stamp), JPEG)
    recording.end()
    is_free.set()
    assert is_told.wait(WAIT)
    recordings.close()
    assert words == [f'recorded: {recording.path}/annotated.mp4, without 3 pictures for which '
                     f'the disk was too slow']


def test_the_end_of_the_server_draws_nothing_and_keeps_what_there_is(tmp_path, monkeypatch):
    monkeypatch.setattr(
        recordings_module.subprocess, 'Popen', lambda *_, **__: pytest.fail('it draws'))
    recordings = Recordings(str(tmp_path))
    recording = recordings.begin(lambda _: None)
    recording.add('/c', frame(), JPEG)
    recordings.close()
    assert recording.is_over
    assert len(rows_in(recording.path)) == 1
    monkeypatch.undo()
    assert recording_video.main([str(recording.path)]) == 0
    assert (recording.path / 'annotated.mp4').is_file()


def test_what_was_recorded_before_a_kill_can_be_drawn(tmp_path):
    recordings = Recordings(str(tmp_path))
    recording = recordings.begin(lambda _: None)
    for stamp in range(3):
        recording.add('/c', frame(stamp), JPEG)
    recordings._writer.submit(int).result(WAIT)  # and no end
    assert [row['stamp'] for row in rows_in(recording.path)] == [0.0, 1e-9, 2e-9]
    recordings.close()


def test_a_recording_that_cannot_begin_leaves_no_folder(tmp_path, monkeypatch):
    def full(*_):
        raise OSError(28, 'No space left on device')
    monkeypatch.setattr(recordings_module, 'PageRecording', full)
    recordings = Recordings(str(tmp_path))
    for _ in range(3):
        with pytest.raises(OutputError, match='No space left on device'):
            recordings.begin(lambda _: None)
    recordings.close()
    assert list(tmp_path.iterdir()) == []


def test_each_camera_has_a_video_of_its_own(tmp_path):
    recordings = Recordings(str(tmp_path))
    recording = recordings.begin(lambda _: None)
    cameras = ('/front', '/a/b', '/a_b')
    for number, camera in enumerate(cameras, 1):
        for stamp in range(number):
            recording.add(camera, frame(stamp), JPEG)
    recordings.close()
    assert recording_video.main([str(recording.path)]) == 0
    videos = sorted(path.name for path in recording.path.glob('*.mp4'))
    assert videos == ['annotated.mp4', 'annotated_a_b.mp4', 'annotated_a_b_2.mp4']
    lengths = [
        cv2.VideoCapture(str(recording.path / name)).get(cv2.CAP_PROP_FRAME_COUNT)
        for name in videos
    ]
    assert lengths == [1, 2, 3]
