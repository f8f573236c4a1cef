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

"""A small made-up scene: people cross, one hides and comes back, one is missed now and then."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from yolo_deepsort_ros import Detections, Tracker

FRAMES = 80
RATE = 20.0


def frames() -> Iterator[Detections]:
    """Yield what a detector would see in each frame."""
    random = np.random.default_rng(7)
    looks = random.normal(size=(4, 16))
    for index in range(FRAMES):
        boxes, features, classes = [], [], []
        for person in range(4):
            hidden = (person == 1 and 30 <= index < 45) or random.random() < 0.05
            if hidden or index < 5 * person:
                continue
            left = (20 + 6 * index, 500 - 5 * index, 200 + 40 * np.sin(index / 9), 60)[person]
            top = (100, 110, 40 + 2 * index, 90)[person]
            box = np.array([left, top, 40 + 5 * person, 90]) + random.normal(0, 1.5, 4)
            boxes.append(box)
            features.append(looks[person] + random.normal(0, 0.15, 16))
            classes.append(person // 3)
        yield Detections(
            np.reshape(boxes, (-1, 4)), np.full(len(boxes), 0.8), classes,
            np.reshape(features, (-1, 16)),
        )


def render() -> str:
    """Track the scene; return one line a reported track and frame."""
    tracker = Tracker(frame_rate=RATE)
    lines = []
    for index, found in enumerate(frames()):
        tracks = tracker.update(found, index / RATE).reported
        for track_id, box, missed, kind in zip(
            tracks.ids, tracks.tlwh, tracks.time_since_update, tracks.class_ids,
            strict=True,
        ):
            numbers = ' '.join(f'{value:.2f}' for value in box)
            lines.append(f'{index + 1} id={track_id} class={kind} missed={missed} {numbers}')
    return '\n'.join(lines) + '\n'
