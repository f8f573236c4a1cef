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

"""Topics of images as image_transport has them: raw, and compressed beside."""

from __future__ import annotations

from collections.abc import Callable

from rclpy.clock import Clock, ClockType
from rclpy.publisher import Publisher
from rclpy.qos import QoSProfile
from rclpy.subscription import Subscription
from rclpy.timer import Timer
from sensor_msgs.msg import CompressedImage, Image
from std_msgs.msg import Header

from yolo_deepsort_ros.array_types import Pixels
from yolo_deepsort_ros.config.stage_configs import ImageInConfig
from yolo_deepsort_ros.nodes import qos
from yolo_deepsort_ros.nodes.messages.conversions import (
    AnyImage, array_to_compressed, array_to_image, jpeg_to_message,
)
from yolo_deepsort_ros.nodes.messages.topics import COMPRESSED, TopicNode

FOLLOW_PERIOD = 0.5  #: s; how soon `auto` follows those who publish


class ImageInput:
    """
    Subscribes to the images of a topic, in one transport or the other.

    With `auto` the raw ones are taken while anybody publishes them, else the compressed ones;
    while nobody publishes either it stays as it was.

    Parameters
    ----------
    node : TopicNode
    topic : str
        The raw one's name.
    use : callable
        Takes a message.
    profile : QoSProfile
        Of the subscription.

    """

    def __init__(
        self, node: TopicNode, topic: str, use: Callable[[AnyImage], None],
        profile: QoSProfile,
    ) -> None:
        self._node = node
        self._topics = {'raw': topic, 'compressed': f'{topic}{COMPRESSED}'}
        self._use = use
        self._profile = profile
        self._transport = ''
        self._taken: set[str] = set()  # topics, ever
        self._subscription: Subscription | None = None
        self._timer: Timer | None = None

    def open(self, config: ImageInConfig) -> None:  # noqa: A003
        """Subscribe, if not done yet."""
        if self._subscription is not None:
            return
        if config.image_transport != 'auto':
            self._take(config.image_transport)
            return
        self._take(self._published() or 'raw')
        self._timer = self._node.create_timer(
            FOLLOW_PERIOD, self._follow, clock=Clock(clock_type=ClockType.STEADY_TIME)
        )

    @property
    def lost(self) -> int:
        """How many images were lost in transport."""
        return sum(self._node.topics.traffic(topic).lost.total for topic in self._taken)

    @property
    def replaced(self) -> int:
        """How many images newer ones have replaced before the node had time for them."""
        return sum(self._node.topics.traffic(topic).replaced.total for topic in self._taken)

    @property
    def sent(self) -> int:
        """How many images were sent lately, as far as that is known."""
        return sum(self._node.topics.traffic(topic).sent for topic in self._taken)

    def close(self) -> None:
        """Subscribe no longer."""
        if self._timer is not None:
            self._node.destroy_timer(self._timer)
            self._timer = None
        self._leave()

    def _leave(self) -> None:
        if self._subscription is not None:
            self._node.destroy_subscription(self._subscription)
            self._subscription = None

    def _take(self, transport: str) -> None:
        self._transport = transport
        self._taken.add(self._topics[transport])
        self._subscription = self._node.topics.subscribe(
            Image if transport == 'raw' else CompressedImage, self._topics[transport],
            self._use, self._profile,
        )

    def _published(self) -> str:
        """Return the best transport that somebody publishes; '' if there is none."""
        for transport, topic in self._topics.items():
            if self._node.count_publishers(self._node.topics.full_name(topic)):
                return transport
        return ''

    def _follow(self) -> None:
        transport = self._published()
        if transport in ('', self._transport):
            return
        name = self._node.topics.full_name(self._topics[transport])
        self._node.get_logger().info(f'takes {name} from now on')
        self._leave()
        self._take(transport)


class ImageOutput:
    """
    Publishes pictures raw and compressed, each while somebody subscribes to it.

    Parameters
    ----------
    node : TopicNode
    topic : str
        The raw one's name.
    jpeg_quality : int
        Of the compressed images; it may be set at any time.

    """

    def __init__(self, node: TopicNode, topic: str, jpeg_quality: int) -> None:
        self.jpeg_quality = jpeg_quality
        self._raw, self._compressed = (
            node.until_cleanup(node.topics.advertise(kind, name, qos.IMAGE_OUT))
            for kind, name in ((Image, topic), (CompressedImage, f'{topic}{COMPRESSED}'))
        )

    @property
    def publishers(self) -> tuple[Publisher, Publisher]:
        """Of the raw and of the compressed images."""
        return self._raw, self._compressed

    @property
    def is_wanted(self) -> bool:
        """Whether anybody subscribes."""
        return any(publisher.get_subscription_count() for publisher in self.publishers)

    def publish(self, picture: Pixels, header: Header, jpeg: bytes = b'') -> None:
        """Publish a picture; `jpeg` is the same compressed, where that is known already."""
        if self._raw.get_subscription_count():
            self._raw.publish(array_to_image(picture, header))
        if self._compressed.get_subscription_count():
            self._compressed.publish(
                jpeg_to_message(jpeg, header) if jpeg
                else array_to_compressed(picture, header, self.jpeg_quality)
            )
