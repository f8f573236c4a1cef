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

"""What the annotator draws beside the boxes."""

import time

import numpy as np
from sensor_msgs.msg import Image
from std_msgs.msg import Header
from vision_msgs.msg import Detection2D, Detection2DArray

from yolo_deepsort_ros.nodes.messages.conversions import (
    array_to_image, image_to_array, seconds_to_stamp,
)
from yolo_deepsort_ros.visualization.drawing import colour_of, DARK


def track(number, x, y):
    """Return a track with its feet at x, y."""
    message = Detection2D(id=str(number))
    message.bbox.center.position.x, message.bbox.center.position.y = x, y - 20.0
    message.bbox.size_x, message.bbox.size_y = 20.0, 40.0
    return message


def test_trails_and_a_corner(start, peer):
    start('annotator')
    peer.listen(Image, 'annotated_image')
    grey = np.full((480, 640, 3), 90, np.uint8)

    def drawn(x, stamp):
        """Return the picture of a track with its feet at x, 200."""
        peer.forget()
        header = Header(stamp=seconds_to_stamp(stamp))
        peer.publish('image_raw', array_to_image(grey, header))
        peer.publish('tracks', Detection2DArray(header=header, detections=[track(5, x, 200.0)]))
        return image_to_array(peer.message('annotated_image'))

    def has_trail(picture):
        return np.abs(picture[200, 225].astype(int) - colour_of(5)).max() < 30

    peer.until(lambda: peer.node.count_publishers('annotated_image'), 'the annotator')
    now = time.time()  # not before: images that are older than some seconds are a recording's
    first, second = drawn(200.0, now - 0.1), drawn(250.0, now)
    assert not has_trail(first)
    assert has_trail(second)
    width = [(picture[478] == DARK).all(axis=1).sum() for picture in (first, second)]
    assert 20 < width[0] < width[1], 'first the age of the image, then its rate, too'
    old = drawn(300.0, 100.0)
    assert (old == grey).all(axis=2)[478].all(), 'neither is known of a recording without time'
    assert peer.set_parameter('annotator', 'trail', 0.0).successful
    assert not has_trail(drawn(200.0, now + 1)) and not has_trail(drawn(250.0, now + 1.1))


def test_tracks_that_cannot_be_drawn_are_left_out(start, peer, status):
    process = start('annotator')
    peer.listen(Image, 'annotated_image')
    picture = np.full((480, 640, 3), 90, np.uint8)
    bad = [track(1, x, 200.0) for x in (float('nan'), float('inf'))]
    header = Header(stamp=seconds_to_stamp(100.0))
    peer.publish('image_raw', array_to_image(picture, header))
    peer.publish('tracks', Detection2DArray(header=header, detections=bad))
    drawn = image_to_array(peer.message('annotated_image'))
    assert (drawn == picture).all()
    status('/test/annotator', lambda _, values: values.get('unusable boxes') == '2', 'the count')
    assert '2 of 2 boxes in a message of another node cannot be used' in process.text
