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

"""What suits the source arena better than the defaults: its network and the tracker's settings."""

from __future__ import annotations

from typing import Any

ARENA_SETTINGS: dict[str, Any] = {
    'model': 'arena-tiny',
    'confidence': 0.5,
    'max_cosine_distance': 0.3,
    'max_age': 300,  # its agents stay away for seconds
    'gating_distance': 100.0,  # and turn where nobody sees it
    'cascade': False,
    'n_init': 5,
    'class_aware': True,
}
