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
Quality of service of each topic, after REP-2003.

Images are published reliable, so that every reader matches, and subscribed to best effort,
so that a slow reader never holds up the camera.
"""

from __future__ import annotations

from rclpy.qos import DurabilityPolicy, HistoryPolicy, QoSProfile, ReliabilityPolicy


def _profile(
    reliability: ReliabilityPolicy,
    depth: int,
    durability: DurabilityPolicy = DurabilityPolicy.VOLATILE,
) -> QoSProfile:
    return QoSProfile(
        history=HistoryPolicy.KEEP_LAST, depth=depth, reliability=reliability,
        durability=durability,
    )


#: Publishers of images and of what goes with each image.
IMAGE_OUT = _profile(ReliabilityPolicy.RELIABLE, 5)
#: A reader that wants the newest image only.
NEWEST_IMAGE_IN = _profile(ReliabilityPolicy.BEST_EFFORT, 1)
#: A reader that wants every image, to find the one a message belongs to.
IMAGE_IN = _profile(ReliabilityPolicy.BEST_EFFORT, 5)
#: Detections and tracks, both ends.
RESULTS = _profile(ReliabilityPolicy.RELIABLE, 10)
#: Labels, sent once: kept for those who come later.
LATCHED = _profile(ReliabilityPolicy.RELIABLE, 1, DurabilityPolicy.TRANSIENT_LOCAL)
