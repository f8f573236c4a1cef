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
Other free trackers as columns of the same table, for who develops this package.

They are those of `trackers` (Apache-2.0; `pip install trackers` in an environment of its own),
each with its own defaults. What is not installed is left out.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from yolo_deepsort_ros import Detections
from yolo_deepsort_ros.boxes import tlwh_to_xyxy, xyxy_to_tlwh

#: Names in the table, and those of the classes.
PEERS = {
    'SORT': 'SORTTracker', 'ByteTrack': 'ByteTrackTracker', 'OC-SORT': 'OCSORTTracker',
    'BoT-SORT': 'BoTSORTTracker', 'C-BIoU': 'CBIoUTracker',
}


class Shown(NamedTuple):
    """What a peer reports of a frame, as `Tracks` names it."""

    ids: NDArray[np.int64]
    tlwh: NDArray[np.float64]
    scores: NDArray[np.float64]


def peer(name: str) -> Callable[[Detections], Shown] | None:
    """Return a new peer as a function of the detections of each next frame, if there is one."""
    try:
        import supervision
        import trackers
    except ImportError:
        return None
    tracker = getattr(trackers, PEERS[name])()

    def update(found: Detections) -> Shown:
        said = tracker.update(supervision.Detections(
            xyxy=tlwh_to_xyxy(found.tlwh), confidence=np.clip(found.scores, 0, 1),
            class_id=found.class_ids,
        ))
        ids = np.full(len(said), -1) if said.tracker_id is None else said.tracker_id
        shown = ids >= 0  # -1: no id yet
        scores = np.zeros(0) if said.confidence is None else said.confidence[shown]
        return Shown(ids[shown] + 1, xyxy_to_tlwh(said.xyxy[shown]), scores)

    return update
