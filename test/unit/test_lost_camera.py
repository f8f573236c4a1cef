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

"""Cameras and streams that are lost and come back."""

from __future__ import annotations

import threading
import time

from fake_camera_driver import Changes, END, FakeCapture, source_of
import pytest

from yolo_deepsort_ros.errors import SourceError
from yolo_deepsort_ros.sources import grabber, live

MODE = '0 x 0, 25 Hz'


@pytest.fixture
def quick(monkeypatch):
    """Let attempts follow each other at once."""
    monkeypatch.setattr(live, 'FIRST_DELAY', 0.001)
    monkeypatch.setattr(live, 'MAX_DELAY', 0.01)
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
    assert set(changes[:live.MAX_STUCK]) == {
        'camera: no frame for 0.01 s; check that it is running'
    }
    assert set(changes[live.MAX_STUCK:]) == {
        'camera: its driver does not return; plug it in again or restart the program'
    }
    for capture in stuck[:live.MAX_STUCK]:
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


def test_close_ends_the_wait_for_a_camera(monkeypatch):
    monkeypatch.setattr(live, 'FIRST_DELAY', 600.0)
    source = source_of(*[None] * 9, on_change=Changes(), waits=True)
    threading.Timer(0.05, source.close).start()
    before = time.monotonic()
    assert source.read() is None
    assert time.monotonic() - before < 100  # not the whole delay


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
