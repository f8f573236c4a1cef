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

"""The camera's part of a node."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
import time
from typing import NamedTuple

from rclpy.clock import Clock, ClockType
from rclpy.duration import Duration
from sensor_msgs.msg import CameraInfo
from sensor_msgs.srv import SetCameraInfo
from std_msgs.msg import Header
from std_srvs.srv import SetBool

from yolo_deepsort_ros.array_types import Pixels
from yolo_deepsort_ros.calibration import Calibration, write_calibration
from yolo_deepsort_ros.config.source_config import FLIPS, is_arena
from yolo_deepsort_ros.config.stage_configs import CaptureConfig
from yolo_deepsort_ros.errors import YoloDeepsortError
from yolo_deepsort_ros.images.orientation import oriented
from yolo_deepsort_ros.nodes import qos
from yolo_deepsort_ros.nodes.messages.camera_info import (
    calibration_at, calibration_in, calibration_path, camera_name, CameraInfos,
)
from yolo_deepsort_ros.nodes.messages.conversions import seconds_to_stamp
from yolo_deepsort_ros.nodes.messages.image_topics import ImageOutput
from yolo_deepsort_ros.nodes.stages.scene_output import SceneOutput
from yolo_deepsort_ros.nodes.stages.source_reader import SourceReader
from yolo_deepsort_ros.nodes.stages.stage import Stage, StageNode
from yolo_deepsort_ros.sources.frame import Frame
from yolo_deepsort_ros.sources.opening import open_source

LAST_WAIT = 2.0  #: s; for readers that have not acknowledged the last messages
CLOCK_PERIOD = 0.1  #: s; how soon the work starts after the first /clock
DAMAGED = 'damaged frames refused'  #: counter; /diagnostics warns when it rises
SOURCE = 'source'  #: key of the problem of a lost camera, and of why none is read


class Captured(NamedTuple):
    """A picture on its way."""

    picture: Pixels  #: (H, W, 3)
    header: Header
    jpeg: bytes  #: the same as the camera has compressed it; empty if it is not the same
    calibration: Calibration | None = None  #: of the picture


class CaptureStage(Stage[CaptureConfig]):
    """
    Reads a source in a thread of its own.

    Publications
        `image_raw` (sensor_msgs/Image, bgr8) and `image_raw/compressed`
        (sensor_msgs/CompressedImage, JPEG; that of the camera itself where it gives one), when
        told to, and `camera_info` (sensor_msgs/CameraInfo; K is zero without a calibration)
        with each frame, with the same header, all reliable and while somebody subscribes; of the
        arena what `SceneOutput` has.
    Services
        `~/set_paused` (std_srvs/SetBool): while paused nothing is published, and a file waits.
        `~/set_camera_info` (sensor_msgs/SetCameraInfo): takes a calibration, as of
        camera_calibration, for this run, and writes it where `camera_info_url` says, else to
        `~/.ros/camera_info/NAME.yaml`.

    While the node is inactive, a file waits; a device or stream is released, and opened again
    at the activation. One that is lost is opened again until it is back; the node lives on; a
    frame of theirs that comes damaged is left out and counted. At the end of a file, or after
    `duration`, the process ends with exit code 0. Stamps are those of the node's clock: with
    `use_sim_time` nothing is published before `/clock` is.

    Parameters
    ----------
    node : StageNode
    use : callable
        Takes a `Captured`; called from the reader's thread.
    drain : callable, optional
        Returns when what `use` has begun is done; called at the end of the source.

    """

    def __init__(
        self,
        node: StageNode,
        use: Callable[[Captured], None],
        drain: Callable[[], None] = lambda: None,
    ) -> None:
        self._node = node
        self._use = use
        self._drain = drain
        self._is_paused = False

    def load(self, config: CaptureConfig) -> None:
        """Open the source."""
        node = self._node
        self._config = config
        self._losses = node.diagnostics.counter('lost')
        self._damaged = node.diagnostics.counter(DAMAGED, is_bad=True)
        self._name = camera_name(node.get_namespace())
        calibration = calibration_at(config.camera_info_url, self._name)
        self._is_paused = config.start_paused
        self._frames = 0
        node.diagnostics.expect(lambda seconds: seconds * self._reader.source.rate)
        self._images = ImageOutput(node, 'image_raw', config.images.jpeg_quality)
        self._infos = node.until_cleanup(
            node.topics.advertise(CameraInfo, 'camera_info', qos.IMAGE_OUT)
        )
        node.until_cleanup(node.create_service(SetBool, '~/set_paused', self._on_set_paused))
        node.until_cleanup(
            node.create_service(SetCameraInfo, '~/set_camera_info', self._on_set_camera_info)
        )
        self._reader = self._open()
        if not (config.camera_info_url or config.rotate or config.flip in FLIPS):
            calibration = self._reader.source.calibration
        self._camera_infos = CameraInfos(calibration, config.camera_info_url)
        is_turned = config.rotate or config.flip in FLIPS
        self._scene = None
        if is_arena(config.source.source) and not is_turned:
            # Late: other sources do without the arena.
            from yolo_deepsort_ros.simulation.arena.arena_config import arena_config

            self._scene = SceneOutput(node, arena_config(config.source.source).depth)

    def start(self) -> None:
        """Begin to read, unless paused."""
        if self._reader.is_closed:
            self._reader = self._open()
        self._let(is_active=True)
        if self._now() <= 0:
            self._node.get_logger().info(f'use_sim_time is true: {self._rest()}')
            self._clock_check = self._node.until_deactivation(self._node.create_timer(
                CLOCK_PERIOD, self._on_clock_check, clock=Clock(clock_type=ClockType.STEADY_TIME)
            ))

    def adopt(self, config: CaptureConfig) -> None:
        """Go on under another `frame_id`, in another quality."""
        self._config = config
        self._images.jpeg_quality = config.images.jpeg_quality

    def stop(self) -> None:
        """Hold a file, release what is live."""
        self._reader.let(False)
        self._node.diagnostics.rest(SOURCE, '')
        if self._reader.source.is_live:
            self._reader.close()
            self._node.diagnostics.end_problem(SOURCE)

    def unload(self) -> None:
        """Release the source."""
        self._reader.close()

    @property
    def is_image_wanted(self) -> bool:
        """Whether anybody subscribes to the images."""
        return self._images.is_wanted

    def publish_image(self, captured: Captured) -> None:
        """Publish what `use` was given."""
        with self._node.diagnostics.timer.stage('publish image'):
            self._images.publish(captured.picture, captured.header, captured.jpeg)

    def _open(self) -> SourceReader:
        source = open_source(
            self._config.source, paced=True, clock=self._now, on_change=self._on_change,
            on_damage=self._on_damage, waits=self._config.wait_for_source,
        )
        if source.mode:
            self._node.get_logger().info(f'{source.name}: {source.mode}')
        self._node.diagnostics.add_facts(source.name, source=source.name, mode=source.mode)
        return SourceReader(source, self._on_frame, self._on_end)

    def _on_set_paused(
        self, request: SetBool.Request, response: SetBool.Response
    ) -> SetBool.Response:
        self._is_paused = request.data
        self._let(is_active=self._node.state == 'active')
        response.success = True
        response.message = 'paused' if request.data else 'running'
        return response

    def _on_set_camera_info(
        self, request: SetCameraInfo.Request, response: SetCameraInfo.Response
    ) -> SetCameraInfo.Response:
        calibration = calibration_in(request.camera_info)
        try:
            path = calibration_path(self._config.camera_info_url, self._name)
            write_calibration(path, calibration, self._name)
        except YoloDeepsortError as error:
            response.success, response.status_message = False, str(error)
            return response
        self._camera_infos = CameraInfos(calibration, path)
        response.success = True
        response.status_message = f'written; from the next start on: camera_info_url:={path}'
        self._node.get_logger().info(f'set_camera_info: {response.status_message}')
        return response

    def _on_clock_check(self) -> None:
        if self._now() > 0:
            self._clock_check.cancel()
            self._let(is_active=True)

    def _rest(self) -> str:
        """Return what speaks against reading; '' if nothing does."""
        if self._is_paused:
            return 'paused: ~/set_paused goes on'
        return '' if self._now() > 0 else 'waits for /clock'

    def _let(self, is_active: bool) -> None:
        """Let the reader go on, unless something speaks against it."""
        rest = self._rest()
        self._node.diagnostics.rest(SOURCE, rest)
        self._reader.let(is_active and not rest)

    def _on_change(self, problem: str) -> None:
        """Take note that a live source is lost or back; called from the reader's thread, too."""
        diagnostics = self._node.diagnostics
        if not problem:
            diagnostics.end_problem(SOURCE)
            source = self._reader.source
            diagnostics.add_facts(source.name, source=source.name, mode=source.mode)
            return
        if not diagnostics.has_problem(SOURCE):
            self._losses.add()
        diagnostics.add_problem(SOURCE, problem)

    def _on_damage(self, reason: str) -> None:
        """Take note of a frame left out; called from a thread of the source."""
        self._damaged.add()
        self._node.diagnostics.last_error = reason

    def _on_frame(self, frame: Frame) -> None:
        header = Header(stamp=seconds_to_stamp(frame.stamp), frame_id=self._config.frame_id)
        picture = oriented(frame.image, self._config.rotate, self._config.flip)
        height, width = picture.shape[:2]
        if self._scene:
            self._scene.publish_pose(frame, header)
        self._use(Captured(
            picture, header, frame.jpeg if picture is frame.image else b'',
            self._camera_infos.fitting(width, height),
        ))
        if self._infos.get_subscription_count():
            self._infos.publish(self._camera_infos.message(header, width, height))
        if self._scene:
            self._scene.publish_depth(frame, header)
        self._frames += 1

    def _on_end(self, error: Exception | None) -> None:
        """Let the process end once all has arrived; called from the reader's thread."""
        node = self._node
        if not node.context.ok():  # a signal has shut ROS down while an image was under way
            return
        if error is not None:
            node.fail(error)
            return
        self._drain()
        deadline = time.monotonic() + LAST_WAIT
        with suppress(RuntimeError):  # shut down or cleaned up in the meantime
            for publisher in list(node.publishers):
                left = max(0.0, deadline - time.monotonic())
                publisher.wait_for_all_acked(Duration(seconds=left))
        node.get_logger().info(f'{self._reader.source.name} ended after {self._frames} frames')
        node.finished.set_result(None)

    def _now(self) -> float:
        return self._node.get_clock().now().nanoseconds / 1e9
