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

"""Gives detections persistent ids and publishes them as tracks."""

from __future__ import annotations

import sys

from sensor_msgs.msg import Image
from std_srvs.srv import Trigger
from vision_msgs.msg import Detection2DArray

from yolo_deepsort_ros.appearance.embedder import Embedder
from yolo_deepsort_ros.config import TrackerNodeConfig
from yolo_deepsort_ros.detections import Detections
from yolo_deepsort_ros.nodes import qos
from yolo_deepsort_ros.nodes.conversions import (
    ClassNames, image_to_array, message_to_detections, stamp_to_seconds, tracks_to_message,
)
from yolo_deepsort_ros.nodes.paired_node import PairedNode
from yolo_deepsort_ros.nodes.pairing import Pair
from yolo_deepsort_ros.nodes.running import run
from yolo_deepsort_ros.pipeline import Follower


MOST = 1000  #: boxes of a message; time and memory grow with the square of their number


class TrackerNode(PairedNode[TrackerNodeConfig]):
    """
    Runs DeepSORT on each message of detections and the image of the same stamp.

    Subscriptions
        `detections` (vision_msgs/Detection2DArray), reliable, of any detector; an empty
        message ages the tracks. Of more than 1000 boxes the strongest are used.
        `image_raw` (sensor_msgs/Image), best effort. When the image of a message is lost,
        its detections are matched by overlap alone.
    Publications
        `tracks` (vision_msgs/Detection2DArray), reliable, with the header of the
        detections; one message for each; `id` is the decimal number. With `publish_coasting`
        it shows the confirmed tracks that coast, too.
    Services
        `~/reset` (std_srvs/Trigger): forget everything; ids start at 1 again.

    A message that cannot be used is counted, logged and skipped, the tracks unchanged.
    Tracks outlast a deactivation, not a cleanup.
    """

    def __init__(self) -> None:
        super().__init__('tracker', TrackerNodeConfig)

    def load(self) -> None:
        """Load the network, if any, and begin without tracks."""
        embedder = Embedder(config=self.config)
        self.get_logger().info(
            f'appearance: {self.config.reid or "no network"}, {embedder.backend}'
        )
        self.diagnostics.facts = {
            'appearance': self.config.reid or 'colours', 'backend': embedder.backend,
        }
        self._follower = Follower(self.config, embedder, self.diagnostics.timer)
        self._names = ClassNames()
        self._tracks = self.until_cleanup(
            self.topics.advertise(Detection2DArray, 'tracks', qos.RESULTS)
        )
        self.until_cleanup(self.create_service(Trigger, '~/reset', self._on_reset))

    def start(self) -> None:
        """Track from now on."""
        super().start()
        self.until_deactivation(
            self.topics.subscribe(Image, 'image_raw', self.on_image, qos.IMAGE_IN)
        )
        self.until_deactivation(
            self.topics.subscribe(Detection2DArray, 'detections', self.on_message, qos.RESULTS)
        )

    def adopt(self, config: TrackerNodeConfig) -> None:
        """Go on with the tracks."""
        self._follower.adopt(config)

    def unload(self) -> None:
        """Free the network and forget the tracks."""
        del self._follower

    def on_pair(self, pair: Pair[Image, Detection2DArray]) -> None:
        """Track and publish."""
        found = self._bounded(message_to_detections(pair.message, self._names))
        picture = None if pair.image is None else image_to_array(pair.image)
        header = pair.message.header
        stamp = stamp_to_seconds(header.stamp)
        _, tracks = self._follower.follow(found, stamp, picture)
        with self.diagnostics.timer.stage('publish'):
            shown = tracks.confirmed if self.config.publish_coasting else tracks.reported
            self._tracks.publish(tracks_to_message(shown, header, self._names))
        self.diagnostics.delivered(stamp)

    def _bounded(self, found: Detections) -> Detections:
        if len(found) > MOST:
            counts = self.diagnostics.counts
            counts['boxes left out'] += len(found) - MOST
            self.get_logger().warning(
                f'{len(found)} boxes in a message, the strongest {MOST} are used (left out so '
                f'far: {counts["boxes left out"]}); raise the confidence of the detector',
                throttle_duration_sec=10.0,
            )
        return found.strongest(MOST)

    def _on_reset(self, _: Trigger.Request, response: Trigger.Response) -> Trigger.Response:
        self._follower.reset()
        response.success = True
        response.message = 'all tracks forgotten; ids start at 1'
        return response


def main() -> None:
    """Run the node in this process."""
    sys.exit(run(TrackerNode))
