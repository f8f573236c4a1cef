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

"""What is started twice: two nodes of a name, two publishers of a topic."""

from diagnostic_msgs.msg import DiagnosticStatus
import pytest
import rclpy
from std_msgs.msg import Header
from vision_msgs.msg import Detection2DArray

from yolo_deepsort_ros.nodes import qos
from yolo_deepsort_ros.nodes.health.duplicate_nodes import DuplicateNodes, SETTLED
from yolo_deepsort_ros.nodes.health.qos_doctor import NAMELESS

TWICE = 'another node is called /test/tracker, too'


def is_well(found, _=None):
    return found.level == DiagnosticStatus.OK


def test_each_of_two_nodes_of_one_name_says_it_once_and_until_the_end(start, status):
    both = [start('tracker'), start('tracker')]
    found, values = status('/test/tracker', lambda found, _: TWICE in found.message, 'the warning')
    assert (found.level, found.message) == (DiagnosticStatus.WARN, TWICE)
    assert values[f'{TWICE}; remedy'].startswith('stop one of the two, or give one a namespace (')
    for _ in range(3):
        status('/test/tracker', lambda found, _: found.message == TWICE, 'the same')
    assert [node.text.count(TWICE) for node in both] == [1, 1]
    assert '[WARN]' in both[0].text
    both[1].end()
    status('/test/tracker', is_well, 'its end')


def test_another_that_publishes_the_tracks_is_named(start, peer, status):
    tracker = start('tracker')
    other = peer.node.create_publisher(Detection2DArray, 'tracks', 10)
    words = '/test/peer publishes /test/tracks, too'
    found, values = status('/test/tracker', lambda found, _: words in found.message, 'it')
    assert (found.level, found.message) == (DiagnosticStatus.WARN, words)
    assert values[f'{words}; remedy'] == (
        'stop one of them, or remap the topic of one (--ros-args -r /test/tracks:=/OTHER/NAME)'
    )
    peer.node.destroy_publisher(other)
    status('/test/tracker', is_well, 'its end')
    for transition in ('deactivate', 'cleanup', 'configure', 'activate'):
        assert peer.change('tracker', transition)
    for _ in range(5):
        status('/test/tracker', is_well, 'peace')
    assert tracker.text.count('too;') == 1


@pytest.fixture
def others(graph):
    """Return nodes of a process of their own, as far as the graph goes."""
    context = rclpy.Context()
    rclpy.init(context=context)
    nodes = [rclpy.create_node(name, namespace='/test', context=context) for name in 'ab']
    yield nodes
    for node in nodes:
        node.destroy_node()
    context.try_shutdown()


def findings(duplicates, count):
    """Examine that often; return what was found each time."""
    return [[finding.what for finding in duplicates.examine().values()] for _ in range(count)]


def wait_for(peer, topic, count):
    """Wait until the graph shows that many publishers of a topic, and whose they are."""
    def all_are_known():
        found = peer.node.get_publishers_info_by_topic(f'/test/{topic}')
        return len(found) == count and all(each.node_name != NAMELESS for each in found)
    peer.until(all_are_known, f'{count} publishers of {topic}')


def test_several_publishers_of_what_a_node_reads_are_told_once_none_can_be_a_dead_one(
    peer, others
):
    duplicates = DuplicateNodes(peer.node)
    duplicates.watch(qos.SUBSCRIPTION, '/test/numbers')
    publishers = [node.create_publisher(Header, 'numbers', 10) for node in others]
    wait_for(peer, 'numbers', 2)
    assert findings(duplicates, 30) == [[]] * 30, 'nobody reads'
    peer.listen(Header, 'numbers')
    long = SETTLED[qos.SUBSCRIPTION]
    words = ['/test/numbers: comes from 2 publishers, mixed']
    assert findings(duplicates, long + 1) == [[]] * (long - 1) + [words] * 2
    assert next(iter(duplicates.examine().values())).details['published by'] == '/test/a, /test/b'
    others[0].destroy_publisher(publishers[0])
    wait_for(peer, 'numbers', 1)
    assert findings(duplicates, 1) == [[]]
    others[0].create_publisher(Header, 'numbers', 10)
    wait_for(peer, 'numbers', 2)
    assert findings(duplicates, long) == [[]] * (long - 1) + [words], 'it begins anew'


def test_all_that_another_publishes_beside_a_node_is_one_line(peer, others):
    duplicates = DuplicateNodes(peer.node)
    for topic in ('image_raw', 'camera_info', 'alone'):
        duplicates.watch(qos.PUBLISHER, f'/test/{topic}')
        for node in (peer.node, peer.node, *([] if topic == 'alone' else others[1:])):
            node.create_publisher(Header, topic, 10)
        wait_for(peer, topic, 2 if topic == 'alone' else 3)
    short = SETTLED[qos.PUBLISHER]
    words = ['/test/b publishes /test/camera_info, /test/image_raw, too']
    assert findings(duplicates, short + 1) == [[]] * (short - 1) + [words] * 2
