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

"""A detector that looks at each third image: the graph tracks as the command line does."""

from itertools import count

import cv2
from darknet_files import draw_object, HEIGHT, WIDTH
import numpy as np
from std_msgs.msg import Header
from std_srvs.srv import SetBool
from vision_msgs.msg import Detection2DArray

from yolo_deepsort_ros.config.network_config import EmbedderConfig
from yolo_deepsort_ros.config.tracker_config import TrackerConfig
from yolo_deepsort_ros.nodes.messages.conversions import (
    array_to_image, message_to_objects, seconds_to_stamp, stamp_to_seconds,
)
from yolo_deepsort_ros.pipeline import Pipeline
from yolo_deepsort_ros.sources.frame import Frame
from yolo_deepsort_ros.yolo.detector import Detector

EVERY, FRAMES, RATE = 3, 11, 10.0
TRACKER = {'n_init': 2, 'frame_rate': RATE, 'detect_every': EVERY, 'camera_motion': True}


def scene(number):
    """Draw frame `number`: red goes right, blue goes down."""
    picture = np.full((HEIGHT, WIDTH, 3), 90, np.uint8)
    draw_object(picture, 'red', 20 + 3 * number, 30)
    draw_object(picture, 'blue', 110, 20 + 3 * number)
    return picture


class Replay:
    """A source of the same frames."""

    rate = RATE

    def __init__(self, stamps):
        self._frames = (Frame(scene(i), stamp, i) for i, stamp in enumerate(stamps))

    def read(self):
        return next(self._frames, None)


def offline(network, stamps):
    """Return what the command line finds in the frames, by stamp."""
    steps = Pipeline(
        Replay(stamps), Detector(**network), EmbedderConfig(), TrackerConfig(**TRACKER)
    )
    return {step.frame.stamp: rows(step.tracks.reported) for step in steps}


def online(messages):
    """Return what messages say, by stamp."""
    return {
        stamp_to_seconds(message.header.stamp): rows(message_to_objects(message))
        for message in messages
    }


def rows(objects):
    boxes = objects.tlwh.round(6).tolist()
    return dict(zip(objects.ids.tolist(), boxes, strict=True))


def check(network, tracks, detections):
    found = online(tracks)
    assert found == offline(network, found)
    ids = [set(objects) for objects in found.values()]
    assert ids == [set()] * EVERY + [{1, 2}] * (FRAMES - EVERY)
    assert list(online(detections)) == list(found)[::EVERY]


def test_in_one_process(tmp_path, start, peer, network):
    for number in range(FRAMES):
        cv2.imwrite(str(tmp_path / f'{number:02}.png'), scene(number))
    process = start(
        'pipeline', source=str(tmp_path), rate=RATE, start_paused=True, **network, **TRACKER
    )
    for topic in ('detections', 'tracks'):
        peer.listen(Detection2DArray, topic)
        peer.until(lambda name=topic: peer.node.count_publishers(name), topic)
    peer.spin(0.5)
    assert peer.call(SetBool, 'pipeline/set_paused', SetBool.Request(data=False)).success
    peer.until(process.has_ended, 'the end of the pictures')
    peer.settle('tracks', 'detections')
    check(network, peer.received['tracks'], peer.received['detections'])


def test_in_nodes(start, peer, network):
    start('detector', **network, detect_every=EVERY)
    start('tracker', **TRACKER)
    for topic in ('detections', 'tracks'):
        peer.listen(Detection2DArray, topic)
    stamps = count(100, 1 / RATE)

    def send(picture):
        header = Header(stamp=seconds_to_stamp(next(stamps)))
        peer.publish('image_raw', array_to_image(picture, header))
        return header

    empty = np.full((HEIGHT, WIDTH, 3), 90, np.uint8)
    while not peer.received['tracks']:  # until all know each other
        send(empty)
        peer.spin(0.2)
    peer.settle('tracks')
    peer.forget()
    while not peer.received['detections']:  # until the detector has looked
        send(empty)
        peer.spin(0.2)
    for _ in range(EVERY - 1):
        header = send(empty)
        peer.until(lambda last=header: peer.received['tracks'][-1].header == last, 'tracks')
    peer.forget()
    for number in range(FRAMES):
        header = send(scene(number))
        assert peer.message('tracks', number + 1).header == header
    check(network, peer.received['tracks'], peer.received['detections'])
