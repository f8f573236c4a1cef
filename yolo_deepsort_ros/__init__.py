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
YOLO detections and DeepSORT tracks with persistent ids, with or without ROS 2.

The names below are loaded when first used: importing the package itself loads neither
rclpy nor OpenCV.
"""

from __future__ import annotations

import importlib
from typing import Any, TYPE_CHECKING

if TYPE_CHECKING:
    from yolo_deepsort_ros.appearance.embedder import Embedder
    from yolo_deepsort_ros.deepsort.tracker import Tracker
    from yolo_deepsort_ros.detections import Detections
    from yolo_deepsort_ros.errors import YoloDeepsortError
    from yolo_deepsort_ros.tracks import Tracks, TrackState
    from yolo_deepsort_ros.yolo.detector import Detector

_HOMES = {
    'Detections': 'detections',
    'Detector': 'yolo.detector',
    'Embedder': 'appearance.embedder',
    'TrackState': 'tracks',
    'Tracker': 'deepsort.tracker',
    'Tracks': 'tracks',
    'YoloDeepsortError': 'errors',
}

__all__ = [
    'Detections',
    'Detector',
    'Embedder',
    'TrackState',
    'Tracker',
    'Tracks',
    'YoloDeepsortError',
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f'module {__name__!r} has no attribute {name!r}')
    value = getattr(importlib.import_module(f'{__name__}.{_HOMES[name]}'), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
