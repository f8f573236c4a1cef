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

"""The host's shared memory, through which Fast DDS hands images on."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
import os
from pathlib import Path
import pwd
from xml.etree import ElementTree

from ament_index_python.packages import get_package_share_directory, PackageNotFoundError

#: Before and from Kilted on, which warns of the older one.
PROFILE_VARIABLES = ('FASTRTPS_DEFAULT_PROFILES_FILE', 'FASTDDS_DEFAULT_PROFILES_FILE')
KILTED = 9  #: the version of rmw_fastrtps in Kilted, the first with Fast DDS 3
FOLDER = '/dev/shm'
SEGMENTS = ('fastrtps_*', 'fastdds_*')  #: files of Fast DDS; the first until 2.14
OVERHEAD = 1.05  #: of a segment's file over its size
UDP_ONLY = 'fastdds_udp_only.xml'  #: in this package's config/
MB = 1e6
MORE_SHARED_MEMORY = (
    'start the container with --shm-size=256m or --ipc=host, or all in one process with '
    'composed:=true'
)


class HostMemory:
    """
    What the shared memory looks like to a process; made before its node is.

    Parameters
    ----------
    environ : mapping
        The environment, which names the Fast DDS profile.
    folder : str
        Where the segments are.

    Attributes
    ----------
    shortage : str
        Why this process cannot have a segment of its own; else ''.

    """

    def __init__(self, environ: Mapping[str, str], folder: str = FOLDER) -> None:
        self._environ = environ
        self._folder = Path(folder)
        needed = OVERHEAD * segment_size(environ)
        free = _free(folder)
        self.shortage = '' if free >= needed else (
            f'{folder} has {free / MB:.0f} MB free, the shared memory of this node needs '
            f'{needed / MB:.0f}'
        )

    @property
    def other_users(self) -> list[str]:
        """Names of the other users to whom files of Fast DDS belong."""
        owners: set[int] = set()
        for pattern in SEGMENTS:
            for file in self._folder.glob(pattern):
                with suppress(OSError):  # gone in between
                    owners.add(file.stat().st_uid)
        return sorted(_name(user) for user in owners - {os.geteuid()})

    def cause_of_silence(self, topic: str, is_nameless: bool) -> dict[str, str]:
        """
        Return the likeliest cause of a topic's silence, by the evidence there is, and the remedy.

        Parameters
        ----------
        topic : str
            Somebody publishes it with settings that fit.
        is_nameless : bool
            Whether a publisher's node has not told its name.

        """
        if is_nameless and (users := self.other_users):
            profile = Path(get_package_share_directory('yolo_deepsort_ros'), 'config', UDP_ONLY)
            return {
                'cause': f'it runs as another user: its name has not come, and files of Fast DDS '
                         f'in {self._folder} belong to {", ".join(users)}; shared memory is '
                         f'closed between users',
                'remedy': 'run both as one user: rmw_fastrtps takes shared memory for discovery '
                          'on localhost alone' if is_local(self._environ)
                else f'run both as one user, or both with {profile_variables()[0]}={profile}',
            }
        rate = f'ros2 topic hz {topic} shows a rate'
        if self.shortage:
            return {'cause': f'{self.shortage}: images are lost over UDP',
                    'remedy': MORE_SHARED_MEMORY, 'if that is given': rate}
        if segment_size(self._environ):
            loss = 'its node has not the Fast DDS profile of this one'
        else:
            loss = (
                f'{" or ".join(profile_variables())} names no profile with shared memory here; '
                f'launch and scripts/run set one'
            )
        return {'remedy': 'see whether it is active, awake and fed',
                'if it is': f'{rate}; messages are lost on the way: {loss}'}


def profile_variables() -> tuple[str, ...]:
    """Return the variables that name a profile to the Fast DDS that is installed."""
    try:
        share = get_package_share_directory('rmw_fastrtps_shared_cpp')
        version = ElementTree.parse(Path(share, 'package.xml')).findtext('version', '0')
    except (PackageNotFoundError, OSError, ElementTree.ParseError):
        return PROFILE_VARIABLES
    return PROFILE_VARIABLES[1:] if int(version.partition('.')[0]) >= KILTED else PROFILE_VARIABLES


def segment_size(environ: Mapping[str, str]) -> int:
    """Return the bytes of a segment as the profile in force asks for them; 0 where none does."""
    for variable in PROFILE_VARIABLES:
        if file := environ.get(variable):
            with suppress(OSError, ElementTree.ParseError, ValueError):
                return max(
                    (int(element.text or 0) for element in ElementTree.parse(file).iter()
                     if element.tag.rpartition('}')[2] == 'segment_size'), default=0,
                )
    return 0


def is_local(environ: Mapping[str, str]) -> bool:
    """Whether nodes are looked for on this host alone."""
    return (environ.get('ROS_AUTOMATIC_DISCOVERY_RANGE') == 'LOCALHOST'
            or environ.get('ROS_LOCALHOST_ONLY') == '1')


def _free(folder: str) -> float:
    try:
        found = os.statvfs(folder)
    except OSError:
        return float('inf')
    return float(found.f_bavail * found.f_frsize)


def _name(user: int) -> str:
    try:
        return pwd.getpwuid(user).pw_name
    except KeyError:
        return f'user {user}'
