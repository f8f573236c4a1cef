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

from yolo_deepsort_ros.config.node_configs import NodeConfig
from yolo_deepsort_ros.error_text import quoted
from yolo_deepsort_ros.nodes.health.sim_clock import Passage
from yolo_deepsort_ros.nodes.health.stage_lines import stage_line, Visit
from yolo_deepsort_ros.stage_timer import p95, StageTimer

PERIOD = 1.0  #: s
WINDOW = 5  #: periods over which rates are taken and a bad message counts as recent
TIMES_KEPT = 100  #: newest durations of each stage
#: Counters that are no good news when they rise, by their last words.
BAD_NEWS = ('refused', 'unpaired', 'lost in transport', 'setbacks of the clock')
RATED = ('received', 'processed')  #: counters whose rate tells something
MAX_VISITS = 1000  #: images whose stages wait to be logged
CLOCK = 'clock'  #: key of why no time passes
OTHER_CLOCK = 3600.0  #: s; a stamp as far away as this is of another clock


class Finding(NamedTuple):
    """What is wrong, in few words, and what is known of it: `ros2 topic echo` cuts long text."""

    what: str
    details: dict[str, str]
    is_error: bool = True  #: else a warning

    def __str__(self) -> str:
        """Return all of it in one line."""
        details = '; '.join(f'{name}: {text}' for name, text in self.details.items())
        return f'{self.what}; {details}'


class Diagnostics:
    """
    Collects counters, times and problems of a node and publishes them.

    The level is ERROR while there are problems; WARN while messages have been refused, lost or
    left without an image within the last seconds, a limit of the configuration is passed, or
    the examination warns; else OK.

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
        Returns more problems and warnings; each is logged when it is seen first, and ends when
        it is seen no more.
    rests : dict of str to str
        Why the node has nothing to do, where that is meant to be, by a key for whoever says so,
        else ''; its rate is not judged then, and no lateness without a clock.
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
        self.rests: dict[str, str] = {}
        self._passage = Passage(node.get_clock())
        self.last_error = ''
        self.timer = StageTimer(TIMES_KEPT)
        self._seen: dict[str, Finding] = {}
        self._visits: deque[Visit] = deque(maxlen=MAX_VISITS)
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

        At the log level debug a line says later what its stages took; see `stage_lines`.
        """
        now = self._node.get_clock().now().nanoseconds / 1e9
        self._latencies.append(now - stamp)
        if self._logger.is_enabled_for(LoggingSeverity.DEBUG):
            self._visits.append(Visit(stamp, now, self.timer.take_newest_ms()))

    @property
    def is_time_still(self) -> bool:
        """Whether time is simulated and does not pass: nothing is due then."""
        return bool(self.rests.get(CLOCK))

    def add_problem(self, key: str, text: str) -> None:
        """Take note of what keeps the node from its work."""
        self.problems[key] = self.last_error = text

    def publish(self) -> None:
        """Publish the status as it is now."""
        self._log_visits()
        self._history.append((time.monotonic(), self.counts.copy()))
        self.rests[CLOCK] = self._passage.look()
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
                if finding.is_error:
                    self._logger.error(str(finding))
                else:
                    self._logger.warning(str(finding))
                self.last_error = finding.what
        self._seen = found

    def _log_visits(self) -> None:
        visits = [self._visits.popleft() for _ in range(len(self._visits))]
        if visits:
            self._logger.debug(stage_line(visits))

    def _verdict(self) -> tuple[bytes, str]:
        errors, warnings = (
            [finding.what for finding in self._seen.values() if finding.is_error is is_error]
            for is_error in (True, False)
        )
        if self.problems or errors:
            return DiagnosticStatus.ERROR, '; '.join([*self.problems.values(), *errors])
        warnings += [*self._bad_news(), *self._slowness()]
        if warnings:
            return DiagnosticStatus.WARN, '; '.join(warnings)
        said = dict.fromkeys((self._state(), *self.rests.values()))  # a reason may have two keys
        return DiagnosticStatus.OK, ', '.join(filter(None, said))

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
        is_due = len(self._history) > WINDOW and not any(self.rests.values())
        if is_due and rate < self.config.min_rate:
            said.append(f'{rate:.1f} results per second, min_rate is {self.config.min_rate:g}')
        if self.is_time_still:
            return said
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
        for what, details, _ in self._seen.values():
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
