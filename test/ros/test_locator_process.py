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

"""The locator in a process of its own: topics that do not fit, and its sudden end."""

from itertools import count

from diagnostic_msgs.msg import DiagnosticStatus
import pytest
from rclpy.qos import DurabilityPolicy, QoSProfile, ReliabilityPolicy
from std_msgs.msg import Header, String
from tf2_msgs.msg import TFMessage
from vision_msgs.msg import (
    Detection2D, Detection2DArray, Detection3DArray, ObjectHypothesisWithPose,
)

from yolo_deepsort_ros.calibration import Calibration
from yolo_deepsort_ros.nodes import qos
from yolo_deepsort_ros.nodes.messages.camera_info import CameraInfos
from yolo_deepsort_ros.nodes.messages.conversions import seconds_to_stamp

SIZE = (640, 480)
CAMERA = Calibration.ideal(*SIZE, (500.0, 0, 319.5, 0, 500.0, 239.5, 0, 0, 1))
STANDS = {'camera_height': 1.2, 'camera_pitch': 0.1}
IN_VAIN = '/test/tracks: nothing can arrive from /test/peer'


class Frames:
    """Publishes one object, who stands 3 m ahead, on and on."""

    def __init__(self, peer, tracks=None):
        self._peer = peer
        self._tracks = tracks or peer.advertise(Detection2DArray, 'tracks')
        self._info = peer.advertise(type(CameraInfos(CAMERA, '').message(Header(), *SIZE)),
                                    'camera_info')
        self._stamps = count(100)
        peer.listen(Detection3DArray, 'tracks_3d')

    def until_located(self):
        """Publish until a place comes back, and return where it is."""
        received = self._peer.received['tracks_3d']
        received.clear()

        def place():
            header = Header(stamp=seconds_to_stamp(next(self._stamps) / 10), frame_id='lens')
            self._info.publish(CameraInfos(CAMERA, '').message(header, *SIZE))
            found = Detection2D(id='7', results=[ObjectHypothesisWithPose()])
            found.bbox.center.position.x, found.bbox.center.position.y = 319.5, 283.5
            found.bbox.size_x, found.bbox.size_y = 80.0, 200.0
            self._tracks.publish(Detection2DArray(header=header, detections=[found]))
            self._peer.spin(0.1)
            return next((each for message in received for each in message.detections), None)

        found = self._peer.until(place, 'a place in metres')
        assert found.id == '7'
        spot = found.results[0].pose.pose.position
        return spot.x, spot.y


def test_tracks_that_cannot_arrive_are_named_with_a_remedy_that_works(start, peer, status):
    first = start('locator', **STANDS)
    publisher = peer.node.create_publisher(
        Detection2DArray, 'tracks', QoSProfile(depth=10, reliability=ReliabilityPolicy.BEST_EFFORT)
    )
    wish = peer.node.create_subscription(Detection3DArray, 'tracks_3d', print, QoSProfile(
        depth=10, durability=DurabilityPolicy.TRANSIENT_LOCAL))
    unheard = '/test/tracks_3d: nothing can reach /test/peer'
    found, values = status(
        '/test/locator', lambda found, _: IN_VAIN in found.message and unheard in found.message,
        'both explanations')
    assert found.level == DiagnosticStatus.ERROR
    arguments = [
        word for key, text in values.items() if key.endswith('remedy')
        for word in text.partition('--ros-args ')[2].split()
    ]
    assert 'qos_overrides./test/tracks.subscription.reliability:=best_effort' in arguments
    assert 'qos_overrides./test/tracks_3d.publisher.durability:=transient_local' in arguments
    assert first.end() == 0
    peer.node.destroy_subscription(wish)
    start('locator', *arguments, **STANDS)
    assert Frames(peer, publisher).until_located() == pytest.approx((3.0, 0.0), abs=0.3)


def test_nobody_need_select_anything(start, peer, status):
    """A selection is said once: that no other comes is no fault of who says it."""
    start('locator', **STANDS, topic_timeout=1.0)
    peer.node.create_publisher(String, 'selected_track', qos.LATCHED).publish(String())
    frames = Frames(peer)
    for _ in range(30):
        frames.until_located()
    found, _ = status('/test/locator', lambda _, values: int(values['tracks received']) >= 30,
                      'what the locator says')
    assert 'selected_track' not in found.message


def test_one_that_is_killed_is_replaced_by_the_next(start, peer):
    peer.listen(TFMessage, '/tf_static', qos.LATCHED)
    first, frames = start('locator', **STANDS), Frames(peer)
    for node in (first, None):
        place = frames.until_located()
        assert place == pytest.approx((3.0, 0.0), abs=0.3)
        frame = peer.message('/tf_static').transforms[0].child_frame_id
        assert frame == 'lens_floor'
        if node:
            node.kill()
            peer.forget()
            start('locator', **STANDS)
