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

"""Parameters of where frames come from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from yolo_deepsort_ros.config.arena_settings import ARENA_SETTINGS
from yolo_deepsort_ros.config.config import Config
from yolo_deepsort_ros.config.parameter import parameter

#: Ways to mirror pictures.
FLIPS = ('horizontal', 'vertical')


@dataclass(frozen=True)
class SourceConfig(Config):
    """Where frames come from."""

    source: str = parameter(
        '0', 'Device index or path, video file, picture folder, bag, stream URL, or arena, with '
             'options as in arena:agents=8,seed=3'
    )
    topic: str = parameter('', 'Image topic of a bag; empty takes the only one')
    rate: float = parameter(
        0.0,
        "Frames per second: 0 is the source's own rate; a device is asked for it, a file paced",
        unit='Hz', low=0.0, high=1000.0,
    )
    width: int = parameter(
        0, 'Picture width to ask a device or the arena for; 0: its own',
        unit='px', low=0, high=16384,
    )
    height: int = parameter(
        0, 'Picture height to ask a device or the arena for; 0: its own',
        unit='px', low=0, high=16384,
    )
    pixel_format: str = parameter(
        '', 'Pixel format to ask a device for, four letters such as MJPG or YUYV; empty leaves '
            'its own'
    )
    exposure: float = parameter(
        0.0, "Exposure time to ask a device for, instead of its automatic; 0 leaves the device's "
             'own setting', unit='ms', low=0.0, high=10000.0,
    )
    frame_timeout: float = parameter(
        3.0, 'Longest wait for a frame of a device or stream, after which it is lost', unit='s',
        low=0.1, high=3600.0,
    )
    duration: float = parameter(
        0.0, 'Source time after which to stop; 0 goes on to the end', unit='s', low=0.0, high=1e9
    )
    max_frames: int = parameter(
        0, 'Frames after which to stop; 0 goes on to the end', low=0, high=2**31 - 1
    )
    loop: bool = parameter(False, 'Start a file or folder again at its end')

    def suits(self) -> Mapping[str, Any]:
        """Return what suits the source, by names of parameters."""
        return ARENA_SETTINGS if is_arena(self.source) else {}


def is_arena(source: str) -> bool:
    """Tell whether a source is the arena, with options or without."""
    return source.partition(':')[0] == 'arena'
