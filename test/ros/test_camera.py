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

"""The camera node: devices and streams that are lost and come back, camera_info, time."""

import os
from pathlib import Path
import re
import sys
from unittest.mock import MagicMock

import cv2
from diagnostic_msgs.msg import DiagnosticStatus
from network_camera import NetworkCamera, SHADE
import numpy as np
import pytest
from rosgraph_msgs.msg import Clock
from sensor_msgs.msg import CameraInfo, Image
from sensor_msgs.srv import SetCameraInfo
from std_msgs.msg import Header
from vision_msgs.msg import Detection2DArray
import yaml

from yolo_deepsort_ros.calibration import Calibration, read_calibration
from yolo_deepsort_ros.detections import Detections
from yolo_deepsort_ros.error_text import public_url
from yolo_deepsort_ros.errors import YoloDeepsortError
from yolo_deepsort_ros.nodes.messages.camera_info import calibration_at, camera_name, CameraInfos
from yolo_deepsort_ros.nodes.messages.conversions import (
    detections_to_message, image_to_array, seconds_to_stamp, stamp_to_seconds,
)
from yolo_deepsort_ros.nodes.stages import capture_stage
from yolo_deepsort_ros.nodes.stages.capture_stage import CaptureStage

FAKE = [sys.executable, str(Path(__file__).with_name('fake_camera.py'))]
SHARED_MEMORY = Path('/dev/shm')  #: a folder below /dev that anybody may write to


@pytest.fixture
def device():
    """Return the path of a fake device that is plugged in."""
    if not SHARED_MEMORY.is_dir():
        pytest.skip(f'no {SHARED_MEMORY}')
    path = SHARED_MEMORY / f'camera-{os.getpid()}'
    path.write_text('runs')
    yield path
    path.unlink(missing_ok=True)


def is_lost(found, values):
    return found.level == DiagnosticStatus.ERROR


def is_well(found, values):
    return found.level == DiagnosticStatus.OK and values['mode'] != ''


def test_a_camera_is_unplugged_and_plugged_in_while_the_ids_live_on(start, peer, status, device):
    camera = start('camera', program=FAKE, source=str(device))
    start('tracker', n_init=1, frame_rate=50.0, max_age=1000, image_wait=0.0)
    peer.listen(Image, 'image_raw', 1)
    peer.listen(Detection2DArray, 'tracks')

    def track_id():
        """Let the tracker follow an object through two images."""
        for _ in range(2):
            peer.forget()
            header = peer.message('image_raw').header
            found = Detections([[10, 10, 20, 30]], [0.9])
            peer.publish('detections', detections_to_message(found, header, ['cat']))
            tracks = peer.message('tracks').detections
        return tracks[0].id

    assert track_id() == '1'
    _, values = status('/test/camera', is_well, 'a camera at work')
    assert values['mode'] == '64 x 48, MJPG, 50 Hz'
    device.unlink()
    found, values = status(
        '/test/camera', lambda *s: is_lost(*s) and 'no camera' in s[0].message, 'the loss'
    )
    assert found.message.startswith(f'no camera {device}; present: ')
    assert (values['state'], values['lost']) == ('active', '1')
    peer.spin(0.1)
    peer.forget()
    peer.spin(0.3)
    assert peer.received['image_raw'] == []
    device.write_text('runs')
    assert track_id() == '1'
    found, values = status('/test/camera', is_well, 'the recovery')
    assert values['last error'].startswith(f'no camera {device}')
    lost = f'{device}: stopped giving frames; check that it is plugged in; waiting until'
    assert camera.text.count('[WARN]') == 2
    assert camera.text.count(lost) == 1
    assert camera.text.count(f'{device}: back after ') == 1


def test_a_read_that_does_not_return_is_cut_short(start, peer, status, device):
    camera = start('camera', program=FAKE, source=str(device), frame_timeout=0.3)
    peer.listen(Image, 'image_raw', 1)
    peer.message('image_raw')
    device.write_text('stalls')
    found, _ = status('/test/camera', is_lost, 'the stall')
    assert 'no frame for 0.3 s' in found.message
    device.write_text('runs')
    status('/test/camera', is_well, 'the recovery')
    peer.forget()
    peer.message('image_raw', 3)
    assert f'{device}: back after ' in camera.text


def test_an_absent_camera_is_an_error_unless_it_is_waited_for(start, peer, status, device):
    device.unlink()
    camera = start('camera', program=FAKE, source=str(device))
    assert camera.wait() == 2
    assert f'no camera {device}; present: ' in camera.text
    assert camera.text.count('\n') == 1
    camera = start('camera', program=FAKE, source=str(device), wait_for_source=True)
    peer.listen(Image, 'image_raw', 1)
    found, _ = status('/test/camera', is_lost, 'the absence')
    assert f'no camera {device}; present: ' in found.message
    device.write_text('runs')
    peer.message('image_raw')
    status('/test/camera', is_well, 'the camera')
    assert f'{device}: there after ' in camera.text


def test_a_stream_comes_back(start, peer, status):
    peer.listen(Image, 'image_raw', 1)
    with NetworkCamera() as server:
        port = server.server_port
        source = server.url.replace('//', '//me:secret@')
        camera = start('camera', source=source, frame_timeout=1.0)
        assert (image_to_array(peer.message('image_raw')) == 90).all()
    status('/test/camera', is_lost, 'the loss')
    peer.forget()
    with NetworkCamera(port):
        peer.message('image_raw')
        status('/test/camera', is_well, 'the recovery')
        assert camera.end() == 0
    assert f'{public_url(server.url)}: back after ' in camera.text
    assert 'secret' not in camera.text


@pytest.mark.parametrize('damage', ['half', 'noise'])
def test_damaged_frames_of_a_stream_are_left_out_and_counted(start, peer, status, damage):
    peer.listen(Image, 'image_raw', 1)
    with NetworkCamera(damage=damage) as server:
        camera = start('camera', source=server.url)
        peer.message('image_raw', 20)
        pictures = map(image_to_array, peer.received['image_raw'])
        assert all((picture == SHADE).all() for picture in pictures)
        found, values = status(
            '/test/camera', lambda found, _: found.level == DiagnosticStatus.WARN, 'the damage'
        )
        assert camera.end() == 0
    assert re.match(r'\d+ damaged frames refused within', found.message)
    assert int(values['damaged frames refused']) >= 10
    line = f'{public_url(server.url)}: a damaged frame is left out: it is no whole JPEG'
    assert values['last error'] == line
    assert camera.text.count(line) == 1
    assert values['lost'] == '0'
    assert len(server.connections) == 1


CALIBRATION = {
    'image_width': 640, 'image_height': 480, 'camera_name': 'front',
    'camera_matrix': {'rows': 3, 'cols': 3, 'data': [600, 0, 320.5, 0, 610, 240.5, 0, 0, 1]},
    'distortion_model': 'plumb_bob',
    'distortion_coefficients': {'rows': 1, 'cols': 5, 'data': [0.1, -0.2, 0.001, 0.002, 0]},
}


@pytest.fixture
def calibration(tmp_path):
    file = tmp_path / 'front.yaml'
    file.write_text(yaml.safe_dump(CALIBRATION))
    return str(file)


@pytest.mark.parametrize(('size', 'fx', 'line'), [
    ((640, 480), 600.0, ''),
    ((320, 240), 300.0, 'is for 640 x 480, the pictures are 320 x 240: scaled to them'),
    ((640, 400), 0.0, 'another shape, so camera_info is not calibrated; calibrate at this size'),
])
def test_camera_info_of_a_calibration(calibration, caplog, size, fx, line):
    infos = CameraInfos(calibration_at(calibration), calibration)
    info = [infos.message(Header(frame_id='lens'), *size) for _ in range(3)][-1]
    assert (info.width, info.height, info.header.frame_id) == (*size, 'lens')
    assert info.k[0] == info.p[0] == fx
    assert info.distortion_model == ('plumb_bob' if fx else '')
    assert list(info.d) == ([0.1, -0.2, 0.001, 0.002, 0.0] if fx else [])
    assert len(caplog.records) == bool(line)
    assert line in caplog.text


@pytest.mark.parametrize(('url', 'reason'), [
    ('http://host/x.yaml', 'is none of PATH, file://PATH, package://PACKAGE/PATH'),
    ('package://yolo_deepsort_ros', 'is none of PATH, file://PATH, package://PACKAGE/PATH'),
    ('package://no_such_package/x.yaml', 'no package no_such_package; source its workspace'),
    ('package://../x.yaml', r'no package \.\.; source its workspace'),
    ('package://yolo_deepsort_ros/no.yaml', 'No such file or directory; make it with camera_cal'),
    ('package://yolo_deepsort_ros/config/tracking.yaml', 'camera_matrix is missing'),
])
def test_a_calibration_that_cannot_be_used_is_one_line(graph, url, reason):
    with pytest.raises(YoloDeepsortError, match=reason):
        calibration_at(url)


@pytest.mark.parametrize('url', [
    '${ROS_HOME}/camera_info/${NAME}.yaml', 'file://${ROS_HOME}/camera_info/left.yaml',
    'file://${ROS_HOME}/camera%5Finfo/%6ceft.yaml',
])
def test_a_calibration_lies_where_camera_info_manager_looks(
    graph, calibration, tmp_path, monkeypatch, url
):
    monkeypatch.setenv('ROS_HOME', str(tmp_path / 'home of ros'))
    place = tmp_path / 'home of ros' / 'camera_info' / 'left.yaml'
    place.parent.mkdir(parents=True)
    Path(calibration).rename(place)
    assert calibration_at(url, camera_name('/robot/left')) == read_calibration(str(place))
    assert camera_name('/') == 'camera'


def test_a_calibrator_sets_the_calibration(start, peer, tmp_path, monkeypatch):
    """Without a URL it lies where camera_info_manager looks; a wrong one changes nothing."""
    monkeypatch.setenv('ROS_HOME', str(tmp_path / 'ros'))
    folder = tmp_path / 'pictures'
    folder.mkdir()
    cv2.imwrite(str(folder / '1.png'), np.zeros((480, 640, 3), np.uint8))
    start('camera', source=str(folder), loop=True)
    peer.listen(CameraInfo, 'camera_info')
    assert peer.message('camera_info').k[0] == 0.0
    wanted = CameraInfos(Calibration.ideal(640, 480, (500., 0., 320., 0., 510., 240., 0., 0., 1.)),
                         '').message(Header(), 640, 480)
    name = camera_name(peer.node.get_namespace())
    written = tmp_path / 'ros' / 'camera_info' / f'{name}.yaml'
    empty = CameraInfo(width=640, height=480, distortion_model='plumb_bob')
    for sent, success in ((wanted, True), (empty, False)):
        reply = peer.call(SetCameraInfo, 'camera/set_camera_info',
                          SetCameraInfo.Request(camera_info=sent))
        assert reply.success is success, reply.status_message
        assert reply.status_message.isprintable()
        assert list(read_calibration(str(written)).k) == list(wanted.k)
    assert 'camera_matrix: ' in reply.status_message
    peer.forget()
    peer.until(lambda: any(info.k[0] == 500.0 for info in peer.received['camera_info']), 'K')
    assert list(written.parent.iterdir()) == [written]


def test_pictures_are_turned_and_mirrored_and_then_calibrated(start, peer, calibration, tmp_path):
    folder = tmp_path / 'pictures'
    folder.mkdir()
    picture = np.zeros((640, 480, 3), np.uint8)
    picture[:9, :9] = 255
    cv2.imwrite(str(folder / '1.png'), picture)
    start('camera', source=str(folder), loop=True, rotate=90, flip='horizontal',
          camera_info_url=f'file://{calibration}', frame_id='lens')
    peer.listen(Image, 'image_raw')
    peer.listen(CameraInfo, 'camera_info')
    turned = image_to_array(peer.message('image_raw'))
    assert turned.shape == (480, 640, 3)
    assert turned[0, 0, 0] == 255
    info = peer.message('camera_info')
    assert (info.width, info.height, info.header.frame_id) == (640, 480, 'lens')
    assert info.k[0] == 600.0


def test_the_end_waits_for_whatever_was_published(monkeypatch):
    clock, waits = [100.0], []

    class Unheard:

        def wait_for_all_acked(self, limit):
            assert not node.finished.set_result.called
            waits.append(limit.nanoseconds / 1e9)
            clock[0] += min(waits[-1], 1.5)

    node = MagicMock()
    node.publishers = iter([Unheard(), Unheard(), Unheard()])
    stage = CaptureStage(node, MagicMock())
    stage._reader, stage._frames = MagicMock(), 1
    monkeypatch.setattr(capture_stage.time, 'monotonic', lambda: clock[0])
    stage._on_end(None)
    assert waits == [2.0, 0.5, 0.0], 'two seconds in all'
    assert node.finished.set_result.called


def test_simulated_time_that_starts_late_and_loops(start, peer, tmp_path):
    cv2.imwrite(str(tmp_path / '1.png'), np.zeros((40, 60, 3), np.uint8))
    camera = start('camera', use_sim_time=True, source=str(tmp_path), loop=True, rate=20.0)
    peer.listen(Image, 'image_raw', 100)
    peer.until(lambda: 'use_sim_time is true: waits for /clock' in camera.text, 'the wait')
    peer.spin(0.3)
    assert peer.received['image_raw'] == []

    def play(start_time):
        peer.forget()
        for step in range(40):
            peer.publish('/clock', Clock(clock=seconds_to_stamp(start_time + step / 40)))
            peer.spin(0.025)
        return [stamp_to_seconds(image.header.stamp) for image in peer.received['image_raw']]

    first, second = play(100.0), play(50.0)
    for start_time, stamps in ((100.0, first), (50.0, second[1:])):
        assert 10 <= len(stamps) <= 21
        assert stamps == sorted(stamps)
        assert start_time <= stamps[0] <= stamps[-1] < start_time + 1
