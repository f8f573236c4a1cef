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

import threading
import time

import cv2
from fake_camera_driver import Changes, END, FAILS, FakeCapture, source_of
import numpy as np
import pytest

from yolo_deepsort_ros.errors import SourceError
from yolo_deepsort_ros.images.compressed_image import encoded
from yolo_deepsort_ros.sources import grabber

JPEG = encoded(np.full((4, 6, 3), 200, np.uint8), 90)


@pytest.fixture
def capture():
    made = FakeCapture()
    yield made
    made._coming.put(END)  # lets a thread that still waits go


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


def test_damaged_frames_without_a_rest_do_not_spin(capture: FakeCapture):
    with source_of(capture):
        start = time.monotonic()
        capture.give(*[b''] * 50)
        assert time.monotonic() - start >= 49 * grabber.PAUSE
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
        with pytest.raises(SourceError, match=r'camera: no frame for 0\.01 s'):
            source.read()  # one without a bound would hang
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
    source = source_of(capture, patience=600.0)
    threading.Timer(0.05, source.close).start()
    before = time.monotonic()
    assert source.read() is None
    assert time.monotonic() - before < 100  # not the whole patience
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
