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

"""A ROS domain that no other run of these tests on this host has."""

from contextlib import contextmanager
import fcntl
import os
from pathlib import Path
import tempfile

from yolo_deepsort_ros.nodes.runtime.environment import LAST_DOMAIN


@contextmanager
def own_domain():
    """Yield its number; it is held by a lock for as long."""
    for offset in range(LAST_DOMAIN):
        domain = str(1 + (os.getpid() + offset) % LAST_DOMAIN)
        with open(Path(tempfile.gettempdir(), f'test_domain_{domain}.lock'), 'w') as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            yield domain
            return
    raise RuntimeError('no free ROS domain on this host')
