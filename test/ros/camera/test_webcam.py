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

"""The camera node and a USB webcam that the kernel's uvcvideo drives."""

from __future__ import annotations

import os
from threading import Timer
import time

import numpy as np
import pytest
from real_cameras import name_of
from software_webcam import BARS, EXPOSURE_MODE, EXPOSURE_TIME

from yolo_deepsort_ros.config.source_config import SourceConfig
from yolo_deepsort_ros.errors import SourceError
from yolo_deepsort_ros.sources.opening import open_source


def opened(name, on_change=None, **values):
    config = SourceConfig(source=name, **values)
    return open_source(config, paced=True, clock=time.monotonic, on_change=on_change)


def assert_bars(picture):
    height, width = picture.shape[:2]
    middle = picture[height // 2, width // 16::width // 8].astype(int)
    assert np.abs(middle - BARS).max() <= 6


@pytest.mark.parametrize(('letters', 'width', 'height', 'rate'), [
    ('YUYV', 320, 240, 10.0), ('YUYV', 640, 480, 5.0), ('MJPG', 320, 240, 5.0),
    ('MJPG', 640, 480, 10.0),
])
def test_formats_sizes_and_rates(webcam, caplog, letters, width, height, rate):
    values = {'pixel_format': letters, 'width': width, 'height': height, 'rate': rate}
    with opened(name_of(webcam), **values) as source:
        picture = source.read().image
        assert picture.shape == (height, width, 3)
        assert_bars(picture)
        assert source.mode == f'{width} x {height}, {letters}, {rate:g} Hz'
    assert caplog.text == ''


def test_a_webcam_is_one_camera(webcam):
    """Its second device gives numbers about the pictures."""
    path = os.path.realpath(name_of(webcam))
    with pytest.raises(SourceError, match=f'present: {path} [(]Software Cam[^,]*$'):
        opened('/dev/video9')
    with pytest.raises(SourceError, match='no camera, it gives no pictures'):
        opened(name_of(webcam).replace('index0', 'index1'))


def test_the_exposure_is_set(webcam, caplog):
    opened(name_of(webcam), exposure=5.0).close()
    assert webcam.controls == {EXPOSURE_MODE: 1, EXPOSURE_TIME: 50}
    assert caplog.text == ''
    opened(name_of(webcam), exposure=1000.0).close()
    assert 'the driver gives exposure 204.7 ms instead of 1000 ms' in caplog.text


def test_a_stall_is_noticed_and_ends(webcam):
    changes = []
    with opened(name_of(webcam), changes.append, frame_timeout=1.0) as source:
        source.read()
        webcam.is_stalled = True
        Timer(5.0, setattr, [webcam, 'is_stalled', False]).start()
        for _ in range(20):
            source.read()
    assert changes[1].startswith(f'{name_of(webcam)}: ')
    assert changes[-1] == ''


@pytest.mark.parametrize(('letters', 'damage'), [
    ('YUYV', 'flagged'), ('YUYV', 'cut'), ('MJPG', 'flagged'), ('MJPG', 'cut'),
])
def test_damaged_frames_are_left_out(webcam, letters, damage):
    """Every second one is; what is delivered is whole."""
    webcam.damage = damage
    changes = []
    with opened(name_of(webcam), changes.append, pixel_format=letters) as source:
        for _ in range(6):
            assert_bars(source.read().image)
    assert changes == ['']
