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
from types import SimpleNamespace

import cv2
from darknet_files import draw_object, HEIGHT, WIDTH
from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus
import numpy as np
import pytest
import rclpy
from rosgraph_msgs.msg import Clock as ClockMessage
from sensor_msgs.msg import Image
from std_msgs.msg import Header
from std_srvs.srv import SetBool
from vision_msgs.msg import Detection2DArray

from yolo_deepsort_ros.config.node_configs import NodeConfig
from yolo_deepsort_ros.detections import Detections
from yolo_deepsort_ros.nodes import qos
from yolo_deepsort_ros.nodes.health.diagnostics import Diagnostics, Finding
from yolo_deepsort_ros.nodes.health.event_counter import WINDOW
from yolo_deepsort_ros.nodes.health.host_memory import HostMemory
from yolo_deepsort_ros.nodes.health.sim_clock import SimClock
from yolo_deepsort_ros.nodes.messages.conversions import (
    array_to_image, detections_to_message, seconds_to_stamp,
)
from yolo_deepsort_ros.nodes.messages.topics import Topics
from yolo_deepsort_ros.nodes.stages.detection_input_stage import DetectionInputStage
from yolo_deepsort_ros.nodes.tracker_node import TrackerNode


def image(stamp):
    picture = np.full((HEIGHT, WIDTH, 3), 90, np.uint8)
    draw_object(picture, 'red', 40, 40)
    return array_to_image(picture, Header(stamp=seconds_to_stamp(stamp)))


def found_at(stamp):
    found = Detections([[10, 20, 30, 60]], [0.8])
    return detections_to_message(found, Header(stamp=seconds_to_stamp(stamp)), ['cat'])


def test_a_detector_at_work(start, peer, status, network):
    start('detector', **network)
    peer.listen(Detection2DArray, 'detections')
    while len(peer.received['detections']) < 5:  # sensor data may be lost on a loaded machine
        peer.publish('image_raw', image(time.time()))
        peer.spin(0.2)
    peer.settle('detections')
    heard = len(peer.received['detections'])  # the first ones may have had no listener yet
    found, values = status(
        '/test/detector', lambda _, values: int(values['processed']) >= heard
        and values['processed'] == values['image_raw received'], 'all images'
    )
    count = values['processed']
    assert (found.level, found.message) == (DiagnosticStatus.OK, 'active')
    assert values['refused'] == '0'
    assert values['model'] == network['model']
    assert values['input'] == f'{WIDTH} x {HEIGHT}'
    assert values['backend']
    assert float(values['processed per second']) > 0
    for stage in ('convert', 'preprocess', 'forward', 'decode', 'nms', 'publish detections'):
        assert 0 <= float(values[f'{stage}, median ms']) <= float(values[f'{stage}, p95 ms'])
    latency = float(values['stamp to result, median ms'])
    assert float(values['forward, median ms']) < latency < 10_000
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
    topics = Topics(peer.node, diagnostics, HostMemory({}))
    topics.subscribe(Header, 'numbers', read.append, qos.NEWEST_IMAGE_IN)
    traffic = topics.traffic('numbers')
    peer.publish('numbers', Header())
    peer.until(lambda: read, 'the first')
    for number in range(6):
        peer.publish('numbers', Header(frame_id=str(number)))
    peer.until(lambda: read[-1].frame_id == '5', 'the last')
    assert traffic.received.total == len(read)
    assert traffic.replaced.total == 7 - len(read) > 0
    assert traffic.lost.total == 0
    traffic.lose(2)  # as the middleware would say of two of them
    assert traffic.lost.total == 2
    traffic.lose(2**31 - 1)  # as Fast DDS says at times
    assert traffic.lost.total == 2
    assert traffic.replaced.total == 7 - len(read) - 2


@pytest.fixture
def paired(graph):
    """Return a stage that pairs in this process, with the traffic of its images."""
    rclpy.init()
    node = TrackerNode()
    try:
        node.bring_up()
        [stage] = [part for part, _ in node._stages if isinstance(part, DetectionInputStage)]
        stage.on_image(image(0.5))
        stage.on_message(found_at(0.5))
        yield stage, node.topics.traffic('image_raw')
    finally:
        node.close()
        node.destroy_node()
        rclpy.shutdown()


@pytest.mark.parametrize(('cause', 'words', 'others'), [
    ('replaced', 'images replaced by newer: 3, since this node had no processor time', 'lost'),
    ('lost', 'images lost in transport: 3; both nodes need the shared-memory profile',
     'processor time'),
    ('', 'images are lost on the way (is the shared-memory profile set?) or messages come later',
     'processor time'),
])
def test_a_missing_image_is_explained_by_what_the_counters_say(
    paired, capfd, cause, words, others
):
    stage, traffic = paired
    if cause:
        getattr(traffic, cause).add(3)
    stage.on_message(found_at(1.0))
    stage.on_image(image(2.0))
    said = capfd.readouterr().err
    assert f'messages without their image so far: 1; {words}' in said
    assert others not in said


def test_each_cause_of_missing_images_is_said_once(paired, capfd):
    stage, traffic = paired
    for number, cause in enumerate((None, None, traffic.replaced, traffic.lost, None)):
        if cause:
            cause.add()
        stage.on_message(found_at(1.0 + number))
        stage.on_image(image(1.5 + number))
    said = [line for line in capfd.readouterr().err.splitlines() if 'without their image' in line]
    assert [line.partition('so far: ')[2].split(';')[0] for line in said] == ['1', '3', '4']
    assert 'replaced by newer: 1' in said[1]
    assert 'lost in transport: 1' in said[2]


def test_detections_that_are_stamped_anew_are_told_as_such(start, peer):
    tracker = start('tracker', n_init=1, image_wait=0.1)
    peer.listen(Detection2DArray, 'tracks')
    for number in range(1, 8):
        peer.publish('image_raw', image(float(number)))
        peer.publish('detections', found_at(number + 0.04))
        peer.message('tracks', number)  # once `image_wait` is over
    peer.until(lambda: 'stamps them anew' in tracker.text, 'the line')
    assert 'the node that publishes detections stamps them anew; it must copy' in tracker.text


def test_a_camera_that_is_not_active_yet_is_no_silence(start, peer, status):
    start('camera', autostart=False, source='arena', width=320, height=240)
    start('tracker', topic_timeout=2.0, image_transport='raw')
    assert peer.change('camera', 'configure')
    seen = []

    def is_over(found, values):
        seen.append(found.message)
        return len(seen) > 8

    status('/test/tracker', is_over, 'eight looks')
    assert set(seen) == {'active'}


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
    assert values['appearance'].startswith('colours: colour descriptor')


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


def test_a_detector_sleeps_with_its_network_loaded(start, peer, status, network):
    detector = start('detector', **network)
    peer.until(lambda: peer.node.count_subscribers('image_raw'), 'the detector')

    def set_enabled(value):
        return peer.call(SetBool, 'detector/set_enabled', SetBool.Request(data=value))

    assert set_enabled(False).message == 'asleep'
    peer.until(lambda: not peer.node.count_subscribers('image_raw'), 'its sleep')
    found, _ = status(
        '/test/detector', lambda found, _: 'asleep' in found.message, 'the explanation'
    )
    assert found.level == DiagnosticStatus.OK
    assert found.message == 'active, asleep: ~/set_enabled wakes it'
    for transition in ('deactivate', 'activate'):
        assert peer.change('detector', transition)
    assert not peer.node.count_subscribers('image_raw'), 'it sleeps on'
    assert set_enabled(True).message == 'awake'
    assert set_enabled(True).success
    peer.listen(Detection2DArray, 'detections')
    while not peer.received['detections']:
        peer.publish('image_raw', image(time.time()))
        peer.spin(0.1)
    assert detector.text.count('[INFO]') == 1, 'the network was loaded once'


@pytest.fixture
def said(peer):
    """Return diagnostics of a node that is active, and what returns its level and message."""
    peer.listen(DiagnosticArray, '/diagnostics', 100)
    diagnostics = Diagnostics(peer.node, lambda: 'active')

    def publish():
        peer.forget()
        diagnostics.publish()
        found = peer.message('/diagnostics').status[0]
        return found.level, found.message

    return diagnostics, publish


@pytest.mark.parametrize(('limit', 'age', 'level', 'words'), [
    (0.5, 0.8, DiagnosticStatus.WARN, ' s from stamp to result, latency_limit is 0.5; the '
                                      'longest stage, forward, takes '),
    (0.5, -0.8, DiagnosticStatus.WARN, " s ahead of this node's clock: synchronise the clocks"),
    (0.5, 0.2, DiagnosticStatus.OK, 'active'),
    (0.0, 0.8, DiagnosticStatus.OK, 'active'),
    (0.5, 1e6, DiagnosticStatus.WARN, "stamps are 1e+06 s behind this node's clock: set "
                                      'use_sim_time with a bag, else synchronise the clocks'),
    (0.0, 1e6, DiagnosticStatus.OK, 'active'),
])
def test_what_is_late_is_said_with_the_limit(said, limit, age, level, words):
    diagnostics, publish = said
    diagnostics.config = NodeConfig(latency_limit=limit)
    with diagnostics.timer.stage('forward'):
        time.sleep(0.01)
    with diagnostics.timer.stage('nms'):
        pass
    diagnostics.delivered(time.time() - age)
    found, message = publish()
    assert found == level
    assert words in message


def test_a_low_rate_is_said_once_it_is_known_unless_the_node_rests(said):
    diagnostics, publish = said
    diagnostics.config = NodeConfig(min_rate=1.0)
    for _ in range(WINDOW - 1):
        assert publish() == (DiagnosticStatus.OK, 'active')
    assert publish() == (DiagnosticStatus.WARN, '0.0 results per second, min_rate is 1')
    diagnostics.rest('enabled', 'asleep')
    diagnostics.rest('source', 'asleep')
    assert publish() == (DiagnosticStatus.OK, 'active, asleep')


@pytest.mark.parametrize(('share', 'expected'), [
    (2 / 30, DiagnosticStatus.WARN), (6 / 30, DiagnosticStatus.OK),
])
def test_a_rate_that_collapses_against_the_sources_is_said_unasked(said, share, expected):
    diagnostics, publish = said
    diagnostics.expect(lambda _: diagnostics.processed.recent / share)
    for _ in range(WINDOW):
        diagnostics.processed.add(2)
        level, message = publish()
    assert level == expected
    assert (' results per second of ' in message) == (expected == DiagnosticStatus.WARN)


def test_several_reasons_are_all_said(said):
    diagnostics, publish = said
    diagnostics.delivered(time.time() - 1)
    diagnostics.refused.add(2)
    diagnostics.counter('image_raw lost in transport', is_bad=True).add(3)
    level, message = publish()
    assert level == DiagnosticStatus.WARN
    refused, lost, late = message.split('; ')
    assert refused.startswith('2 refused within the last ')
    assert lost.startswith('3 image_raw lost in transport within the last ')
    assert ' s from stamp to result' in late
    diagnostics.add_problem('lifecycle', 'no network')
    assert publish() == (DiagnosticStatus.ERROR, 'no network')


def test_an_examination_that_fails_is_a_finding(said):
    diagnostics, publish = said
    diagnostics.watch(lambda: 1 / 0)
    assert publish() == (DiagnosticStatus.ERROR, 'the topics cannot be examined')


def test_a_finding_is_logged_once_and_ends_with_its_cause(said, capfd):
    diagnostics, publish = said
    found = {'topic': Finding('/t: nothing', {'remedy': 'talk'})}
    diagnostics.watch(lambda: found)
    assert publish() == publish() == (DiagnosticStatus.ERROR, '/t: nothing')
    assert capfd.readouterr().err.count('/t: nothing; remedy: talk\n') == 1
    diagnostics.watch(dict)
    assert publish() == (DiagnosticStatus.OK, 'active')
    assert diagnostics.last_error == '/t: nothing'


def test_a_warning_is_logged_as_one_and_gives_way_to_an_error(said, capfd):
    diagnostics, publish = said
    diagnostics.refused.add()
    found = {'topic': Finding('/t: two', {'remedy': 'stop one'}, is_error=False)}
    diagnostics.watch(lambda: found)
    level, message = publish()
    assert level == DiagnosticStatus.WARN
    assert message.startswith('/t: two; 1 refused within')
    logged = capfd.readouterr().err
    assert '[WARN]' in logged
    assert '/t: two; remedy: stop one\n' in logged
    found['other'] = Finding('/t: nothing', {})
    assert publish() == (DiagnosticStatus.ERROR, '/t: nothing')


WAITS, STANDS = 'waits for /clock', 'the time of /clock stands still'


@pytest.mark.parametrize(('times', 'words'), [
    ([0, 0, 0, 0, 5, 6], [WAITS] * 4 + [''] * 2),
    ([5, 5, 5, 5, 5, 6], [''] * 3 + [STANDS] * 2 + ['']),
    ([5, 5, 6, 6, 6, 7], [''] * 6),  # a slow simulation
    ([5, 5, 5, 5, 1, 1], [''] * 3 + [STANDS] + [''] * 2),
])
def test_a_time_that_does_not_pass_is_told_from_a_slow_one(times, words):
    clock = iter(times)
    sim_clock = SimClock(SimpleNamespace(now=lambda: SimpleNamespace(nanoseconds=next(clock))))
    assert [sim_clock.look() for _ in times] == words


def test_without_a_clock_nothing_is_due(start, peer, status):
    """Neither messages, nor results, nor answers in time."""
    start('tracker', use_sim_time=True, min_rate=1.0, topic_timeout=0.5, image_wait=0.0)
    publisher = peer.node.create_publisher(Detection2DArray, 'detections', 10)

    def say(words):
        return lambda found, _: found.message == f'active, {words}'

    status('/test/tracker', say(WAITS), 'the wait')
    peer.until(publisher.get_subscription_count, 'the tracker')
    publisher.publish(found_at(50.0))
    status('/test/tracker', lambda _, values: values['processed'] == '1', 'its work')
    found, _ = status('/test/tracker', lambda *_: True, 'the status after it')
    assert found.level == DiagnosticStatus.WARN
    assert found.message.startswith('1 unpaired within the last ')
    assert '; ' not in found.message
    status('/test/tracker', say(WAITS), 'the end of the warning')

    def is_judged(found, _):
        peer.publish('/clock', ClockMessage(clock=seconds_to_stamp(100.0)))  # one may be lost
        return found.level != DiagnosticStatus.OK

    status('/test/tracker', is_judged, 'its judgement')
    status('/test/tracker', say(STANDS), 'the stand-still')


def test_an_annotator_that_nobody_looks_at_is_not_slow(start, peer, status):
    start('annotator', min_rate=5.0)
    found, _ = status(
        '/test/annotator', lambda found, _: 'nobody looks' in found.message, 'the reason'
    )
    assert found.level == DiagnosticStatus.OK
    peer.listen(Image, 'annotated_image')
    status(
        '/test/annotator', lambda found, _: found.message.startswith('0.0 results'), 'a warning'
    )


def test_a_pipeline_tells_of_all_stages_and_sends_images_while_somebody_looks(
    start, peer, status, tmp_path, network
):
    pictures = tmp_path / 'pictures'
    pictures.mkdir()
    cv2.imwrite(str(pictures / '1.png'), np.full((HEIGHT, WIDTH, 3), 90, np.uint8))
    start('pipeline', source=str(pictures), loop=True, rate=10.0, **network)
    found, values = status(
        '/test/pipeline', lambda _, values: int(values['processed']) > 5, 'frames'
    )
    assert (found.level, found.message) == (DiagnosticStatus.OK, 'active')
    assert {'source', 'mode', 'model', 'backend', 'appearance', 'frames replaced by newer',
            'forward, median ms', 'track, median ms', 'stamp to result, p95 ms'} <= set(values)
    sent = 'publish image, median ms'
    assert sent not in values
    peer.listen(Image, 'image_raw', qos.IMAGE_IN)
    assert peer.message('image_raw').width == WIDTH
    status('/test/pipeline', lambda _, values: sent in values, 'images')
