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

"""Cameras and streams, with a capture whose frames come when the test says so."""

from __future__ import annotations

from queue import Queue
import threading
import time

import cv2
import numpy as np
import pytest

from yolo_deepsort_ros.config import SourceConfig
from yolo_deepsort_ros.errors import ConfigurationError, SourceError
from yolo_deepsort_ros.sources import live, open_source
from yolo_deepsort_ros.sources.capture import fourcc
from yolo_deepsort_ros.sources.live import LiveSource

END = object()


class FakeCapture:
    """A driver whose `grab` waits for the test's `give`."""

    def __init__(self, *where: object, opens: bool = True, refuses: bool = False) -> None:
        self.where = where
        self.opens = opens
        self.refuses = refuses
        self.released = threading.Event()
        self.properties: dict[int, float] = {cv2.CAP_PROP_FPS: 25.0}
        self.calls: list[int] = []
        self._coming: Queue = Queue()
        self._grabs: Queue = Queue()
        self._current: object = None

    def give(self, *shades: object) -> None:
        """Let the driver have these frames; return when all but the last are taken in."""
        for shade in shades:
            self._coming.put(shade)
        for _ in shades:
            self._grabs.get(timeout=5)

    def isOpened(self) -> bool:  # noqa: N802
        return self.opens

    def get(self, key: int) -> float:
        return self.properties.get(key, 0.0)

    def set(self, key: int, value: float) -> bool:  # noqa: A003
        self.calls.append(key)
        if not self.refuses:
            self.properties[key] = value
        return not self.refuses

    def grab(self) -> bool:
        self._current = self._coming.get()
        self._grabs.put(None)
        return self._current is not END

    def retrieve(self) -> tuple[bool, object]:
        if self._current is None:
            return False, None
        return True, np.full((2, 2, 3), self._current, np.uint8)

    def release(self) -> None:
        self.released.set()


class Ticks:
    """A clock that advances by one second each time it is read."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        self.now += 1.0
        return self.now


@pytest.fixture
def capture():
    made = FakeCapture()
    yield made
    made._coming.put(END)  # lets a thread that still waits go


def source_of(capture: FakeCapture, **values: object) -> LiveSource:
    settings = {'rate': 0.0, 'can_end': False, 'clock': Ticks(), 'patience': 5.0, **values}
    return LiveSource('camera', capture, **settings)


def test_only_the_newest_frame_is_kept_with_the_stamp_of_its_grab(capture: FakeCapture):
    with source_of(capture, can_end=True) as source:
        capture.give(10, 20, 30, END)
        capture.released.wait(5)
        frame = source.read()
        assert (frame.image[0, 0, 0], frame.stamp, frame.index) == (30, 3.0, 0)
        assert source.read() is None


def test_read_waits_for_a_newer_frame(capture: FakeCapture):
    with source_of(capture) as source:
        capture.give(10)
        assert source.read().index == 0
        threading.Timer(0.05, capture.give, [20]).start()
        frame = source.read()
        assert (frame.image[0, 0, 0], frame.index) == (20, 1)
        capture.give(END)


def test_a_frame_that_does_not_decode_is_skipped(capture: FakeCapture):
    with source_of(capture) as source:
        capture.give(None, 40)
        assert source.read().image[0, 0, 0] == 40
        capture.give(END)


def test_a_silent_camera_is_an_error_after_a_bounded_wait(capture: FakeCapture):
    with source_of(capture, patience=0.01) as source:
        before = time.monotonic()
        with pytest.raises(SourceError, match=r'camera: no frame for 0\.01 s'):
            source.read()
        assert time.monotonic() - before < 3
        capture.give(END)


@pytest.mark.parametrize(('shades', 'can_end', 'reason'), [
    ([10, END], False, 'stopped giving frames'),
    ([END], False, 'gives no frame'),
    ([END], True, 'gives no frame'),
])
def test_a_failing_camera_is_an_error(capture: FakeCapture, shades, can_end: bool, reason: str):
    with source_of(capture, can_end=can_end) as source:
        capture.give(*shades)
        for _ in shades[:-1]:
            assert source.read() is not None
        with pytest.raises(SourceError, match=reason):
            source.read()


def test_close_wakes_a_reader_and_releases(capture: FakeCapture, monkeypatch):
    monkeypatch.setattr(live, 'CLOSING_TIME', 0.01)
    source = source_of(capture)
    threading.Timer(0.05, source.close).start()
    before = time.monotonic()
    assert source.read() is None
    assert time.monotonic() - before < 3  # not the whole patience
    assert not capture.released.is_set()  # a grab is under way: releasing now would crash
    capture.give(10)
    assert capture.released.wait(5)
    assert source.read() is None


def test_max_frames_ends_it(capture: FakeCapture):
    source = source_of(capture, max_frames=1)
    capture.give(10)
    assert source.read() is not None
    threading.Timer(0.05, capture._coming.put, [END]).start()
    assert source.read() is None
    assert capture.released.wait(5)


def test_duration_counts_from_the_first_frame(capture: FakeCapture):
    source = source_of(capture, duration=2.0)
    for shade, index in ((10, 0), (20, 1)):
        capture.give(shade)
        assert source.read().index == index
    threading.Timer(0.05, capture._coming.put, [END]).start()
    capture.give(30)
    assert source.read() is None
    assert capture.released.wait(5)


def opened(
    name: str, made: list[FakeCapture], driver: dict[str, bool] | None = None, **options: object
) -> LiveSource:
    def factory(*where: object) -> FakeCapture:
        made.append(FakeCapture(*where, **(driver or {})))
        return made[-1]
    return open_source(SourceConfig(source=name, **options), paced=True, capture=factory)


def test_a_device_is_asked_for_format_size_and_rate_in_that_order(caplog):
    made: list[FakeCapture] = []
    source = opened('0', made, fourcc='MJPG', width=640, height=480, rate=15.0)
    assert made[0].where[0] == 0
    assert made[0].calls == [
        cv2.CAP_PROP_FOURCC, cv2.CAP_PROP_FRAME_WIDTH, cv2.CAP_PROP_FRAME_HEIGHT,
        cv2.CAP_PROP_FPS,
    ]
    assert made[0].properties[cv2.CAP_PROP_FOURCC] == fourcc('MJPG')
    assert (source.rate, source.is_live, source.name) == (15.0, True, '/dev/video0')
    assert caplog.text == ''
    made[0].give(END)


def test_what_a_driver_refuses_is_reported(caplog):
    made: list[FakeCapture] = []
    source = opened('/dev/cam', made, fourcc='MJPG', width=640, driver={'refuses': True})
    assert '/dev/cam: asked for fourcc MJPG, the driver gives' in caplog.text
    assert '/dev/cam: asked for width 640, the driver gives 0' in caplog.text
    made[0].give(END)
    source.close()


def test_a_device_left_alone_is_not_set():
    made: list[FakeCapture] = []
    opened('3', made)
    assert (made[0].where[0], made[0].calls) == (3, [])
    made[0].give(END)


def test_a_format_of_three_letters_is_refused():
    with pytest.raises(ConfigurationError, match="fourcc: 'MJP' is not four letters"):
        opened('0', [], fourcc='MJP')


def test_a_camera_on_the_network_that_is_lost_is_an_error():
    made: list[FakeCapture] = []
    source = opened('rtsp://cam/live', made)
    made[0].give(10, END)
    with pytest.raises(SourceError, match='rtsp://cam/live: stopped giving frames'):
        list(source)


def test_a_file_on_the_network_may_end_and_hides_its_password():
    made: list[FakeCapture] = []
    source = opened('http://me:secret@cam/live', made)
    assert made[0].where[0] == 'http://me:secret@cam/live'
    assert source.name == 'http://cam/live'
    made[0].give(10, END)
    assert [frame.image[0, 0, 0] for frame in source] == [10]


def test_a_device_that_exists_but_does_not_open(tmp_path):
    name = '/dev/null'
    with pytest.raises(SourceError, match='/dev/null: cannot be opened; it is in use'):
        opened(name, [], driver={'opens': False})
