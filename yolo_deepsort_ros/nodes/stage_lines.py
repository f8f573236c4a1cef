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
How long each stage took for one image, as a line of the log at level debug.

`--ros-args --log-level NAME:=debug` turns it on, NAME the node's full name with dots for
slashes, as `robot.detector`; `benchmarks/bench_latency.py` reads it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
import json
import re
from typing import NamedTuple

#: After the time and the logger's name, as ROS puts them unless told otherwise.
_LINE = re.compile(r'\[(\d+\.\d+)\] \[[^\]]+\]: stages of (\d+\.\d{9}): (\{[^{}]*\})')


class StageLine(NamedTuple):
    """What one node's log says of one image."""

    stamp: float  #: of the image, in seconds
    logged: float  #: when its result had gone out, in seconds
    stages_ms: dict[str, float]  #: milliseconds by stage


def stage_line(stamp: float, stages_ms: Mapping[str, float]) -> str:
    """Return the line of an image with that stamp (seconds)."""
    return f'stages of {stamp:.9f}: {json.dumps(stages_ms)}'


def read_stage_lines(log: str) -> Iterator[StageLine]:
    """Yield those lines among the others of a log."""
    for logged, stamp, stages in _LINE.findall(log):
        yield StageLine(float(stamp), float(logged), json.loads(stages))
