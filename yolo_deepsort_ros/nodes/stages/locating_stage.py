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

"""The locator's part of a node."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
import time
from typing import NamedTuple

from geometry_msgs.msg import PoseStamped, TwistWithCovarianceStamped
import numpy as np
from sensor_msgs.msg import PointCloud2
from std_msgs.msg import Header, String
from tf2_msgs.msg import TFMessage
from vision_msgs.msg import Detection3D, Detection3DArray
from visualization_msgs.msg import MarkerArray

from yolo_deepsort_ros.calibration import Calibration
from yolo_deepsort_ros.config.stage_configs import LocatingConfig
from yolo_deepsort_ros.errors import InputError
from yolo_deepsort_ros.locating.ground_file import Ground, read_ground
from yolo_deepsort_ros.locating.ground_parameters import ground_of
from yolo_deepsort_ros.locating.locator import Locator
from yolo_deepsort_ros.locating.positions import Positions
from yolo_deepsort_ros.nodes import qos
from yolo_deepsort_ros.nodes.messages.conversions import stamp_to_seconds
from yolo_deepsort_ros.nodes.messages.position_messages import (
    frame_transform, Located, selected_pose, selected_twist, track_points, tracks_3d,
)
from yolo_deepsort_ros.nodes.messages.track_markers import TrackMarkers
from yolo_deepsort_ros.nodes.messages.transforms import Transforms
from yolo_deepsort_ros.nodes.stages.depth_input import DepthInput
from yolo_deepsort_ros.nodes.stages.floor_finder import Floor, FloorFinder
from yolo_deepsort_ros.nodes.stages.stage import Stage, StageNode
from yolo_deepsort_ros.nodes.sync.stage_queue import StageQueue
from yolo_deepsort_ros.stamp_order import Order, StampOrder
from yolo_deepsort_ros.tracks import Tracks

UNKNOWN_FLOOR = 'floor'  #: key of the problem
ROOM = 10  #: frames that may wait for their transforms
WAYS = ('depth', 'ground', 'height', 'motion')
#: Counters.
LATE, REPLACED, PLACELESS, FLOORLESS = (
    'late', 'frames replaced by newer', 'tracks without a place', 'frames without a floor'
)


class Shown(NamedTuple):
    """The tracks of a frame, and what is known of its picture."""

    tracks: Tracks
    names: Sequence[str]  #: what a message says for each class
    header: Header
    calibration: Calibration | None = None
    size: tuple[int, int] | None = None


class _Due(NamedTuple):
    shown: Shown
    arrival: float  #: s, as `time.monotonic` has it


class LocatingStage(Stage['LocatingConfig | None']):
    """
    Says where tracks are in metres, in a thread of its own.

    Subscriptions
        `depth` (sensor_msgs/Image, 16UC1 or 32FC1, registered), best effort;
        `selected_track` (std_msgs/String), transient local; with a `target_frame` those of tf2.
    Publications
        `tracks_3d` (vision_msgs/Detection3DArray), one message for each of `tracks`, with its
        stamp, and `track_points` (sensor_msgs/PointCloud2), `track_markers`
        (visualization_msgs/MarkerArray) while somebody subscribes; `selected_pose`
        (geometry_msgs/PoseStamped) and `selected_twist`
        (geometry_msgs/TwistWithCovarianceStamped) while the place of the selected track is
        known; all reliable. Without a `target_frame` the floor's frame on `/tf_static`.

    Parameters
    ----------
    node : StageNode
    counts : bool
        Whether its frames are what the node has processed.

    """

    def __init__(self, node: StageNode, counts: bool = True) -> None:
        self._node = node
        self._use = node.guarded(self._locate, counts=counts)
        self._classes: Mapping[str, int] = {}
        self._foot_offset = 0.0
        self.is_on = False

    def load(self, config: LocatingConfig | None) -> None:
        """Announce what is published; None: locate nothing."""
        self.is_on = config is not None
        if config is None:
            return
        node = self._node
        self._selected, self._foot_offset = '', 0.0
        self._file = read_ground(config.ground_file) if config.ground_file else Ground()
        ground = ground_of(config, self._file)
        self._transforms: Transforms | None = None
        if config.target_frame and not ground.pixels:
            self._transforms = Transforms(node)
        self._locator = Locator()
        self._take(config, ground)
        topics = node.topics
        self._tracks = node.until_cleanup(
            topics.advertise(Detection3DArray, 'tracks_3d', qos.RESULTS))
        self._marked = node.until_cleanup(
            topics.advertise(MarkerArray, 'track_markers', qos.RESULTS))
        self._points = node.until_cleanup(
            topics.advertise(PointCloud2, 'track_points', qos.RESULTS))
        self._pose = node.until_cleanup(
            topics.advertise(PoseStamped, 'selected_pose', qos.RESULTS))
        self._twist = node.until_cleanup(
            topics.advertise(TwistWithCovarianceStamped, 'selected_twist', qos.RESULTS))
        self._static = node.until_cleanup(
            topics.advertise(TFMessage, '/tf_static', qos.LATCHED))
        counter = node.diagnostics.counter
        self._ways = {way: counter(f'located by {way}', is_rated=True) for way in WAYS}
        self._late, self._replaced, self._placeless = map(counter, (LATE, REPLACED, PLACELESS))
        self._floorless = counter(FLOORLESS, is_bad=True)
        self._depth = DepthInput(node)
        self._parts: list[Detection3D] = []

    def start(self) -> None:
        """Begin without places."""
        if not self.is_on:
            return
        node = self._node
        self._locator.reset()
        self._order, self._markers = StampOrder(), TrackMarkers()
        self._floor: Floor | None = None
        self._queue: StageQueue[_Due] = StageQueue(
            'locator', self._use, self._replaced.add, room=ROOM)
        self._depth.listen()
        node.until_deactivation(
            node.topics.subscribe(String, 'selected_track', self._on_selected, qos.LATCHED))

    def stop(self) -> None:
        """Locate no more, and take the markers away."""
        if not self.is_on:
            return
        self._queue.close()
        self._node.diagnostics.end_problem(UNKNOWN_FLOOR)
        self._markers.forget()
        if self._marked.get_subscription_count():
            self._marked.publish(self._markers.message(_nothing(), Header()))

    def adopt(self, config: LocatingConfig | None) -> None:
        """Go on with the places of the tracks."""
        if config is None or not self.is_on:
            return
        self._take(config, ground_of(config, self._file))

    def unload(self) -> None:
        """Listen to tf2 no more."""
        if self.is_on and self._transforms is not None:
            self._transforms.close()

    def name_classes(self, numbers: Mapping[str, int]) -> None:
        """Learn the number of each class name."""
        self._classes = numbers

    def know_detector(self, foot_offset: float) -> None:
        """Learn where the floor lies below a detector's boxes, if no parameter says it."""
        self._foot_offset = foot_offset
        if self.is_on:
            self._take(self._config, ground_of(self._config, self._file))

    def put(self, shown: Shown) -> None:
        """Take the tracks of a frame; called from any thread."""
        if self.is_on:
            self._queue.put(_Due(shown, time.monotonic()))

    def drain(self, patience: float) -> None:
        """Return when what was put is done, or after that many seconds."""
        if self.is_on:
            self._queue.drain(patience)

    def _take(self, config: LocatingConfig, ground: Ground) -> None:
        self._config, said = config, ground.foot_offset
        pose_of = None if self._transforms is None else self._transforms.pose
        self._floors = FloorFinder(ground, config.target_frame, pose_of)
        self._locator.class_heights = dict(ground.class_heights)
        self._locator.foot_offset = self._foot_offset if said is None else said

    def _on_selected(self, message: String) -> None:
        self._selected = message.data

    def _locate(self, due: _Due) -> None:
        shown, header = due.shown, due.shown.header
        stamp = stamp_to_seconds(header.stamp)
        order = self._order.take(stamp)
        if order is Order.RESTART:
            self._locator.reset()
            self._markers.forget()
        if order is Order.LATE:
            self._late.add()
        floor = None if order is Order.LATE else self._find_floor(due)
        if floor is None:
            frame = self._floor.frame_id if self._floor else header.frame_id
            self._publish(_nothing(), Header(stamp=header.stamp, frame_id=frame))
            return
        self._announce(floor, header)
        tracks, config = shown.tracks, self._config
        depth = self._depth.near(
            header, shown.size, config.depth_slop, due.arrival + config.depth_wait)
        with self._node.diagnostics.timer.stage('locate'):
            positions = self._locator.update(
                tracks, shown.names, stamp, floor.view, shown.size, depth
            )
        self._count(tracks, positions)
        rows = np.flatnonzero(np.isin(tracks.ids, positions.ids))
        names = [shown.names[kind] for kind in tracks.class_ids[rows]]
        with self._node.diagnostics.timer.stage('publish places'):
            self._publish(
                Located(positions, names, tracks.scores[rows], floor.z),
                Header(stamp=header.stamp, frame_id=floor.frame_id),
            )
        self._node.diagnostics.delivered(stamp)

    def _find_floor(self, due: _Due) -> Floor | None:
        """Return the floor of a frame; None, said in one line, where it is not known."""
        shown, diagnostics = due.shown, self._node.diagnostics
        try:
            floor = self._floors.find(
                shown.header.frame_id, shown.header.stamp, shown.calibration, shown.size,
                due.arrival + self._config.transform_wait,
            )
        except InputError as error:
            self._floorless.add()
            diagnostics.add_problem(UNKNOWN_FLOOR, str(error))
            self._node.get_logger().error(str(error), throttle_duration_sec=10.0)
            return None
        diagnostics.end_problem(UNKNOWN_FLOOR)
        return floor

    def _announce(self, floor: Floor, header: Header) -> None:
        """Tell tf2 of the floor's frame, where nobody else does; start anew in another frame."""
        before, self._floor = self._floor, floor
        if before is None or before.frame_id != floor.frame_id:
            self._locator.reset()
            self._markers.forget()
        if floor.in_camera is not None and (
            before is None or before.in_camera is not floor.in_camera
            or before.frame_id != floor.frame_id
        ):
            self._static.publish(frame_transform(floor.in_camera, header, floor.frame_id))

    def _count(self, tracks: Tracks, positions: Positions) -> None:
        self._placeless.add(len(tracks) - len(positions))
        for way in '+'.join(positions.ways).split('+') if positions.ways else ():
            self._ways[way].add()

    def _publish(self, located: Located, header: Header) -> None:
        if self._tracks.get_subscription_count():
            self._tracks.publish(tracks_3d(located, header, self._parts))
        if self._points.get_subscription_count():
            self._points.publish(track_points(located, header, self._classes))
        if self._marked.get_subscription_count():
            self._marked.publish(self._markers.message(located, header))
        else:
            self._markers.forget()
        selected = self._selected
        for row in np.flatnonzero(located.positions.ids.astype(str) == selected):
            self._pose.publish(selected_pose(located, int(row), header))
            self._twist.publish(selected_twist(located, int(row), header))


def _nothing() -> Located:
    none = np.zeros(0)
    return Located(
        Positions(np.zeros(0, np.int64), np.zeros((0, 2)), np.zeros((0, 2)),
                  np.zeros((0, 4, 4)), none, none, ()),
        [], none, 0.0,
    )
