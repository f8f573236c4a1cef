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


"""How many threads may work on a frame."""

from __future__ import annotations

import os

import cv2

from yolo_deepsort_ros.inference.usable_cores import usable_cores


def threads_to_use(threads: int) -> int:
    """Return a number of threads, of 0 that of the usable cores if these are not all, else 0."""
    cores = usable_cores()
    return threads or (cores if cores < (os.cpu_count() or 1) else 0)


def limit_threads(threads: int) -> None:
    """
    Bound the threads of OpenCV and of NumPy's linear algebra, which are the process's.

    Nothing else in the package sets them; a node has one parameter `threads` for all its networks.

    Parameters
    ----------
    threads : int
        0 leaves them as they are. NumPy's are bounded where `threadpoolctl` is installed;
        elsewhere by the environment (`OPENBLAS_NUM_THREADS`).

    """
    if not threads:
        return
    cv2.setNumThreads(threads)
    try:
        from threadpoolctl import threadpool_limits
    except ImportError:
        return
    threadpool_limits(limits=threads, user_api='blas')
