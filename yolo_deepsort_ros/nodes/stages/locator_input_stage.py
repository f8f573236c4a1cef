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

"""Tracks and the calibration of their camera, from topics to what locates them."""

from __future__ import annotations

import numpy as np
from sensor_msgs.msg import CameraInfo
from std_msgs.msg import Float64
from vision_msgs.msg import Detection2DArray, LabelInfo

from yolo_deepsort_ros.calibration import Calibration
from yolo_deepsort_ros.config.stage_configs import LocatingConfig, TopicInConfig
from yolo_deepsort_ros.errors import ConfigurationError, InputError
from yolo_deepsort_ros.nodes import qos
from yolo_deepsort_ros.nodes.messages.camera_info import usable_calibration
from yolo_deepsort_ros.nodes.messages.conversions import (
    ClassNames, id_number, message_to_objects, Objects, stamp_to_nanoseconds,
)
from yolo_deepsort_ros.nodes.stages.locating_stage import LocatingStage, Shown
from yolo_deepsort_ros.nodes.stages.stage import Stage, StageNode
from yolo_deepsort_ros.tracks import Tracks, TrackState

UNUSABLE, NAMELESS = 'unusable boxes', 'boxes without an id of their own'  #: counters
MAX_PIXELS = 1e5  #: of a box's numbers
INFO = 'camera_info'  #: key of the problem of one that cannot be used


class LocatorInputStage(Stage[TopicInConfig]):
    """
    Has each message of tracks located.

    Subscriptions
        `tracks` (vision_msgs/Detection2DArray), reliable; `camera_info`
        (sensor_msgs/CameraInfo), best effort; `label_info` (vision_msgs/LabelInfo) and
        `foot_offset` (std_msgs/Float64) of the detector, reliable, transient local.

    Parameters
    ----------
    node : StageNode
    locating : LocatingStage
        Driven before this one.

    """

    def __init__(self, node: StageNode, locating: LocatingStage) -> None:
        self._node = node
        self._locating = locating
        self._unusable = node.diagnostics.counter(UNUSABLE, is_bad=True)
        self._nameless = node.diagnostics.counter(NAMELESS, is_bad=True)
        node.diagnostics.expect(lambda _: node.topics.traffic('tracks').sent)

    def load(self, config: TopicInConfig) -> None:
        """Wait for what the detector says of itself."""
        for kind, topic, use in (
            (LabelInfo, 'label_info', self._on_labels),
            (Float64, 'foot_offset', self._on_foot_offset),
        ):
            self._node.until_cleanup(
                self._node.create_subscription(kind, topic, use, qos.LATCHED))

    def start(self) -> None:
        """Begin without a calibration."""
        node = self._node
        self._names = ClassNames()
        self._info: CameraInfo | None = None
        self._calibration: Calibration | None = None
        self._size: tuple[int, int] | None = None
        node.until_deactivation(
            node.topics.subscribe(CameraInfo, INFO, self._on_info, qos.NEWEST_IMAGE_IN))
        on_tracks = node.guarded(self._on_tracks, counts=False)
        node.until_deactivation(
            node.topics.subscribe(Detection2DArray, 'tracks', on_tracks, qos.RESULTS))

    def stop(self) -> None:
        """Forget what was wrong."""
        self._node.diagnostics.end_problem(INFO)

    def _on_labels(self, message: LabelInfo) -> None:
        self._locating.name_classes(
            {kind.class_name: kind.class_id for kind in message.class_map}
        )

    def _on_foot_offset(self, message: Float64) -> None:
        try:
            LocatingConfig.parameters()['foot_offset'].check(message.data)
        except ConfigurationError as error:
            self._node.get_logger().warning(
                f'the detector says {error}: left out', throttle_duration_sec=1.0)
        else:
            self._locating.know_detector(message.data)

    def _on_info(self, message: CameraInfo) -> None:
        """Take the calibration; the same one comes with each image."""
        if self._info is not None and _is_same(message, self._info):
            return
        self._info = message
        self._size = (message.width, message.height) if message.width else None
        try:
            self._calibration = usable_calibration(message)
            self._node.diagnostics.end_problem(INFO)
        except InputError as error:
            self._calibration = None
            self._node.diagnostics.add_problem(INFO, str(error))
            self._node.get_logger().error(str(error), throttle_duration_sec=1.0)
            return
        if self._calibration is not None:
            self._size = self._calibration.width, self._calibration.height

    def _on_tracks(self, message: Detection2DArray) -> None:
        objects = message_to_objects(message)
        found = _in_pictures(objects.usable)
        tracks = tracks_of(message, found, self._names)
        unusable, nameless = len(objects.ids) - len(found.ids), len(found.ids) - len(tracks)
        self._unusable.add(unusable)
        self._nameless.add(nameless)
        if unusable or nameless:
            self._node.get_logger().warning(
                f'of {len(message.detections)} boxes in a message of tracks {unusable} cannot be '
                f'used and {nameless} have no number of their own as id: they are left out',
                throttle_duration_sec=1.0,
            )
        self._locating.put(
            Shown(tracks, self._names.names, message.header, self._calibration, self._size)
        )


def _in_pictures(objects: Objects) -> Objects:
    """Leave out boxes that no picture is large enough for."""
    rows = np.flatnonzero((np.abs(objects.tlwh) < MAX_PIXELS).all(axis=1))
    names = [objects.names[row] for row in rows]
    return Objects(objects.ids[rows], objects.tlwh[rows], objects.scores[rows], names)


def tracks_of(message: Detection2DArray, found: Objects, names: ClassNames) -> Tracks:
    """
    Return the objects of a message that have a positive number of their own.

    Those whose own header is of an earlier frame were not matched in this one.
    """
    now = stamp_to_nanoseconds(message.header.stamp)
    coasting = {
        id_number(each.id) for each in message.detections
        if 0 < stamp_to_nanoseconds(each.header.stamp) < now
    }
    ids, firsts = np.unique(found.ids, return_index=True)
    rows = np.sort(firsts[ids > 0])
    count = len(rows)
    ones = np.ones(count, np.int64)
    is_coasting = np.array([number in coasting for number in found.ids[rows].tolist()], np.int64)
    return Tracks(
        ids=found.ids[rows], tlwh=found.tlwh[rows], ages=ones, hits=ones,
        states=np.where(is_coasting, TrackState.COASTING, TrackState.CONFIRMED).astype(np.int8),
        time_since_update=is_coasting,
        class_ids=np.array([names.index(found.names[row]) for row in rows], np.int64),
        scores=found.scores[rows], velocities=np.zeros((count, 2)),
        covariances=np.zeros((count, 4, 4)),
    )


def _is_same(one: CameraInfo, other: CameraInfo) -> bool:
    one_header, one.header = one.header, other.header
    is_same = one == other or repr(one) == repr(other)  # NaN does not equal itself
    one.header = one_header
    return bool(is_same)
