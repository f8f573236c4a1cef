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

"""Environment variables that decide how the nodes start and how messages travel."""

from __future__ import annotations

from collections.abc import Mapping
import os
from pathlib import Path

from ament_index_python.resources import get_resources

from yolo_deepsort_ros.error_text import quoted, shown
from yolo_deepsort_ros.errors import ConfigurationError
from yolo_deepsort_ros.nodes.health.host_memory import PROFILE_VARIABLES, profile_variables

BEFORE_IRON = ('foxy', 'galactic', 'humble')
MAX_REASON_LENGTH = 500  #: characters; ROS quotes what it was given
LAST_DOMAIN = 101  #: higher ones meet the ports that Linux gives to anybody
#: Profiles of Fast DDS in config/; each process has a segment, which stays in memory as a whole.
IMAGE_PROFILE, MESSAGE_PROFILE = 'fastdds_shared_memory.xml', 'fastdds_small_messages.xml'
#: Programs that send no images.
WITHOUT_IMAGES = ('detector_node', 'tracker_node', 'locator_node', 'viewer_node')
LAST_PORTED_DOMAIN = 232  #: from the next one on there are no UDP ports


def shared_memory(environ: Mapping[str, str], share: str | Path) -> dict[str, str]:
    """
    Return what lets images travel through shared memory large enough for them.

    Parameters
    ----------
    environ : mapping
        The present environment; where it names a Fast DDS profile, nothing is returned.
    share : str or Path
        The share folder of this package.

    """
    if any(environ.get(name) for name in PROFILE_VARIABLES):
        return {}
    profile = str(Path(share, 'config', IMAGE_PROFILE))
    return dict.fromkeys(profile_variables(), profile)


def own_segment(environ: Mapping[str, str], node: str) -> dict[str, str]:
    """
    Return what gives a node that sends no images a segment for its messages alone.

    A profile other than that of `shared_memory` stays as it is.

    Parameters
    ----------
    environ : mapping
        The present environment.
    node : str
        Its module, such as `tracker_node`.

    """
    given = {name: Path(environ.get(name, '')) for name in PROFILE_VARIABLES}
    return {
        name: str(profile.with_name(MESSAGE_PROFILE)) for name, profile in given.items()
        if node in WITHOUT_IMAGES and profile.name == IMAGE_PROFILE
        and profile.with_name(MESSAGE_PROFILE).is_file()
    }


def check_domain(environ: Mapping[str, str]) -> None:
    """Refuse a domain in which Fast DDS would end the process instead of raising."""
    domain = environ.get('ROS_DOMAIN_ID', '')
    is_number = domain.isascii() and domain.isdigit() and len(domain) < 9
    if domain and not (is_number and int(domain) <= LAST_PORTED_DOMAIN):
        raise ConfigurationError(
            f'ROS_DOMAIN_ID: {quoted(domain)} is not a whole number from 0 to '
            f'{LAST_PORTED_DOMAIN}; correct it or unset it'
        )


def check_middleware(environ: Mapping[str, str]) -> None:
    """Refuse a middleware that is not installed: importing rclpy would end the process."""
    name = environ.get('RMW_IMPLEMENTATION', '')
    installed = sorted(set(get_resources('rmw_typesupport')) - {'rmw_implementation'})
    if name and installed and name not in installed:
        raise ConfigurationError(
            f'RMW_IMPLEMENTATION: {quoted(name)} is not installed here; unset it, or set it to '
            f'{" or ".join(installed)}'
        )


def reason_of(error: Exception) -> str:
    """Return in one line why ROS 2 has not started, with the remedy where that is known."""
    reason = shown(str(error).splitlines()[0], MAX_REASON_LENGTH)
    if 'logging' in reason:
        reason += '; set ROS_LOG_DIR to a folder that this user may write to'
    return f'ROS 2 does not start: {reason}'


def private_graph(environ: Mapping[str, str]) -> dict[str, str]:
    """Return what keeps a graph on this host and apart from others, as far as not set."""
    check_domain(environ)
    if environ.get('ROS_DISTRO') in BEFORE_IRON:
        local = {'ROS_LOCALHOST_ONLY': '1'}
    else:
        local = {'ROS_AUTOMATIC_DISCOVERY_RANGE': 'LOCALHOST'}
    wanted = {**local, 'ROS_DOMAIN_ID': str(1 + os.getpid() % LAST_DOMAIN)}
    return {name: value for name, value in wanted.items() if not environ.get(name)}
