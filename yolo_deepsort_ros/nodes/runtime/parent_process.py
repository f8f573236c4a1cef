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

"""Lets a process end with the one that has started it; knows nothing of ROS."""

from __future__ import annotations

import ctypes
import os
import signal

PR_SET_PDEATHSIG = 1  #: prctl(2): the signal that a process gets when its parent ends


def end_with_parent(parent: int) -> bool:
    """
    Have the kernel send SIGINT to this process when its parent ends, however that ends.

    Parameters
    ----------
    parent : int
        Number of the process that has started this one.

    Returns
    -------
    bool
        False when it has ended already.

    """
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGINT)
    return os.getppid() == parent
