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
from typing import NamedTuple

from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus, KeyValue
from rclpy.clock import Clock, ClockType
from rclpy.logging import LoggingSeverity
from rclpy.node import Node
from std_msgs.msg import Header

from yolo_deepsort_ros.config import NodeConfig
from yolo_deepsort_ros.nodes.stage_lines import stage_line
from yolo_deepsort_ros.stage_timer import p95, StageTimer
from yolo_deepsort_ros.wording import quoted

PERIOD = 1.0  #: s
WINDOW = 5  #: periods over which rates are taken and a bad message counts as recent
TIMES_KEPT = 100  #: newest durations of each stage
#: Counters that are no good news when they rise, by their last words.
BAD_NEWS = ('refused', 'unpaired', 'lost in transport')
RATED = ('received', 'processed')  #: counters whose rate tells something
OTHER_CLOCK = 3600.0  #: s; a stamp as far away as this is of another clock


class Finding(NamedTuple):
    """What is wrong, in few words, and what is known of it: `ros2 topic echo` cuts long text."""

    what: str
    details: dict[str, str]

    def __str__(self) -> str:
        """Return all of it in one line."""
        details = '; '.join(f'{name}: {text}' for name, text in self.details.items())
        return f'{self.what}; {details}'


class Diagnostics:
    """
    Collects counters, times and problems of a node and publishes them.

    The level is ERROR while there are problems; WARN while messages have been refused, lost or
    left without an image within the last seconds, or a limit of the configuration is passed;
    else OK.

    Parameters
    ----------
    node : Node
        Whose full name is that of the status.
    state : callable
        Returns the name of its lifecycle state.

    Attributes
    ----------
    config : NodeConfig
        The limits.
    counts : Counter of str
        What has happened how often; a thread may add to the keys that are its own.
    facts : dict of str to str
        What does not change often, such as the backend.
    problems : dict of str to str
        What keeps the node from its work now, by a key for whoever ends it.
    examine : callable
        Returns more problems; each is logged when it is seen first, and ends when it is seen
        no more.
    rest : str
        Why the node has nothing to do, when that is meant to be; its rate is not judged then.
    last_error : str
        The last problem or refusal, also when it is over.
    timer : StageTimer
        Durations of the stages of the work.

    """

    def __init__(self, node: Node, state: Callable[[], str]) -> None:
        self._node = node
        self._logger = node.get_logger()
        self._state = state
        self.config = NodeConfig()
        self.counts: Counter[str] = Counter(processed=0, refused=0)
        self.facts: dict[str, str] = {}
        self.problems: dict[str, str] = {}
        self.examine: Callable[[], dict[str, Finding]] = dict
        self.rest = ''
        self.last_error = ''
        self.timer = StageTimer(TIMES_KEPT)
        self._seen: dict[str, Finding] = {}
        self._latencies: deque[float] = deque(maxlen=TIMES_KEPT)
        self._history: deque[tuple[float, Counter[str]]] = deque(maxlen=WINDOW + 1)
        self.begin()
        self._publisher = node.create_publisher(DiagnosticArray, '/diagnostics', 10)
        node.create_timer(PERIOD, self.publish, clock=Clock(clock_type=ClockType.STEADY_TIME))

    def begin(self) -> None:
        """Forget times and rates; the counters go on."""
        self.timer.clear()
        self._latencies.clear()
        self._history.clear()
        self._history.append((time.monotonic(), self.counts.copy()))

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
        self._look_around()
        level, message = self._verdict()
        self._publisher.publish(DiagnosticArray(
            header=Header(stamp=self._node.get_clock().now().to_msg()),
            status=[DiagnosticStatus(
                level=level, name=self._node.get_fully_qualified_name(), message=message,
                values=[KeyValue(key=key, value=value) for key, value in self._values().items()],
            )],
        ))

    def _look_around(self) -> None:
        try:
            found = self.examine()
        except Exception as error:  # what others put into the graph must not end the node
            if not self._node.context.ok():
                raise
            found = {'': Finding('the topics cannot be examined', {'cause': quoted(error)})}
        for key, finding in found.items():
            if key not in self._seen:
                self._node.get_logger().error(str(finding))
                self.last_error = finding.what
        self._seen = found

    def _verdict(self) -> tuple[bytes, str]:
        problems = [*self.problems.values(), *(finding.what for finding in self._seen.values())]
        if problems:
            return DiagnosticStatus.ERROR, '; '.join(problems)
        warnings = [*self._bad_news(), *self._slowness()]
        if warnings:
            return DiagnosticStatus.WARN, '; '.join(warnings)
        return DiagnosticStatus.OK, ', '.join(filter(None, (self._state(), self.rest)))

    def _bad_news(self) -> list[str]:
        seconds, recent = self._recent()
        return [
            f'{count} {name} within the last {seconds:.0f} s'
            for name, count in recent.items() if count > 0 and name.endswith(BAD_NEWS)
        ]

    def _slowness(self) -> list[str]:
        if self._state() != 'active':
            return []
        said = []
        seconds, recent = self._recent()
        rate = recent['processed'] / seconds
        if rate < self.config.least_rate and not self.rest and len(self._history) > WINDOW:
            said.append(f'{rate:.1f} results per second, least_rate is {self.config.least_rate:g}')
        said += self._lateness(median(self._latencies or [0.0]), self.config.latency_limit)
        return said

    def _lateness(self, latency: float, limit: float) -> list[str]:
        if not limit or abs(latency) <= limit:
            return []
        if latency < 0:
            return [
                f"stamps are {-latency:.2g} s ahead of this node's clock: synchronise the clocks"
            ]
        if latency > OTHER_CLOCK:
            return [
                f"stamps are {latency:.2g} s behind this node's clock: set use_sim_time with a "
                f'bag, else synchronise the clocks'
            ]
        said = f'{latency:.2f} s from stamp to result, latency_limit is {limit:g}'
        medians = self.timer.medians_ms
        if medians:
            longest = max(medians, key=lambda stage: medians[stage])
            said += f'; the longest stage, {longest}, takes {medians[longest]:.1f} ms'
        return [said]

    def _values(self) -> dict[str, str]:
        seconds, recent = self._recent()
        values = {'state': self._state(), **self.facts}
        for what, details in self._seen.values():
            values.update({f'{what}; {name}': text for name, text in details.items()})
        for name, count in sorted(self.counts.items()):
            values[name] = str(count)
            if name.endswith(RATED):
                values[f'{name} per second'] = f'{recent[name] / seconds:.1f}'
        late = self.timer.p95_ms
        for name, milliseconds in self.timer.medians_ms.items():
            values[f'{name}, median ms'] = f'{milliseconds:.1f}'
            values[f'{name}, p95 ms'] = f'{late[name]:.1f}'
        if self._latencies:
            values['stamp to result, median ms'] = f'{1e3 * median(self._latencies):.1f}'
            values['stamp to result, p95 ms'] = f'{1e3 * p95(self._latencies):.1f}'
        return {**values, 'last error': self.last_error}

    def _recent(self) -> tuple[float, Counter[str]]:
        """Return the seconds of the window and what has happened in it."""
        (start, before), (end, now) = self._history[0], self._history[-1]
        return max(end - start, 1e-3), now - before
