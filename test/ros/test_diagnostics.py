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

"""What nodes say of themselves on /diagnostics."""

import time

from darknet_files import draw_object, HEIGHT, WIDTH, write_colour_network
from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus
import numpy as np
import pytest
from std_msgs.msg import Header
from vision_msgs.msg import Detection2DArray

from yolo_deepsort_ros.detections import Detections
from yolo_deepsort_ros.nodes import qos
from yolo_deepsort_ros.nodes.conversions import (
    array_to_image, detections_to_message, seconds_to_stamp,
)
from yolo_deepsort_ros.nodes.diagnostics import Diagnostics
from yolo_deepsort_ros.nodes.topics import Topics

TOPIC = '/diagnostics'


@pytest.fixture
def status(peer):
    """Return what waits for a status of a node that fulfils a condition."""
    peer.listen(DiagnosticArray, TOPIC, 100)

    def wait(node, condition, what):
        def newest():
            for array in reversed(peer.received[TOPIC]):
                for found in array.status:
                    values = {pair.key: pair.value for pair in found.values}
                    if found.name == node and condition(found, values):
                        return found, values
            return None
        peer.forget()
        return peer.until(newest, what)

    return wait


def image(stamp):
    picture = np.full((HEIGHT, WIDTH, 3), 90, np.uint8)
    draw_object(picture, 'red', 40, 40)
    return array_to_image(picture, Header(stamp=seconds_to_stamp(stamp)))


def found_at(stamp):
    found = Detections([[10, 20, 30, 60]], [0.8])
    return detections_to_message(found, Header(stamp=seconds_to_stamp(stamp)), ['cat'])


def test_a_detector_at_work(start, peer, status, tmp_path):
    cfg, weights = write_colour_network(tmp_path)
    start('detector', model=str(cfg), weights=str(weights))
    peer.listen(Detection2DArray, 'detections')
    while len(peer.received['detections']) < 5:  # sensor data may be lost on a loaded machine
        peer.publish('image_raw', image(time.time()))
        peer.spin(0.2)
    peer.spin(0.5)
    count = str(len(peer.received['detections']))
    found, values = status(
        '/test/detector', lambda _, values: values['processed'] == count, 'all images'
    )
    assert (found.level, found.message) == (DiagnosticStatus.OK, 'active')
    assert (values['image_raw received'], values['refused']) == (count, '0')
    assert values['model'] == str(cfg)
    assert values['input'] == f'{WIDTH} x {HEIGHT}'
    assert values['backend']
    assert float(values['processed per second']) > 0
    for stage in ('convert', 'detect', 'publish'):
        assert float(values[f'{stage}, median ms']) >= 0
    latency = float(values['stamp to result, median ms'])
    assert float(values['detect, median ms']) < latency < 10_000
    bad = image(200.0)
    bad.step = 1
    peer.publish('image_raw', bad)
    found, values = status(
        '/test/detector', lambda found, _: found.level == DiagnosticStatus.WARN, 'the refusal'
    )
    assert found.message.startswith('1 refused within the last ')
    assert (values['refused'], values['processed']) == ('1', count)
    assert values['last error'].endswith('step is 1, at least 480 is needed')


def test_messages_that_newer_ones_replaced_are_counted(peer):
    diagnostics = Diagnostics(peer.node, lambda: 'active')
    read = []
    Topics(peer.node, diagnostics).subscribe(Header, 'numbers', read.append, qos.NEWEST_IMAGE_IN)
    peer.publish('numbers', Header())
    peer.until(lambda: read, 'the first')
    for number in range(6):
        peer.publish('numbers', Header(frame_id=str(number)))
    peer.until(lambda: read[-1].frame_id == '5', 'the last')
    counts = diagnostics.counts
    assert counts['numbers received'] == len(read)
    assert counts['numbers skipped'] == 7 - len(read) > 0


def test_messages_without_their_image_are_a_warning(start, peer, status):
    start('tracker', n_init=1, image_wait=0.0)
    peer.listen(Detection2DArray, 'tracks')
    for number in range(1, 4):
        peer.publish('detections', found_at(number / 10))
        peer.message('tracks', number)
    found, values = status(
        '/test/tracker', lambda _, values: values['unpaired'] == '3', 'three without image'
    )
    assert found.level == DiagnosticStatus.WARN
    assert found.message.startswith('3 unpaired within the last ')
    assert (values['detections received'], values['processed']) == ('3', '3')
    assert values['appearance'] == 'colours'


def test_a_failed_transition_is_an_error_until_the_next_one(start, peer, status, tmp_path):
    start('camera', autostart=False, source=str(tmp_path / 'no.mp4'))
    assert not peer.change('camera', 'configure')
    found, values = status(
        '/test/camera', lambda found, _: found.level == DiagnosticStatus.ERROR, 'the error'
    )
    assert values['state'] == 'unconfigured'
    assert 'no.mp4: no such file or folder' in found.message
    assert values['last error'] == found.message
    assert peer.set_parameter('camera', 'source', 'arena').successful
    assert peer.change('camera', 'configure')
    found, values = status(
        '/test/camera', lambda found, _: found.level == DiagnosticStatus.OK, 'the recovery'
    )
    assert found.message == 'inactive'
    assert values['source'].startswith('arena')
    assert 'no.mp4' in values['last error'], 'it is remembered'
    assert peer.change('camera', 'activate')
    _, values = status('/test/camera', lambda _, values: int(values['processed']) > 9, 'images')
    assert float(values['processed per second']) > 0
