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

"""Whether a tracker was started anew, by who publishes its topic."""

from __future__ import annotations

from collections.abc import Iterable

from rclpy.topic_endpoint_info import TopicEndpointInfo

from yolo_deepsort_ros.nodes.health.qos_doctor import NAMELESS


class TrackerRestarts:
    """
    Looks now and then at the publishers of a topic.

    Examples
    --------
    >>> restarts = TrackerRestarts()
    >>> restarts.look([])
    False

    """

    def __init__(self) -> None:
        self._names: dict[bytes, tuple[str, str]] = {}  # by publisher
        self._nameless: set[bytes] = set()

    def look(self, publishers: Iterable[TopicEndpointInfo]) -> bool:
        """Tell whether one was started anew since the last look."""
        now = {
            bytes(each.endpoint_gid): (each.node_namespace, each.node_name) for each in publishers
        }
        # A publisher may be seen a moment before the name of its node.
        nameless = {publisher for publisher, (_, name) in now.items() if name == NAMELESS}
        now = {
            publisher: name for publisher, name in now.items()
            if publisher not in nameless - self._nameless
        }
        before, self._names, self._nameless = self._names, now or self._names, nameless
        # One that was killed stays in the graph for a while, beside the new one of its name.
        is_other = bool(before) and not now.keys() & before.keys()
        return any(
            is_other or name in [other for key, other in {**before, **now}.items() if key != new]
            for new, name in now.items() if new not in before
        )
