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

"""From positions to messages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
import math
from typing import cast, NamedTuple

from geometry_msgs.msg import (
    Point, Pose, PoseStamped, Quaternion, TransformStamped, TwistWithCovarianceStamped, Vector3,
)
import numpy as np
from numpy.typing import NDArray
from sensor_msgs.msg import PointCloud2, PointField
from std_msgs.msg import Header
from tf2_msgs.msg import TFMessage
from vision_msgs.msg import Detection3D, Detection3DArray, ObjectHypothesisWithPose

from yolo_deepsort_ros.array_types import Floats
from yolo_deepsort_ros.locating import camera_pose
from yolo_deepsort_ros.locating.positions import Positions

FLOOR_SPREAD = 0.01  #: m, of z: the floor is as flat as that
UPRIGHT = 0.1  #: rad, standard deviation of roll and pitch: objects stand
ANY_YAW = math.pi / math.sqrt(3)  #: rad, the same of a direction that is not known
SLOWEST = 0.1  #: m/s; slower things stand
MOVES = 2.0  #: standard deviations of its velocity that show where an object is heading
RING_STEP = 0.1  #: m between the points of a ring
MIN_RADIUS, MAX_RADIUS = 0.1, 5.0  #: m, of a ring; what claims to be wider is a wrong box
USUAL_RADIUS = 0.25  #: m, of an object whose width is not known
USUAL_HEIGHT = 1.0  #: m, the same of its height
UNKNOWN_CLASS = -1  #: number of a class that label_info does not name
#: Of `track_points`.
FIELDS = {
    **dict.fromkeys(('x', 'y', 'z', 'vx', 'vy', 'vz'), ('<f4', PointField.FLOAT32)),
    'id': ('<u4', PointField.UINT32), 'class': ('<i4', PointField.INT32),
    'score': ('<f4', PointField.FLOAT32),
}
POINT = np.dtype([(name, kind) for name, (kind, _) in FIELDS.items()])


class Located(NamedTuple):
    """The objects of a frame whose place is known."""

    positions: Positions
    names: Sequence[str]  #: `class_id` of each
    scores: Floats  #: shape (N,)
    z: float  #: of the floor


def tracks_3d(
    located: Located, header: Header, parts: list[Detection3D] | None = None
) -> Detection3DArray:
    """
    Make a message of positions.

    The pose is the point on the floor below the object's middle; the box stands on it. Sizes
    that are not known are zero.

    Parameters
    ----------
    located : Located
        What it says.
    header : Header
        Of the message and of each part.
    parts : list of Detection3D, optional
        Those of earlier messages, which are published: they are written over, and more are
        added as needed.

    """
    positions, parts = located.positions, [] if parts is None else parts
    while len(parts) < len(positions):
        parts.append(Detection3D(results=[ObjectHypothesisWithPose()]))
    detections = parts[:len(positions)]
    moving, yaws = headings(positions)
    covariances = _pose_covariances(positions.covariances, moving)
    rows = zip(
        detections, positions.ids.tolist(), located.names, located.scores.tolist(),
        positions.places.tolist(), yaws.tolist(), covariances, sizes(positions), strict=True,
    )
    for detection, number, name, score, (x, y), yaw, covariance, (width, height) in rows:
        detection.header = header
        detection.id = str(number)
        hypothesis, box = detection.results[0], detection.bbox
        hypothesis.hypothesis.class_id = name
        hypothesis.hypothesis.score = score
        hypothesis.pose.covariance = covariance
        pose = hypothesis.pose.pose
        box.size.x = box.size.y = width
        box.size.z = height
        turn, middle = about_z(yaw), box.center.position
        pose.orientation = box.center.orientation = turn
        pose.position.x, pose.position.y, pose.position.z = x, y, located.z
        middle.x, middle.y, middle.z = x, y, located.z + height / 2
    return Detection3DArray(header=header, detections=detections)


def sizes(positions: Positions) -> list[list[float]]:
    """Return width and height of each object in metres; zero where they are not known."""
    both = np.nan_to_num(np.column_stack([positions.widths, positions.heights]))
    return cast('list[list[float]]', both.clip(0).tolist())


def track_points(located: Located, header: Header, classes: Mapping[str, int]) -> PointCloud2:
    """
    Make a cloud with a ring of points around each object, at half its height.

    Parameters
    ----------
    located : Located
        What it says.
    header : Header
        Of the message.
    classes : mapping of str to int
        Numbers of class names.

    """
    positions = located.positions
    rings = [np.zeros(0, POINT)]
    for row, (x, y) in enumerate(positions.places.tolist()):
        radius, middle = _radius(positions.widths[row]), _middle(positions.heights[row])
        count = math.ceil(2 * math.pi * radius / RING_STEP)
        angles = 2 * math.pi / count * np.arange(count)
        ring = np.zeros(len(angles), POINT)
        ring['x'], ring['y'] = x + radius * np.cos(angles), y + radius * np.sin(angles)
        ring['z'] = located.z + middle
        ring['vx'], ring['vy'] = positions.velocities[row]
        ring['id'] = positions.ids[row] & 0xFFFFFFFF
        ring['class'] = classes.get(located.names[row], UNKNOWN_CLASS)
        ring['score'] = located.scores[row]
        rings.append(ring)
    points = np.concatenate(rings)
    message = PointCloud2(
        header=header, height=1, width=len(points), is_bigendian=False, is_dense=True,
        point_step=POINT.itemsize, row_step=POINT.itemsize * len(points),
        fields=[
            PointField(name=name, offset=4 * number, datatype=kind, count=1)
            for number, (name, (_, kind)) in enumerate(FIELDS.items())
        ],
    )
    # The setter of `data` checks every element on Humble.
    message.data.frombytes(points.tobytes())
    return message


def selected_pose(located: Located, row: int, header: Header) -> PoseStamped:
    """Make a message of where an object stands, and where it is heading if it moves."""
    x, y = located.positions.places[row].tolist()
    return PoseStamped(header=header, pose=Pose(
        position=Point(x=x, y=y, z=located.z),
        orientation=about_z(float(headings(located.positions)[1][row])),
    ))


def selected_twist(located: Located, row: int, header: Header) -> TwistWithCovarianceStamped:
    """Make a message of an object's velocity, in the axes of the header's frame."""
    message = TwistWithCovarianceStamped(header=header)
    x, y = located.positions.velocities[row].tolist()
    message.twist.twist.linear = Vector3(x=x, y=y, z=0.0)
    covariance = np.zeros((6, 6))
    covariance[:2, :2] = located.positions.covariances[row, 2:, 2:]
    message.twist.covariance = covariance.ravel()
    return message


def frame_transform(pose: camera_pose.Pose, header: Header, child: str) -> TFMessage:
    """Make the message that tells tf2 where a frame is in the header's."""
    transform = TransformStamped(header=header, child_frame_id=child)
    x, y, z = pose.place.tolist()
    transform.transform.translation = Vector3(x=x, y=y, z=z)
    x, y, z, w = pose.turn.tolist()
    transform.transform.rotation = Quaternion(x=x, y=y, z=z, w=w)
    return TFMessage(transforms=[transform])


def headings(positions: Positions) -> tuple[NDArray[np.bool_], Floats]:
    """Return which objects move for certain, and where to in radians, 0 for the others."""
    velocities = positions.velocities
    spreads = positions.covariances[:, 2:, 2:] + SLOWEST**2 * np.eye(2)
    scaled = np.linalg.solve(spreads, velocities[:, :, np.newaxis])[:, :, 0]
    moving = np.einsum('ni,ni->n', velocities, scaled) > MOVES**2
    return moving, np.where(moving, np.arctan2(velocities[:, 1], velocities[:, 0]), 0.0)


def _pose_covariances(covariances: Floats, moving: NDArray[np.bool_]) -> Floats:
    """Return those of x, y, z and turns about x, y, z, row by row, shape (N, 36)."""
    full = np.zeros((len(covariances), 6, 6))
    full[:, :2, :2] = covariances[:, :2, :2]
    full[:, range(2, 5), range(2, 5)] = FLOOR_SPREAD**2, UPRIGHT**2, UPRIGHT**2
    full[:, 5, 5] = np.where(moving, 1 / MOVES, ANY_YAW) ** 2
    return full.reshape(-1, 36)


def _radius(width: float) -> float:
    known = width / 2 if math.isfinite(width) else USUAL_RADIUS
    return min(max(known, MIN_RADIUS), MAX_RADIUS)


def _middle(height: float) -> float:
    return max(height, 0.0) / 2 if math.isfinite(height) else USUAL_HEIGHT / 2


def about_z(yaw: float) -> Quaternion:
    """Return a turn by so many radians, anticlockwise from above."""
    return Quaternion(x=0.0, y=0.0, z=math.sin(yaw / 2), w=math.cos(yaw / 2))
