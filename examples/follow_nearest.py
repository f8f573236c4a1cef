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

"""Follows a tracked object: the selected one, else the nearest, with whose id it stays."""

from contextlib import suppress
from math import atan2, cos, hypot, inf, isfinite

from geometry_msgs.msg import Twist
import rclpy
from rclpy.executors import ExternalShutdownException
from rclpy.node import Node
from rclpy.qos import DurabilityPolicy, qos_profile_sensor_data, QoSProfile
from sensor_msgs.msg import CameraInfo, Image
from std_msgs.msg import String
from vision_msgs.msg import Detection2DArray, Detection3DArray

TURN, PATIENCE = 1.5, 1.0  #: rad/s for each rad off the middle; s without object or tracks
DISTANCE, GAIN, FASTEST = 1.5, 0.5, 0.5  #: m to keep; m/s for each m beyond, and at most
STANDING = ('map', 'odom')  #: frames that do not move with the robot


class FollowNearest(Node):

    def __init__(self) -> None:
        super().__init__('follow_nearest')
        self.info, self.target, self.selected = CameraInfo(), '', ''
        self.seen = self.placed = self.newest = -inf  # s: the target; any places; anything
        self.trackers, self.is_silent = set[bytes](), True
        self.velocity = self.create_publisher(Twist, 'cmd_vel', 10)
        any_qos = qos_profile_sensor_data
        latched = QoSProfile(depth=1, durability=DurabilityPolicy.TRANSIENT_LOCAL)
        self.create_subscription(CameraInfo, 'camera_info', self.on_info, any_qos)
        self.image = self.create_subscription(Image, 'image_raw', self.on_image, any_qos)
        self.create_subscription(Detection2DArray, 'tracks', self.on_tracks, 10)
        self.create_subscription(Detection3DArray, 'tracks_3d', self.on_places, 10)
        self.create_subscription(String, 'selected_track', self.on_selected, latched)
        self.silence = self.create_timer(PATIENCE, self.on_silence)

    def on_info(self, info: CameraInfo) -> None:
        self.info = info if all(map(isfinite, info.k)) else CameraInfo(width=info.width)

    def on_image(self, image: Image) -> None:
        self.info.width = self.info.width or image.width
        self.destroy_subscription(self.image)  # one is enough

    def on_selected(self, message: String) -> None:
        self.selected = message.data

    def on_places(self, message: Detection3DArray) -> None:
        if message.header.frame_id in STANDING:
            self.get_logger().warning('tracks_3d stands: set target_frame base_link', once=True)
            return
        self.placed = seconds(message)
        at = {t.id: t.results[0].pose.pose.position for t in message.detections}
        self.follow(self.placed, {i: (-hypot(p.x, p.y), atan2(p.y, p.x)) for i, p in at.items()})

    def on_tracks(self, message: Detection2DArray) -> None:
        stamp = seconds(message)
        if not 0 <= stamp - self.placed < PATIENCE:  # else the places of these tracks come, too
            at = {t.id: (t.bbox.size_y, t.bbox.center.position.x) for t in message.detections}
            self.follow(stamp, {i: (h, self.angle(x)) for i, (h, x) in at.items() if isfinite(x)})

    def follow(self, stamp: float, seen: dict[str, tuple[float, float]]) -> None:
        """Drive to one of these, given how near they are (metres are negative) and where to."""
        if stamp == self.newest:  # it has frozen
            return
        self.newest = stamp
        self.silence.reset()  # it stops the robot when no tracks come any more
        if self.is_silent:  # there may be another tracker, whose ids begin anew
            now = {bytes(one.endpoint_gid) for one in self.get_publishers_info_by_topic('tracks')}
            if self.trackers and now - self.trackers:
                self.target = self.selected = ''
            self.trackers, self.is_silent = now, False
        if self.target not in seen and not 0 <= stamp - self.seen < PATIENCE:
            self.target = max(seen, key=lambda track: seen[track][0], default='')
        twist = Twist()  # all zero: stand still
        if found := seen.get(self.selected or self.target):  # a selected one is waited for
            self.seen = stamp
            near, angle = found
            twist.angular.z = TURN * angle
            if near < 0:  # forward alone: nobody looks behind it
                twist.linear.x = max(0.0, min(GAIN * (-near - DISTANCE), FASTEST) * cos(angle))
        self.velocity.publish(twist)

    def angle(self, x: float) -> float:
        x = min(max(x, 0.0), self.info.width or inf)
        if self.info.k[0] > 0:  # zero: not calibrated
            return atan2(self.info.k[2] - x, self.info.k[0])
        if self.info.width:
            self.get_logger().warning('no calibration: turns by the share of the width', once=True)
            return 0.5 - x / self.info.width
        self.get_logger().warning('neither camera_info nor image_raw: stands still', once=True)
        return 0.0

    def on_silence(self) -> None:
        self.is_silent = True
        self.velocity.publish(Twist())
        self.get_logger().warning('no tracks come: stands still', throttle_duration_sec=10.0)


def seconds(message: Detection2DArray | Detection3DArray) -> float:
    return message.header.stamp.sec + message.header.stamp.nanosec / 1e9


rclpy.init()
with suppress(KeyboardInterrupt, ExternalShutdownException):
    rclpy.spin(FollowNearest())
