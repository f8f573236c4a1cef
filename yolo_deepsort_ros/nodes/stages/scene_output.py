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

"""What a source knows besides its pictures: their depth, and where their camera is."""

from __future__ import annotations

import numpy as np
from rclpy.publisher import Publisher
from sensor_msgs.msg import Image
from std_msgs.msg import Header
from tf2_msgs.msg import TFMessage

from yolo_deepsort_ros.array_types import Millimetres
from yolo_deepsort_ros.locating.camera_pose import Pose, quaternion
from yolo_deepsort_ros.nodes import qos
from yolo_deepsort_ros.nodes.messages.position_messages import frame_transform
from yolo_deepsort_ros.nodes.stages.stage import StageNode
from yolo_deepsort_ros.sources.frame import Frame
from yolo_deepsort_ros.viewpoint import Viewpoint

MAP = 'map'  #: frame of the poses: its origin lies on the floor


class SceneOutput:
    """
    Publishes the depth images and the poses that frames bring.

    Publications
        `depth` (sensor_msgs/Image, 16UC1), with the header of the picture, while somebody
        subscribes; the camera's frame in `map` on `/tf`, or once on `/tf_static` when it stays.

    Parameters
    ----------
    node : StageNode
    has_depth : bool
        Whether frames bring depth; else nobody is to wait for it.

    """

    def __init__(self, node: StageNode, has_depth: bool) -> None:
        self._node = node
        self._depth: Publisher | None = None
        if has_depth:
            self._depth = node.until_cleanup(
                node.topics.advertise(Image, 'depth', qos.IMAGE_OUT))
        self._moving: Publisher = node.until_cleanup(
            node.topics.advertise(TFMessage, '/tf', qos.RESULTS))
        self._static: Publisher = node.until_cleanup(
            node.topics.advertise(TFMessage, '/tf_static', qos.LATCHED))
        self._told = ''  # frame of the fixed camera that tf2 knows

    def publish_pose(self, frame: Frame, header: Header) -> None:
        """Tell tf2 where the camera of a frame is whose picture has that header."""
        if frame.pose is not None:
            self._tell(frame.pose, header)

    def publish_depth(self, frame: Frame, header: Header) -> None:
        """Measure and publish the depth of that frame; it takes longer than the picture."""
        if self._depth and frame.depth is not None and self._depth.get_subscription_count():
            with self._node.diagnostics.timer.stage('measure depth'):
                self._depth.publish(depth_message(frame.depth(), header))

    def _tell(self, pose: Viewpoint, header: Header) -> None:
        if pose.is_fixed and self._told == header.frame_id:
            return
        self._told = header.frame_id
        publisher = self._static if pose.is_fixed else self._moving
        publisher.publish(frame_transform(
            Pose(pose.position, quaternion(pose.rotation)),
            Header(stamp=header.stamp, frame_id=MAP), header.frame_id,
        ))


def depth_message(depth: Millimetres, header: Header) -> Image:
    """Make a 16UC1 message of a depth image of shape (H, W), with that header."""
    height, width = depth.shape
    message = Image(header=header, height=height, width=width, encoding='16UC1', step=2 * width)
    message.data.frombytes(np.ascontiguousarray(depth, '<u2').data.cast('B'))
    return message
