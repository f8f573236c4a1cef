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

"""Positions as rviz2 shows them."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
import math

from builtin_interfaces.msg import Duration
from geometry_msgs.msg import Point, Vector3
import numpy as np
from std_msgs.msg import ColorRGBA, Header
from visualization_msgs.msg import Marker, MarkerArray

from yolo_deepsort_ros.nodes.messages.position_messages import about_z, box_of, Located
from yolo_deepsort_ros.visualization.drawing import colour_of

NINETY = 4.605  #: squared Mahalanobis distance within which 90 % of the places lie
TRAIL = 50  #: places
LIFETIME = Duration(sec=2)  #: of markers that nobody deletes any more
LINE, THIN, TEXT = 0.04, 0.01, 0.25  #: m
ARROW = Vector3(x=0.05, y=0.1, z=0.15)  #: m: shaft, head, length of the head
ARROW_TIME = 1.0  #: s, for which the arrow shows where an object goes
SPACES = ('box', 'id', 'velocity', 'uncertainty', 'trail')  #: markers of each object


class TrackMarkers:
    """Makes the markers of each frame: box, id, velocity, 90 % ellipse, trail."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """Begin anew, also for those who look: the next message first deletes all."""
        self._trails: dict[int, deque[Point]] = {}
        self._is_new = True

    def message(self, located: Located, header: Header) -> MarkerArray:
        """Return what shows a frame, and no longer what has ended."""
        markers = [Marker(header=header, action=Marker.DELETEALL)] if self._is_new else []
        self._is_new = False
        ids = {int(number) for number in located.positions.ids}
        for number in self._trails.keys() - ids:
            del self._trails[number]
            markers += [
                Marker(header=header, ns=space, id=_marker_id(number), action=Marker.DELETE)
                for space in SPACES
            ]
        for row in range(len(located.positions)):
            markers += self._markers(located, row, header)
        return MarkerArray(markers=markers)

    def _markers(self, located: Located, row: int, header: Header) -> Iterator[Marker]:
        positions = located.positions
        number = int(positions.ids[row])
        box = box_of(located, row)
        foot = Point(x=box.center.position.x, y=box.center.position.y, z=located.z)
        trail = self._trails.setdefault(number, deque(maxlen=TRAIL))
        trail.append(foot)
        blue, green, red = (channel / 255 for channel in colour_of(number))

        def marker(space: str, kind: int, scale: Vector3, alpha: float = 1.0) -> Marker:
            made = Marker(
                header=header, ns=space, id=_marker_id(number), type=kind, action=Marker.ADD,
                scale=scale, color=ColorRGBA(r=red, g=green, b=blue, a=alpha), lifetime=LIFETIME,
            )
            made.pose.orientation.w = 1.0
            return made

        cube = marker('box', Marker.CUBE, Vector3(
            x=max(box.size.x, LINE), y=max(box.size.y, LINE), z=max(box.size.z, LINE)
        ), 0.5)
        cube.pose = box.center
        yield cube
        text = marker('id', Marker.TEXT_VIEW_FACING, Vector3(z=TEXT))
        text.text = f'{number} {located.names[row]}'
        text.pose.position = Point(x=foot.x, y=foot.y, z=located.z + box.size.z + TEXT)
        yield text
        arrow = marker('velocity', Marker.ARROW, ARROW)
        x, y = (ARROW_TIME * positions.velocities[row]).tolist()
        arrow.points = [foot, Point(x=foot.x + x, y=foot.y + y, z=foot.z)]
        yield arrow
        values, axes = np.linalg.eigh(positions.covariances[row, :2, :2])
        long, across = 2 * np.sqrt(NINETY * values[::-1].clip(0)) + THIN
        yaw = math.atan2(axes[1, 1], axes[0, 1])
        ellipse = marker(
            'uncertainty', Marker.CYLINDER, Vector3(x=float(long), y=float(across), z=THIN), 0.3
        )
        ellipse.pose.position = foot
        ellipse.pose.orientation = about_z(yaw)
        yield ellipse
        line = marker('trail', Marker.LINE_STRIP, Vector3(x=LINE))
        line.points = list(trail) if len(trail) > 1 else [foot, foot]
        yield line


def _marker_id(number: int) -> int:
    return number & 0x7FFFFFFF
