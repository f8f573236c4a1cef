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

"""Runs of a tracker by hand, for the tests of its decisions."""

from yolo_deepsort_ros import Detections


def seen(*boxes, features=None, classes=None, scores=None):
    """Return detections of these boxes, of a high score."""
    return Detections(boxes, scores or [0.9] * len(boxes), classes, features)


def run(tracker, frames, first=0):
    """Feed one Detections a frame at 10 Hz; return the last Tracks."""
    for index, found in enumerate(frames, first):
        tracks = tracker.update(found, index / 10)
    return tracks
