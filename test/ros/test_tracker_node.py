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

"""The tracker node alone, fed by a detector that is not ours."""

import re
from threading import Event, Thread
import time
from unittest.mock import MagicMock

from diagnostic_msgs.msg import DiagnosticStatus
import numpy as np
import pytest
from rosgraph_msgs.msg import Clock
from sensor_msgs.msg import Image
from std_msgs.msg import Header
from std_srvs.srv import Trigger
from vision_msgs.msg import Detection2DArray

from yolo_deepsort_ros.config.stage_configs import TrackingConfig
from yolo_deepsort_ros.detections import Detections
from yolo_deepsort_ros.nodes.messages.conversions import (
    array_to_image, detections_to_message, message_to_objects, seconds_to_stamp,
)
from yolo_deepsort_ros.nodes.stages.detection_input_stage import MAX_BOXES
from yolo_deepsort_ros.nodes.stages.tracking_stage import TrackingStage


HOUR = 3600.0


class Feeder:
    """Publishes one object that moves right, in the words of another detector."""

    def __init__(self, peer):
        self._peer = peer
        self._count = 0
        peer.listen(Detection2DArray, 'tracks')

    def send(self, with_image=True, found=None, frame_id='lens', stamp=None):
        """Publish the next detections and their image; return the header."""
        self._count += 1
        stamp = self._count / 10 if stamp is None else stamp
        header = Header(stamp=seconds_to_stamp(stamp), frame_id=frame_id)
        if found is None:
            found = Detections([[10.0 + 3 * self._count, 20, 30, 60]], [0.8], [1])
        message = detections_to_message(found, header, ['cat', 'forklift_v2'])
        if with_image:
            picture = np.full((120, 200, 3), 60, np.uint8)
            self._peer.publish('image_raw', array_to_image(picture, header))
        self._peer.publish('detections', message)
        return header

    def track(self, **how):
        """Publish, and return the tracks that answer."""
        before = len(self._peer.received['tracks'])
        header = self.send(**how)
        message = self._peer.message('tracks', before + 1)
        assert message.header == header
        return message_to_objects(message)


@pytest.fixture(scope='module')
def process(start_once):
    """One process for all tests: each configures it anew."""
    return start_once('tracker', autostart=False)


@pytest.fixture
def configure(process, peer):
    """Return what begins with these parameters and without tracks."""
    def with_parameters(**parameters):
        for name, value in parameters.items():
            assert peer.set_parameter('tracker', name, value).successful
        assert peer.change('tracker', 'configure')
        assert peer.change('tracker', 'activate')
    yield with_parameters
    assert peer.change('tracker', 'deactivate')
    assert peer.change('tracker', 'cleanup')


@pytest.fixture
def feeder(peer):
    return Feeder(peer)


def test_any_class_id_survives(configure, feeder):
    configure(n_init=2)
    feeder.track()
    found = feeder.track()
    assert (found.names, found.ids.tolist()) == (['forklift_v2'], [1])
    assert found.scores.tolist() == [0.8]
    np.testing.assert_allclose(found.tlwh, [[16, 20, 30, 60]], atol=2)


def test_goes_on_when_images_are_lost(configure, feeder):
    configure(n_init=2, image_wait=0.1)
    ids = [feeder.track(with_image=number not in (2, 3, 4)).ids.tolist() for number in range(7)]
    assert ids == [[], *[[1]] * 6]


def test_without_any_image_it_tracks_by_overlap(configure, feeder):
    configure(n_init=2, image_wait=0.05)
    assert [feeder.track(with_image=False).ids.tolist() for _ in range(4)] == [[], [1], [1], [1]]


def test_an_unusable_box_leaves_the_others_theirs(configure, process, peer, feeder, status):
    configure(n_init=2)
    header = Header(stamp=seconds_to_stamp(0.3))
    found = [feeder.track().ids.tolist() for _ in range(2)]
    message = detections_to_message(
        Detections([[19, 20, 30, 60], [100, 20, 30, 60]], [0.8, 0.8], [0, 0]), header, ['cat']
    )
    message.detections[1].bbox.size_x = -30.0
    peer.publish('detections', message)
    found.append(message_to_objects(peer.message('tracks', 3)).ids.tolist())
    assert found == [[], [1], [1]]
    assert '1 of 2 boxes in a message of another node cannot be used' in process.text
    assert 'box 1 of size -30 x 60' in process.text
    assert 'Traceback' not in process.text
    _, values = status('/test/tracker', lambda *_: True, 'the counters')
    assert (values['unusable boxes'], values['refused']) == ('1', '0')


def test_a_message_that_cannot_be_used_at_all_ages_the_tracks(configure, peer, feeder):
    configure(n_init=1, max_age=2)
    assert [feeder.track().ids.tolist() for _ in range(2)] == [[], [1]]
    for number in range(3, 7):
        header = Header(stamp=seconds_to_stamp(number / 10))
        message = detections_to_message(Detections([[19, 20, 30, 60]], [0.8], [0]), header, ['c'])
        message.detections[0].results[0].hypothesis.score = float('nan')
        peer.publish('detections', message)
    last = peer.message('tracks', 6)
    assert (last.header, last.detections) == (header, [])
    assert [feeder.track(stamp=stamp).ids.tolist() for stamp in (0.7, 0.8)] == [[], [2]]
    assert peer.set_parameter('tracker', 'max_age', 30).successful


def test_a_damaged_image_leaves_its_detections_theirs(configure, process, peer, feeder):
    configure(n_init=1)
    assert [feeder.track().ids.tolist() for _ in range(2)] == [[], [1]]
    header = Header(stamp=seconds_to_stamp(0.3))
    peer.publish('image_raw', Image(header=header, height=9, width=9, step=27, encoding='bgr8'))
    peer.publish('detections', detections_to_message(
        Detections([[19, 20, 30, 60]], [0.8], [0]), header, ['cat']
    ))
    assert message_to_objects(peer.message('tracks', 3)).ids.tolist() == [1]
    assert '(messages refused so far: ' in process.text


def test_reset_starts_at_one_again(configure, peer, feeder):
    configure(n_init=2)
    far_away = Detections([[150, 20, 30, 60]], [0.8], [1])
    assert [feeder.track().ids.tolist() for _ in range(2)] == [[], [1]]
    assert [feeder.track(found=far_away).ids.tolist() for _ in range(3)] == [[1], [2], [2]]
    assert peer.call(Trigger, 'tracker/reset', Trigger.Request()).success
    assert [feeder.track(found=far_away).ids.tolist() for _ in range(2)] == [[], [1]]


def test_a_live_parameter_keeps_the_tracks(configure, peer, feeder):
    configure(n_init=2, max_age=100)
    nothing = Detections([], [])
    assert [feeder.track().ids.tolist() for _ in range(2)] == [[], [1]]
    assert peer.set_parameter('tracker', 'max_iou_distance', 0.5).successful
    assert feeder.track().ids.tolist() == [1]
    assert peer.set_parameter('tracker', 'max_age', 1).successful
    answer = peer.set_parameter('tracker', 'gallery_budget', 50)
    assert (answer.successful, 'clean up first' in answer.reason) == (False, True)
    for _ in range(3):
        feeder.track(found=nothing)
    assert [feeder.track().ids.tolist() for _ in range(2)] == [[], [2]]
    for name, value in (('max_iou_distance', 0.7), ('max_age', 30)):  # for the tests to come
        assert peer.set_parameter('tracker', name, value).successful


def test_tracks_outlast_a_deactivation_not_a_cleanup(configure, peer, feeder):
    configure(n_init=2)
    assert [feeder.track().ids.tolist() for _ in range(2)] == [[], [1]]
    assert peer.change('tracker', 'deactivate')
    peer.until(lambda: not peer.node.count_subscribers('detections'), 'the end of the work')
    assert peer.change('tracker', 'activate')
    peer.until(lambda: peer.node.count_subscribers('detections'), 'the work')
    assert feeder.track().ids.tolist() == [1]
    for transition in ('deactivate', 'cleanup', 'configure', 'activate'):
        assert peer.change('tracker', transition)
    peer.until(lambda: peer.node.count_subscribers('detections'), 'the work')
    assert [feeder.track().ids.tolist() for _ in range(2)] == [[], [1]]


def test_coasting_tracks_are_shown_where_they_are_wanted(configure, peer, feeder):
    configure(n_init=1)
    nothing = Detections([], [])
    assert [feeder.track().ids.tolist() for _ in range(2)] == [[], [1]]
    assert [feeder.track(found=nothing).ids.tolist() for _ in range(3)] == [[1], [], []]
    assert peer.set_parameter('tracker', 'publish_coasting', True).successful
    coasting = feeder.track(found=nothing)
    assert (coasting.ids.tolist(), coasting.scores.tolist()) == ([1], [0.8])
    assert peer.set_parameter('tracker', 'publish_coasting', False).successful
    assert feeder.track(found=nothing).ids.tolist() == []


def test_the_frame_id_may_change_at_any_time(configure, feeder):
    configure(n_init=1)
    ids = [feeder.track(frame_id=name).ids.tolist() for name in ('lens', 'front', '', 'é' * 99)]
    assert ids == [[], *[[1]] * 3], 'a name is no clock and no place'


def test_of_ten_thousand_boxes_the_strongest_are_tracked(configure, process, feeder, status):
    configure(n_init=1)
    rows, columns = np.divmod(np.arange(10_000), 100)
    boxes = np.column_stack([20.0 * columns, 20.0 * rows, np.full((10_000, 2), 10.0)])
    found = Detections(boxes, np.where(columns < 10, 0.9, 0.8))
    assert len(feeder.track(with_image=False, found=found).ids) == 0
    seen = feeder.track(with_image=False, found=found)
    assert len(seen.ids) == MAX_BOXES == 1000
    assert seen.tlwh[:, 0].max() == pytest.approx(20 * 9, abs=1)
    _, values = status('/test/tracker', lambda _, values: 'boxes left out' in values, 'the count')
    assert values['boxes left out'] == '18000'
    assert '10000 boxes in a message, the strongest 1000 are used' in process.text


def test_two_publishers_on_one_topic(configure, peer, feeder, status):
    """Both are heard; the gaps in the numbers of the one are not what the other has lost."""
    configure(n_init=1)
    for _ in range(5):
        feeder.track(with_image=False)
    other = peer.node.create_publisher(Detection2DArray, 'detections', 10)
    peer.until(other.get_subscription_count, 'the tracker')
    _, before = status('/test/tracker', lambda *_: True, 'the counters')
    for number in range(1, 4):
        feeder.track(with_image=False)
        header = Header(stamp=seconds_to_stamp(100.0 * number))
        peer.received['tracks'].clear()
        other.publish(Detection2DArray(header=header))
        assert peer.message('tracks').header == header
    wanted = int(before['detections received']) + 6
    _, after = status(
        '/test/tracker', lambda _, values: int(values['detections received']) == wanted, 'six'
    )
    assert after['detections replaced by newer'] == before['detections replaced by newer']
    peer.node.destroy_publisher(other)


@pytest.mark.parametrize('shows_coasting', [False, True])
def test_a_late_frame_is_answered_empty_and_changes_nothing(
    configure, peer, feeder, status, shows_coasting
):
    configure(n_init=2, publish_coasting=shows_coasting)
    _, before = status('/test/tracker', lambda _, values: 'late' in values, 'the counter')
    stamps = [100.0, 100.1, 100.2, 100.198, 100.3, 100.3, 100.1, 1.0, 100.4]
    ids = [feeder.track(stamp=stamp).ids.tolist() for stamp in stamps]
    assert ids == [[], [1], [1], [], [1], [], [], [], [1]]
    wanted = int(before['late']) + 4
    found, _ = status('/test/tracker', lambda _, values: int(values['late']) == wanted, 'four')
    assert 'setbacks' not in found.message
    assert peer.set_parameter('tracker', 'publish_coasting', False).successful


def test_a_clock_that_is_set_keeps_the_tracks_and_a_real_gap_does_not(
    configure, process, peer, feeder, status
):
    """Arrival tells them apart; back, where the stamps are the present then."""
    configure(n_init=2, max_age_s=3.0)
    count = 'steps of the clock'
    _, before = status('/test/tracker', lambda _, values: count in values, 'the counter')
    now, base = time.time(), time.monotonic()
    ids = []
    for ahead in (-1e9, HOUR, 0.0):  # started in the past, set too far ahead, then right
        for _ in range(4):
            peer.spin(0.3)
            ids.append(feeder.track(stamp=now + ahead + time.monotonic() - base).ids.tolist())
    assert ids == [[], *[[1]] * 11]
    wanted = int(before[count]) + 2
    found, _ = status('/test/tracker', lambda _, values: int(values[count]) == wanted, 'two')
    assert found.level == DiagnosticStatus.WARN
    assert 'stamps step ahead by 100000' in process.text
    assert re.search(r'stamps step back by (3599|3600)\.', process.text)
    peer.spin(4.0)
    ids = [feeder.track(stamp=now + time.monotonic() - base).ids.tolist() for _ in range(3)]
    assert ids == [[], [2], [2]]
    assert peer.set_parameter('tracker', 'max_age_s', 0.0).successful


def test_a_driver_that_leaves_its_stamps_empty(configure, process, peer, feeder, status):
    configure(n_init=2)
    stamps = [0.0, 0.0, 100.1, 100.2, 0.0, 100.3, 0.0, 100.4]
    ids = [feeder.track(stamp=stamp).ids.tolist() for stamp in stamps]
    assert ids == [[], [], [1], [1], [], [1], [], [1]]
    assert process.text.count('header.stamp is left empty by the driver') == 1
    assert peer.set_parameter('tracker', 'use_sim_time', True).successful
    for stamp in (100.5, 0.0, 0.1):  # a simulation that starts again, at zero
        found = feeder.track(stamp=stamp).ids.tolist()
    assert found == []
    assert [feeder.track(stamp=stamp).ids.tolist() for stamp in (0.2, 0.3)] == [[2], [2]]
    assert peer.set_parameter('tracker', 'use_sim_time', False).successful


def test_a_bag_that_loops(configure, process, peer, feeder, status):
    """Its clock starts again: one line says it, new tracks go on numbering."""
    configure(n_init=1)
    assert peer.set_parameter('tracker', 'use_sim_time', True).successful
    said = process.text.count('the clock went backwards')
    count = 'setbacks of the clock'
    _, before = status('/test/tracker', lambda _, values: count in values, 'the status')
    ids = []
    steps = [step / 10 for step in range(11)]
    for stamp in [*(100 + step for step in steps[:10]), *(50 + step for step in steps)]:
        peer.publish('/clock', Clock(clock=seconds_to_stamp(stamp + 0.01)))  # some may come late
        ids += feeder.track(stamp=stamp).ids.tolist()
    assert ids == [1] * 9 + [2] * 9
    assert process.text.count('the clock went backwards') == said + 1
    found, values = status(
        '/test/tracker', lambda _, values: int(values[count]) == int(before[count]) + 1, 'it'
    )
    assert found.level == DiagnosticStatus.WARN
    assert '1 setbacks of the clock within the last ' in found.message
    assert "this node's clock" not in found.message
    assert abs(float(values['stamp to result, median ms'])) < 1000
    assert peer.set_parameter('tracker', 'use_sim_time', False).successful


def test_a_reset_waits_for_the_frame_under_way(monkeypatch):
    stage = TrackingStage(MagicMock())
    stage.load(TrackingConfig())
    has_begun, may_end, seen = Event(), Event(), []
    follower = stage._follower
    follow, reset = follower.follow, follower.reset

    def slow(*frame):
        has_begun.set()
        assert may_end.wait(5)
        seen.append('frame')
        return follow(*frame)

    monkeypatch.setattr(follower, 'follow', slow)
    monkeypatch.setattr(follower, 'reset', lambda: seen.append('reset') or reset())
    frame = Thread(target=stage.track, args=(Detections.empty(), Header(), None, ()))
    resetting = Thread(target=stage._on_reset, args=(None, Trigger.Response()))
    frame.start()
    assert has_begun.wait(5)
    resetting.start()
    resetting.join(0.1)
    may_end.set()
    for thread in (frame, resetting):
        thread.join(5)
    assert seen == ['frame', 'reset']
