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

"""Frames per second, as files and drivers tell them or as times show them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from yolo_deepsort_ros.stage_timer import median

DEFAULT_RATE = 30.0  #: Hz, of a recording that does not tell its own
STEPS_MEASURED = 16  #: first frames whose median step tells the rate


def sane_rate(value: float, default: float) -> float:
    """Return frames per second as a file or driver tells them, if they can be true."""
    return float(value) if 1 <= value <= 1000 else default


def rate_of(times: Sequence[float]) -> float:
    """Return the rate of frames at these times, in seconds, by their median step; 0 without."""
    steps = [after - before for before, after in pairwise(times) if after > before]
    return 1 / median(steps) if steps else 0.0
