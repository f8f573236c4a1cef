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

from collections import deque
from collections.abc import Callable
import os
import time
from typing import NamedTuple

from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus, KeyValue
from rclpy.clock import Clock, ClockType
from rclpy.logging import LoggingSeverity
from rclpy.node import Node
from std_msgs.msg import Header

from yolo_deepsort_ros.config.node_configs import NodeConfig
from yolo_deepsort_ros.error_text import quoted
from yolo_deepsort_ros.nodes.health.event_counter import EventCounter, WINDOW
from yolo_deepsort_ros.nodes.health.sim_clock import SimClock
from yolo_deepsort_ros.nodes.health.stage_lines import stage_line, Visit
from yolo_deepsort_ros.stage_timer import median, p95, StageTimer

PERIOD = 1.0  #: s
TIMES_KEPT = 100  #: newest durations of each stage
#: Share of the results due below which a rate has collapsed, whatever the configuration says.
MIN_SHARE = 0.15
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
    processed, refused : EventCounter
        Results, and messages that could not be used.
    timer : StageTimer
        Durations of the stages of the work.
    last_error : str
        The last problem or refusal, also when it is over.

    """

    def __init__(self, node: Node, state: Callable[[], str]) -> None:
        self._node = node
        self._logger = node.get_logger()
        self._state = state
        self.config = NodeConfig()
        self._counters: dict[str, EventCounter] = {}
        self.processed = self.counter('processed', is_rated=True)
        self.refused = self.counter('refused', is_bad=True)
        self.timer = StageTimer(TIMES_KEPT)
        self.last_error = ''
        self._hardware = os.uname().nodename
        self._facts: dict[str, str] = {}
        self._problems: dict[str, str] = {}
        self._rests: dict[str, str] = {}
        self._due: Callable[[float], float] = lambda seconds: 0.0
        self._examine: Callable[[], dict[str, Finding]] = dict
        self._sim_clock = SimClock(node.get_clock())
        self._seen: dict[str, Finding] = {}
        self._visits: deque[Visit] = deque(maxlen=MAX_VISITS)
        self._latencies: deque[float] = deque(maxlen=TIMES_KEPT)
        self._marks: deque[float] = deque(maxlen=WINDOW + 1)
        self.begin()
        self._publisher = node.create_publisher(DiagnosticArray, '/diagnostics', 10)
        node.create_timer(PERIOD, self.publish, clock=Clock(clock_type=ClockType.STEADY_TIME))

    def counter(
        self, name: str, *, is_bad: bool = False, is_rated: bool = False
    ) -> EventCounter:
        """Return the counter of that name, made when it is asked for first."""
        if name not in self._counters:
            self._counters[name] = EventCounter(name, is_bad=is_bad, is_rated=is_rated)
        return self._counters[name]

    def add_facts(self, hardware: str = '', **facts: str) -> None:
        """Take note of what does not change often, and of the hardware that the node is for."""
        self._facts.update(facts)
        self._hardware = hardware or self._hardware

    def add_problem(self, key: str, text: str) -> None:
        """Take note of what keeps the node from its work, until `end_problem`."""
        self._problems[key] = self.last_error = text

    def end_problem(self, key: str) -> None:
        """Take note that a problem is over, or that there is none."""
        self._problems.pop(key, None)

    def has_problem(self, key: str) -> bool:
        """Tell whether a problem lasts."""
        return key in self._problems

    def rest(self, key: str, reason: str) -> None:
        """
        Take note of why the node has nothing to do, where that is meant to be; '' ends it.

        Its rate is not judged then, and no lateness without a clock.
        """
        self._rests[key] = reason

    def expect(self, due: Callable[[float], float]) -> None:
        """Judge the rate by how many results were due in the last seconds, which `due` takes."""
        self._due = due

    def watch(self, examine: Callable[[], dict[str, Finding]]) -> None:
        """
        Have something examined once a second, which returns problems and warnings by keys.

        Each is logged when it is seen first, and ends when it is seen no more.
        """
        self._examine = examine

    def begin(self) -> None:
        """Forget times and rates; the counters go on."""
        self.timer.clear()
        self._latencies.clear()
        self._marks.clear()
        self._marks.append(time.monotonic())
        for counter in self._counters.values():
            counter.restart()

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
    def topic_timeout(self) -> float:
        """The limit of that name; 0, never, where a node takes nothing."""
        return float(self.config.values().get('topic_timeout', 0.0))

    @property
    def is_time_still(self) -> bool:
        """Whether time is simulated and does not pass: nothing is due then."""
        return bool(self._rests.get(CLOCK))

    def remark(self, text: str) -> None:
        """Count something odd about an image that is used all the same; log it the first time."""
        counter = self.counter(text)
        counter.add()
        if counter.total == 1:
            self._logger.warning(text)

    def publish(self) -> None:
        """Publish the status as it is now."""
        self._log_visits()
        self._marks.append(time.monotonic())
        for counter in list(self._counters.values()):
            counter.mark()
        self._rests[CLOCK] = self._sim_clock.look()
        self._look_around()
        level, message = self._verdict()
        self._publisher.publish(DiagnosticArray(
            header=Header(stamp=self._node.get_clock().now().to_msg()),
            status=[DiagnosticStatus(
                level=level, name=self._node.get_fully_qualified_name(), message=message,
                hardware_id=self._hardware,
                values=[KeyValue(key=key, value=value) for key, value in self._values().items()],
            )],
        ))

    def _look_around(self) -> None:
        try:
            found = self._examine()
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
        if self._problems or errors:
            return DiagnosticStatus.ERROR, '; '.join([*self._problems.values(), *errors])
        seconds = self._seconds
        verdicts = [counter.verdict(seconds) for counter in self._counters.values()]
        warnings += [*filter(None, verdicts), *self._slowness()]
        if warnings:
            return DiagnosticStatus.WARN, '; '.join(warnings)
        said = dict.fromkeys((self._state(), *self._rests.values()))  # a reason may have two keys
        return DiagnosticStatus.OK, ', '.join(filter(None, said))

    def _slowness(self) -> list[str]:
        if self._state() != 'active':
            return []
        said = []
        is_due = len(self._marks) > WINDOW and not any(self._rests.values())
        rate, due = (
            number / self._seconds for number in (self.processed.recent, self._due(self._seconds))
        )
        if is_due and rate < self.config.min_rate:
            said.append(f'{rate:.1f} results per second, min_rate is {self.config.min_rate:g}')
        elif is_due and rate < MIN_SHARE * due:
            said.append(f'{rate:.1f} results per second of {due:.1f} that come in')
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
        values = {'state': self._state(), **self._facts}
        for what, details, _ in self._seen.values():
            values.update({f'{what}; {name}': text for name, text in details.items()})
        for _, counter in sorted(self._counters.items()):
            values.update(counter.values(self._seconds))
        late = self.timer.p95_ms
        for name, milliseconds in self.timer.medians_ms.items():
            values[f'{name}, median ms'] = f'{milliseconds:.1f}'
            values[f'{name}, p95 ms'] = f'{late[name]:.1f}'
        if self._latencies:
            values['stamp to result, median ms'] = f'{1e3 * median(self._latencies):.1f}'
            values['stamp to result, p95 ms'] = f'{1e3 * p95(self._latencies):.1f}'
        return {**values, 'last error': self.last_error}

    @property
    def _seconds(self) -> float:
        """The time over which counters are recent."""
        return max(self._marks[-1] - self._marks[0], 1e-3)
