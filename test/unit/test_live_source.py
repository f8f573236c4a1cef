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

import os
from queue import Queue
import sys
import threading
import time

import cv2
from network_camera import DAMAGES, NetworkCamera, SHADE
import numpy as np
import pytest

from yolo_deepsort_ros.compressed_image import encoded
from yolo_deepsort_ros.errors import ConfigurationError, SourceError
from yolo_deepsort_ros.source_config import SourceConfig
from yolo_deepsort_ros.sources import devices, grabber, live, open_source
from yolo_deepsort_ros.sources.capture import fourcc
from yolo_deepsort_ros.sources.live import LiveSource

END = object()  #: of the connection: every grab fails from now on
FAILS = object()  #: a grab that does, once


class FakeCapture:
    """A driver whose `grab` waits for the test's `give`."""

    def __init__(
        self, *where: object, opens: bool = True, refuses: bool = False, frames: int = 0
    ) -> None:
        self.where = where
        self.opens = opens
        self.refuses = refuses
        self.released = threading.Event()
        self.properties: dict[int, float] = {
            cv2.CAP_PROP_FPS: 25.0, cv2.CAP_PROP_FRAME_COUNT: frames,
        }
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
        if self._current is END:
            return False
        self._current = self._coming.get()
        self._grabs.put(None)
        return self._current not in (END, FAILS)

    def retrieve(self) -> tuple[bool, object]:
        if self._current is None:
            return False, None
        if isinstance(self._current, bytes):
            return True, np.frombuffer(self._current, np.uint8)[None]
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


class FakeCamera:
    """Opens one capture after the other; None stands for a camera that is away."""

    name = 'camera'

    def __init__(self, *captures: FakeCapture | None, can_end: bool = False) -> None:
        self._captures = list(captures)
        self._can_end = can_end

    def open(self) -> FakeCapture:  # noqa: A003
        capture = self._captures.pop(0)
        if capture is None:
            raise SourceError('no camera')
        return capture

    def can_end(self, capture: FakeCapture) -> bool:
        return self._can_end


def source_of(*captures: FakeCapture | None, can_end=False, **values: object) -> LiveSource:
    settings = {'clock': Ticks(), 'patience': 5.0, **values}
    return LiveSource(FakeCamera(*captures, can_end=can_end), **settings)


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


JPEG = encoded(np.full((4, 6, 3), 200, np.uint8), 90)


@pytest.mark.parametrize(('came', 'reason'), [
    ([None], 'it is empty or does not decode'),
    ([b''], 'it is no whole JPEG'),
    ([b'<html>busy</html>'], 'it is no whole JPEG'),
    ([JPEG[:len(JPEG) // 2]], 'it is no whole JPEG'),
    ([JPEG[:20] + JPEG[-2:]], 'not a picture that OpenCV can decode'),
    ([FAILS], 'it cannot be told from the next'),
    ([FAILS] * (2 * grabber.BURST), 'it cannot be told from the next'),
], ids=['undecoded', 'empty', 'a page', 'half', 'no pixels', 'unreadable', 'many lines'])
def test_a_damaged_frame_is_left_out_counted_and_named(capture, caplog, came, reason):
    changes, damages = Changes(), []
    with source_of(capture, on_change=changes, on_damage=damages.append) as source:
        for shade in (10, 40):  # the first frame of a connection may be damaged, too
            capture.give(*came, shade)
            assert source.read().image[0, 0, 0] == shade
        capture.give(END)
    line = f'camera: a damaged frame is left out: {reason}'
    assert damages == [line] * 2
    assert changes == ['']  # never lost
    assert [record.getMessage() for record in caplog.records] == [f'{line} (so far: 1)']


def test_a_camera_whose_frames_are_all_damaged_is_lost_with_the_reason(capture: FakeCapture):
    with source_of(capture, patience=0.2) as source:
        capture.give(JPEG[:-9])
        with pytest.raises(SourceError, match=r'are damaged \(it is no whole JPEG\); check'):
            source.read()
        capture.give(END)


def test_a_connection_that_has_ended_does_not_spin(capture: FakeCapture):
    with source_of(capture) as source:
        capture.give(END)
        before, cpu = time.monotonic(), time.process_time()
        with pytest.raises(SourceError, match='gives no frame'):
            source.read()
        seconds, used = time.monotonic() - before, time.process_time() - cpu
    assert seconds >= grabber.FAILING_TIME / 2
    assert used < 0.5 * seconds


def test_a_jpeg_of_the_camera_is_decoded_and_handed_on(capture: FakeCapture):
    with source_of(capture) as source:
        for padding in (b'', b'\0' * 99):
            capture.give(JPEG[:-9], JPEG + padding)  # the first was cut short on the way
            frame = source.read()
            assert (frame.image.shape, frame.image.max(), frame.jpeg) == ((4, 6, 3), 200, JPEG)
        capture.give(10)
        assert source.read().jpeg == b''
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


def test_an_error_inside_the_library_is_a_loss(capture: FakeCapture):
    def fail() -> tuple[bool, object]:
        raise cv2.error('corrupt')
    capture.retrieve = fail
    with source_of(capture) as source:
        capture.give(10)
        with pytest.raises(SourceError, match='gives no frame'):
            source.read()
    assert capture.released.is_set()


def test_close_wakes_a_reader_and_releases(capture: FakeCapture, monkeypatch):
    monkeypatch.setattr(grabber, 'CLOSING_TIME', 0.01)
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
    name: str, made: list[FakeCapture], driver: dict[str, object] | None = None, **options: object
) -> LiveSource:
    def factory(*where: object) -> FakeCapture:
        made.append(FakeCapture(*where, **(driver or {})))
        return made[-1]
    return open_source(SourceConfig(source=name, **options), paced=True, capture=factory)


def test_a_device_is_asked_for_format_size_and_rate_in_that_order(caplog):
    made: list[FakeCapture] = []
    source = opened('0', made, pixel_format='MJPG', width=640, height=480, rate=15.0)
    assert made[0].where[0] == 0
    assert made[0].calls == [
        cv2.CAP_PROP_FOURCC, cv2.CAP_PROP_FRAME_WIDTH, cv2.CAP_PROP_FRAME_HEIGHT,
        cv2.CAP_PROP_FPS, cv2.CAP_PROP_CONVERT_RGB,
    ]
    assert made[0].properties[cv2.CAP_PROP_CONVERT_RGB] == 0  # a JPEG is wanted as it is
    assert made[0].properties[cv2.CAP_PROP_FOURCC] == fourcc('MJPG')
    assert (source.rate, source.is_live, source.name) == (15.0, True, '/dev/video0')
    assert caplog.text == ''
    made[0].give(END)


def test_what_a_driver_refuses_is_reported(caplog):
    made: list[FakeCapture] = []
    source = opened('/dev/cam', made, pixel_format='MJPG', width=640, exposure=5.0,
                    driver={'refuses': True})
    assert [record.getMessage() for record in caplog.records] == [
        r'/dev/cam: the driver gives pixel_format \x00\x00\x00\x00 instead of MJPG, '
        'width 0 instead of 640, exposure 0 ms instead of 5 ms',
    ]
    made[0].give(END)
    source.close()


def test_a_device_left_alone_is_not_set():
    made: list[FakeCapture] = []
    opened('3', made)
    assert (made[0].where[0], made[0].calls) == (3, [])
    made[0].give(END)


def test_a_format_of_three_letters_is_refused():
    with pytest.raises(ConfigurationError, match="pixel_format: 'MJP' is not four letters"):
        opened('0', [], pixel_format='MJP')


@pytest.mark.parametrize('scheme', ['rtsp', 'http'])
def test_a_camera_on_the_network_that_is_lost_is_an_error(scheme: str):
    made: list[FakeCapture] = []
    source = opened(f'{scheme}://cam/live', made)
    made[0].give(10, END)
    with pytest.raises(SourceError, match='://cam/live: stopped giving frames'):
        list(source)


def test_a_film_on_the_network_may_end_and_hides_its_password():
    made: list[FakeCapture] = []
    source = opened('http://me:secret@cam/live', made, {'frames': 100})
    assert made[0].where[0] == 'http://me:secret@cam/live'
    assert source.name == 'http://cam/live'
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


def test_a_device_that_exists_but_does_not_open(tmp_path):
    name = '/dev/null'
    with pytest.raises(SourceError, match='/dev/null: cannot be opened; it is in use'):
        opened(name, [], driver={'opens': False})


class Changes(list):
    """What a source says of itself."""

    def __call__(self, problem: str) -> None:
        self.append(problem)


MODE = '0 x 0, 25 Hz'


@pytest.fixture
def quick(monkeypatch):
    """Let attempts follow each other at once."""
    monkeypatch.setattr(live, 'FIRST_DELAY', 0.001)
    monkeypatch.setattr(live, 'LONGEST_DELAY', 0.01)
    monkeypatch.setattr(grabber, 'CLOSING_TIME', 0.01)
    monkeypatch.setattr(grabber, 'FAILING_TIME', 0.01)


@pytest.mark.parametrize('away', [0, 1, 5])
def test_a_lost_camera_comes_back(quick, caplog, away: int):
    before, after, changes = FakeCapture(), FakeCapture(), Changes()
    with source_of(before, *[None] * away, after, on_change=changes) as source:
        before.give(10)
        assert source.read().index == 0
        before.give(END)
        threading.Timer(0.05, after.give, [20]).start()
        frame = source.read()
        assert (frame.image[0, 0, 0], frame.index) == (20, 1)
        after.give(30)
        assert source.read().index == 2
        after.give(END)
    lost = 'camera: stopped giving frames; check that it is plugged in'
    assert changes == ['', lost, *['no camera'] * away, '']
    said = [record.getMessage() for record in caplog.records]
    assert said[0] == f'{lost}; waiting until it is there'
    assert said[1].startswith('camera: back after 0.')
    assert said[1].endswith(f' s: {MODE}')
    assert len(said) == 2
    assert before.released.is_set()


def test_a_read_that_does_not_return_is_given_up(quick):
    """The stuck driver keeps its thread; another capture takes over."""
    stuck, after, changes = FakeCapture(), FakeCapture(), Changes()
    threading.Timer(0.05, after.give, [20]).start()
    with source_of(stuck, after, on_change=changes, patience=0.2) as source:
        assert source.read().image[0, 0, 0] == 20
        assert changes[0] == 'camera: no frame for 0.2 s; check that it is running'
        assert not stuck.released.is_set()
        after.give(END)
        stuck.give(END)
        assert stuck.released.wait(5)


def test_grabs_that_never_return_are_bounded(quick):
    stuck = [FakeCapture() for _ in range(9)]
    changes = Changes()
    source = source_of(*stuck, on_change=changes, patience=0.01)
    threading.Timer(0.5, source.close).start()
    assert source.read() is None
    assert set(changes[:live.MOST_STUCK]) == {
        'camera: no frame for 0.01 s; check that it is running'
    }
    assert set(changes[live.MOST_STUCK:]) == {
        'camera: its driver does not return; plug it in again or restart the program'
    }
    for capture in stuck[:live.MOST_STUCK]:
        capture.give(END)


def test_attempts_to_open_become_rarer_down_to_a_bound_and_begin_anew(monkeypatch):
    captures, waits = [FakeCapture(), FakeCapture()], []
    for capture in captures:
        capture._coming.put(10)
    cameras = [*[None] * 6, captures[0], None, captures[1]]
    with source_of(*cameras, on_change=Changes(), waits=True) as source:
        monkeypatch.setattr(source._closed, 'wait', waits.append)
        assert source.read().index == 0
        captures[0]._coming.put(END)
        assert source.read().index == 1
        captures[1]._coming.put(END)
    assert waits == [0.25, 0.5, 1.0, 2.0, 2.0, 0.25, 0.5]


def test_a_camera_that_is_absent_at_first_is_an_error_or_waited_for(quick, caplog):
    with pytest.raises(SourceError, match='no camera'):
        source_of(None, on_change=Changes())
    capture, changes = FakeCapture(), Changes()
    with source_of(None, capture, on_change=changes, waits=True) as source:
        threading.Timer(0.05, capture.give, [20]).start()
        assert source.read().index == 0
        capture.give(END)
    assert changes == ['no camera', '']
    assert [record.getMessage().split(' after')[0] for record in caplog.records] == [
        'no camera; waiting until it is there', 'camera: there',
    ]


def test_close_ends_the_wait_for_a_camera():
    source = source_of(*[None] * 9, on_change=Changes(), waits=True)
    threading.Timer(0.05, source.close).start()
    before = time.monotonic()
    assert source.read() is None
    assert time.monotonic() - before < live.FIRST_DELAY + 1


def test_a_camera_that_opens_while_the_source_is_closed_is_released():
    capture = FakeCapture()
    source = source_of(None, capture, on_change=Changes(), waits=True)
    capture.isOpened = lambda: True
    capture.get = lambda key: source.close() or 0.0  # as if from another thread
    for shade in (10, END):
        capture._coming.put(shade)
    assert source.read() is None
    assert capture.released.wait(5)


def test_limits_count_on_over_a_loss(quick):
    before, after = FakeCapture(), FakeCapture()
    with source_of(before, after, on_change=Changes(), max_frames=2) as source:
        before.give(10)
        source.read()
        before.give(END)
        threading.Timer(0.05, after.give, [20]).start()
        assert source.read().index == 1
        after.give(END)
        assert source.read() is None


@pytest.fixture
def cables(tmp_path, monkeypatch):
    """Let links to the devices of a folder stand in for udev's."""
    for folder in ('by-id', 'by-path'):
        (tmp_path / folder).mkdir()
    monkeypatch.setattr(devices, 'STABLE', (f'{tmp_path}/by-id/*', f'{tmp_path}/by-path/*'))
    (tmp_path / 'video7').touch()
    return tmp_path


def test_a_camera_comes_back_under_another_number(cables, monkeypatch):
    video = str(cables / 'video7')
    assert devices.stable_names(video) == [video]
    links = [cables / 'by-id' / 'usb-cam', cables / 'by-path' / 'pci-0']
    for link in links:
        link.symlink_to(video)
    (cables / 'by-id' / 'another').symlink_to(cables)
    assert devices.stable_names(video) == list(map(str, links))
    assert devices.stable_names(str(links[1])) == [str(links[1])]


def test_a_lost_device_is_opened_by_its_stable_names_one_after_the_other(monkeypatch):
    monkeypatch.setattr(devices, 'stable_names', lambda path: ['/dev/by-id', '/dev/by-path'])
    made: list[FakeCapture] = []

    def factory(*where: object) -> FakeCapture:
        made.append(FakeCapture(*where, opens=where[0] != '/dev/by-id'))
        return made[-1]
    device = devices.Device(SourceConfig(source='2'), factory)
    device.open()
    device.open()
    assert [capture.where[0] for capture in made] == [2, '/dev/by-id', '/dev/by-path']
    assert device.name == '/dev/video2'


def test_what_a_driver_refuses_is_said_once_however_often_it_is_opened(caplog):
    device = devices.Device(
        SourceConfig(source='/dev/cam', width=640), lambda *where: FakeCapture(refuses=True)
    )
    for _ in range(3):
        device.open()
    assert len(caplog.records) == 1


@pytest.mark.skipif(not sys.platform.startswith('linux'), reason='V4L2 is Linux')
@pytest.mark.parametrize(('users', 'seconds'), [('', '2'), ('7', '7')])
def test_the_stalls_of_v4l2_are_cut_short_unless_the_user_says_how(monkeypatch, users, seconds):
    monkeypatch.setenv(devices.STALL_VARIABLE, users)
    if not users:
        monkeypatch.delenv(devices.STALL_VARIABLE)
    device = devices.Device(SourceConfig(source='/dev/cam', frame_timeout=2.9), FakeCapture)
    device.open()
    assert os.environ[devices.STALL_VARIABLE] == seconds


def test_an_exposure_is_set_by_hand():
    made: list[FakeCapture] = []
    opened('/dev/cam', made, exposure=2.5)
    assert made[0].properties[cv2.CAP_PROP_AUTO_EXPOSURE] == 1
    assert made[0].properties[cv2.CAP_PROP_EXPOSURE] == 25
    assert made[0].calls == [cv2.CAP_PROP_AUTO_EXPOSURE, cv2.CAP_PROP_EXPOSURE]
    made[0].give(END)


def test_an_absent_camera_is_told_with_those_that_are_there(tmp_path, monkeypatch):
    (tmp_path / 'video2').mkdir()
    (tmp_path / 'video2' / 'name').write_text('HD Webcam\n')
    monkeypatch.setattr(devices, 'NAMES', tmp_path)
    monkeypatch.setattr(devices.glob, 'glob', lambda pattern: ['/dev/video4', '/dev/video2'])
    with pytest.raises(SourceError) as error:
        opened('99', [], driver={'opens': False})
    assert str(error.value) == (
        'no camera /dev/video99; present: /dev/video2 (HD Webcam), /dev/video4'
    )
