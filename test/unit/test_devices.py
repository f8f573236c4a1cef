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

"""Cameras of this machine: how they are opened, and by which names."""

from __future__ import annotations

import os
import sys

import cv2
from fake_camera_driver import END, FakeCapture, opened
import pytest

from yolo_deepsort_ros.config.source_config import SourceConfig
from yolo_deepsort_ros.errors import ConfigurationError, SourceError
from yolo_deepsort_ros.images.fourcc import fourcc
from yolo_deepsort_ros.images.opencv_log import quiet_opencv
from yolo_deepsort_ros.sources import devices


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


def test_a_device_that_exists_but_does_not_open(tmp_path):
    name = '/dev/null'
    with pytest.raises(SourceError, match='/dev/null: cannot be opened; it is in use'):
        opened(name, [], driver={'opens': False})


def test_only_devices_that_capture_are_listed(tmp_path, monkeypatch):
    """A USB camera has one more that gives numbers; a virtual one takes pictures."""
    own, driver = devices.HAS_OWN, 0x84200003
    answers = {
        'video0': (driver, 0x04200001), 'video1': (driver, 0x04A00000), 'video2': (0x3, 0),
        'video3': (driver, 0x2), 'video4': (own | 0x3000, 0x1000), 'video5': None,
    }
    for name in answers:
        (tmp_path / name).touch()

    def ioctl(handle, request, content):
        answer = answers[os.path.basename(os.readlink(f'/proc/self/fd/{handle}'))]
        if answer is None:
            raise OSError(25, 'Inappropriate ioctl for device')
        assert (request, len(content)) == (0x80685600, 104)
        return devices.CAPABILITIES.pack(*answer)

    monkeypatch.setattr(devices.fcntl, 'ioctl', ioctl)
    monkeypatch.setattr(devices, 'DEVICES', f'{tmp_path}/video*')
    with pytest.raises(SourceError) as raised:
        opened('/dev/none', [], driver={'opens': False})
    listed = str(raised.value).partition('present: ')[2].split(', ')
    assert [os.path.basename(path) for path in listed] == ['video0', 'video2', 'video4', 'video5']


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
@pytest.mark.parametrize(('users', 'timeout', 'seconds'), [
    ('', 2.9, '2'), ('', 8.0, '8'), ('7', 2.9, '7'),
])
def test_the_stalls_of_v4l2_are_cut_short_unless_the_user_says_how(
    monkeypatch, users, timeout, seconds
):
    """Whatever else OpenCV was used for before."""
    monkeypatch.setenv(devices.STALL_VARIABLE, users)
    if not users:
        monkeypatch.delenv(devices.STALL_VARIABLE)
    with quiet_opencv():
        pass
    device = devices.Device(SourceConfig(source='/dev/cam', frame_timeout=timeout), FakeCapture)
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
