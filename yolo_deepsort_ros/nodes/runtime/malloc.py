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

"""The C library's memory, told that blocks of an image's size come again and again."""

from __future__ import annotations

from contextlib import suppress
import ctypes

M_TRIM_THRESHOLD, M_MMAP_THRESHOLD, M_ARENA_MAX = -1, -3, -8  #: mallopt(3)
MAX_BLOCK_BYTES = 2**25  #: bytes; the most that glibc takes, and more than a 4K image
MAX_KEPT_BYTES = 2**26  #: bytes free at the end of the heap


def keep_large_blocks() -> None:
    """
    Let freed blocks be used again instead of given back to the system each time.

    Otherwise every received image comes in fresh pages, which the system first has to find and
    to clear. That is the larger part of the cost of receiving: `docs/performance/latency.md` has
    figures.

    All threads share one heap. Else each of a dozen keeps its own peak, and the images that move
    from one to the other leave holes: after half an hour the heaps of the four nodes were 2 to 5
    MB larger, and still grew in steps, though nothing more was held in them.
    Without glibc nothing happens.
    """
    with suppress(AttributeError, OSError):
        library = ctypes.CDLL(None)
        library.mallopt(M_MMAP_THRESHOLD, MAX_BLOCK_BYTES)
        library.mallopt(M_TRIM_THRESHOLD, MAX_KEPT_BYTES)
        library.mallopt(M_ARENA_MAX, 1)


def give_back_free_blocks() -> None:
    """Return to the system what start-up has freed: a node on the way needs none of it again."""
    with suppress(AttributeError, OSError):
        ctypes.CDLL(None).malloc_trim(0)
