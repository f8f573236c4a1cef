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
A node that tells every ten seconds what its heap holds.

    python3 inside.py FILE EXECUTABLE --ros-args …

A line of the file is JSON: `heap`, the bytes that malloc has from the system; `in_use`, those of
them that somebody holds; `blocks`, what Python has allocated. Where the first grows and the
others do not, nothing leaks: free memory lies between blocks in use.
"""

from __future__ import annotations

import ctypes
import json
import sys
from threading import Thread
import time

PERIOD = 10.0  #: s
FIELDS = ('arena', 'ordblks', 'smblks', 'hblks', 'hblkhd', 'usmblks', 'fsmblks', 'uordblks',
          'fordblks', 'keepcost')


class Mallinfo(ctypes.Structure):
    """What mallinfo2(3) of glibc returns, over all arenas."""

    _fields_ = [(name, ctypes.c_size_t) for name in FIELDS]


def tell(path: str) -> None:
    """Write a line now and then, for ever."""
    mallinfo = ctypes.CDLL(None).mallinfo2
    mallinfo.restype = Mallinfo
    with open(path, 'w', buffering=1, encoding='utf-8') as file:
        while True:
            found = mallinfo()
            print(json.dumps({
                'heap': found.arena + found.hblkhd, 'in_use': found.uordblks + found.hblkhd,
                'blocks': sys.getallocatedblocks(),
            }), file=file)
            time.sleep(PERIOD)


if __name__ == '__main__':
    from yolo_deepsort_ros.nodes import executables

    Thread(target=tell, args=(sys.argv.pop(1),), daemon=True).start()
    getattr(executables, sys.argv.pop(1))()
