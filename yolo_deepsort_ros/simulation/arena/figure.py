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


"""A body that can be posed and painted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from yolo_deepsort_ros.array_types import Floats
from yolo_deepsort_ros.simulation.arena.mesh import Mesh
from yolo_deepsort_ros.simulation.arena.rigid import about_z, STILL

_ANGLES = np.linspace(0, 2 * np.pi, 16, endpoint=False)
_CIRCLE = np.stack([np.cos(_ANGLES), np.sin(_ANGLES), np.zeros(16)], axis=1)

#: From metres travelled and metres per second to the motion of each bone, shape (B, 3, 4).
Pose = Callable[[float, float], Floats]


def stiff(travelled: float, speed: float) -> Floats:
    """Return the pose of a body that is one rigid part."""
    return STILL[None]


@dataclass(frozen=True, eq=False)
class Figure:
    """
    A body and how its parts move.

    Attributes
    ----------
    mesh : Mesh
        The body at rest, looking along x, on the floor at the origin.
    radius : float
        Of the place that it takes on the floor, in metres.
    pose : callable
        How it moves; see `Pose`.

    """

    mesh: Mesh
    radius: float
    pose: Pose = stiff

    def placed(self, place: Floats, heading: float, travelled: float, speed: float) -> Floats:
        """Return the vertices, shape (V, 3), in a world where it stands at place (x, y)."""
        bones = self.pose(travelled, speed)[self.mesh.bones]  # (V, 3, 4)
        local = (bones[..., :3] @ self.mesh.vertices[..., None])[..., 0] + bones[..., 3]
        return np.asarray(local @ about_z(heading).T + (place[0], place[1], 0.0))

    def footprint(self, place: Floats) -> Floats:
        """Return the outline, shape (16, 3), of what it covers of the floor there."""
        return np.asarray(0.8 * self.radius * _CIRCLE + (place[0], place[1], 0.0))
