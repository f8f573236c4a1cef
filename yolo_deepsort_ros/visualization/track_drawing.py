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

"""The tracks of one frame after the other drawn on their pictures."""

from __future__ import annotations

from collections.abc import Sequence

from yolo_deepsort_ros.array_types import Pixels
from yolo_deepsort_ros.tracks import Tracks
from yolo_deepsort_ros.visualization.drawing import draw_tracks
from yolo_deepsort_ros.visualization.label_text import drawn_names
from yolo_deepsort_ros.visualization.trails import Trails


class TrackDrawing:
    """
    Draws boxes, ids and trails.

    Parameters
    ----------
    labels : sequence of str
        Class names of the network.
    trail : float
        Seconds that trails go back.

    """

    def __init__(self, labels: Sequence[str], trail: float) -> None:
        names = drawn_names(dict(zip(labels, range(len(labels)), strict=True)))
        self._names = [names[label] for label in labels]
        self._trails = Trails(trail)

    def draw(self, picture: Pixels, stamp: float, tracks: Tracks) -> Pixels:
        """Return a copy of the next picture, taken at `stamp` (s), with these tracks on it."""
        return draw_tracks(
            picture, tracks.ids, tracks.tlwh,
            [self._names[kind] for kind in tracks.class_ids.tolist()], tracks.scores,
            trails=self._trails.add(tracks.ids, tracks.tlwh, stamp),
        )
