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

"""What stands before the cameras that are made to misbehave."""

from __future__ import annotations

from yolo_deepsort_ros.array_types import Pixels
from yolo_deepsort_ros.simulation.arena.arena import Arena
from yolo_deepsort_ros.simulation.arena.arena_config import arena_config

FRAMES = 150  #: drawn once, shown forth and back


def arena_pictures(source: str, rate: float) -> list[Pixels]:
    """Return pictures of the arena that can be shown over and over."""
    arena = Arena(arena_config(source), width=320, height=240, rate=rate)
    shots = [arena.render(index)[0] for index in range(FRAMES)]
    return shots + shots[::-1]
