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

"""The topics of one camera that the page shows."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from rclpy.subscription import Subscription
from sensor_msgs.msg import CompressedImage
from std_msgs.msg import Header, String
from vision_msgs.msg import Detection2DArray, Detection3DArray

from yolo_deepsort_ros.config.stage_configs import ImageInConfig
from yolo_deepsort_ros.images.picture_header import picture_header
from yolo_deepsort_ros.images.remarks import ignored
from yolo_deepsort_ros.nodes import qos
from yolo_deepsort_ros.nodes.messages.conversions import (
    AnyImage, id_number, image_to_array, message_to_objects, Objects, stamp_to_nanoseconds,
)
from yolo_deepsort_ros.nodes.messages.image_topics import ImageInput
from yolo_deepsort_ros.nodes.messages.topics import TopicNode
from yolo_deepsort_ros.nodes.viewing.graph_node import GraphNode
from yolo_deepsort_ros.nodes.viewing.tracker_restarts import TrackerRestarts
from yolo_deepsort_ros.web.shown_frame import Picture, Places, shown_tracks, ShownTracks

if TYPE_CHECKING:  # the page alone needs what it imports
    from yolo_deepsort_ros.web.viewer import Viewer

SELECTED = 'selected_track'


class CameraTopics:
    """
    Subscribes to what a camera shows while somebody looks, and says who is selected.

    Parameters
    ----------
    node : GraphNode
    camera : str
        The camera's namespace, `/` for none.
    viewer : Viewer
        What shows them.

    """

    def __init__(self, node: GraphNode, camera: str, viewer: Viewer) -> None:
        self._node = node
        self._camera = camera
        self._viewer = viewer
        # In the node's own namespace as it says, which may be remapped.
        is_own = camera == node.get_namespace()
        self._prefix = '' if is_own else f'{camera.rstrip("/")}/'
        self._images = ImageInput(
            node, f'{self._prefix}image_raw', node.guarded(self._on_image, counts=False),
            qos.IMAGE_IN,
        )
        self._tracks: Subscription | None = None
        self._places: Subscription | None = None
        self._selected = node.until_cleanup(
            node.topics.advertise(String, f'{self._prefix}{SELECTED}', qos.LATCHED)
        )
        self._restarts = TrackerRestarts()
        self.select('')

    def open(self, config: ImageInConfig) -> None:  # noqa: A003
        """Take images and tracks, if not done yet."""
        self._images.open(config)
        if self._tracks is None:
            self._tracks = self._node.topics.subscribe(
                Detection2DArray, f'{self._prefix}tracks',
                self._node.guarded(self._on_tracks, counts=False), qos.RESULTS,
            )

    def open_places(self) -> None:
        """Take where the tracks are in metres, if not done yet."""
        if self._places is None:
            self._places = self._node.topics.subscribe(
                Detection3DArray, f'{self._prefix}tracks_3d',
                self._node.guarded(self._on_places, counts=False), qos.RESULTS,
            )

    def close(self) -> None:
        """Receive nothing any more."""
        self._images.close()
        for subscription in filter(None, (self._tracks, self._places)):
            self._node.destroy_subscription(subscription)
        self._tracks = self._places = None

    def select(self, track: str) -> None:
        """Publish who is followed."""
        self._selected.publish(String(data=track))

    def has_new_tracker(self) -> bool:
        """Tell whether who publishes tracks was started anew since the last look."""
        topic = self._node.topics.full_name(f'{self._prefix}tracks')
        return self._restarts.look(self._node.get_publishers_info_by_topic(topic))

    def _on_image(self, message: AnyImage) -> None:
        if not self._viewer.is_watched:
            return
        stamp, jpeg = stamp_to_nanoseconds(message.header.stamp), b''
        if isinstance(message, CompressedImage):
            jpeg = message.data.tobytes()
            header = picture_header(jpeg)
            if header is None:
                return
            width, height = header.width, header.height
            jpeg = jpeg if header.kind == 'JPEG' else b''
        else:
            width, height = message.width, message.height
        self._viewer.add_picture(self._camera, Picture(
            stamp, width, height, lambda: image_to_array(message, remark=ignored), jpeg
        ))

    def _on_tracks(self, message: Detection2DArray) -> None:
        if self._viewer.is_watched:
            objects = message_to_objects(message).usable
            self._viewer.add_tracks(self._camera, tracks_of(self._node, objects, message.header))

    def _on_places(self, message: Detection3DArray) -> None:
        places = {}
        for each in message.detections:
            number = id_number(each.id)
            if number and each.results:
                spot = each.results[0].pose.pose.position
                if math.isfinite(spot.x) and math.isfinite(spot.y):
                    places[number] = round(spot.x, 2), round(spot.y, 2)
        self._viewer.add_places(self._camera, Places(message.header.frame_id, places))


def tracks_of(node: TopicNode, objects: Objects, header: Header) -> ShownTracks:
    """Return what the page shows of the objects under a header."""
    stamp = stamp_to_nanoseconds(header.stamp)
    latency = (node.get_clock().now().nanoseconds - stamp) / 1e6
    return shown_tracks(
        stamp, objects.ids, objects.tlwh, objects.scores, objects.names, latency
    )
