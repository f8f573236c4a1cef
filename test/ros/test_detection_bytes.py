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

"""A message of detections is read from its bytes: no more of it than is bounded."""

import numpy as np
import pytest
from rclpy.serialization import serialize_message
from std_msgs.msg import Header
from vision_msgs.msg import Detection2DArray

from yolo_deepsort_ros.detections import Detections
from yolo_deepsort_ros.errors import InputError
from yolo_deepsort_ros.nodes.messages.conversions import detections_to_message
from yolo_deepsort_ros.nodes.messages.detection_bytes import MAX_READ, read_boxes


def boxes(count, frame_id):
    message = detections_to_message(
        Detections([[1, 2, 3, 4]], [0.5], [0]), Header(frame_id=frame_id), ['person'])
    message.detections *= count
    return message


@pytest.mark.parametrize('frame_id', ['', 'a', 'lens', 'camera', 'front_é'])
@pytest.mark.parametrize('count', [0, 1, 3])
def test_it_is_what_was_sent(count, frame_id):
    sent = boxes(count, frame_id)
    assert read_boxes(serialize_message(sent)) == (sent, 0)


@pytest.mark.parametrize('frame_id', ['', 'a', 'lens', 'camera', 'front_é'])
def test_of_very_many_boxes_the_first_are_read(frame_id):
    sent = boxes(1, frame_id)
    others = boxes(1, 'other').detections
    sent.detections = sent.detections * MAX_READ + others * 7
    message, left_out = read_boxes(serialize_message(sent))
    assert left_out == 7
    assert len(message.detections) == MAX_READ
    assert message.header.frame_id == frame_id
    assert {each.header.frame_id for each in message.detections} == {frame_id}


@pytest.mark.parametrize('size', [0, 3, 11, 15, 20, 60, 200])
def test_bytes_that_are_cut_off_are_refused_in_a_line(size):
    with pytest.raises(InputError, match=f'a Detection2DArray of {size} bytes'):
        read_boxes(serialize_message(boxes(3, 'lens'))[:size])


def test_a_number_of_boxes_that_is_claimed_takes_no_memory():
    data = bytearray(serialize_message(Detection2DArray()))
    data[-4:] = np.uint32(2**32 - 1).tobytes()
    with pytest.raises(InputError):
        read_boxes(bytes(data))
