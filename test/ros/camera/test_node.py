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

"""The camera node and cameras with real drivers."""

from __future__ import annotations

import os
import subprocess
import time
from typing import Any

from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus
import pytest
from rcl_interfaces.srv import SetParameters
from rclpy.parameter import Parameter
from real_cameras import name_of, plug, run, unplug, wait_for
from sensor_msgs.msg import CompressedImage, Image
from software_webcam import Webcam

VIDEO0 = '/dev/video0'
BACK = 60.0  #: s; a camera is opened again within 2, in this machine more slowly
IMAGES, JPEGS = 'image_raw', 'image_raw/compressed'
#: What a camera is asked for by default.
FREE = {
    'width': 0, 'height': 0, 'rate': 0.0, 'pixel_format': '', 'exposure': 0.0,
    'frame_timeout': 3.0, 'wait_for_source': False,
}


class CameraNode:
    """A camera node, configured anew for each question."""

    def __init__(self, process: Any, peer: Any) -> None:
        self.process = process
        self._peer = peer
        self._said = 0
        peer.listen(Image, IMAGES, 1)
        peer.listen(CompressedImage, JPEGS, 1)
        peer.listen(DiagnosticArray, '/diagnostics')

    def configure(self, source: str, **parameters: object) -> bool:
        """Take these parameters, all others of a source as they are by default."""
        self.rest()
        self._said = len(self.process.text)
        given = {'source': source, **FREE, **parameters}
        request = SetParameters.Request(parameters=[
            Parameter(name, value=value).to_parameter_msg() for name, value in given.items()
        ])
        answers = self._peer.call(SetParameters, 'camera/set_parameters', request).results
        assert all(answer.successful for answer in answers), answers
        return self._peer.change('camera', 'configure')

    def activate(self) -> None:
        assert self._peer.change('camera', 'activate')

    def run(self, source: str, **parameters: object) -> Image:
        """Return the first image."""
        assert self.configure(source, **parameters), self.said
        self.activate()
        return self.image()

    def rest(self) -> None:
        """Let go of the camera."""
        for transition in ('deactivate', 'cleanup'):
            self._peer.change('camera', transition)

    def image(self, count: int = 1, topic: str = IMAGES) -> Any:
        """Wait for so many new images; return the last."""
        self._peer.forget()
        return self._peer.message(topic, count)

    def values(self, level: bytes | None = None) -> dict[str, str]:
        """Wait for a status, of such a level; return its values and its message."""
        def found() -> dict[str, str] | None:
            for array in self._peer.received['/diagnostics']:
                for status in array.status:
                    if status.name == '/test/camera' and level in (None, status.level):
                        values = {pair.key: pair.value for pair in status.values}
                        return {**values, 'message': status.message}
            return None
        self._peer.forget()
        return self._peer.until(found, f'a status of level {level!r}')

    def loss(self) -> str:
        """Wait for the camera to be lost; return how it is called."""
        return self.values(DiagnosticStatus.ERROR)['message']

    @property
    def said(self) -> str:
        """The log since it was configured."""
        return self.process.text[self._said:]


@pytest.fixture(scope='module')
def camera_node(start_once, peer_once):
    node = CameraNode(start_once('camera', autostart=False), peer_once)
    yield node
    assert 'cap_v4l' not in node.process.text  # OpenCV's own words


@pytest.fixture
def camera(camera_node):
    """Return a camera node that has no camera yet."""
    yield camera_node
    camera_node.rest()


def test_a_camera_comes_back_under_another_number_five_times(vivid, camera):
    device = vivid()
    camera.run(VIDEO0)
    path, lost = VIDEO0, int(camera.values()['lost'])
    for turn in range(1, 6):
        held = os.open(path, os.O_RDONLY)  # as long, the driver gives its number to nobody
        device.unplug()
        assert 'plugged in' in (loss := camera.loss()) or 'no camera' in loss
        before, path = path, device.plug()
        assert path != before
        plugged = time.monotonic()
        camera.image(3)
        assert time.monotonic() - plugged < BACK
        os.close(held)
        values = camera.values(DiagnosticStatus.OK)
        assert (values['source'], values['state']) == (path, 'active')
        assert int(values['lost']) == lost + turn
        assert f'{path}: back after ' in camera.said
    assert camera.said.count('[WARN]') == 10


def test_a_busy_camera_is_named_and_waited_for(vivid, camera):
    vivid()
    other = subprocess.Popen(
        ['v4l2-ctl', '-d', VIDEO0, '--stream-mmap', '--stream-count', '0'],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )
    try:
        time.sleep(2.0)
        line = f'{VIDEO0}: cannot be opened; it is in use by another program'
        assert not camera.configure('0')
        assert line in camera.said
        assert camera.configure('0', wait_for_source=True)
        camera.activate()
        assert camera.loss() == line
    finally:
        other.kill()
        other.wait()
    camera.image(3)


def test_a_camera_left_alone_stays_as_it_is_and_its_jpeg_is_passed_on(webcam, camera):
    path = os.path.realpath(name_of(webcam))
    run('v4l2-ctl', '-d', path, '--set-fmt-video', 'width=320,height=240,pixelformat=MJPG')
    assert camera.run(path).width == 320
    jpeg = camera.image(topic=JPEGS)
    assert bytes(jpeg.data) == webcam.picture('MJPG', (320, 240))


def test_a_webcam_is_found_again_five_times(webcam, camera):
    path = os.path.realpath(name_of(webcam))
    camera.run(path)
    lost = int(camera.values()['lost'])
    for turn in range(1, 6):
        held = os.open(path, os.O_RDONLY)
        unplug(webcam)
        assert path in camera.loss() or name_of(webcam) in camera.loss()
        plug(webcam)
        before, path = path, os.path.realpath(name_of(webcam))
        assert path != before
        camera.image(3)
        os.close(held)
        values = camera.values(DiagnosticStatus.OK)
        assert (values['source'], values['state']) == (path, 'active')
        assert int(values['lost']) == lost + turn
        assert f'{path}: back after ' in camera.said


def test_of_two_webcams_that_swap_their_numbers_the_right_one_is_found(webcam, camera):
    """The other one shows another size."""
    path = os.path.realpath(name_of(webcam))
    assert camera.run(path, pixel_format='YUYV').width == 320
    other = Webcam(port=1, serial='B2', sizes=((640, 480),))
    unplug(webcam)
    plug(other)
    try:
        assert os.path.realpath(name_of(other)) == path
        wait_for(lambda: name_of(webcam) in camera.loss(), 'word that the other is not it')
        plug(webcam)
        assert camera.image(3).width == 320
        assert f'{os.path.realpath(name_of(webcam))}: back after ' in camera.said
    finally:
        unplug(other)
