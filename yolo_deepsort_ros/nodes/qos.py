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

"""
Quality of service of each topic, after REP-2003.

Images are published reliable, so that every reader matches, and subscribed to best effort,
so that a slow reader never holds up the camera. Parameters `qos_overrides.TOPIC.SIDE.POLICY`
change both, where somebody else's reader or publisher leaves no other way.
"""

from __future__ import annotations

from copy import copy
import re
from typing import Any

from rclpy.qos import (
    DurabilityPolicy, HistoryPolicy, QoSPolicyKind, QoSProfile, ReliabilityPolicy,
)
from rclpy.qos_overriding_options import QoSOverridingOptions

from yolo_deepsort_ros.config.parameter import Parameter


def _profile(
    reliability: ReliabilityPolicy,
    depth: int,
    durability: DurabilityPolicy = DurabilityPolicy.VOLATILE,
) -> QoSProfile:
    return QoSProfile(
        history=HistoryPolicy.KEEP_LAST, depth=depth, reliability=reliability,
        durability=durability,
    )


#: Publishers of images and of what goes with each image.
IMAGE_OUT = _profile(ReliabilityPolicy.RELIABLE, 5)
#: A reader that wants the newest image only.
NEWEST_IMAGE_IN = _profile(ReliabilityPolicy.BEST_EFFORT, 1)
#: A reader that wants every image, to find the one a message belongs to.
IMAGE_IN = _profile(ReliabilityPolicy.BEST_EFFORT, 5)
#: Detections and tracks, both ends.
RESULTS = _profile(ReliabilityPolicy.RELIABLE, 10)
#: Labels, sent once: kept for those who come later.
LATCHED = _profile(ReliabilityPolicy.RELIABLE, 1, DurabilityPolicy.TRANSIENT_LOCAL)


def deep(profile: QoSProfile, depth: int) -> QoSProfile:
    """Return the same profile of another depth."""
    profile = copy(profile)
    profile.depth = depth
    return profile


PUBLISHER, SUBSCRIPTION = 'publisher', 'subscription'
#: Values of the policies that parameters may change.
OVERRIDABLE: dict[str, tuple[str, ...]] = {
    'history': ('keep_last', 'keep_all'),
    'depth': (),
    'reliability': ('reliable', 'best_effort'),
    'durability': ('volatile', 'transient_local'),
    'deadline': (),
    # The first is how rclpy itself declares it.
    'liveliness': ('system_default', 'automatic', 'manual_by_topic'),
    'liveliness_lease_duration': (),
}
DURATIONS = ('deadline', 'liveliness_lease_duration')  #: policies in nanoseconds; 0 sets none
#: Least and largest values of the other numbers.
NUMBERS = {'depth': (1, 10000), **dict.fromkeys(DURATIONS, (0, 10**18))}
OVERRIDE_PREFIX = 'qos_overrides.'
OVERRIDE = re.compile(
    rf'qos_overrides\.(/[^.]+)\.({PUBLISHER}|{SUBSCRIPTION})\.({"|".join(OVERRIDABLE)})'
)
OVERRIDE_FORM = (
    f'it is qos_overrides./FULL/TOPIC.SIDE.POLICY, SIDE one of {PUBLISHER}, {SUBSCRIPTION}, '
    f'POLICY one of {", ".join(OVERRIDABLE)}'
)
OPTIONS = QoSOverridingOptions([QoSPolicyKind[name.upper()] for name in OVERRIDABLE])


def is_override(name: str) -> bool:
    """Tell whether a parameter's name is one that changes a policy of some topic."""
    return OVERRIDE.fullmatch(name) is not None


def override(topic: str, side: str, policy: str) -> str:
    """Return the name of the parameter that changes a policy; `topic` is the full name."""
    return f'{OVERRIDE_PREFIX}{topic}.{side}.{policy}'


def check_override(name: str, value: Any) -> None:
    """
    Check a value given to such a parameter; rclpy would let its exception escape as it comes.

    Raises
    ------
    ConfigurationError
        When it is none of the policy's.

    """
    policy = name.rpartition('.')[2]
    low, high = NUMBERS.get(policy, (None, None))
    kind, choices = int if policy in NUMBERS else str, OVERRIDABLE[policy]
    Parameter(name, kind, False, None, '', '', low, high, 1, choices, False).check(value)
