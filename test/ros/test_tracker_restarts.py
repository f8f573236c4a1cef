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

"""Whether a tracker was started anew, as the graph shows it, moment by moment."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from yolo_deepsort_ros.nodes.health.qos_doctor import NAMELESS
from yolo_deepsort_ros.nodes.viewing.tracker_restarts import TrackerRestarts

ONE, TWO = (1, 'tracker'), (2, 'tracker')
OTHER = (3, 'other')


def publishers(*known):
    return [
        SimpleNamespace(endpoint_gid=[number] * 16, node_namespace='/', node_name=name)
        for number, name in known
    ]


@pytest.mark.parametrize(('looks', 'restarts'), [
    ([[ONE], [ONE]], 0),
    ([[], [ONE], [ONE]], 0),
    ([[ONE], [], [TWO], [TWO]], 1),
    ([[ONE], [ONE, TWO], [TWO]], 1),  # killed: it stays for a while
    ([[ONE], [ONE, OTHER], [ONE, OTHER]], 0),  # a second tracker beside it
    ([[ONE], [OTHER]], 1),
    ([[ONE], [ONE, (2, NAMELESS)], [ONE, TWO], [TWO]], 1),  # seen before its name
    ([[ONE], [(2, NAMELESS)], [TWO], [TWO]], 1),
    ([[(1, NAMELESS)], [ONE], [ONE]], 0),
    ([[(1, NAMELESS)], [ONE, TWO], [TWO]], 1),  # both names come late
    ([[(1, NAMELESS)]] * 3 + [[(2, NAMELESS)]] * 3, 1),  # of no ROS node
])
def test_each_restart_is_seen_once(looks, restarts):
    seen = TrackerRestarts()
    assert sum(seen.look(publishers(*known)) for known in looks) == restarts
