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

"""From pictures whose truth is known to tracks: four nodes, or one process."""

from itertools import count
import signal
import time

import cv2
from darknet_files import COLOURS, draw_object, HEIGHT, WIDTH
import numpy as np
import pytest
from sensor_msgs.msg import CameraInfo, Image
from std_msgs.msg import Header
from std_srvs.srv import SetBool
from vision_msgs.msg import Detection2DArray, Detection3DArray, LabelInfo

from yolo_deepsort_ros.calibration import Calibration, write_calibration
from yolo_deepsort_ros.locating.floor_view import FloorView
from yolo_deepsort_ros.locating.locator import Locator
from yolo_deepsort_ros.nodes import qos
from yolo_deepsort_ros.nodes.messages.conversions import (
    array_to_image, ClassNames, message_to_objects, seconds_to_stamp, stamp_to_nanoseconds,
    stamp_to_seconds,
)
from yolo_deepsort_ros.nodes.stages.locator_input_stage import tracks_of

FRAMES, EMPTY = 12, 8
RATE = 5.0  #: Hz; slow enough for a stall of a busy machine to cost few images
LENS = Calibration.ideal(
    WIDTH, HEIGHT, (150.0, 0, WIDTH / 2, 0, 150.0, HEIGHT / 2, 0, 0, 1)
)
STANDS = {'camera_height': 2.0, 'camera_pitch': 0.5}
PIXELS = 2.0  #: how far a box may be off


def scene(number):
    """Draw frame `number`: red goes right, blue goes down; return picture and true boxes."""
    picture = np.full((HEIGHT, WIDTH, 3), 90, np.uint8)
    if number == EMPTY:
        return picture, {}
    return picture, {
        'red': draw_object(picture, 'red', 20 + 3 * number, 30),
        'blue': draw_object(picture, 'blue', 110, 20 + 3 * number),
    }


def stamps_of(messages):
    return [stamp_to_nanoseconds(message.header.stamp) for message in messages]


def warm_up(peer, first_stamp, *topics):
    """Send empty pictures until some have gone all ways: then all nodes know each other."""
    stamps = count(first_stamp, 1 / RATE)
    picture = scene(EMPTY)[0]
    while not all(peer.received[topic] for topic in topics):
        header = Header(stamp=seconds_to_stamp(next(stamps)))
        peer.publish('image_raw', array_to_image(picture, header))
        peer.spin(0.2)
    peer.settle(*topics)
    peer.forget()


@pytest.mark.parametrize('first', ['camera', 'pipeline'])
def test_from_pictures_to_tracks(tmp_path, start, peer, network, first):
    for number in range(FRAMES):
        cv2.imwrite(str(tmp_path / f'{number}.png'), scene(number)[0])
    write_calibration(str(tmp_path / 'lens.yaml'), LENS, 'lens')
    given = {'source': str(tmp_path), 'rate': RATE, 'start_paused': True, 'frame_id': 'lens',
             'camera_info_url': str(tmp_path / 'lens.yaml')}
    if first == 'pipeline':
        given.update(n_init=2, locate=True, **STANDS, **network)
    else:
        start('locator', **STANDS)
        start('detector', **network)
        start('tracker', n_init=2)
        start('annotator')
    process = start(first, **given)
    peer.listen(CameraInfo, 'camera_info')
    peer.listen(Detection2DArray, 'detections')
    peer.listen(Detection2DArray, 'tracks')
    peer.listen(Image, 'annotated_image')
    peer.listen(Detection3DArray, 'tracks_3d')
    peer.listen(LabelInfo, 'label_info', qos.LATCHED)
    labels = peer.message('label_info')
    assert [kind.class_name for kind in labels.class_map] == list(COLOURS)
    assert [kind.class_id for kind in labels.class_map] == [0, 1]
    if first == 'camera':
        warm_up(
            peer, time.time() - 60, 'detections', 'tracks', 'annotated_image', 'tracks_3d'
        )
    else:
        peer.spin(1.0)  # the labels have come, so the other topics are known soon

    answer = peer.call(SetBool, f'{first}/set_paused', SetBool.Request(data=False))
    assert answer.success
    assert peer.until(process.has_ended, 'the end of the pictures')
    peer.settle('camera_info', 'detections', 'tracks', 'annotated_image', 'tracks_3d')
    assert process.wait() == 0

    infos = peer.received['camera_info']
    # A busy machine may read a picture late, which shifts the schedule: never to shorter steps.
    assert (np.diff(stamps_of(infos)) / 1e9 > 1 / RATE - 1e-3).all()
    assert [info.header.frame_id for info in infos] == ['lens'] * FRAMES
    headers = [info.header for info in infos]
    for topic in ('detections', 'tracks', 'annotated_image'):
        # A loaded machine may skip images; what there is has its image's very header.
        numbers = [headers.index(message.header) for message in peer.received[topic]]
        assert numbers == sorted(set(numbers)), topic
        assert len(numbers) > FRAMES // 2, topic
    for message in peer.received['detections']:
        check_boxes(message, scene(headers.index(message.header))[1], PIXELS)
    check_tracks(peer.received['tracks'], headers)
    check_places(peer.received['tracks_3d'], peer.received['tracks'])


def check_places(located, tracks):
    """Check that the places are those that the library has for the very tracks."""
    locator, view = Locator(), FloorView.from_pose(LENS, *STANDS.values())
    assert [message.header.stamp for message in located] == [
        message.header.stamp for message in tracks
    ]
    count = 0
    for message, shown in zip(located, tracks, strict=True):
        found, names = message_to_objects(shown), ClassNames()
        positions = locator.update(
            tracks_of(shown, found.usable, names), names.names,
            stamp_to_seconds(shown.header.stamp), view, (WIDTH, HEIGHT),
        )
        said = [each.results[0].pose.pose.position for each in message.detections]
        assert [int(each.id) for each in message.detections] == positions.ids.tolist()
        np.testing.assert_allclose(
            np.reshape([(point.x, point.y) for point in said], (-1, 2)), positions.places,
            atol=1e-6,
        )
        count += len(said)
    assert count > FRAMES // 2


def check_boxes(message, truth, tolerance):
    objects = message_to_objects(message)
    found = dict(zip(objects.names, objects.tlwh, strict=True))
    assert found.keys() == truth.keys()
    for name, box in truth.items():
        np.testing.assert_allclose(found[name], box, atol=tolerance)


def check_tracks(messages, headers):
    tracks = [message_to_objects(message) for message in messages]
    assert [len(found.ids) for found in tracks[:2]] == [0, 2]  # confirmed in the second frame
    ids = {name: {int(i) for found in tracks for n, i in zip(found.names, found.ids, strict=True)
                  if n == name} for name in COLOURS}
    assert sorted(ids.values(), key=min) == [{1}, {2}]
    check_boxes(messages[-1], scene(headers.index(messages[-1].header))[1], 2 * PIXELS)


@pytest.mark.parametrize('number', [signal.SIGINT, signal.SIGTERM])
def test_a_signal_amid_the_work_of_one_process_is_quiet(tmp_path, start, peer, network, number):
    cv2.imwrite(str(tmp_path / '0.png'), scene(0)[0])
    pipeline = start('pipeline', source=str(tmp_path), rate=500.0, loop=True, **network)
    peer.listen(Detection2DArray, 'tracks')
    peer.message('tracks', 5)
    pipeline.signal(number)
    assert pipeline.wait() == 0
    assert 'Traceback' not in pipeline.text and 'bug' not in pipeline.text


def test_an_empty_frame_gives_empty_messages(start, peer, network):
    start('detector', **network, class_id_format='index')
    start('tracker', n_init=2)
    peer.listen(Detection2DArray, 'detections')
    peer.listen(Detection2DArray, 'tracks')
    warm_up(peer, 0.0, 'tracks')
    for turn, number in enumerate((0, 1, EMPTY, EMPTY, 2), start=1):
        header = Header(stamp=seconds_to_stamp(100 + turn / RATE), frame_id='lens')
        peer.publish('image_raw', array_to_image(scene(number)[0], header))
        assert peer.message('tracks', turn).header == header
        assert peer.received['detections'][-1].header == header
    counts = [len(message.detections) for message in peer.received['detections']]
    assert counts == [2, 2, 0, 0, 2]
    # Still shown one frame after they were seen last.
    assert [len(message.detections) for message in peer.received['tracks']] == [0, 2, 2, 0, 2]
    assert set(message_to_objects(peer.received['detections'][0]).names) == {'0', '1'}
    assert {d.id for m in peer.received['tracks'] for d in m.detections} == {'1', '2'}


def test_an_image_that_cannot_be_used_is_skipped_and_named(start, peer, network):
    detector = start('detector', **network)
    peer.listen(Detection2DArray, 'detections')
    warm_up(peer, 0.0, 'detections')
    image = array_to_image(scene(0)[0], Header(stamp=seconds_to_stamp(100.0)))
    image.step = 1
    peer.publish('image_raw', image)
    line = 'step is 1, at least 480 is needed (messages refused so far: 1)'
    peer.until(lambda: line in detector.text, 'the refusal')
    image.step = 3 * WIDTH
    peer.publish('image_raw', image)
    assert message_to_objects(peer.message('detections')).names


def test_the_detector_adopts_live_parameters_at_work(start, peer, network):
    detector = start('detector', **network)
    peer.listen(Detection2DArray, 'detections')
    peer.listen(LabelInfo, 'label_info', qos.LATCHED)
    warm_up(peer, 0.0, 'detections')
    numbers = count()

    def names():
        peer.forget()
        header = Header(stamp=seconds_to_stamp(100.0 + next(numbers)))
        peer.publish('image_raw', array_to_image(scene(0)[0], header))
        return sorted(message_to_objects(peer.message('detections')).names)

    assert names() == ['blue', 'red']
    assert peer.set_parameter('detector', 'classes', ['red']).successful
    assert names() == ['red']
    for name, value, reason in (
        ('classes', ['rad'], "the network knows no 'rad'; did you mean 'red'?"),
        ('nms_iou', -1.0, 'out of range'),
        ('confidence', 'high', 'type'),
        ('threads', 1, 'threads: is read when the node is configured; clean up first'),
    ):
        answer = peer.set_parameter('detector', name, value)
        assert not answer.successful
        assert reason in answer.reason
    assert names() == ['red']
    assert peer.set_parameter('detector', 'confidence', 1.0).successful
    assert peer.message('label_info').threshold == 1.0
    assert names() == []
    assert 'ERROR' not in detector.text


def test_each_ends_cleanly_on_sigterm(tmp_path, start, peer, network):
    cv2.imwrite(str(tmp_path / '0.png'), scene(0)[0])
    nodes = [
        start('camera', source=str(tmp_path), rate=100.0, loop=True),
        start('detector', **network), start('tracker'), start('annotator'),
    ]
    peer.listen(Image, 'annotated_image')
    peer.message('annotated_image', 2)
    for node in nodes:  # one by one: see running.py for what Fast DDS does when all leave at once
        node.signal(signal.SIGTERM)
        assert node.wait() == 0
    assert not any(word in node.text for node in nodes for word in ('Traceback', 'ERROR', 'FATAL'))
