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
import struct
import sys

import cv2
from fake_camera_driver import END, FakeCapture, opened
import pytest

from yolo_deepsort_ros.config.source_config import SourceConfig
from yolo_deepsort_ros.errors import ConfigurationError, SourceError
from yolo_deepsort_ros.images import opencv_log
from yolo_deepsort_ros.images.fourcc import fourcc, fourcc_letters
from yolo_deepsort_ros.images.opencv_log import quiet_opencv
from yolo_deepsort_ros.sources import devices, v4l2
from yolo_deepsort_ros.sources.live import LiveSource


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


def test_a_control_that_a_camera_lacks_has_no_value(caplog):
    capture = FakeCapture(refuses=True)
    capture.properties[cv2.CAP_PROP_EXPOSURE] = -1.0
    devices.Device(SourceConfig(source='/dev/cam', exposure=5.0), lambda *where: capture).open()
    said = [record.getMessage() for record in caplog.records]
    assert said == ['/dev/cam: the driver gives no exposure instead of 5 ms']


@pytest.mark.parametrize(('asked', 'own', 'kept'), [
    ({}, ('YUYV', 15.0), ['YUYV', 640, 360, 15]),
    ({'rate': 30.0}, ('YUYV', 0.0), ['YUYV', 640, 360, 30]),
    ({'width': 320}, ('YUYV', 15.0), ['YUYV', 320, 360, None]),
    ({'pixel_format': 'UYVY'}, ('YVYU', 15.0), ['UYVY', 640, 360, None]),
    ({}, ('YVYU', 15.0), [None, 640, 360, 15]),
])
def test_what_nobody_asks_for_stays_as_it_is(monkeypatch, asked, own, kept):
    """Else OpenCV asks for 640 x 480 and the first format that it knows."""
    monkeypatch.setattr(devices, 'present_mode', lambda path: v4l2.Mode(640, 360, *own))
    capture = FakeCapture()
    capture.properties.clear()
    devices.Device(SourceConfig(source='/dev/cam', **asked), lambda *where: capture).open()
    letters = capture.properties.get(cv2.CAP_PROP_FOURCC)
    assert [
        letters and fourcc_letters(letters), capture.properties[cv2.CAP_PROP_FRAME_WIDTH],
        capture.properties[cv2.CAP_PROP_FRAME_HEIGHT], capture.properties.get(cv2.CAP_PROP_FPS),
    ] == kept


@pytest.mark.parametrize('kind', [1, 9])
def test_a_camera_tells_its_mode_and_formats(tmp_path, monkeypatch, kind):
    def ioctl(handle, request, content):
        number = request & 0xFF
        stream = struct.unpack_from('=I', content, 4 if number == 2 else 0)[0]
        index = struct.unpack_from('=I', content)[0]
        if stream != kind or (number == 2 and index > 1):
            raise OSError(22, 'Invalid argument')
        assert request == {4: 0xC0D05604, 2: 0xC0405602, 21: 0xC0CC5615}[number]
        letters = fourcc(('YUYV', 'MJPG')[index] if number == 2 else 'NV12')
        start, values = {4: (8, (640, 360, letters)), 2: (44, (letters,)), 21: (12, (2, 15))}[
            number
        ]
        answer = bytearray(content)
        struct.pack_into(f'={len(values)}I', answer, start, *values)
        return bytes(answer)

    monkeypatch.setattr(v4l2.fcntl, 'ioctl', ioctl)
    assert v4l2.present_mode(str(tmp_path)) == (640, 360, 'NV12', 7.5)
    assert v4l2.pixel_formats(str(tmp_path)) == ['YUYV', 'MJPG']


def test_a_file_that_is_no_camera_tells_no_mode(tmp_path):
    assert v4l2.present_mode(str(tmp_path)) is None
    assert v4l2.pixel_formats(str(tmp_path)) == []


@pytest.mark.parametrize(('has', 'remedy'), [
    (['YVYU', 'YUYV', 'MJPG'], '/dev/video0 has YUYV, MJPG'), ([], 'take another, as MJPG'),
])
def test_a_format_that_opencv_does_not_convert_is_refused(monkeypatch, has, remedy):
    monkeypatch.setattr(devices, 'pixel_formats', lambda path: has)
    with pytest.raises(ConfigurationError) as raised:
        opened('0', [], pixel_format='YVYU')
    assert str(raised.value) == f'pixel_format: OpenCV makes no pictures of YVYU; {remedy}'


@pytest.mark.parametrize(('age', 'stamp'), [(0.08, 0.92), (0.0, 1.0), (-0.03, 1.0), (50.0, 1.0)])
def test_a_frame_is_stamped_when_the_driver_had_it(monkeypatch, age, stamp):
    """Those that wait while another is decoded would be late; a driver's clock may differ."""
    monkeypatch.setattr(devices.time, 'monotonic', lambda: 1000.0)
    capture = FakeCapture()
    capture.properties[cv2.CAP_PROP_POS_MSEC] = 1000 * (1000.0 - age)
    device = devices.Device(SourceConfig(source='/dev/cam'), lambda *where: capture)
    with LiveSource(device, clock=lambda: 1.0, patience=5.0) as source:
        capture.give(1)
        assert source.read().stamp == pytest.approx(stamp)
        capture.give(END)


def test_opencv_says_nothing_of_a_camera_unless_the_user_wants_it(monkeypatch):
    levels: list[int] = []
    monkeypatch.setattr(opencv_log, '_set_level', levels.append)
    monkeypatch.setenv(opencv_log.LOG_VARIABLE, 'WARNING')
    opencv_log.silence_opencv()
    assert levels == []
    monkeypatch.delenv(opencv_log.LOG_VARIABLE)
    devices.Device(SourceConfig(source='/dev/cam'), FakeCapture).open()
    assert levels[0] == 0


def test_a_format_of_three_letters_is_refused():
    with pytest.raises(ConfigurationError, match="pixel_format: 'MJP' is not four letters"):
        opened('0', [], pixel_format='MJP')


def test_a_device_that_exists_but_does_not_open(monkeypatch):
    name = '/dev/null'
    with pytest.raises(SourceError, match=r'/dev/null: no camera, it gives no pictures; present:'):
        opened(name, [], driver={'opens': False})
    monkeypatch.setattr(devices, 'is_camera', lambda path: None)
    with pytest.raises(SourceError, match='/dev/null: cannot be opened; it is in use by another'):
        opened(name, [], driver={'opens': False})
    monkeypatch.setattr(devices, 'pixel_formats', lambda path: ['Z16 ', 'YVYU'])
    with pytest.raises(SourceError, match=r'OpenCV makes no pictures of its .*: Z16 , YVYU$'):
        opened(name, [], driver={'opens': False})


def test_only_devices_that_capture_are_listed(tmp_path, monkeypatch):
    """A USB camera has one more that gives numbers; a virtual one takes pictures."""
    own, driver = v4l2.HAS_OWN, 0x84200003
    answers = {
        'video0': (driver, 0x04200001), 'video1': (driver, 0x04A00000), 'video2': (0x3, 0),
        'video3': (driver, 0x2), 'video4': (own | 0x3000, 0x1000), 'video5': 25, 'video6': 19,
    }  # no answer is an error's number: 25 of a file that is no device, 19 of one that goes
    for name in answers:
        (tmp_path / name).touch()

    def ioctl(handle, request, content):
        answer = answers[os.path.basename(os.readlink(f'/proc/self/fd/{handle}'))]
        if isinstance(answer, int):
            raise OSError(answer, '')
        assert (request, len(content)) == (0x80685600, 104)
        return v4l2.CAPABILITIES.pack(*answer)

    monkeypatch.setattr(v4l2.fcntl, 'ioctl', ioctl)
    monkeypatch.setattr(devices, 'DEVICES', f'{tmp_path}/video*')
    with pytest.raises(SourceError) as raised:
        opened('/dev/none', [], driver={'opens': False})
    listed = str(raised.value).partition('present: ')[2].split(', ')
    assert [os.path.basename(path) for path in listed] == ['video0', 'video2', 'video4', 'video6']


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


def test_a_camera_is_called_by_the_number_that_it_has(cables):
    """Unless the user calls it by a link; away, it is the link that is missing."""
    link = cables / 'by-path' / 'pci-0'
    link.symlink_to(cables / 'video7')
    plugged = devices.Device(SourceConfig(source=str(cables / 'video7')), FakeCapture)
    plugged.open()
    named = devices.Device(SourceConfig(source=str(link)), FakeCapture)
    named.open()
    link.unlink()
    link.symlink_to(cables / 'video8')
    plugged._factory = lambda *where: FakeCapture(*where, opens=False)
    with pytest.raises(SourceError, match=f'no camera {link}; present:'):
        plugged.open()
    (cables / 'video8').touch()
    plugged._factory = FakeCapture
    for camera, name in ((plugged, cables / 'video8'), (named, link)):
        assert camera.open().where[0] == str(link)
        assert camera.name == str(name)


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
