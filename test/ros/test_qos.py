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

"""Every pairing of settings delivers, or is explained by name with what mends it."""

from itertools import count, product
from pathlib import Path

from diagnostic_msgs.msg import DiagnosticStatus
import pytest
import rclpy
from rclpy.duration import Duration
from rclpy.qos import DurabilityPolicy, LivelinessPolicy, QoSProfile, ReliabilityPolicy
from sensor_msgs.msg import Image
from std_msgs.msg import Header
from vision_msgs.msg import Detection2DArray
import yaml

from yolo_deepsort_ros.errors import ConfigurationError
from yolo_deepsort_ros.nodes import qos
from yolo_deepsort_ros.nodes.health.diagnostics import Diagnostics
from yolo_deepsort_ros.nodes.health.host_memory import HostMemory
from yolo_deepsort_ros.nodes.messages.conversions import seconds_to_stamp
from yolo_deepsort_ros.nodes.messages.topics import Topics

RELIABILITIES = ('reliable', 'best_effort')
DURABILITIES = ('volatile', 'transient_local')
SETTINGS = list(product(RELIABILITIES, DURABILITIES))
READER = 'qos_overrides./test/detections.subscription'
RVIZ = Path(__file__).resolve().parents[2] / 'config' / 'tracking.rviz'
#: What rviz2 shows of this package, and how it is published.
SHOWN = {
    'annotated_image': ('Image', qos.IMAGE_OUT), 'track_markers': ('MarkerArray', qos.RESULTS),
}


def profile(reliability, durability):
    return QoSProfile(
        depth=10, reliability=ReliabilityPolicy[reliability.upper()],
        durability=DurabilityPolicy[durability.upper()],
    )


def fits(offered, wanted):
    """Say what the DDS specification says: the offer must be as strong as the wish."""
    return (offered[0] == 'reliable' or wanted[0] == 'best_effort') and (
        offered[1] == 'transient_local' or wanted[1] == 'volatile'
    )


def empty(number):
    return Detection2DArray(header=Header(stamp=seconds_to_stamp(float(number))))


def is_error(found, _=None):
    return found.level == DiagnosticStatus.ERROR


def is_no_error(found, _=None):
    return found.level != DiagnosticStatus.ERROR


def deliver(peer, publisher, topic):
    """Publish until the answer comes: the reader may not know the publisher yet."""
    peer.until(publisher.get_subscription_count, 'the match')
    peer.received[topic].clear()
    numbers = count(1)
    while not peer.received[topic]:
        publisher.publish(empty(next(numbers)))
        peer.spin(0.1)


def test_each_reader_hears_each_publisher_or_says_why_not(start, peer, status):
    robots = {f'/robot{number}': wanted for number, wanted in enumerate(SETTINGS)}
    trackers = {}
    for robot, wanted in robots.items():
        reader = f'qos_overrides.{robot}/detections.subscription'
        trackers[robot] = start('tracker', namespace=robot, image_wait=0.0, **{
            f'{reader}.reliability': wanted[0], f'{reader}.durability': wanted[1],
        })
        peer.listen(Detection2DArray, f'{robot}/tracks')
    for offered in SETTINGS:
        publishers = {
            robot: peer.node.create_publisher(
                Detection2DArray, f'{robot}/detections', profile(*offered)
            ) for robot in robots
        }
        for robot, wanted in robots.items():
            if fits(offered, wanted):
                deliver(peer, publishers[robot], f'{robot}/tracks')
                continue
            line = f'{robot}/detections: nothing can arrive from /test/peer'
            theirs = f'{line}; its settings', ', '.join(offered)
            found, values = status(  # that of the publisher before may be under way
                f'{robot}/tracker', lambda _, values, theirs=theirs: theirs in values.items(),
                'the explanation'
            )
            assert (found.level, found.message) == (DiagnosticStatus.ERROR, line)
            assert values[f'{line}; settings here'] == ', '.join(wanted)
        for publisher in publishers.values():
            peer.node.destroy_publisher(publisher)
    for robot, wanted in robots.items():
        misfits = sum(not fits(offered, wanted) for offered in SETTINGS)
        assert trackers[robot].text.count('nothing can arrive from') == misfits
        assert 'New publisher discovered' not in trackers[robot].text, 'one line says it'
        status(f'{robot}/tracker', is_no_error, 'its end')


def test_the_remedy_is_one(start, peer, status):
    first = start('tracker', image_wait=0.0, **{f'{READER}.durability': 'transient_local'})
    peer.listen(Detection2DArray, 'tracks')
    publisher = peer.node.create_publisher(
        Detection2DArray, 'detections', profile('best_effort', 'volatile')
    )
    _, values = status('/test/tracker', is_error, 'the explanation')
    remedy = next(text for key, text in values.items() if key.endswith('remedy'))
    arguments = remedy.partition('--ros-args ')[2].split()
    assert arguments == [
        '-p', f'{READER}.reliability:=best_effort', '-p', f'{READER}.durability:=volatile',
    ]
    assert first.end() == 0
    start('tracker', *arguments, image_wait=0.0)
    deliver(peer, publisher, 'tracks')


def test_deadlines_and_liveliness_are_shown_and_mended_at_both_ends(start, peer, status):
    """The tracker offers none of them, and asks for a shorter deadline than it is offered."""
    deadline = f'{READER}.deadline'
    first = start('tracker', image_wait=0.0, **{deadline: 50_000_000})
    publisher = peer.node.create_publisher(
        Detection2DArray, 'detections', QoSProfile(depth=10, deadline=Duration(nanoseconds=10**8))
    )
    received = peer.received['tracks'] = []
    peer.node.create_subscription(Detection2DArray, 'tracks', received.append, QoSProfile(
        depth=10, deadline=Duration(seconds=9), liveliness=LivelinessPolicy.MANUAL_BY_TOPIC,
        liveliness_lease_duration=Duration(seconds=8),
    ))
    in_vain = '/test/detections: nothing can arrive from /test/peer'
    unheard = '/test/tracks: nothing can reach /test/peer'
    _, said = status(
        '/test/tracker', lambda found, _: found.message == f'{in_vain}; {unheard}', 'both'
    )
    assert said[f'{in_vain}; its settings'] == 'reliable, volatile, deadline 0.1 s'
    assert said[f'{in_vain}; settings here'] == 'reliable, volatile, deadline 0.05 s'
    assert said[f'{unheard}; its settings'] == (
        'reliable, volatile, liveliness manual_by_topic, deadline 9 s, '
        'liveliness lease duration 8 s'
    )
    assert said[f'{unheard}; settings here'] == (
        'reliable, volatile, liveliness automatic, deadline none, liveliness lease duration none'
    )
    assert 'ERROR: ' not in first.text
    remedies = [text for key, text in said.items() if key.endswith('remedy')]
    arguments = [word for text in remedies for word in text.partition('--ros-args ')[2].split()]
    assert arguments[:2] == ['-p', f'{deadline}:=100000000']
    assert first.end() == 0
    start('tracker', *arguments, image_wait=0.0)
    deliver(peer, publisher, 'tracks')


@pytest.fixture(scope='module')
def tracker(start_once):
    return start_once('tracker', topic_timeout=1.0, image_wait=0.0)


def test_a_consumer_that_cannot_be_reached_is_named(tracker, peer, status):
    wish = peer.node.create_subscription(
        Detection2DArray, 'tracks', print, profile('reliable', 'transient_local')
    )
    found, values = status('/test/tracker', is_error, 'the explanation')
    assert found.message == '/test/tracks: nothing can reach /test/peer'
    assert values[f'{found.message}; remedy'] == (
        'start this node with --ros-args '
        '-p qos_overrides./test/tracks.publisher.durability:=transient_local'
    )
    peer.node.destroy_subscription(wish)
    status('/test/tracker', is_no_error, 'its end')


def test_a_publisher_that_says_nothing_is_named_until_it_speaks(tracker, peer, status):
    publisher = peer.node.create_publisher(Detection2DArray, 'detections', 10)
    found, values = status('/test/tracker', is_error, 'the silence')
    assert found.message == '/test/detections: nothing has arrived for 1 s'
    assert values[f'{found.message}; published by'] == '/test/peer'
    assert values[f'{found.message}; settings here'] == 'reliable, volatile, which fit'
    publisher.publish(empty(1))
    status('/test/tracker', is_no_error, 'its end')
    assert tracker.text.count('nothing has arrived') == 1


def test_silence_after_the_end_of_the_images_is_none(tracker, peer, status):
    images = peer.node.create_publisher(Image, 'image_raw', 10)
    peer.node.create_publisher(Detection2DArray, 'detections', 10)
    status('/test/tracker', is_error, 'the silence')
    peer.node.destroy_publisher(images)
    status('/test/tracker', is_no_error, 'its end')


def test_another_type_on_the_topic_is_named(tracker, peer, status):
    peer.node.create_publisher(Header, 'detections', 10)
    found, values = status('/test/tracker', is_error, 'the explanation')
    assert found.message == '/test/detections: nothing can arrive from /test/peer'
    assert values[f'{found.message}; its type'] == 'std_msgs/msg/Header'
    assert values[f'{found.message}; type here'] == 'vision_msgs/msg/Detection2DArray'


@pytest.mark.parametrize(('policy', 'value', 'words'), [
    ('reliability', 'fast', "'fast' is none of reliable, best_effort"),
    ('durability', 1, '1 is not of type str'),
    ('history', '', "'' is none of keep_last, keep_all"),
    ('depth', 0, '0 is out of range 1 … 10000'),
    ('depth', True, 'True is not of type int'),
    ('deadline', -1, '-1 is out of range 0 … 1e+18'),
    ('deadline', 0.1, '0.1 is not of type int'),
    ('liveliness', 'manual', "'manual' is none of system_default, automatic, manual_by_topic"),
    ('liveliness_lease_duration', '1 s', "'1 s' is not of type int"),
])
def test_settings_that_cannot_be_are_refused(policy, value, words):
    name = f'{READER}.{policy}'
    with pytest.raises(ConfigurationError) as caught:
        qos.check_override(name, value)
    assert str(caught.value) == f'{name}: {words}'


def test_what_rclpy_changes_is_a_copy(graph):
    context = rclpy.Context()
    rclpy.init(context=context)
    node = rclpy.create_node('reader', namespace='/test', context=context, cli_args=[
        '--ros-args', '-p', f'{READER}.reliability:=best_effort', '-p', f'{READER}.depth:=3',
    ])
    topics = Topics(node, Diagnostics(node, lambda: 'active'), HostMemory({}))
    for _ in range(2):  # the parameters are declared once, and act each time
        reader = topics.subscribe(Detection2DArray, 'detections', print, qos.RESULTS)
        assert reader.qos_profile.reliability == ReliabilityPolicy.BEST_EFFORT
        assert reader.qos_profile.depth == 3
        node.destroy_subscription(reader)
    assert qos.RESULTS.reliability == ReliabilityPolicy.RELIABLE
    assert topics.advertise(Detection2DArray, 'tracks', qos.RESULTS).qos_profile == qos.RESULTS
    node.destroy_node()
    context.try_shutdown()


def test_settings_that_cannot_be_are_one_line_and_exit_code_2(start):
    node = start('tracker', **{f'{READER}.reliability': 'fast'})
    assert node.wait() == 2
    assert f"{READER}.reliability: 'fast' is none of" in node.text
    assert '[WARN]' not in node.text
    assert node.text.splitlines()[-1].startswith('[FATAL]')


def test_a_setting_without_the_slash_of_the_topic_is_reported(start):
    name = 'qos_overrides.detections.subscription.reliability'
    node = start('tracker', **{name: 'best_effort', 'reid': 'no.onnx'})
    assert node.wait() == 2
    assert [line.split()[0] for line in node.text.splitlines()] == ['[WARN]', '[FATAL]']
    assert f"unknown parameter '{name}'; it is qos_overrides./FULL/TOPIC.SIDE." in node.text


def test_the_configuration_of_rviz2_asks_for_what_is_published():
    tree = yaml.safe_load(RVIZ.read_text(encoding='utf-8'))['Visualization Manager']
    displays = [each for each in tree['Displays'] if 'Topic' in each]
    assert [each['Topic']['Value'] for each in displays] == list(SHOWN)
    for each in displays:
        wanted, (kind, offered) = each['Topic'], SHOWN[each['Topic']['Value']]
        assert each['Class'] == f'rviz_default_plugins/{kind}'
        policies = (wanted[f'{name} Policy'] for name in ('Reliability', 'Durability'))
        assert fits(
            (offered.reliability.name.lower(), offered.durability.name.lower()),
            tuple(policy.lower().replace(' ', '_') for policy in policies),
        )
