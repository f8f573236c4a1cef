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

"""Messages to arrays and back."""

import math
import sys

from hypothesis import given, settings
from hypothesis import strategies as st
import numpy as np
import pytest
from rclpy.serialization import deserialize_message
from sensor_msgs.msg import Image
from std_msgs.msg import Header
from vision_msgs.msg import Detection2D, Detection2DArray, ObjectHypothesisWithPose

from yolo_deepsort_ros.deepsort.tracker import Tracker
from yolo_deepsort_ros.detections import Detections
from yolo_deepsort_ros.errors import InputError
from yolo_deepsort_ros.nodes.messages import conversions
from yolo_deepsort_ros.tracks import Tracks

PIXELS = np.arange(2 * 3 * 3, dtype=np.uint8).reshape(2, 3, 3) * 7  # 3 wide, 2 high


def image(encoding, array, padding=0, fields=None):
    """Make an image message whose rows end in that many bytes of padding; fields override."""
    rows = np.ascontiguousarray(array).view(np.uint8).reshape(array.shape[0], -1)
    rows = np.pad(rows, ((0, 0), (0, padding)), constant_values=255)
    height, width = array.shape[:2]
    return Image(**{
        'height': height, 'width': width, 'encoding': encoding, 'step': rows.shape[1],
        'data': rows.tobytes(), **(fields or {}),
    })


@pytest.mark.parametrize('padding', [0, 5])
@pytest.mark.parametrize(('encoding', 'sent', 'expected'), [
    ('bgr8', PIXELS, PIXELS),
    ('rgb8', PIXELS, PIXELS[..., ::-1]),
    ('mono8', PIXELS[..., 0], np.repeat(PIXELS[..., :1], 3, axis=2)),
    ('bgra8', np.dstack([PIXELS, PIXELS[..., 0]]), PIXELS),
    ('rgba8', np.dstack([PIXELS[..., ::-1], PIXELS[..., 0]]), PIXELS),
], ids=['bgr8', 'rgb8', 'mono8', 'bgra8', 'rgba8'])
def test_encodings(encoding, sent, expected, padding):
    found = conversions.image_to_array(image(encoding, sent, padding))
    assert found.dtype == np.uint8
    np.testing.assert_array_equal(found, expected)


def test_bgr8_is_a_view_that_cannot_be_written():
    message = image('bgr8', PIXELS)
    found = conversions.image_to_array(message)
    assert np.shares_memory(found, np.frombuffer(message.data, np.uint8))
    assert not found.flags.writeable


class SixteenBitBridge:
    """A cv_bridge that knows neither padding nor foreign byte order."""

    def encoding_to_dtype_with_channels(self, _):
        return 'uint16', 1

    def imgmsg_to_cv2(self, message, _):
        grey = np.frombuffer(message.data, np.uint16).reshape(message.height, message.width)
        return np.repeat((grey >> 8).astype(np.uint8)[..., None], 3, axis=2)


@pytest.mark.parametrize('padding', [0, 4])
@pytest.mark.parametrize(('order', 'is_bigendian'), [('<', 0), ('>', 1)])
def test_cv_bridge_gets_packed_rows_in_native_order(monkeypatch, padding, order, is_bigendian):
    monkeypatch.setattr('cv_bridge.CvBridge', SixteenBitBridge)
    grey = np.array([[0, 256, 65280], [512, 1, 255]], np.uint16).astype(f'{order}u2')
    message = image('16UC1', grey, padding, {'is_bigendian': is_bigendian})
    assert conversions.image_to_array(message)[..., 0].tolist() == [[0, 1, 255], [2, 0, 0]]


@pytest.mark.parametrize(('fields', 'words'), [
    ({'width': 0}, 'image of 0 x 2 bgr8: width and height must be positive'),
    ({'height': 0}, 'width and height must be positive'),
    ({'step': 8}, 'step is 8, at least 9 is needed'),
    ({'step': 10}, 'data has 18 bytes, 20 are needed'),
    ({'data': b'123'}, 'data has 3 bytes, 18 are needed'),
    ({'data': b''}, 'data has 0 bytes, 18 are needed'),
    ({'encoding': 'mono16', 'width': 5}, 'step is 9, at least 10 is needed'),
    ({'encoding': 'polaroid'}, "'polaroid' is unknown to the cv_bridge installed; publish bgr8"),
    ({'encoding': ''}, "'' is unknown to the cv_bridge installed"),
    ({'encoding': 'x' * 5000}, "'" + 'x' * 199 + "…' is unknown"),
    ({'encoding': '32FC1', 'step': 12, 'data': bytes(24)}, "'32FC1' is nothing that"),
])
def test_refused_images(fields, words):
    with pytest.raises(InputError) as raised:
        conversions.image_to_array(image('bgr8', PIXELS, fields=fields))
    assert words in str(raised.value)
    assert '\n' not in str(raised.value)


#: What drivers of today send, and bytes of a row of four pixels.
COMMON = {
    'bgr8': 12, 'rgb8': 12, 'mono8': 4, 'bgra8': 16, 'rgba8': 16, '8UC1': 4, '8UC3': 12,
    'bayer_rggb8': 4, 'bayer_gbrg8': 4, 'yuv422': 8, 'yuv422_yuy2': 8, 'yuyv': 8, 'uyvy': 8,
    'mono16': 8, 'rgb16': 24, 'bgr16': 24, 'bayer_rggb16': 8, 'bayer_bggr16': 8, 'nv12': 4,
    'nv21': 4,
}


@pytest.mark.parametrize('encoding', COMMON)
def test_no_common_encoding_needs_cv_bridge(monkeypatch, encoding):
    monkeypatch.setitem(sys.modules, 'cv_bridge', None)
    step = COMMON[encoding]
    message = Image(height=4, width=4, encoding=encoding, step=step, data=bytes(step * 6))
    assert conversions.image_to_array(message).shape == (4, 4, 3)


def test_without_cv_bridge_the_common_encodings_work(monkeypatch):
    monkeypatch.setitem(sys.modules, 'cv_bridge', None)
    np.testing.assert_array_equal(conversions.image_to_array(image('bgr8', PIXELS)), PIXELS)
    with pytest.raises(InputError, match='cv_bridge, which does not load'):
        conversions.image_to_array(image('nv24', PIXELS))


def test_a_bridge_made_for_another_numpy_is_one_line(monkeypatch, tmp_path):
    (tmp_path / 'cv_bridge.py').write_text(r'raise ImportError("for NumPy 1\nnot for NumPy 2")')
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, 'cv_bridge', raising=False)
    with pytest.raises(InputError, match=r'does not load \(for NumPy 1\\nnot for') as raised:
        conversions.image_to_array(image('nv24', PIXELS))
    assert '\n' not in str(raised.value)


@pytest.mark.parametrize('pixels', [PIXELS, PIXELS[:, ::-1]], ids=['packed', 'flipped view'])
def test_array_to_image_and_back(pixels):
    header = Header(frame_id='camera')
    message = conversions.array_to_image(pixels, header)
    assert (message.header, message.encoding, message.step) == (header, 'bgr8', 9)
    np.testing.assert_array_equal(conversions.image_to_array(message), pixels)


@pytest.mark.parametrize('nanoseconds', [0, 1, 999_999_999, 1_700_000_000_123_456_789])
def test_stamps(nanoseconds):
    stamp = conversions.seconds_to_stamp(nanoseconds / 1e9)
    assert abs(conversions.stamp_to_nanoseconds(stamp) - nanoseconds) < 500
    assert conversions.stamp_to_seconds(stamp) == nanoseconds / 1e9


def test_detections_there_and_back():
    header = Header(frame_id='camera')
    sent = Detections([[10, 20, 30, 40], [-5, 0.5, 7.25, 9]], [0.9, 0.3], [1, 0])
    message = conversions.detections_to_message(sent, header, ['person', 'dog'])
    first = message.detections[0]
    assert message.header == first.header == header
    assert (first.bbox.center.position.x, first.bbox.center.position.y) == (25.0, 40.0)
    assert (first.bbox.size_x, first.bbox.size_y, first.id) == (30.0, 40.0, '')
    assert first.results[0].hypothesis.class_id == 'dog'
    names = conversions.ClassNames()
    found = conversions.message_to_detections(message, names)
    np.testing.assert_array_equal(found.tlwh, sent.tlwh)
    np.testing.assert_array_equal(found.scores, sent.scores)
    assert [names[i] for i in found.class_ids] == ['dog', 'person']


def test_parts_of_published_messages_are_used_again():
    parts = []
    header, names = Header(frame_id='camera'), ['person', 'dog']
    for found in (
        Detections([[10, 20, 30, 40]], [0.9], [1]), Detections.empty(),
        Detections([[1, 2, 3, 4], [5, 6, 7, 8]], [0.8, 0.7], [0, 1]),
        Detections([[9, 9, 9, 9]], [0.6], [0]),
    ):
        message = conversions.detections_to_message(found, header, names, parts)
        assert message == conversions.detections_to_message(found, header, names)
        assert all(a is b for a, b in zip(message.detections, parts, strict=False))
    assert len(parts) == 2


def test_no_detections():
    message = conversions.detections_to_message(Detections.empty(), Header(), [])
    assert message.detections == []
    assert len(conversions.message_to_detections(message, conversions.ClassNames())) == 0


def test_of_several_hypotheses_the_best_counts_and_none_is_no_class():
    several = Detection2D(results=[ObjectHypothesisWithPose() for _ in range(3)])
    for result, score, name in zip(several.results, (0.2, 0.7, 0.1), 'abc', strict=True):
        result.hypothesis.score, result.hypothesis.class_id = score, name
    found = conversions.message_to_objects(Detection2DArray(detections=[several, Detection2D()]))
    assert found.names == ['b', '']
    assert found.scores.tolist() == [0.7, 0.0]


def test_ids_that_are_no_numbers_are_zero():
    detections = [Detection2D(id=text) for text in ('12', '', 'x7', '-3', '9' * 30)]
    found = conversions.message_to_objects(Detection2DArray(detections=detections))
    assert found.ids.tolist() == [12, 0, 0, 0, 0]


@pytest.mark.parametrize('size', [0.0, -1.0, float('nan'), float('inf'), 1e160, 1e-300])
@pytest.mark.parametrize('theta', [0.0, 0.5, float('nan'), float('inf')])
def test_unusable_boxes_are_left_out(size, theta):
    bad, good = detection_of(50, 60, 10.0, size), detection_of(5, 6, 10, 20)
    bad.bbox.center.theta = theta
    message = Detection2DArray(detections=[bad, good, bad])
    found = conversions.message_to_detections(message, conversions.ClassNames())
    assert found.tlwh.tolist() == [[0, -4, 10, 20]]
    objects = conversions.message_to_objects(message)
    assert len(objects.ids) == 3
    assert objects.usable.names == ['cat']


def detection_of(x, y, width, height, score=0.5):
    detection = Detection2D(results=[ObjectHypothesisWithPose()])
    detection.results[0].hypothesis.class_id = 'cat'
    detection.results[0].hypothesis.score = score
    detection.bbox.center.position.x, detection.bbox.center.position.y = float(x), float(y)
    detection.bbox.size_x, detection.bbox.size_y = float(width), float(height)
    return detection


numbers = st.sampled_from([np.nan, np.inf, -np.inf, 0.0, -5.0, 1e9])
places = st.tuples(st.integers(0, 300), st.integers(0, 200))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(places, max_size=4), min_size=1, max_size=8), st.data())
def test_any_share_of_unusable_boxes_changes_nothing(frames, data):
    disturbed, calm = (Tracker(frame_rate=10, n_init=1) for _ in range(2))
    names = conversions.ClassNames()
    for number, corners in enumerate(frames):
        good = [detection_of(x, y, 30, 60) for x, y in corners]
        mixed = list(good)
        for _ in range(data.draw(st.integers(0, 5))):
            values = [20.0, 20.0, 30.0, 60.0, 0.9]
            place = data.draw(st.integers(0, 4))
            bad_one = numbers if place in (2, 3) else st.sampled_from([np.nan, np.inf, -np.inf])
            values[place] = data.draw(bad_one)
            mixed.insert(data.draw(st.integers(0, len(mixed))), detection_of(*values))
        seen, expected = (
            tracker.update(
                conversions.message_to_detections(Detection2DArray(detections=boxes), names),
                number / 10,
            )
            for tracker, boxes in ((disturbed, mixed), (calm, good))
        )
        for name in vars(expected):
            np.testing.assert_array_equal(getattr(seen, name), getattr(expected, name))


@pytest.mark.parametrize(('theta', 'width', 'height'), [
    (0.0, 40, 20), (math.pi / 2, 20, 40), (-math.pi, 40, 20), (math.pi / 6, 44.641, 37.3205),
    (math.pi / 4, 42.4264, 42.4264),
])
def test_of_a_turned_box_the_upright_one_around_it_counts(theta, width, height):
    turned = detection_of(100, 50, 40, 20)
    turned.bbox.center.theta = theta
    message = Detection2DArray(detections=[turned, detection_of(7, 8, 9, 10)])
    found = conversions.message_to_objects(message).tlwh
    expected = [100 - width / 2, 50 - height / 2, width, height]
    np.testing.assert_allclose(found, [expected, [2.5, 3, 9, 10]], atol=1e-3)
    corners = np.array([[20, 10], [20, -10], [-20, 10], [-20, -10]], float)
    turn = np.array([[math.cos(theta), -math.sin(theta)], [math.sin(theta), math.cos(theta)]])
    np.testing.assert_allclose(np.ptp(corners @ turn.T, axis=0), found[0, 2:])


def test_tracks_carry_their_ids():
    one = np.ones(1)
    tracks = Tracks(
        ids=np.array([42]), tlwh=np.array([[1.0, 2.0, 3.0, 4.0]]), states=one, ages=one, hits=one,
        time_since_update=one, class_ids=np.array([0]), scores=np.array([0.5]),
        velocities=np.zeros((1, 2)), covariances=np.zeros((1, 4, 4)),
    )
    names = conversions.ClassNames()
    names.index('dog')
    message = conversions.tracks_to_message(tracks, Header(), names)
    found = conversions.message_to_objects(message)
    assert message.detections[0].id == '42'
    assert (found.ids.tolist(), found.names) == ([42], ['dog'])
    assert found.tlwh.tolist() == [[1.0, 2.0, 3.0, 4.0]]


def test_tracks_in_a_bag_are_those_on_the_wire():
    pytest.importorskip('rosbags.rosbag2', reason='the library rosbags is not installed')
    from yolo_deepsort_ros.cli.track_bag import message_types, tracks_message, TRACKS_TYPE
    from yolo_deepsort_ros.sources.bag import rosbags
    from yolo_deepsort_ros.sources.frame import Header as FrameHeader
    two = np.ones(2)
    tracks = Tracks(
        ids=np.array([42, 7]), tlwh=np.array([[1.0, 2.0, 3.0, 4.0], [5.5, 6.0, 7.0, 8.25]]),
        states=two, ages=two, hits=two, time_since_update=two, class_ids=np.array([0, 1]),
        scores=np.array([0.5, 0.25]), velocities=np.zeros((2, 2)),
        covariances=np.zeros((2, 4, 4)),
    )
    names = conversions.ClassNames()
    names.index('dog')
    names.index('cat')
    header = Header(frame_id='camera')
    header.stamp.sec, header.stamp.nanosec = 12, 345
    types = message_types(rosbags())
    in_the_bag = tracks_message(
        types.types, FrameHeader(12_000_000_345, 'camera', 0), tracks, ['dog', 'cat'])
    data = bytes(types.serialize_cdr(in_the_bag, TRACKS_TYPE))
    on_the_wire = conversions.tracks_to_message(tracks, header, names)
    assert deserialize_message(data, Detection2DArray) == on_the_wire
