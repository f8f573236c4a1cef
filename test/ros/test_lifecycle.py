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

"""Each node under a manager: what it does in which state, and how it gets there and away."""

from pathlib import Path
import signal

import cv2
from darknet_files import draw_object, HEIGHT, WIDTH
from lifecycle_msgs.msg import Transition
import numpy as np
import pytest
from sensor_msgs.msg import CameraInfo, Image
from std_msgs.msg import Float64, Header
from std_srvs.srv import SetBool, Trigger
from vision_msgs.msg import Detection2DArray, LabelInfo

from yolo_deepsort_ros.config.node_configs import NODES
from yolo_deepsort_ros.detections import Detections
from yolo_deepsort_ros.nodes import qos
from yolo_deepsort_ros.nodes.messages.conversions import (
    array_to_image, detections_to_message, message_to_objects, seconds_to_stamp,
    stamp_to_nanoseconds,
)
from yolo_deepsort_ros.yolo.detection_model import DetectionModel

RATE = 20.0  #: Hz
SILENCE = 0.4  #: s; eight periods
FRAMES = 200


def header(number):
    return Header(stamp=seconds_to_stamp(100 + number / RATE), frame_id='lens')


def image(number):
    picture = np.full((HEIGHT, WIDTH, 3), 90, np.uint8)
    draw_object(picture, 'red', 40, 40)
    return array_to_image(picture, header(number))


def write_pictures(folder, count):
    """Write pictures that carry their number in their width."""
    folder.mkdir()
    for number in range(count):
        cv2.imwrite(str(folder / f'{number}.png'), np.zeros((8, 16 + number, 3), np.uint8))


def change_all(peer, node, *transitions):
    for transition in transitions:
        assert peer.change(node, transition), (transition, peer.state(node))


def is_silent(peer, topic):
    peer.forget()
    peer.spin(SILENCE)
    return not peer.received[topic]


def answer(peer, topic, messages):
    """Publish until an answer comes; sensor data may be lost on a loaded machine."""
    peer.forget()
    for _ in range(30):
        for name, message in messages.items():
            peer.publish(name, message)
        peer.spin(SILENCE)
        if peer.received[topic]:
            return peer.received[topic][-1]
    raise AssertionError(f'no {topic} in spite of 30 attempts')


def test_camera(start, peer, tmp_path):
    folder = tmp_path / 'pictures'
    camera = start('camera', autostart=False, source=str(folder), rate=RATE)
    peer.listen(CameraInfo, 'camera_info', 100)
    assert not peer.change('camera', 'configure')
    assert f'{folder}: no such file or folder' in camera.text
    assert camera.text.count('\n') == 1
    for impossible in ('activate', 'no such', Transition.TRANSITION_ACTIVATE):
        assert not peer.change('camera', impossible)
    assert peer.state('camera') == 'unconfigured'
    assert not peer.node.count_publishers('camera_info')

    write_pictures(folder, FRAMES)
    change_all(peer, 'camera', 'configure')
    assert is_silent(peer, 'camera_info')
    change_all(peer, 'camera', 'activate')
    peer.message('camera_info', 3)
    answer = peer.set_parameter('camera', 'rate', 30.0)
    assert (answer.successful, 'clean up first' in answer.reason) == (False, True)
    change_all(peer, 'camera', 'deactivate')
    peer.spin(SILENCE)  # what was under way
    last = peer.received['camera_info'][-1]
    assert is_silent(peer, 'camera_info')
    change_all(peer, 'camera', 'activate')
    going_on = peer.message('camera_info')
    assert 0 < going_on.width - last.width <= 2, 'the folder has waited, but for one under way'
    assert stamp_to_nanoseconds(going_on.header.stamp) > stamp_to_nanoseconds(last.header.stamp)

    change_all(peer, 'camera', 'deactivate', 'cleanup')
    peer.until(lambda: not peer.node.count_publishers('camera_info'), 'the end of the publisher')
    answer = peer.set_parameter('camera', 'frame_id', 'a b\n')
    assert (answer.successful, 'no frame of tf2' in answer.reason) == (False, True)
    assert peer.set_parameter('camera', 'frame_id', 'lens').successful
    peer.forget()
    change_all(peer, 'camera', 'configure', 'activate')
    again = peer.message('camera_info')
    assert (again.width, again.header.frame_id) == (16, 'lens')
    assert peer.change('camera', 'shutdown')
    assert peer.state('camera') == 'finalized'
    assert is_silent(peer, 'camera_info')


def test_a_source_that_fails_under_a_manager_can_be_configured_again(start, peer, tmp_path):
    folder = tmp_path / 'pictures'
    write_pictures(folder, 3)
    (folder / '2.png').write_bytes(b'no picture')
    camera = start('camera', autostart=False, source=str(folder), rate=RATE)
    peer.listen(CameraInfo, 'camera_info', 100)
    change_all(peer, 'camera', 'configure', 'activate')
    peer.message('camera_info', 2)
    peer.until(lambda: peer.state('camera') == 'unconfigured', 'the failure')
    assert '2.png' in camera.text
    cv2.imwrite(str(folder / '2.png'), np.zeros((8, 18, 3), np.uint8))
    peer.forget()
    change_all(peer, 'camera', 'configure', 'activate')
    assert peer.message('camera_info', 3).width == 18
    assert camera.wait() == 0, 'the end of a folder is the end of the process'


def test_detector(start, peer, network, tmp_path):
    carries = DetectionModel.read(Path(network['model']), Path(network['weights']))
    file = tmp_path / 'network.onnx'
    file.write_bytes(carries.with_foot_offset(0.03).self_described().content)
    detector = start('detector', autostart=False, model=str(file), confidence=1.5)
    peer.listen(Detection2DArray, 'detections')
    peer.listen(Float64, 'foot_offset', qos.LATCHED)
    peer.listen(LabelInfo, 'label_info', qos.LATCHED)
    assert not peer.change('detector', 'configure')
    assert 'confidence: 1.5 is out of range 0 … 1' in detector.text
    assert detector.text.count('\n') == 1
    assert not peer.set_parameter('detector', 'confidence', -1.0).successful
    assert peer.set_parameter('detector', 'confidence', 0.5).successful

    change_all(peer, 'detector', 'configure')
    assert not peer.node.count_subscribers('image_raw')
    assert is_silent(peer, 'label_info')
    for turn in range(2):
        change_all(peer, 'detector', 'activate')
        assert peer.message('label_info').threshold == 0.5
        assert peer.message('foot_offset').data == 0.03
        assert answer(peer, 'detections', {'image_raw': image(turn)}).header == header(turn)
        change_all(peer, 'detector', 'deactivate')
        peer.until(lambda: not peer.node.count_subscribers('image_raw'), 'the end of the work')
        peer.received['label_info'].clear()
        peer.forget_publishers()
        if turn == 0:
            change_all(peer, 'detector', 'cleanup', 'configure')
    assert peer.set_parameter('detector', 'use_sim_time', False).successful


def test_annotator(start, peer):
    start('annotator', autostart=False)
    change_all(peer, 'annotator', 'configure')
    peer.listen(Image, 'annotated_image')
    assert not peer.node.count_subscribers('image_raw')
    for turn in range(2):
        change_all(peer, 'annotator', 'activate')
        found = detections_to_message(Detections([], []), header(turn), [])
        drawn = answer(peer, 'annotated_image', {'image_raw': image(turn), 'tracks': found})
        assert drawn.header == header(turn)
        change_all(peer, 'annotator', 'deactivate')
        peer.until(lambda: not peer.node.count_subscribers('image_raw'), 'the end of the work')
        peer.forget_publishers()
    change_all(peer, 'annotator', 'cleanup')
    peer.until(lambda: not peer.node.count_publishers('annotated_image'), 'the end')


def test_pipeline(start, peer, network, tmp_path):
    """It has all stages, so all of them follow; parts of it sleep, change and begin anew."""
    folder = tmp_path / 'pictures'
    folder.mkdir()
    picture = np.full((HEIGHT, WIDTH, 3), 90, np.uint8)
    draw_object(picture, 'red', 40, 40)
    cv2.imwrite(str(folder / '1.png'), picture)
    pipeline = start(
        'pipeline', autostart=False, source=str(folder), loop=True, rate=RATE, n_init=1,
        max_age=1000,  # however long the machine takes
        **{**network, 'reid': 'no.onnx'},
    )
    peer.listen(Detection2DArray, 'tracks', 100)
    assert not peer.change('pipeline', 'configure')
    assert 'no.onnx' in pipeline.text and pipeline.text.count('\n') == 2
    assert peer.set_parameter('pipeline', 'reid', '').successful
    for turn in range(2):
        change_all(peer, 'pipeline', 'configure')
        assert is_silent(peer, 'tracks')
        change_all(peer, 'pipeline', 'activate')
        assert peer.message('tracks', 3).detections[0].id == '1', turn
        change_all(peer, 'pipeline', 'deactivate')
        assert is_silent(peer, 'tracks')
        change_all(peer, 'pipeline', 'activate')
        assert peer.message('tracks').detections[0].id == '1', 'the tracks have stayed'
        change_all(peer, 'pipeline', 'deactivate', 'cleanup')
    peer.forget()
    change_all(peer, 'pipeline', 'configure', 'activate')
    peer.message('tracks', 3)  # its first frame has none that is confirmed
    assert peer.call(SetBool, 'pipeline/set_enabled', SetBool.Request(data=False)).success
    peer.spin(SILENCE)
    assert is_silent(peer, 'tracks')
    assert peer.call(SetBool, 'pipeline/set_enabled', SetBool.Request(data=True)).success
    assert peer.message('tracks').detections[0].id == '1'
    assert peer.call(Trigger, 'pipeline/reset', Trigger.Request()).success
    assert peer.set_parameter('pipeline', 'classes', ['blue']).successful
    peer.spin(SILENCE)
    peer.forget()
    assert not peer.message('tracks').detections


@pytest.mark.parametrize(('state', 'transitions'), [
    ('unconfigured', ()), ('inactive', ('configure',)),
    ('finalized', ('configure', 'activate', 'shutdown')),
])
def test_a_signal_ends_each_node_cleanly(start, peer, network, tmp_path, state, transitions):
    write_pictures(tmp_path / 'pictures', 1)
    given = {
        'camera': {'source': str(tmp_path / 'pictures'), 'loop': True}, 'detector': network,
        'locator': {'camera_height': 1.2}, 'viewer': {'web_port': 0},
    }
    nodes = {
        name: start(name, autostart=False, **given.get(name, {})) for name in NODES
    }
    for name in nodes:
        change_all(peer, name, *transitions)
        assert peer.state(name) == state
    for number, node in enumerate(nodes.values()):  # one by one: see running.py
        node.signal((signal.SIGINT, signal.SIGTERM)[(number + len(state)) % 2])
        assert node.wait() == 0
        assert not any(word in node.text for word in ('Traceback', 'ERROR', 'WARN', 'FATAL'))


def test_namespaces_do_not_hear_each_other(start, peer):
    for robot in ('/one', '/two'):
        start('tracker', namespace=robot, n_init=1, image_wait=0.0)
        peer.listen(Detection2DArray, f'{robot}/tracks')
    found = Detections([[10, 20, 30, 60]], [0.8])
    for number, robot in enumerate(('/one', '/two', '/one'), start=1):
        peer.publish(f'{robot}/detections', detections_to_message(found, header(number), ['cat']))
        count = 2 if number == 3 else 1
        assert peer.message(f'{robot}/tracks', count).header == header(number)
    assert [tracks.header for tracks in peer.received['/one/tracks']] == [header(1), header(3)]
    assert [tracks.header for tracks in peer.received['/two/tracks']] == [header(2)]


def test_each_node_comes_back_while_the_others_live(start, peer):
    """The chain is whole again after the end of any link; the detector's is below."""
    given = {
        'camera': {'source': 'arena', 'width': 320, 'height': 240, 'rate': 10.0},
        'detector': {'model': 'arena-tiny', 'threads': 1},
        'locator': {'camera_height': 1.2}, 'viewer': {'web_port': 0},
    }
    nodes = {name: start(name, **given.get(name, {})) for name in NODES}
    peer.listen(Image, 'annotated_image')
    peer.message('annotated_image')
    for name in ('camera', 'tracker', 'annotator'):
        nodes[name].kill()
        nodes[name] = start(name, **given.get(name, {}))
        born = peer.node.get_clock().now().nanoseconds
        peer.until(
            lambda born=born: any(
                stamp_to_nanoseconds(drawn.header.stamp) > born
                for drawn in peer.received['annotated_image']
            ), f'an image after the end of {name}',
        )
        peer.forget()
    assert not any(node.has_ended() for node in nodes.values())


def test_a_killed_detector_comes_back_while_the_tracker_lives(start, peer, network):
    peer.listen(Detection2DArray, 'tracks')
    start('tracker', n_init=1, image_wait=0.1, max_age=1000)
    first = start('detector', **network)

    def ids_from(frame):
        """Send images until tracks come; return their ids and the next frame's number."""
        peer.forget()
        while not any(message.detections for message in peer.received['tracks']):
            peer.publish('image_raw', image(frame))
            frame += 1
            peer.spin(0.2)
        return message_to_objects(peer.received['tracks'][-1]).ids.tolist(), frame

    ids, frame = ids_from(0)
    first.kill()
    start('detector', **network)
    peer.until(lambda: peer.node.count_publishers('detections') == 1, 'its return')
    again, _ = ids_from(frame)
    assert ids == again == [1]
