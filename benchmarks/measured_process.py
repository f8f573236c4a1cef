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


"""
A process that a benchmark asks for figures, so that variants do not disturb each other.

Each variant has a process of its own: one library and one network, whose peak of memory is
its own; while another is measured it sleeps. Questions and answers are lines of JSON. This
module needs the standard library alone, as it also runs in the baseline's environment.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
import json
import resource
import subprocess
import sys
import time
from typing import Any

UNTIMED = 2  #: calls before the timed ones of a turn: they bring caches and threads back


class MeasuredProcess:
    """
    The parent's end.

    Parameters
    ----------
    command : list of str
        A Python script that calls `serve`.

    Attributes
    ----------
    facts : dict
        What the process has said of itself at its start.

    """

    def __init__(self, command: list[str]) -> None:
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.facts: dict[str, Any] = self._answer()

    def ask(self, question: str, *arguments: Any) -> Any:
        """Return the answer to a question."""
        assert self._process.stdin
        self._process.stdin.write(json.dumps([question, *arguments]) + '\n')
        self._process.stdin.flush()
        return self._answer()

    def close(self) -> None:
        """End the process."""
        self._process.communicate()

    def _answer(self) -> Any:
        assert self._process.stdout
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f'{self._process.args} ended with {self._process.wait()}')
        return json.loads(line)


def serve(facts: Mapping[str, Any], answers: Mapping[str, Callable[..., Any]]) -> None:
    """Be the process: say `facts`, then answer questions until there are no more."""
    print(json.dumps(facts), flush=True)
    for line in sys.stdin:
        question, *arguments = json.loads(line)
        print(json.dumps(answers[question](*arguments)), flush=True)


def seconds_of(function: Callable[[], Any], calls: int) -> list[float]:
    """Return how long each call takes, some untimed ones aside."""
    for _ in range(UNTIMED):
        function()
    times = []
    for _ in range(calls):
        start = time.perf_counter()
        function()
        times.append(time.perf_counter() - start)
    return times


def peak_rss_mb() -> float:
    """Return the most memory that this process ever had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
