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

"""Streams over the network."""

from __future__ import annotations

import contextlib
import os
import socket
import threading

import cv2
from fake_camera_driver import END, FakeCapture, opened
from network_camera import DAMAGES, NetworkCamera, SHADE
import pytest

from yolo_deepsort_ros.config.source_config import SourceConfig
from yolo_deepsort_ros.errors import SourceError
from yolo_deepsort_ros.images.fourcc import fourcc
from yolo_deepsort_ros.sources.opencv_capture import FFMPEG_OPTIONS
from yolo_deepsort_ros.sources.opening import open_source


@pytest.mark.parametrize('scheme', ['rtsp', 'http'])
def test_a_camera_on_the_network_that_is_lost_is_an_error(scheme: str):
    made: list[FakeCapture] = []
    source = opened(f'{scheme}://cam/live', made)
    made[0].give(10, END)
    with pytest.raises(SourceError, match='://cam/…: stopped giving frames'):
        list(source)


def test_a_film_on_the_network_may_end_and_hides_its_password():
    made: list[FakeCapture] = []
    source = opened('http://me:secret@cam/live', made, {'frames': 100})
    assert made[0].where[0] == 'http://me:secret@cam/live'
    assert source.name == 'http://cam/…'
    made[0].give(10, END)
    assert [frame.image[0, 0, 0] for frame in source] == [10]


@pytest.mark.parametrize(('driver', 'letters', 'is_raw'), [
    ({}, 'MJPG', True), ({}, 'mjpe', True), ({}, 'h264', False), ({'frames': 9}, 'MJPG', False),
], ids=['new', 'OpenCV 4.5', 'another codec', 'a film'])
def test_a_stream_of_jpegs_is_taken_as_it_comes(driver, letters, is_raw):
    made: list[FakeCapture] = []

    def factory(*where: object) -> FakeCapture:
        made.append(FakeCapture(*where, **driver))
        made[-1].properties[cv2.CAP_PROP_FOURCC] = fourcc(letters)
        return made[-1]

    source = open_source(SourceConfig(source='http://cam'), paced=True, capture=factory)
    assert made[0].properties.get(cv2.CAP_PROP_FORMAT) == (-1 if is_raw else None)
    made[0].give(END)
    source.close()


@pytest.mark.parametrize('damage', sorted(DAMAGES))
def test_one_connection_outlives_damaged_frames(damage: str):
    damages: list[str] = []
    with NetworkCamera(damage=damage) as camera, open_source(
        SourceConfig(source=camera.url, max_frames=10), paced=True, on_damage=damages.append
    ) as source:
        frames = list(source)  # a loss would be an error
    assert len(frames) == 10
    assert all((frame.image == SHADE).all() and frame.jpeg for frame in frames)
    assert bool(damages) == (damage != 'none')
    assert len(camera.connections) == 1


@pytest.mark.parametrize('options', ['', 'probesize;100000'])
def test_a_stream_whose_first_part_has_no_boundary_is_read(options: str, monkeypatch):
    monkeypatch.setenv(FFMPEG_OPTIONS, options)
    if not options:
        monkeypatch.delenv(FFMPEG_OPTIONS)
    damages: list[str] = []
    with NetworkCamera(has_first_boundary=False) as camera, open_source(
        SourceConfig(source=camera.url, max_frames=10), paced=True, on_damage=damages.append
    ) as source:
        frames = list(source)
    assert len(frames) == 10
    assert all((frame.image == SHADE).all() and frame.jpeg for frame in frames)
    assert damages == []
    assert os.environ.get(FFMPEG_OPTIONS, '') == options


class Answering(threading.Thread):
    """A sender that says the same to whoever asks."""

    def __init__(self, answer: bytes) -> None:
        super().__init__(daemon=True)
        self._answer = answer
        self.socket = socket.create_server(('127.0.0.1', 0))
        self.port = self.socket.getsockname()[1]
        self.start()

    def run(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self.socket.accept()
                client.recv(4096)
                client.sendall(self._answer)
                client.close()


HTTP, RTSP = b'HTTP/1.1 %s\r\nContent-Length: 0\r\n\r\n', b'RTSP/1.0 %s\r\nCSeq: 1\r\n\r\n'


@pytest.mark.parametrize(('scheme', 'answer', 'words'), [
    ('http', HTTP % b'401 Unauthorized', 'answers 401 Unauthorized: it wants the right user and'),
    ('rtsp', RTSP % b'401 Unauthorized', 'answers 401 Unauthorized: it wants the right user and'),
    ('http', HTTP % b'404 Not Found', 'answers 404 Not Found; check the path of the URL'),
    ('http', HTTP % b'200 OK', 'answers, but FFmpeg cannot read it'),
    ('rtsp', None, 'nobody answers at 127.0.0.1:'),
    ('http', None, 'nobody answers at 127.0.0.1:'),
])
def test_each_cause_of_a_stream_that_does_not_open_has_its_line(scheme, answer, words):
    sender = Answering(answer or b'')
    if answer is None:
        sender.socket.close()
    url = f'{scheme}://me:secret@127.0.0.1:{sender.port}/live'
    with pytest.raises(SourceError) as raised:
        open_source(SourceConfig(source=url, frame_timeout=1.0), paced=True)
    sender.socket.close()
    text = str(raised.value)
    assert text.startswith(f'{scheme}://127.0.0.1:{sender.port}/…: cannot open the stream: ')
    assert words in text
    assert 'secret' not in text
    assert '\n' not in text
