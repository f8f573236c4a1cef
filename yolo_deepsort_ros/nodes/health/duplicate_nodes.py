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

"""Says who else has the node's name, or publishes where one alone should."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from rclpy.node import Node

from yolo_deepsort_ros.nodes import qos
from yolo_deepsort_ros.nodes.health.diagnostics import Finding
from yolo_deepsort_ros.nodes.health.qos_doctor import name_of

#: Examinations in a row that tell rivals from an endpoint that is just being replaced. The graph
#: shows a node that was killed for 20 s; only those who knew it alive see it beside its successor.
SETTLED = {qos.PUBLISHER: 3, qos.SUBSCRIPTION: 25}
APART = (
    'stop one of the two, or give one a namespace (namespace:=NAME in the launch file, else '
    '--ros-args -r __ns:=/NAME)'
)
OTHERWISE = 'stop one of them, or remap the topic of one (--ros-args -r {topic}:=/OTHER/NAME)'
SHARED = ('/tf', '/tf_static')  #: which many nodes publish together


class _Rival(NamedTuple):
    side: str  #: where it matters
    finding: Finding


class DuplicateNodes:
    """
    Looks in the graph for what a launch file that was started twice leaves there.

    Two nodes of one name answer for each other, and two publishers of a topic interleave:
    ids of two trackers, pictures of two cameras. Nothing of it is an error to ROS.

    Parameters
    ----------
    node : Node

    """

    def __init__(self, node: Node) -> None:
        self._node = node
        self._watched: set[tuple[str, str]] = set()
        self._ages: dict[str, int] = {}

    def watch(self, side: str, topic: str) -> None:
        """Examine a topic, `qos.PUBLISHER` or `qos.SUBSCRIPTION`, while the node has that end."""
        if topic not in SHARED:
            self._watched.add((side, topic))

    def examine(self) -> dict[str, Finding]:
        """Return whom there is, by a key that stays; to be called once in a while."""
        seen = dict(self._namesakes() or self._publishers())
        self._ages = {key: self._ages.get(key, 0) + 1 for key in seen}
        return {
            key: rival.finding for key, rival in seen.items()
            if self._ages[key] >= SETTLED[rival.side]
        }

    def _namesakes(self) -> dict[str, _Rival]:
        own = (self._node.get_name(), self._node.get_namespace())
        if self._node.get_node_names_and_namespaces().count(own) < 2:
            return {}
        name = self._node.get_fully_qualified_name()
        return {'namesake': _Rival(qos.PUBLISHER, Finding(
            f'another node is called {name}, too', {'remedy': APART}, is_error=False
        ))}

    def _publishers(self) -> Iterator[tuple[str, _Rival]]:
        own = self._node.get_fully_qualified_name()
        beside: dict[str, set[str]] = defaultdict(set)
        for topic in self._topics(qos.PUBLISHER):
            for name in self._names(topic):
                if name != own:
                    beside[name].add(topic)
        for name, topics in beside.items():
            yield f'beside {name}', _Rival(qos.PUBLISHER, Finding(
                f'{name} publishes {", ".join(sorted(topics))}, too',
                {'remedy': OTHERWISE.format(topic=min(topics))}, is_error=False,
            ))
        for topic in self._topics(qos.SUBSCRIPTION):
            names = self._names(topic)
            if names:
                yield f'mixed {topic}', _Rival(qos.SUBSCRIPTION, Finding(
                    f'{topic}: comes from {len(names)} publishers, mixed',
                    {'published by': ', '.join(sorted(names)),
                     'remedy': OTHERWISE.format(topic=topic)}, is_error=False,
                ))

    def _topics(self, side: str) -> Iterator[str]:
        """Yield the topics of the ends that the node has now."""
        ends = self._node.publishers if side == qos.PUBLISHER else self._node.subscriptions
        return (end.topic_name for end in ends if (side, end.topic_name) in self._watched)

    def _names(self, topic: str) -> list[str]:
        """Return the names of a topic's publishers where there are several."""
        if self._node.count_publishers(topic) < 2:
            return []
        return [name_of(each) for each in self._node.get_publishers_info_by_topic(topic)]
