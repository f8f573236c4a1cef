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

"""The arena's camera node: depth, and where the camera is."""

import numpy as np
import pytest
from rclpy.qos import DurabilityPolicy, QoSProfile, ReliabilityPolicy
from sensor_msgs.msg import Image
from tf2_msgs.msg import TFMessage

from yolo_deepsort_ros.images.raw_depth import depth_in_metres
from yolo_deepsort_ros.nodes.messages.conversions import stamp_to_nanoseconds
from yolo_deepsort_ros.simulation.arena.arena import Arena
from yolo_deepsort_ros.simulation.arena.arena_config import ArenaConfig

SIZE = {'width': 96, 'height': 72}
STATIC = QoSProfile(
    depth=10, reliability=ReliabilityPolicy.RELIABLE, durability=DurabilityPolicy.TRANSIENT_LOCAL
)


def test_depth_comes_with_the_picture_and_the_pose_with_both(start, peer):
    start('camera', source='arena:camera_speed=0.5,camera_height=1.2', rate=20.0, **SIZE)
    for kind, topic in ((Image, 'image_raw'), (Image, 'depth'), (TFMessage, '/tf')):
        peer.listen(kind, topic)

    def stamps(topic):
        return {stamp_to_nanoseconds(m.header.stamp): m for m in peer.received[topic]}

    def poses():
        return {
            stamp_to_nanoseconds(t.header.stamp): t for m in peer.received['/tf']
            for t in m.transforms
        }

    peer.until(
        lambda: len(stamps('depth').keys() & stamps('image_raw').keys() & poses().keys()) > 3,
        'depth, picture and pose of the same stamps',
    )
    stamp = sorted(stamps('depth').keys() & poses().keys())[0]
    depth, pose = stamps('depth')[stamp], poses()[stamp]
    assert (depth.encoding, depth.width, depth.height) == ('16UC1', 96, 72)
    metres = depth_in_metres(depth)
    assert 1 < np.median(metres[metres > 0]) < 20
    assert (pose.header.frame_id, pose.child_frame_id) == ('map', depth.header.frame_id)
    assert pose.transform.translation.z == pytest.approx(1.2)
    assert -3 <= pose.transform.translation.x < 2


def test_a_camera_that_stands_is_told_once(start, peer):
    start('camera', source='arena:depth=false', rate=20.0, **SIZE)
    peer.listen(TFMessage, '/tf_static', STATIC)
    [transform] = peer.message('/tf_static').transforms
    assert not peer.node.count_publishers('depth'), 'a locator would wait for it'
    arena = Arena(ArenaConfig(), **SIZE)
    place = transform.transform.translation
    assert (place.x, place.y, place.z) == pytest.approx(tuple(arena.survey(0)[0].position))
    turn = transform.transform.rotation
    x, y, z, w = turn.x, turn.y, turn.z, turn.w
    ahead = [2 * (x * z + y * w), 2 * (y * z - x * w), 1 - 2 * (x * x + y * y)]
    assert ahead == pytest.approx(arena.survey(0)[0].rotation[:, 2].tolist(), abs=1e-6)
