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

"""The consumer's example, in the graph."""

from itertools import count
from math import atan2, inf, nan
from pathlib import Path
import sys

from geometry_msgs.msg import Twist
import pytest
from sensor_msgs.msg import CameraInfo, Image
from std_msgs.msg import Header
from std_msgs.msg import String
from vision_msgs.msg import (
    Detection2D, Detection2DArray, Detection3D, Detection3DArray, ObjectHypothesisWithPose,
)

from yolo_deepsort_ros.nodes.messages.conversions import seconds_to_stamp
from yolo_deepsort_ros.nodes.qos import LATCHED

EXAMPLE = Path(__file__).parents[2] / 'examples' / 'follow_nearest.py'
FOCAL_LENGTH, MIDDLE = 500.0, 320.0
NEAR, FAR = ('7', 520.0, 200.0), ('3', 220.0, 50.0)  #: id, x of the centre, height


def tracks(stamp, *objects):
    message = Detection2DArray(header=Header(stamp=seconds_to_stamp(stamp)))
    for name, x, height in objects:
        track = Detection2D(id=name)
        track.bbox.center.position.x, track.bbox.size_y = x, height
        message.detections.append(track)
    return message


def test_it_turns_to_the_nearest_and_stays_with_it(start, peer):
    assert EXAMPLE.read_text().count('\n') < 120
    process = start('follower', program=[sys.executable, str(EXAMPLE)])
    peer.listen(Twist, 'cmd_vel')

    def turn(stamp, *objects):
        peer.forget()
        peer.publish('tracks', tracks(stamp, *objects))
        twist = peer.message('cmd_vel')
        assert twist.linear == Twist().linear
        return twist.angular.z

    peer.message('cmd_vel')
    peer.until(lambda: 'no tracks come: stands still' in process.text, 'the line')
    assert turn(1.0, NEAR) == 0, 'no calibration yet'
    line = 'neither camera_info nor image_raw: stands still'
    peer.until(lambda: process.text.count(line) == 1, 'the line')

    def needs_no_image():
        peer.publish('image_raw', Image(width=640, height=480))  # the first may be lost
        return not peer.node.count_subscribers('image_raw')

    peer.until(needs_no_image, 'the end of the images')
    share = pytest.approx(1.5 * (0.5 - 520 / 640))
    assert [turn(stamp, NEAR) for stamp in (1.01, 1.02)] == [share, share]
    assert turn(1.025, ('7', 1e20, 200.0)) == -0.75, 'no further than to the edge'
    stamps = count(1.03, 1e-4)

    def is_in_the_middle():
        peer.publish('camera_info', CameraInfo(width=1040, height=780))  # the first may be lost
        return turn(next(stamps), NEAR) == 0

    peer.until(is_in_the_middle, 'the middle of a picture so wide')
    by_share = 'no calibration: turns by the share of the width'
    peer.until(lambda: process.text.count(by_share) == 1, 'the line')
    info = CameraInfo(k=[FOCAL_LENGTH, 0.0, MIDDLE, 0.0, FOCAL_LENGTH, 240.0, 0.0, 0.0, 1.0])
    peer.publish('camera_info', info)
    right = pytest.approx(-1.5 * atan2(200, FOCAL_LENGTH))
    left = pytest.approx(1.5 * atan2(100, FOCAL_LENGTH))
    peer.until(lambda: turn(next(stamps), FAR, NEAR) == right, 'the turn of a known lens')
    assert turn(1.2, NEAR, ('9', 10.0, 400.0)) == right, 'another one is nearer now'
    assert turn(1.3) == 0
    assert turn(1.4, FAR) == 0, 'hidden for a moment'
    assert turn(1.5, FAR, NEAR) == right
    for stamp, nowhere in ((1.6, nan), (1.7, inf)):
        assert turn(stamp, ('7', nowhere, 200.0)) == 0, 'a robot must not be told to turn there'

    def drive(stamp, *objects, frame='base_link'):
        """Return how it drives and turns for objects in metres."""
        peer.forget()
        message = Detection3DArray(header=Header(stamp=seconds_to_stamp(stamp), frame_id=frame))
        for name, x, y in objects:
            found = Detection3D(id=name, results=[ObjectHypothesisWithPose()])
            position = found.results[0].pose.pose.position
            position.x, position.y = x, y
            message.detections.append(found)
        peer.publish('tracks_3d', message)
        twist = peer.message('cmd_vel')
        return round(twist.linear.x, 3), round(twist.angular.z, 3)

    assert drive(3.0, ('3', 9.0, 0.0), ('7', 2.1, 0.0)) == (0.3, 0.0), 'the nearest, 1.5 m behind'
    assert drive(3.1, ('3', 1.2, 0.0), ('7', 8.0, 0.0)) == (0.5, 0.0), 'stays with it, not faster'
    assert drive(3.2, ('7', 1.0, 0.0)) == (0.0, 0.0), 'never backwards'
    assert drive(3.3, ('7', 0.0, 4.0)) == (0.0, round(1.5 * atan2(1, 0), 3)), 'turns first'
    peer.publish('tracks', tracks(3.4, NEAR))  # of a frame whose places come, too
    selector = peer.node.create_publisher(String, 'selected_track', LATCHED)
    selector.publish(String(data='3'))
    stamps = count(3.5, 1e-3)
    peer.until(
        lambda: drive(next(stamps), ('3', 1.9, 0.0), ('7', 3.0, 0.0)) == (0.2, 0.0), 'the selected'
    )
    assert drive(9.0, ('7', 3.0, 0.0)) == (0.0, 0.0), 'the selected one is waited for'
    selector.publish(String(data=''))
    stamps = count(9.1, 1e-3)
    peer.until(lambda: drive(next(stamps), ('7', 2.1, 0.0)) == (0.3, 0.0), 'the nearest again')
    peer.forget()
    assert turn(20.0, NEAR) == right, 'in pixels, when no places come'
    peer.publish('tracks_3d', Detection3DArray(header=Header(frame_id='map')))
    peer.until(lambda: 'set target_frame base_link' in process.text, 'the line')
    assert turn(2.6, FAR) == left
    assert turn(0.1, NEAR) == right, 'the clock was set back'
    peer.forget()

    def stands():
        peer.publish('tracks', tracks(0.1, NEAR))
        return Twist() in peer.received['cmd_vel']

    peer.until(stands, 'its stop: the same message again and again tells nothing new')


def test_after_a_new_tracker_it_does_not_follow_a_stranger_of_the_same_id(start, peer):
    start('follower', program=[sys.executable, str(EXAMPLE)])
    peer.listen(Twist, 'cmd_vel')
    selector = peer.node.create_publisher(String, 'selected_track', LATCHED)
    selector.publish(String(data='3'))
    info = CameraInfo(k=[FOCAL_LENGTH, 0.0, MIDDLE, 0.0, FOCAL_LENGTH, 240.0, 0.0, 0.0, 1.0])
    stamps = iter(range(1, 10**6))

    def turns(tracker):
        """Send the two until it turns; return whether to the left, where the selected one is."""
        def turned():
            peer.publish('camera_info', info)
            tracker.publish(tracks(0.05 * next(stamps), NEAR, FAR))
            return peer.received['cmd_vel'] and peer.received['cmd_vel'][-1].angular.z
        peer.forget()
        return peer.until(turned, 'a turn') > 0

    def stands():
        peer.forget()
        peer.until(lambda: Twist() in peer.received['cmd_vel'], 'the silence')

    first = peer.node.create_publisher(Detection2DArray, 'tracks', 10)
    peer.until(lambda: turns(first), 'the selected one')
    stands()
    assert turns(first), 'it is the same tracker'
    peer.node.destroy_publisher(first)
    stands()
    second = peer.node.create_publisher(Detection2DArray, 'tracks', 10)
    peer.until(second.get_subscription_count, 'the follower')
    assert not turns(second), 'its 3 is another one than the selected 3'
