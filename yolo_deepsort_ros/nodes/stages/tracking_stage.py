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

"""The tracker's part of a node."""

from __future__ import annotations

from collections.abc import Sequence
from threading import Lock
import time

from std_msgs.msg import Header
from std_srvs.srv import Trigger
from vision_msgs.msg import Detection2D, Detection2DArray

from yolo_deepsort_ros.appearance.embedder import Embedder
from yolo_deepsort_ros.array_types import Pixels
from yolo_deepsort_ros.config.stage_configs import TrackingConfig
from yolo_deepsort_ros.detections import Detections
from yolo_deepsort_ros.nodes import qos
from yolo_deepsort_ros.nodes.health.event_counter import RESETS
from yolo_deepsort_ros.nodes.messages.conversions import (
    ClassNames, stamp_to_seconds, tracks_to_message,
)
from yolo_deepsort_ros.nodes.stages.frame_time import FrameTime
from yolo_deepsort_ros.nodes.stages.stage import Stage, StageNode
from yolo_deepsort_ros.pipeline import Follower
from yolo_deepsort_ros.tracks import Tracks

SETBACKS, STEPS, LATE = 'setbacks of the clock', 'steps of the clock', 'late'  #: counters


class TrackingStage(Stage[TrackingConfig]):
    """
    Gives detections persistent ids and publishes them.

    Publications
        `tracks` (vision_msgs/Detection2DArray), reliable, with the header of the
        detections; one message for each; `id` is the decimal number. With `publish_coasting`
        it shows the confirmed tracks that coast, too. The header of a part is that of the frame
        in which it was matched last. With `detect_every` above 1 the images
        between two detections have one each, with the image's header: predicted. The message
        of a late frame is empty.
    Services
        `~/reset` (std_srvs/Trigger): forget everything; ids start at 1 again.

    Parameters
    ----------
    node : StageNode

    Attributes
    ----------
    config : TrackingConfig
        The values in force.

    """

    def __init__(self, node: StageNode) -> None:
        self._node = node
        self._lock = Lock()  # the pipeline tracks in a thread, services come from another

    def load(self, config: TrackingConfig) -> None:
        """Load the network, if any, and begin without tracks."""
        node = self._node
        embedder = Embedder(config=config.embedder)
        reid = config.embedder.reid
        node.get_logger().info(f'appearance: {reid or "no network"}, {embedder.backend}')
        node.diagnostics.add_facts(appearance=f'{reid or "colours"}: {embedder.backend}')
        self._follower = Follower(config.tracker, embedder, node.diagnostics.timer)
        self._setbacks = node.diagnostics.counter(SETBACKS, is_bad=True)
        self._steps = node.diagnostics.counter(STEPS, is_bad=True)
        self._late = node.diagnostics.counter(LATE)
        self._resets = node.diagnostics.counter(RESETS)
        self._frame_time = FrameTime()
        self.config = config
        self._tracks = node.until_cleanup(
            node.topics.advertise(Detection2DArray, 'tracks', qos.RESULTS)
        )
        self._parts: list[Detection2D] = []
        self._last_seen: dict[int, Header] = {}
        node.until_cleanup(node.create_service(Trigger, '~/reset', self._on_reset))

    def adopt(self, config: TrackingConfig) -> None:
        """Go on with the tracks."""
        with self._lock:
            self._follower.adopt(config.tracker)
        self.config = config

    def unload(self) -> None:
        """Free the network and forget the tracks."""
        del self._follower

    def track(
        self, found: Detections | None, header: Header, picture: Pixels | None,
        names: Sequence[str] | ClassNames,
    ) -> Tracks:
        """
        Return the tracks of a frame, published under its header.

        Parameters
        ----------
        found : Detections or None
            What is there; None where nobody looked.
        header : Header
            Of the message to publish.
        picture : ndarray, shape (H, W, 3), or None
            The frame; without it detections are matched by overlap alone.
        names : sequence
            What a message says for each class.

        """
        diagnostics = self._node.diagnostics
        moment = self._time_of(header)
        tracks = None if moment is None else self._follow(found, moment, picture)
        if tracks is None:
            self._late.add()
            tracks = Tracks.empty()
        else:
            self._remember(tracks, header)
        with diagnostics.timer.stage('publish tracks'):
            shown = tracks.confirmed if self.config.publish_coasting else tracks.reported
            self._tracks.publish(
                tracks_to_message(shown, header, names, self._parts, self._last_seen)
            )
        if moment is not None:
            diagnostics.delivered(stamp_to_seconds(header.stamp))
        return shown

    def _follow(
        self, found: Detections | None, moment: float, picture: Pixels | None
    ) -> Tracks | None:
        """Return the tracks; None where the frame is late."""
        follower = self._follower
        setbacks, late = follower.setbacks, follower.late
        with self._lock:
            _, tracks = follower.follow(found, moment, picture)
        if follower.setbacks > setbacks:
            self._setbacks.add()
            self._frame_time.begin_again()
        return None if follower.late > late else tracks

    def _remember(self, tracks: Tracks, header: Header) -> None:
        """Take note of the frames in which tracks were matched last."""
        before, is_seen = self._last_seen, (tracks.time_since_update == 0).tolist()
        self._last_seen = {
            number: header if is_now else before.get(number, header)
            for number, is_now in zip(tracks.ids.tolist(), is_seen, strict=True) if number
        }

    def _time_of(self, header: Header) -> float | None:
        """Return the time of a frame for the tracker; None where it has none."""
        node, stamp = self._node, stamp_to_seconds(header.stamp)
        if node.get_parameter('use_sim_time').value:  # starts at zero; arrivals tell nothing
            return stamp
        now = node.get_clock().now().nanoseconds / 1e9
        moment = self._frame_time.of(stamp, time.monotonic(), now)
        if moment is None:
            node.get_logger().warning(
                'header.stamp is left empty by the driver of the camera: its frames are left out; '
                'let the driver fill header.stamp', throttle_duration_sec=10.0,
            )
        step = self._frame_time.step
        if step:
            self._steps.add()
            node.get_logger().warning(
                f'stamps step {"ahead" if step > 0 else "back"} by {abs(step):.3f} s, but not '
                f'arrivals: a clock was set, the tracks stay (steps so far: {self._steps.total})',
                throttle_duration_sec=1.0,
            )
        return moment

    def _on_reset(self, _: Trigger.Request, response: Trigger.Response) -> Trigger.Response:
        with self._lock:
            self._follower.reset()
        self._resets.add()
        self._node.diagnostics.publish()  # who holds an id learns at once that it is void
        response.success = True
        response.message = 'all tracks forgotten; ids start at 1'
        return response
