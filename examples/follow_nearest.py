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

"""Turns a robot towards the nearest tracked object, and stays with its id while it is there."""

from contextlib import suppress
from math import atan2, inf, isfinite

from geometry_msgs.msg import Twist
import rclpy
from rclpy.executors import ExternalShutdownException
from rclpy.node import Node
from rclpy.qos import qos_profile_sensor_data
from sensor_msgs.msg import CameraInfo, Image
from vision_msgs.msg import Detection2DArray

TURN, PATIENCE = 1.5, 1.0  #: rad/s for each rad off the middle; s without object or tracks


class FollowNearest(Node):

    def __init__(self) -> None:
        super().__init__('follow_nearest')
        self.info, self.target, self.seen = CameraInfo(), '', -inf
        self.velocity = self.create_publisher(Twist, 'cmd_vel', 10)
        any_qos = qos_profile_sensor_data
        self.create_subscription(CameraInfo, 'camera_info', self.on_info, any_qos)
        self.image = self.create_subscription(Image, 'image_raw', self.on_image, any_qos)
        self.create_subscription(Detection2DArray, 'tracks', self.on_tracks, 10)
        self.silence = self.create_timer(PATIENCE, self.on_silence)

    def on_info(self, info: CameraInfo) -> None:
        self.info = info if all(map(isfinite, info.k)) else CameraInfo(width=info.width)

    def on_image(self, image: Image) -> None:
        self.info.width = self.info.width or image.width
        self.destroy_subscription(self.image)  # one is enough

    def on_tracks(self, message: Detection2DArray) -> None:
        self.silence.reset()  # it stops the robot when no tracks come any more
        boxes = {t.id: t.bbox for t in message.detections if isfinite(t.bbox.center.position.x)}
        stamp = message.header.stamp.sec + message.header.stamp.nanosec / 1e9
        if self.target not in boxes and not 0 <= stamp - self.seen < PATIENCE:
            self.target = max(boxes, key=lambda track: boxes[track].size_y, default='')
        twist = Twist()  # all zero: stand still
        if box := boxes.get(self.target):
            self.seen = stamp
            twist.angular.z = TURN * self.angle(box.center.position.x)
        self.velocity.publish(twist)

    def angle(self, x: float) -> float:
        if self.info.k[0] > 0:  # zero: not calibrated
            return atan2(self.info.k[2] - x, self.info.k[0])
        if self.info.width:
            self.get_logger().warning('no calibration: turns by the share of the width', once=True)
            return 0.5 - x / self.info.width
        self.get_logger().warning('neither camera_info nor image_raw: stands still', once=True)
        return 0.0

    def on_silence(self) -> None:
        self.velocity.publish(Twist())
        self.get_logger().warning('no tracks come: stands still', throttle_duration_sec=10.0)


rclpy.init()
with suppress(KeyboardInterrupt, ExternalShutdownException):
    rclpy.spin(FollowNearest())
