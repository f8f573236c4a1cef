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
How long each stage took for each image, in the log at level debug.

`--ros-args --log-level NAME:=debug` turns it on, NAME the node's full name with dots for
slashes, as `robot.detector`; `benchmarks/bench_latency.py` reads it. The images of a second
share a line: rclpy looks through all modules for the caller of each.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
import json
import re
from typing import NamedTuple

_LINE = re.compile(r'stages of images: (\[.*\])$', re.MULTILINE)


class Visit(NamedTuple):
    """An image in a node."""

    stamp: float  #: of the image, in seconds
    done: float  #: when its result had gone out, in seconds
    stages_ms: dict[str, float]  #: milliseconds by stage


def stage_line(visits: Iterable[Visit]) -> str:
    """Return what the log says of images."""
    return f'stages of images: {json.dumps(list(visits))}'


def read_stage_lines(log: str) -> Iterator[Visit]:
    """Yield what the whole lines among the others of a log say."""
    for line in _LINE.findall(log):
        yield from (Visit(*visit) for visit in json.loads(line))
