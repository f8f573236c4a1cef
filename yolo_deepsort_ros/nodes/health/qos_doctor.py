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

"""Says why nothing arrives: readers and publishers of a topic that do not fit each other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from copy import copy
from typing import Any, TYPE_CHECKING

from rclpy.duration import Duration
from rclpy.node import Node
from rclpy.publisher import Publisher
from rclpy.qos import (
    DurabilityPolicy, LivelinessPolicy, qos_check_compatible, QoSCompatibility, QoSProfile,
    ReliabilityPolicy,
)
from rclpy.subscription import Subscription
from sensor_msgs.msg import CompressedImage, Image

from yolo_deepsort_ros.error_text import shown
from yolo_deepsort_ros.nodes import qos
from yolo_deepsort_ros.nodes.health.diagnostics import Finding, PERIOD
from yolo_deepsort_ros.nodes.health.host_memory import HostMemory, MORE_SHARED_MEMORY
from yolo_deepsort_ros.nodes.health.lifecycle_states import LifecycleStates

if TYPE_CHECKING:
    from rclpy.topic_endpoint_info import TopicEndpointInfo  # elsewhere in later versions

#: By policy: what is offered and what is wanted where the two do not fit.
MISFITS = {
    'reliability': (ReliabilityPolicy.BEST_EFFORT, ReliabilityPolicy.RELIABLE),
    'durability': (DurabilityPolicy.VOLATILE, DurabilityPolicy.TRANSIENT_LOCAL),
    'liveliness': (LivelinessPolicy.AUTOMATIC, LivelinessPolicy.MANUAL_BY_TOPIC),
}
ALWAYS_SHOWN = ('reliability', 'durability')  #: of the policies; others where they do not fit
SHARED_MEMORY = 'shared memory'  #: key of a finding
FOR_EVER = 2**63 - 1  #: ns; so the graph shows a duration that nobody has set
NAMELESS = '_NODE_NAME_UNKNOWN_'  #: of an endpoint that is seen before its node, or has none


class QosDoctor:
    """
    Compares a node's topics with those at their other ends, as the graph shows them.

    The middleware's own events name neither the other node nor its settings, and not every
    middleware has them; what they tell is seen here within a second.

    Parameters
    ----------
    node : Node
    topic_timeout : callable
        Returns the seconds without a message after which a topic that somebody publishes
        counts as ill; 0 for never.
    host_memory : HostMemory
        Through which images travel.

    """

    def __init__(
        self, node: Node, topic_timeout: Callable[[], float], host_memory: HostMemory
    ) -> None:
        self._node = node
        self._topic_timeout = topic_timeout
        self._host_memory = host_memory
        self._states = LifecycleStates(node)
        self._watched: set[tuple[str, str]] = set()
        # Examinations, not times: a node that was busy has not heard what waits for it.
        self._silence: dict[str, int] = {}
        self._rare: set[str] = set()
        self._heard: set[str] = set()
        self._unheard_images: set[str] = set()
        self._fed: set[str] = set()  # topics of images that somebody has published
        self._have_images_ended = False
        self._nameless: set[str] = set()  # others in this examination
        self._nameless_before: set[str] = set()

    def watch(self, side: str, topic: str, *, is_rare: bool = False) -> None:
        """
        Examine the node's end of a topic, `qos.PUBLISHER` or `qos.SUBSCRIPTION`, if alive.

        A topic that is rare may be silent for as long as it likes.
        """
        self._watched.add((side, topic))
        if is_rare:
            self._rare.add(topic)
        self._silence[topic] = 0

    def heard(self, topic: str) -> None:
        """Take note of a message."""
        self._silence[topic] = 0
        self._heard.add(topic)

    def examine(self) -> dict[str, Finding]:
        """
        Return what is wrong now, by a key that stays.

        To be called once in `diagnostics.PERIOD`.
        """
        found: dict[str, Finding] = {}
        if self._host_memory.shortage:
            found[SHARED_MEMORY] = Finding(
                self._host_memory.shortage,
                {'effect': 'images travel over UDP, where many are lost',
                 'remedy': MORE_SHARED_MEMORY}, is_error=False,
            )
        self._nameless_before, self._nameless = self._nameless, set()
        readers = [
            subscription for subscription in self._node.subscriptions
            if (qos.SUBSCRIPTION, subscription.topic_name) in self._watched
        ]
        images = {own.topic_name for own in readers if _is_of_images(own)}
        published = {topic for topic in images if self._node.count_publishers(topic)}
        self._fed |= published
        # What is made of images ends with them.
        self._have_images_ended = bool(images & self._fed - published)
        self._unheard_images = published - self._heard
        for own in readers:
            found.update(self._as_reader(own))
        for publisher in self._node.publishers:
            if (qos.PUBLISHER, publisher.topic_name) in self._watched:
                found.update(self._as_publisher(publisher))
        return found

    def _as_reader(self, own: Subscription) -> Iterator[tuple[str, Finding]]:
        topic = own.topic_name
        others = self._introduced(topic, self._node.get_publishers_info_by_topic(topic))
        fitting = []
        for other in others:
            details = _misfit(own, other, other.qos_profile, own.qos_profile)
            if details:
                yield _key(topic, other), Finding(
                    f'{topic}: nothing can arrive from {name_of(other)}', details
                )
            else:
                fitting.append(other)
        limit = self._topic_timeout()
        is_due = fitting and limit and topic not in self._rare and not (
            self._have_images_ended and not _is_of_images(own))
        self._silence[topic] = self._silence[topic] + 1 if is_due else 0
        is_suspect = self._silence[topic] * PERIOD > limit / 2
        if is_suspect and not _is_of_images(own) and self._are_images_loading():
            self._silence[topic] = 0  # what is made of images begins with them
        silent = self._silence[topic] * PERIOD
        # The answer takes a moment.
        may_talk = silent > limit / 2 and self._may_talk(fitting, topic not in self._heard)
        if limit and silent > limit and may_talk:
            yield topic, Finding(
                f'{topic}: nothing has arrived for {limit:g} s', {
                    **_silence(own, fitting),
                    **self._host_memory.cause_of_silence(
                        topic, any(other.node_name == NAMELESS for other in fitting)
                    ),
                }
            )

    def _may_talk(self, others: list[TopicEndpointInfo], may_load: bool) -> bool:
        """Tell whether any of these publishers is of a node at work; one may wait to be active."""
        names = {
            f'{other.node_namespace.rstrip("/")}/{other.node_name}' for other in others
            if other.node_name != NAMELESS
        } - {self._node.get_fully_qualified_name()}
        asked = {name: self._states.may_work(name, may_load) for name in names}  # all of them
        return not asked or any(asked.values())

    def _are_images_loading(self) -> bool:
        """Tell whether images are to come of somebody who is not at work yet."""
        return any(
            not self._may_talk(self._node.get_publishers_info_by_topic(topic), may_load=True)
            for topic in self._unheard_images
        )

    def _as_publisher(self, own: Publisher) -> Iterator[tuple[str, Finding]]:
        topic = own.topic_name
        others = self._node.get_subscriptions_info_by_topic(topic)
        for other in self._introduced(topic, others):
            details = _misfit(own, other, own.qos_profile, other.qos_profile)
            if details:
                yield _key(topic, other), Finding(
                    f'{topic}: nothing can reach {name_of(other)}', details
                )

    def _introduced(
        self, topic: str, others: list[TopicEndpointInfo]
    ) -> list[TopicEndpointInfo]:
        """Leave out for once those that are seen before the names of their nodes."""
        nameless = {_key(topic, other) for other in others if other.node_name == NAMELESS}
        self._nameless |= nameless
        new = nameless - self._nameless_before
        return [other for other in others if _key(topic, other) not in new]


def _is_of_images(own: Subscription) -> bool:
    return own.msg_type in (Image, CompressedImage)


def _misfit(
    own: Publisher | Subscription, other: TopicEndpointInfo, offered: QoSProfile,
    wanted: QoSProfile,
) -> dict[str, str]:
    """Return why the two cannot talk, and what mends it; nothing when they can."""
    kind = _kind(own.msg_type)
    if other.topic_type != kind:
        return {'its type': shown(other.topic_type), 'type here': kind,
                'remedy': 'remap the topic of one of the two'}
    offered, wanted = _plain(offered), _plain(wanted)
    verdict, reason = qos_check_compatible(offered, wanted)
    if verdict != QoSCompatibility.ERROR:
        return {}
    policies = _misfitting(offered, wanted)
    side = qos.SUBSCRIPTION if isinstance(own, Subscription) else qos.PUBLISHER
    model = offered if side == qos.SUBSCRIPTION else wanted
    given = [
        f'-p {qos.override(own.topic_name, side, policy)}:={_value(model, policy)}'
        for policy in policies
    ]
    return {
        'its settings': _settings(_plain(other.qos_profile), policies),
        'settings here': _settings(_plain(own.qos_profile), policies),
        'remedy': f'start this node with --ros-args {" ".join(given)}' if given
        else f'change its settings: {shown(reason)}',
    }


def _misfitting(offered: QoSProfile, wanted: QoSProfile) -> list[str]:
    """Return the policies of which less is offered than wanted, of plain profiles."""
    named = [
        policy for policy, misfit in MISFITS.items()
        if (getattr(offered, policy), getattr(wanted, policy)) == misfit
    ]
    return named + [
        policy for policy in qos.DURATIONS
        if _or_endless(getattr(offered, policy)) > _or_endless(getattr(wanted, policy))
    ]


def _silence(own: Subscription, others: list[TopicEndpointInfo]) -> dict[str, str]:
    return {
        'published by': ', '.join(sorted({name_of(other) for other in others})),
        'its settings': ' and '.join(sorted({_settings(other.qos_profile) for other in others})),
        'settings here': f'{_settings(own.qos_profile)}, which fit',
    }


def _plain(profile: QoSProfile) -> QoSProfile:
    """Return the profile as rclpy itself has it where nobody has set a policy."""
    plain = copy(profile)
    for name in (*qos.DURATIONS, 'lifespan'):
        if getattr(profile, name).nanoseconds == FOR_EVER:
            setattr(plain, name, Duration())
    if profile.liveliness == LivelinessPolicy.SYSTEM_DEFAULT:
        plain.liveliness = LivelinessPolicy.AUTOMATIC
    return plain


def _or_endless(duration: Duration) -> int:
    return int(duration.nanoseconds or FOR_EVER)


def _key(topic: str, other: TopicEndpointInfo) -> str:
    return f'{topic} {bytes(other.endpoint_gid).hex()}'


def name_of(other: TopicEndpointInfo) -> str:
    """Return the full name of the node that an endpoint belongs to, as an error line has it."""
    if other.node_name == NAMELESS:
        return 'a node whose name is not known'
    return shown(f'{other.node_namespace.rstrip("/")}/{other.node_name}')


def _settings(profile: QoSProfile, policies: Iterable[str] = ()) -> str:
    """Return what tells most of a plain profile, and these policies of it."""
    others = [
        f'{policy.replace("_", " ")} {_shown_value(profile, policy)}' for policy in policies
        if policy not in ALWAYS_SHOWN
    ]
    return ', '.join([*(_value(profile, policy) for policy in ALWAYS_SHOWN), *others])


def _value(profile: QoSProfile, policy: str) -> str:
    """Return a policy's value as a parameter has it."""
    value = getattr(profile, policy)
    return str(value.nanoseconds) if policy in qos.DURATIONS else str(value.name.lower())


def _shown_value(profile: QoSProfile, policy: str) -> str:
    if policy not in qos.DURATIONS:
        return _value(profile, policy)
    seconds = getattr(profile, policy).nanoseconds / 1e9
    return f'{seconds:g} s' if seconds else 'none'


def _kind(message_type: Any) -> str:
    """Return a type's name as the graph has it, such as `sensor_msgs/msg/Image`."""
    package, _, rest = message_type.__module__.partition('.')
    return f'{package}/{rest.partition(".")[0]}/{message_type.__name__}'
