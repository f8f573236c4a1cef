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

"""Where a camera is over the floor, and which way it looks."""

from __future__ import annotations

from typing import NamedTuple

from yolo_deepsort_ros.array_types import Floats


class Viewpoint(NamedTuple):
    """
    A camera in a frame whose z points up from the floor (REP-103).

    Attributes
    ----------
    rotation : ndarray, shape (3, 3)
        Carries the camera's optical axes (x right, y down, z forward) into the frame's.
    position : ndarray, shape (3,)
        Metres.
    is_fixed : bool
        Whether it stays so for ever.

    """

    rotation: Floats
    position: Floats
    is_fixed: bool = False
