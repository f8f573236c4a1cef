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


"""How many cores a process may use, which in a container are fewer than the machine has."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
import math
import os
from pathlib import Path

#: Where the kernel says what a process may use, by version of control groups: the folder of its
#: groups, and the files there that hold the quota and the period.
CGROUPS = {
    1: ('sys/fs/cgroup/cpu', ('cpu.cfs_quota_us', 'cpu.cfs_period_us')),
    2: ('sys/fs/cgroup', ('cpu.max',)),
}


def usable_cores(root: Path = Path('/')) -> int:
    """
    Return how many cores this process may use, by its affinity and the quotas of its groups.

    Parameters
    ----------
    root : Path
        Where `proc` and `sys` are.

    """
    quotas = (max(1, math.ceil(quota)) for quota in _quotas(root))
    return min([len(os.sched_getaffinity(0)), *quotas])


def _quotas(root: Path) -> Iterator[float]:
    """Yield the quotas of the groups that this process is in, in cores."""
    try:
        lines = (root / 'proc/self/cgroup').read_text().splitlines()
    except OSError:
        return
    for line in lines:
        _, controllers, path = line.split(':', 2)
        if controllers and 'cpu' not in controllers.split(','):
            continue
        folder, files = CGROUPS[1 if controllers else 2]
        # A group's parents bound it too. In a container the path may be the host's, while its own
        # group is at the top.
        names = path.strip('/').split('/')
        for depth in range(len(names) + 1):
            group = root.joinpath(folder, *names[:depth])
            with suppress(OSError, ValueError, ZeroDivisionError):
                text = ' '.join((group / file).read_text() for file in files)
                quota, period = map(float, text.split())  # 'max' is no number, and no quota
                if quota > 0:
                    yield quota / period
