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

"""Parameters of another name or none today, and the line that reports an unknown name."""

from __future__ import annotations

from collections.abc import Iterable

from yolo_deepsort_ros.error_text import nearest, quoted

#: What stands for an old name today.
RENAMED = {
    **{
        f'arena_{name}': f'source: arena:{name}=VALUE' for name in (
            'agents', 'seed', 'noise', 'blur', 'exposure_drift', 'camera_motion', 'ahead', 'truth',
        )
    },
    'first_score': 'low_score_threshold',
    'gate': 'gating_distance',
    'least_rate': 'min_rate',
    'memory': 'reid_memory',
    'memory_distance': 'reid_memory_distance',
    'overlap_age': 'iou_max_age',
    'silence_limit': 'topic_timeout',
}

#: What is gone: it gained nothing (docs/performance/accuracy.md).
REMOVED = ('confidence_noise', 'gallery_smoothing', 'nsa_kalman')


def unknown_name(name: str, known: Iterable[str]) -> str:
    """Return the line that reports an unknown name: today's one, or the nearest that is known."""
    if name in RENAMED:
        hint = f'it is {RENAMED[name]} now'
    elif name in REMOVED:
        hint = 'it is gone, since it gained nothing: leave it out'
    else:
        hint = nearest(name, known)
    return f'unknown parameter {quoted(name)}; {hint}'
