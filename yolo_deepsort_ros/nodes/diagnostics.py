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

"""What a node says of itself on `/diagnostics`, once a second."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable
from statistics import median
import time

from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus, KeyValue
from rclpy.clock import Clock, ClockType
from rclpy.logging import LoggingSeverity
from rclpy.node import Node
from std_msgs.msg import Header

from yolo_deepsort_ros.nodes.stage_lines import stage_line
from yolo_deepsort_ros.stage_timer import StageTimer

PERIOD = 1.0  #: s
WINDOW = 5  #: periods over which rates are taken and a bad message counts as recent
TIMES_KEPT = 100  #: newest durations of each stage
#: Counters that are no good news when they rise.
BAD_NEWS = ('refused', 'unpaired')


class Diagnostics:
    """
    Collects counters, times and problems of a node and publishes them.

    The level is ERROR while there are problems, WARN while messages have been refused or left
    without an image within the last seconds, else OK.

    Parameters
    ----------
    node : Node
        Whose full name is that of the status.
    state : callable
        Returns the name of its lifecycle state.

    Attributes
    ----------
    counts : Counter of str
        What has happened how often; a thread may add to the keys that are its own.
    facts : dict of str to str
        What does not change often, such as the backend.
    problems : dict of str to str
        What keeps the node from its work now, by a key for whoever ends it.
    last_error : str
        The last problem or refusal, also when it is over.
    timer : StageTimer
        Durations of the stages of the work.

    """

    def __init__(self, node: Node, state: Callable[[], str]) -> None:
        self._node = node
        self._logger = node.get_logger()
        self._state = state
        self.counts: Counter[str] = Counter(processed=0, refused=0)
        self.facts: dict[str, str] = {}
        self.problems: dict[str, str] = {}
        self.last_error = ''
        self.timer = StageTimer(TIMES_KEPT)
        self._latencies: deque[float] = deque(maxlen=TIMES_KEPT)
        self._history = deque([(time.monotonic(), self.counts.copy())], WINDOW + 1)
        self._publisher = node.create_publisher(DiagnosticArray, '/diagnostics', 10)
        node.create_timer(PERIOD, self.publish, clock=Clock(clock_type=ClockType.STEADY_TIME))

    def delivered(self, stamp: float) -> None:
        """
        Take note that the result for the image of this stamp (seconds) has gone out.

        At the log level debug a line says what its stages took; see `stage_lines`.
        """
        self._latencies.append(self._node.get_clock().now().nanoseconds / 1e9 - stamp)
        if self._logger.is_enabled_for(LoggingSeverity.DEBUG):
            self._logger.debug(stage_line(stamp, self.timer.take_newest_ms()))

    def add_problem(self, key: str, text: str) -> None:
        """Take note of what keeps the node from its work."""
        self.problems[key] = self.last_error = text

    def publish(self) -> None:
        """Publish the status as it is now."""
        self._history.append((time.monotonic(), self.counts.copy()))
        level, message = self._verdict()
        self._publisher.publish(DiagnosticArray(
            header=Header(stamp=self._node.get_clock().now().to_msg()),
            status=[DiagnosticStatus(
                level=level, name=self._node.get_fully_qualified_name(), message=message,
                values=[KeyValue(key=key, value=value) for key, value in self._values().items()],
            )],
        ))

    def _verdict(self) -> tuple[bytes, str]:
        if self.problems:
            return DiagnosticStatus.ERROR, '; '.join(self.problems.values())
        seconds, recent = self._recent()
        bad = [f'{recent[name]} {name}' for name in BAD_NEWS if recent[name]]
        if bad:
            return DiagnosticStatus.WARN, f'{", ".join(bad)} within the last {seconds:.0f} s'
        return DiagnosticStatus.OK, self._state()

    def _values(self) -> dict[str, str]:
        seconds, recent = self._recent()
        values = {'state': self._state(), **self.facts}
        for name, count in sorted(self.counts.items()):
            values[name] = str(count)
            values[f'{name} per second'] = f'{recent[name] / seconds:.1f}'
        for name, milliseconds in self.timer.medians_ms.items():
            values[f'{name}, median ms'] = f'{milliseconds:.1f}'
        if self._latencies:
            values['stamp to result, median ms'] = f'{1e3 * median(self._latencies):.1f}'
        return {**values, 'last error': self.last_error}

    def _recent(self) -> tuple[float, Counter[str]]:
        """Return the seconds of the window and what has happened in it."""
        (start, before), (end, now) = self._history[0], self._history[-1]
        return max(end - start, 1e-3), now - before
