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
from typing import NamedTuple

from builtin_interfaces.msg import Duration
from geometry_msgs.msg import Point, Pose, Vector3
import numpy as np
from std_msgs.msg import ColorRGBA, Header
from visualization_msgs.msg import Marker, MarkerArray

from yolo_deepsort_ros.nodes.messages.position_messages import about_z, Located, sizes
from yolo_deepsort_ros.visualization.drawing import colour_of

NINETY = 4.605  #: squared Mahalanobis distance within which 90 % of the places lie
TRAIL = 30  #: places
LIFETIME = Duration(sec=2)  #: of markers that nobody deletes any more
LINE, THIN, TEXT = 0.04, 0.01, 0.25  #: m
ARROW_TIME = 1.0  #: s, for which the arrow shows where an object goes
#: Kind, scale in metres and opacity of the markers of an object, by their namespaces.
LOOKS = {
    'box': (Marker.CUBE, (LINE, LINE, LINE), 0.5),
    'id': (Marker.TEXT_VIEW_FACING, (0.0, 0.0, TEXT), 1.0),
    'velocity': (Marker.ARROW, (0.05, 0.1, 0.15), 1.0),  # shaft, head, length of the head
    'uncertainty': (Marker.CYLINDER, (THIN, THIN, THIN), 0.3),
    'trail': (Marker.LINE_STRIP, (LINE, 0.0, 0.0), 1.0),
}


class _Marked(NamedTuple):
    """What shows an object; written over from frame to frame."""

    markers: dict[str, Marker]
    trail: deque[tuple[float, float, float]]


class TrackMarkers:
    """Makes the markers of each frame: box, id, velocity, 90 % ellipse, trail."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """Begin anew, also for those who look: the next message first deletes all."""
        self._shown: dict[int, _Marked] = {}
        self._is_new = True

    def message(self, located: Located, header: Header) -> MarkerArray:
        """Return what shows a frame, and no longer what has ended."""
        found = [Marker(header=header, action=Marker.DELETEALL)] if self._is_new else []
        self._is_new = False
        positions = located.positions
        numbers = positions.ids.tolist()
        for number in self._shown.keys() - set(numbers):
            gone = [*self._shown.pop(number).markers.values(), _looking('trail', number)]
            for marker in gone:
                marker.header, marker.action = header, Marker.DELETE
                found.append(marker)
        values, axes = np.linalg.eigh(positions.covariances[:, :2, :2])
        spreads = 2 * np.sqrt(NINETY * values.clip(0)) + THIN
        yaws = np.arctan2(axes[:, 1, 1], axes[:, 0, 1])
        rows = zip(
            numbers, located.names, positions.places.tolist(), positions.velocities.tolist(),
            sizes(positions), spreads.tolist(), yaws.tolist(), strict=True,
        )
        for number, name, place, velocity, (width, height), (across, long), yaw in rows:
            if number not in self._shown:
                self._shown[number] = _marked(number)
            markers, trail = self._shown[number]
            trail.append((*place, located.z))
            for marker in markers.values():
                marker.header = header
            box, tag = markers['box'], markers['id']
            box.pose.position = Point(x=place[0], y=place[1], z=located.z + height / 2)
            box.scale.x = box.scale.y = max(width, LINE)
            box.scale.z = max(height, LINE)
            tag.text = f'{number} {name}'
            tag.pose.position = Point(x=place[0], y=place[1], z=located.z + height + TEXT)
            ellipse = markers['uncertainty']
            ellipse.pose.position = Point(x=place[0], y=place[1], z=located.z)
            ellipse.pose.orientation = about_z(yaw)
            ellipse.scale.x, ellipse.scale.y = long, across
            x, y = (start + ARROW_TIME * step for start, step in zip(place, velocity, strict=True))
            markers['velocity'].points = [ellipse.pose.position, Point(x=x, y=y, z=located.z)]
            points = [Point(x=x, y=y, z=z) for x, y, z in trail]
            line = _looking('trail', number)  # anew: so many points are not kept
            line.header, line.points = header, points if len(points) > 1 else 2 * points
            found += [*markers.values(), line]
        return MarkerArray(markers=found)


def _marked(number: int) -> _Marked:
    """Return the markers of an object that is not shown yet."""
    markers = {name: _looking(name, number) for name in LOOKS if name != 'trail'}
    return _Marked(markers, deque(maxlen=TRAIL))


def _looking(name: str, number: int) -> Marker:
    """Return a marker of an object that is nowhere yet."""
    blue, green, red = (channel / 255 for channel in colour_of(number))
    kind, (x, y, z), alpha = LOOKS[name]
    return Marker(
        ns=name, id=number & 0x7FFFFFFF, type=kind, action=Marker.ADD, lifetime=LIFETIME,
        scale=Vector3(x=x, y=y, z=z), color=ColorRGBA(r=red, g=green, b=blue, a=alpha),
        pose=Pose(orientation=about_z(0.0)),
    )
