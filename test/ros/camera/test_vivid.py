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

"""The camera node and the kernel's V4L2 test driver."""

from __future__ import annotations

import os
from threading import Timer
import time

import cv2
import numpy as np
import pytest
from real_cameras import STABLE_NAME

from yolo_deepsort_ros.config.source_config import SourceConfig
from yolo_deepsort_ros.errors import ConfigurationError, SourceError
from yolo_deepsort_ros.sources.devices import CONVERTIBLE
from yolo_deepsort_ros.sources.opening import open_source

VIDEO0 = '/dev/video0'
#: Of the eight bars of the driver's picture, in BGR.
BARS = [(191, 191, 191), (0, 191, 191), (191, 191, 0), (0, 191, 0), (191, 0, 191), (0, 0, 191),
        (191, 0, 0), (0, 0, 0)]
GREYS = ('GREY', 'Y10 ', 'Y12 ', 'Y16 ')


def opened(capture=None, **values):
    config = SourceConfig(**{'source': '0', **values})
    return open_source(config, paced=True, clock=time.monotonic, capture=capture)


class Followed:
    """A camera read in this process, which is opened again when it is lost."""

    def __init__(self, **values):
        self.changes = []
        config = SourceConfig(**{'source': '0', 'frame_timeout': 1.0, **values})
        self._source = open_source(config, paced=True, on_change=self.changes.append, waits=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._source.close()

    def read(self, count=1):
        for _ in range(count):
            assert self._source.read().image.shape == (180, 320, 3)


@pytest.mark.parametrize('source', ['0', VIDEO0, STABLE_NAME])
def test_a_camera_left_alone_stays_as_it_is(vivid, source, caplog):
    vivid()
    with opened(source=source) as it:
        assert it.read().image.shape == (180, 320, 3)
        assert it.name == (STABLE_NAME if source == STABLE_NAME else VIDEO0)
        assert it.mode == '320 x 180, YUYV, 10 Hz'
    assert caplog.text == ''


@pytest.mark.parametrize('letters', sorted(CONVERTIBLE - {'MJPG', 'JPEG'}))
def test_each_format_has_its_colours(vivid, letters):
    """The driver has all that OpenCV converts, but JPEG."""
    device = vivid()
    device.control('osd_text_mode', 2)
    with opened(pixel_format=letters) as source:
        bars = source.read().image[90, 20::40].astype(int)
    assert device.format == letters
    if letters in GREYS:
        assert (np.ptp(bars, axis=1) == 0).all()
        assert (np.diff(bars[:, 0]) < 0).all()
    else:
        assert np.abs(bars - BARS).max() <= 4


@pytest.mark.parametrize('letters', ['YVYU', 'VYUY', '422P', 'RGBP', 'NV24'])
def test_a_format_that_opencv_does_not_convert_is_named(vivid, letters):
    device = vivid()
    line = f'pixel_format: OpenCV makes no pictures of {letters}; {VIDEO0} has YUYV, UYVY, YU12'
    with pytest.raises(ConfigurationError, match=line):
        opened(pixel_format=letters)
    device.stand_at(letters)
    with opened() as source:  # in another format
        assert source.read().image.shape == (180, 320, 3)


def test_what_the_driver_refuses_is_told(vivid, caplog):
    vivid()
    with opened(pixel_format='MJPG', width=800, height=600, rate=23.0, exposure=5.0) as source:
        source.read()
    (record,) = caplog.records
    said = record.getMessage()
    assert said.startswith(f'{VIDEO0}: the driver gives pixel_format ')
    assert ' instead of MJPG, width 640 instead of 800, height 480 instead of 600, ' in said
    assert said.split(', rate ')[1].endswith(' instead of 23, no exposure instead of 5 ms')


@pytest.mark.parametrize(('width', 'height', 'rate'), [
    (320, 180, 30.0), (640, 480, 15.0), (1280, 720, 5.0), (1920, 1080, 2.0),
])
def test_sizes_and_rates_are_asked_for(vivid, caplog, width, height, rate):
    vivid()
    with opened(width=width, height=height, rate=rate) as source:
        assert source.read().image.shape == (height, width, 3)
        assert source.mode == f'{width} x {height}, YUYV, {rate:g} Hz'
    assert caplog.text == ''


def test_a_stall_is_noticed_and_ends(vivid):
    device = vivid()
    with Followed() as followed:
        followed.read()
        device.control('percentage_of_dropped_buffers', 100)
        Timer(5.0, device.control, ['percentage_of_dropped_buffers', 0]).start()
        followed.read(20)
        assert len(followed.changes) >= 3
        assert followed.changes[1].startswith(f'{VIDEO0}: ')


def test_dropped_buffers_are_no_loss(vivid):
    device = vivid()
    with Followed(frame_timeout=5.0) as followed:
        device.control('percentage_of_dropped_buffers', 50)
        followed.read(20)
        assert followed.changes == ['']


@pytest.mark.parametrize('error', [
    'inject_v4l2_buf_flag_error', 'inject_vidioc_qbuf_error', 'inject_fatal_streaming_error',
    'disconnect',
])
def test_an_error_of_the_driver_at_work_is_survived(vivid, error):
    device = vivid()
    with Followed() as followed:
        followed.read(2)
        device.control(error)
        followed.read(20)


@pytest.mark.parametrize('error', ['inject_vidioc_reqbufs_error', 'inject_vidioc_streamon_error'])
def test_an_error_of_the_driver_at_the_start_is_survived(vivid, error):
    device = vivid()
    device.control(error)
    with Followed() as followed:
        followed.read(3)


def test_a_camera_without_permission_is_named(vivid):
    vivid()
    os.setresuid(65534, 65534, 0)
    try:
        with pytest.raises(SourceError, match=f'{VIDEO0}: no permission; add yourself to its'):
            opened()
    finally:
        os.setresuid(0, 0, 0)


def test_what_takes_pictures_is_no_camera(vivid):
    vivid(node_types='0x101')
    with pytest.raises(SourceError) as raised:
        opened(source='/dev/video1')
    assert str(raised.value).startswith(
        f'/dev/video1: no camera, it gives no pictures; present: {VIDEO0} (viv'
    )
    assert '/dev/video1 (' not in str(raised.value)


def test_two_cameras_work_at_once(vivid):
    device = vivid(n_devs=2, node_types='0x1,0x1')
    device.control('test_pattern', 7)  # red
    device.stand_at(device='/dev/video1')
    device.control('test_pattern', 9, '/dev/video1')  # blue
    with opened(source='0') as first, opened(source='1') as second:
        for _ in range(5):
            red, blue = (source.read().image[150, 300] for source in (first, second))
            assert red[2] > 200 > red[0]
            assert blue[0] > 200 > blue[2]


class SlowCapture:
    """Decodes for longer than a frame period; no subclass, as Python cannot clean those up."""

    def __init__(self, *where):
        self._capture = cv2.VideoCapture(*where)

    def __getattr__(self, name):
        return getattr(self._capture, name)

    def retrieve(self):
        time.sleep(0.25)
        return self._capture.retrieve()


def test_frames_have_the_time_of_the_driver(vivid):
    """Those that wait while another is decoded would be late by as much."""
    device = vivid()
    device.control('timestamp_source', 1)  # start of exposure
    with opened(capture=SlowCapture) as source:
        stamps = [source.read().stamp for _ in range(12)]
    periods = np.diff(stamps) / 0.1
    assert np.median(np.abs(periods - periods.round())) < 0.1
