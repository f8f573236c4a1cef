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

"""Video files: the times of their frames, and the rates that containers claim."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import cv2
from hypothesis import given
from hypothesis import strategies as st
import numpy as np
import pytest

from yolo_deepsort_ros.config.source_config import SourceConfig
from yolo_deepsort_ros.errors import SourceError
from yolo_deepsort_ros.sources.frame_times import FrameTimes
from yolo_deepsort_ros.sources.opening import open_source
from yolo_deepsort_ros.visualization.video import VideoWriter

#: Ten frames a second, with a pause of three seconds.
PAUSED = [*(100.0 * i for i in range(20)), *(4900.0 + 100.0 * i for i in range(20))]


def picture(shade: int) -> np.ndarray:
    return np.full((48, 64, 3), shade, np.uint8)


@pytest.fixture
def video(tmp_path: Path) -> Path:
    """Forty frames at 10 Hz."""
    path = tmp_path / 'forty.mp4'
    with VideoWriter(path, 10.0) as writer:
        for number in range(40):
            writer.write(picture(5 * number))
    return path


class TimedCapture:
    """A capture of a real file that tells times of the test's own."""

    def __init__(self, *where: object, times: list[float], rate: float) -> None:
        self._reader = cv2.VideoCapture(*where)
        self._times, self._rate = times, rate
        self._count = 0

    def __getattr__(self, name: str) -> object:
        return getattr(self._reader, name)

    def grab(self) -> bool:
        self._count += 1
        return self._reader.grab()

    def get(self, key: int) -> float:
        if key == cv2.CAP_PROP_POS_MSEC:
            return self._times[self._count - 1]
        return self._rate if key == cv2.CAP_PROP_FPS else self._reader.get(key)


def opened(video: Path, times: list[float], rate: float, **values: object):
    def factory(*where: object) -> TimedCapture:
        return TimedCapture(*where, times=times, rate=rate)

    return open_source(SourceConfig(source=str(video), **values), paced=False, capture=factory)


def test_a_varying_rate_is_followed_and_said_once(video: Path, caplog):
    with opened(video, PAUSED, rate=8.1) as source:
        assert source.rate == pytest.approx(10.0)
        stamps = [frame.stamp for frame in source]
    assert np.allclose(stamps, np.array(PAUSED) / 1000, rtol=0, atol=1e-9)
    assert caplog.text.count('its frame rate varies; frames are timed as the file tells') == 1


def test_a_varying_rate_goes_on_in_the_next_round_and_ends_by_time(video: Path):
    with opened(video, PAUSED, rate=8.1, loop=True, max_frames=60) as source:
        stamps = [frame.stamp for frame in source]
    assert np.allclose(stamps[40:], np.array(PAUSED[:20]) / 1000 + 6.9, rtol=0, atol=1e-9)
    with opened(video, PAUSED, rate=8.1, duration=5.0) as source:
        assert len(list(source)) == 21


def test_the_rate_asked_for_is_constant(video: Path, caplog):
    def factory(*where: object) -> TimedCapture:
        return TimedCapture(*where, times=PAUSED, rate=8.1)

    config = SourceConfig(source=str(video), rate=4.0)
    with open_source(config, paced=False, capture=factory) as source:
        assert [frame.stamp for frame in source][:3] == [0.0, 0.25, 0.5]
    assert caplog.text == ''


def test_rounded_times_of_a_constant_rate_are_even(video: Path, caplog):
    times = [float(round(1000 * i / 29.97)) for i in range(40)]
    with opened(video, times, rate=29.97) as source:
        assert [frame.stamp for frame in source] == [i / 29.97 for i in range(40)]
    assert caplog.text == ''


@pytest.mark.parametrize(('claimed', 'step', 'taken'), [
    (180000.0, 1000 / 180000, 30), (0.0, 0.0, 30), (180000.0, 40.0, 25), (1000.0, 40.0, 25),
])
def test_an_absurd_rate_is_named_with_the_one_taken(video: Path, claimed, step, taken, caplog):
    with opened(video, [i * step for i in range(40)], rate=claimed) as source:
        assert source.rate == pytest.approx(taken)
        stamps = [frame.stamp for frame in source]
    assert np.allclose(np.diff(stamps), 1 / taken)
    words = f'claims {claimed:g} frames a second; taking {taken} Hz: the parameter rate says'
    assert (words in caplog.text) == (claimed != 1000)


def test_a_raw_stream_tells_no_times(tmp_path: Path, caplog):
    path = tmp_path / 'pi.mjpeg'
    path.write_bytes(b''.join(cv2.imencode('.jpg', picture(i))[1].tobytes() for i in range(30)))
    config = SourceConfig(source=str(path))
    with open_source(config, paced=False) as source:
        taken = source.rate
        assert taken in (25.0, 30.0)  # FFmpeg's own guess, or ours where that is absurd
        assert len(list(source)) == 30
    line = f'a raw stream, which tells no times; taking {taken:g} Hz: the parameter rate'
    assert line in caplog.text
    caplog.clear()
    with open_source(SourceConfig(source=str(path), rate=90.0), paced=False) as source:
        assert source.rate == 90.0
    assert caplog.text == ''


def test_a_colon_in_a_name_is_no_protocol(video: Path, tmp_path: Path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    video.rename(tmp_path / '12:30:00.mp4')
    with open_source(SourceConfig(source='12:30:00.mp4'), paced=False) as source:
        assert source.name == '12:30:00.mp4'
        assert len(list(source)) == 40
    with VideoWriter('12:30:01.mp4', 10.0) as writer:
        writer.write(picture(3))
    assert (tmp_path / '12:30:01.mp4').stat().st_size > 0


@pytest.mark.parametrize(('name', 'content', 'words'), [
    ('old.bag', b'#ROSBAG V2.0\n', 'a bag of ROS 1; convert it and give the folder: rosbags-conv'),
    ('metadata.yaml', b'x: 1', 'describes a bag; give its folder: '),
])
def test_files_of_bags_that_are_none_are_named(tmp_path: Path, name, content, words):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(SourceError) as raised:
        open_source(SourceConfig(source=str(tmp_path / name)), paced=False)
    assert words in str(raised.value)
    assert '\n' not in str(raised.value)


@given(st.lists(st.floats(allow_nan=True, allow_infinity=True), max_size=40), st.floats(1, 100))
def test_whatever_a_container_tells_time_goes_on(told, rate):
    times = FrameTimes('a film', rate)
    given_back = [times.of_next(seconds) for seconds in told]
    assert all(after > before for before, after in pairwise(given_back))
    assert not told or given_back[0] == 0.0
