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

"""The robot's side of the demo: joins the graph and takes what the nodes publish."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
import math
from queue import Full, Queue
from threading import Thread
import time

import rclpy
from rclpy.context import Context
from rclpy.executors import ExternalShutdownException, SingleThreadedExecutor
from rclpy.node import Node
from rclpy.qos import QoSProfile
from rclpy.signals import SignalHandlerOptions
from sensor_msgs.msg import CameraInfo, Image
from std_srvs.srv import SetBool
from vision_msgs.msg import Detection2DArray, LabelInfo

from yolo_deepsort_ros.array_types import Pixels
from yolo_deepsort_ros.demo.record import Arrival, Record
from yolo_deepsort_ros.errors import ConfigurationError
from yolo_deepsort_ros.nodes import qos
from yolo_deepsort_ros.nodes.messages.conversions import (
    image_to_array, message_to_objects, stamp_to_nanoseconds,
)
from yolo_deepsort_ros.nodes.runtime.environment import reason_of

#: Publishers and subscribers of each topic in the whole graph, this node's among them.
WHOLE_GRAPH = {
    'image_raw': (1, 3), 'camera_info': (1, 1), 'detections': (1, 2), 'tracks': (1, 2),
    'annotated_image': (1, 1),
}
EVERY_RESULT = QoSProfile(depth=1000)  #: reliable; nothing is lost while this process is busy
VIDEO_BUFFER = 64  #: annotated images that wait to be written


class Consumer:
    """
    A node that receives in a thread of its own; a context manager.

    Parameters
    ----------
    namespace : str
        Of the nodes.
    graph : mapping, optional
        Publishers and subscribers that `missing` looks for, this node's among them; annotated
        images are received when they are part of it.
    camera : str
        The node that publishes the images.

    Attributes
    ----------
    record : Record
        What has come.
    class_indices : dict of str to int
        The network's labels; empty until they have come.
    pictures : Queue
        Annotated images, shape (H, W, 3), with their stamps (ns); those too many are
        counted in `pictures_dropped`.

    """

    def __init__(
        self, namespace: str, graph: Mapping[str, tuple[int, int]] = WHOLE_GRAPH,
        camera: str = 'camera',
    ) -> None:
        self.record = Record()
        self._graph = graph
        self.class_indices: dict[str, int] = {}
        self.pictures: Queue[tuple[int, Pixels]] = Queue(VIDEO_BUFFER)
        self.pictures_dropped = 0
        self._context = Context()
        # The demo itself decides what a signal does.
        try:
            rclpy.init(
                args=[], context=self._context, signal_handler_options=SignalHandlerOptions.NO
            )
            self._node = Node('demo', namespace=namespace, context=self._context)
        except (RuntimeError, ValueError) as error:
            raise ConfigurationError(reason_of(error)) from None
        subscribe = self._node.create_subscription
        subscribe(LabelInfo, 'label_info', self._on_labels, qos.LATCHED)
        subscribe(CameraInfo, 'camera_info', self._on_camera_info, EVERY_RESULT)
        subscribe(Detection2DArray, 'tracks', self._on_tracks, EVERY_RESULT)
        if graph is WHOLE_GRAPH:
            subscribe(Detection2DArray, 'detections', self._on_detections, EVERY_RESULT, raw=True)
        if 'annotated_image' in graph:
            subscribe(Image, 'annotated_image', self._on_picture, qos.IMAGE_OUT)
        self._last_detections = self._last_tracks = -math.inf  # s, of a steady clock
        self._set_paused = self._node.create_client(SetBool, f'{camera}/set_paused')
        self._executor = SingleThreadedExecutor(context=self._context)
        self._executor.add_node(self._node)
        self._thread = Thread(target=self._spin, name='consumer', daemon=True)

    def __enter__(self) -> Consumer:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._context.try_shutdown()
        self._thread.join()
        self._node.destroy_node()

    @property
    def where(self) -> str:
        """What another process needs to listen too."""
        domain = self._context.get_domain_id()
        return f'tracks are at {self._node.get_namespace()}/tracks in ROS domain {domain}'

    def missing(self) -> str:
        """Say what of the graph is not there yet; '' when all is."""
        for topic, (publishers, subscribers) in self._graph.items():
            if self._node.count_publishers(topic) < publishers:
                return f'nobody publishes {topic}'
            found = self._node.count_subscribers(topic)
            if found < subscribers:
                return f'{topic} has {found} of {subscribers} subscribers'
        if not self.class_indices:
            return 'no label_info has come'
        is_ready = self._set_paused.service_is_ready()
        return '' if is_ready else f'no service {self._set_paused.srv_name}'

    def start_camera(self) -> None:
        """Let the camera begin."""
        self._set_paused.call_async(SetBool.Request(data=False))

    @property
    def has_camera_gone(self) -> bool:
        """Whether nobody publishes images."""
        return self._node.count_publishers('image_raw') == 0

    @property
    def mute_topic(self) -> str:
        """Which of the topics `detections` and `tracks` has ended first."""
        return 'tracks' if self._last_detections > self._last_tracks + 1 else 'detections'

    def _spin(self) -> None:
        with suppress(ExternalShutdownException):
            self._executor.spin()

    def _on_labels(self, message: LabelInfo) -> None:
        for kind in message.class_map:
            self.class_indices[kind.class_name] = kind.class_id
            self.class_indices.setdefault(str(kind.class_id), kind.class_id)

    def _on_camera_info(self, message: CameraInfo) -> None:
        self.record.add_image(stamp_to_nanoseconds(message.header.stamp))

    def _on_detections(self, _: bytes) -> None:
        self._last_detections = time.monotonic()

    def _on_tracks(self, message: Detection2DArray) -> None:
        received = time.time_ns()
        self._last_tracks = time.monotonic()
        stamp = stamp_to_nanoseconds(message.header.stamp)
        self.record.add_tracks(stamp, Arrival(received, *message_to_objects(message)))

    def _on_picture(self, message: Image) -> None:
        try:
            stamp = stamp_to_nanoseconds(message.header.stamp)
            self.pictures.put_nowait((stamp, image_to_array(message)))
        except Full:
            self.pictures_dropped += 1
