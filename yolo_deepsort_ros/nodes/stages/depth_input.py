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

"""Depth images from a topic, for the tracks of their time."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from sensor_msgs.msg import Image
from std_msgs.msg import Header

from yolo_deepsort_ros.errors import InputError
from yolo_deepsort_ros.images.raw_depth import depth_in_metres
from yolo_deepsort_ros.nodes import qos
from yolo_deepsort_ros.nodes.messages.conversions import stamp_to_nanoseconds
from yolo_deepsort_ros.nodes.stages.stage import StageNode
from yolo_deepsort_ros.nodes.sync.newest_depth import NewestDepth

TOPIC = 'depth'
MISSING, UNUSABLE = 'frames without a depth image', 'unusable depth images'  #: counters


class DepthInput:
    """
    Keeps the last images of `depth`; none is decoded before it is asked for.

    Parameters
    ----------
    node : StageNode

    """

    def __init__(self, node: StageNode) -> None:
        self._node = node
        self._missing = node.diagnostics.counter(MISSING)
        self._unusable = node.diagnostics.counter(UNUSABLE, is_bad=True)
        self._kept: NewestDepth[Image] = NewestDepth()

    def listen(self) -> None:
        """Begin without images."""
        self._kept.clear()
        self._node.until_deactivation(
            self._node.topics.subscribe(Image, TOPIC, self._on_image, qos.IMAGE_IN))

    def near(
        self, header: Header, size: tuple[int, int] | None, slop: float, deadline: float
    ) -> NDArray[np.float32] | None:
        """
        Return the image of a frame; None, counted, where there is none to use.

        Parameters
        ----------
        header : Header
            Of the frame.
        size : (int, int) or None
            Width and height of its picture.
        slop : float
            How far its stamp may be from the frame's, in seconds.
        deadline : float
            Until when it may come, as `time.monotonic` has it, where somebody publishes depth.

        Returns
        -------
        ndarray of float32, shape (H, W), or None
            Metres, as `depth_in_metres` has them.

        """
        is_due = self._node.count_publishers(self._node.topics.full_name(TOPIC)) > 0
        stamp = stamp_to_nanoseconds(header.stamp)
        if is_due:
            self._kept.wait_for(stamp, deadline)
        message = self._kept.near(stamp, round(1e9 * slop))
        if message is None:
            self._missing.add(is_due)
            return None
        try:
            if size and size != (message.width, message.height):
                raise InputError(
                    f'depth: images of {message.width} x {message.height}, the pictures are of '
                    f'{size[0]} x {size[1]}: register depth to colour'
                )
            return depth_in_metres(message)
        except InputError as error:
            self._unusable.add()
            self._node.diagnostics.last_error = str(error)
            self._node.get_logger().warning(
                f'{error} (left out so far: {self._unusable.total})', throttle_duration_sec=10.0
            )
            return None

    def _on_image(self, message: Image) -> None:
        self._kept.add(stamp_to_nanoseconds(message.header.stamp), message)
