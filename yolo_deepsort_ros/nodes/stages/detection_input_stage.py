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


"""Detections and their images, from topics to a tracker."""

from __future__ import annotations

from vision_msgs.msg import Detection2DArray

from yolo_deepsort_ros.config.stage_configs import PairingConfig
from yolo_deepsort_ros.detections import Detections
from yolo_deepsort_ros.errors import InputError
from yolo_deepsort_ros.nodes.messages.conversions import (
    AnyImage, ClassNames, image_to_array, message_to_detections, stamp_to_nanoseconds,
)
from yolo_deepsort_ros.nodes.messages.topics import LEFT_OUT
from yolo_deepsort_ros.nodes.stages.pairing_stage import PairingStage
from yolo_deepsort_ros.nodes.stages.stage import StageNode
from yolo_deepsort_ros.nodes.stages.tracking_stage import LATE, TrackingStage
from yolo_deepsort_ros.nodes.sync.pairing import Pair
from yolo_deepsort_ros.nodes.sync.skipped_images import SkippedImages

MAX_BOXES = 1000  #: boxes of a message; time and memory grow with the square of their number


class DetectionInputStage(PairingStage):
    """
    Has each message of detections tracked with the image of the same stamp.

    Subscriptions
        `detections` (vision_msgs/Detection2DArray), reliable, of any detector; an empty
        message ages the tracks. Of more than 1000 boxes the strongest are used, of more than
        10,000 the first are read.
        `image_raw` (sensor_msgs/Image) or `image_raw/compressed`
        (sensor_msgs/CompressedImage), best effort. When the image of a message is lost, its
        detections are matched by overlap alone. With `detect_every` above 1 tracks follow
        their motion to the images that nobody looked at; a message that comes after all, for
        one of those, is counted as late and skipped.

    A box that cannot be used is counted, logged and left out; an image that cannot be, too: its
    detections are matched by overlap alone. What is left, even if nothing, ages the tracks.

    Parameters
    ----------
    node : StageNode
    tracking : TrackingStage
        Driven before this one.

    """

    def __init__(self, node: StageNode, tracking: TrackingStage) -> None:
        super().__init__(node, 'detections')
        self._tracking = tracking
        self._coast = node.guarded(self._predict)

    def load(self, config: PairingConfig) -> None:
        """Begin without names of classes."""
        super().load(config)
        self._names = ClassNames()

    def start(self) -> None:
        """Take what comes from now on."""
        super().start()
        self._skipped: SkippedImages[AnyImage] = SkippedImages(
            self._tracking.config.tracker.detect_every, self._config.image_buffer
        )
        self.subscribe()

    def on_image(self, message: AnyImage) -> None:
        """Take an image."""
        super().on_image(message)
        self._skipped.add_image(stamp_to_nanoseconds(message.header.stamp), message)
        self._coast_on()

    def on_pair(self, pair: Pair[AnyImage, Detection2DArray]) -> None:
        """Track and publish, and so for the images passed over before and after."""
        stamp = stamp_to_nanoseconds(pair.message.header.stamp)
        is_late = self._skipped.is_late(stamp)
        for image in self._skipped.look(stamp):
            self._coast(image)
        if is_late:
            self._node.diagnostics.counter(LATE).add()
        else:
            self._track(pair)
        self._coast_on()

    def _track(self, pair: Pair[AnyImage, Detection2DArray]) -> None:
        found = message_to_detections(pair.message, self._names)
        self.tell_of_unusable(pair.message, len(found))
        try:
            remark = self._node.diagnostics.remark
            picture = None if pair.image is None else image_to_array(pair.image, remark=remark)
        except InputError as error:
            self._node.refuse(str(error))
            picture = None
        self._tracking.track(self._bounded(found), pair.message.header, picture, self._names)

    def _bounded(self, found: Detections) -> Detections:
        if len(found) > MAX_BOXES:
            left_out = self._node.diagnostics.counter(LEFT_OUT)
            left_out.add(len(found) - MAX_BOXES)
            self._node.get_logger().warning(
                f'{len(found)} boxes in a message, the strongest {MAX_BOXES} are used (left out '
                f'so far: {left_out.total}); raise the confidence of the detector',
                throttle_duration_sec=10.0,
            )
        return found.strongest(MAX_BOXES)

    def _coast_on(self) -> None:
        for image in self._skipped.due():
            self._coast(image)

    def _predict(self, image: AnyImage) -> None:
        looks = self._tracking.config.tracker.camera_motion
        picture = image_to_array(image) if looks else None
        self._tracking.track(None, image.header, picture, self._names)
