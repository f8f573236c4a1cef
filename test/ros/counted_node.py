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
A node that prints at SIGUSR1 how many objects of each common kind Python holds, as JSON.

Usage: counted_node.py EXECUTABLE --ros-args …
"""

from collections import Counter
import gc
import json
import signal
import sys

from yolo_deepsort_ros.nodes import executables

RARE = 20  #: objects; in one short write the line stays whole among those of the log


def count(*_):
    """Print the numbers in a line."""
    gc.collect()
    found = Counter(type(each).__name__ for each in gc.get_objects())
    common = {kind: number for kind, number in found.items() if number >= RARE}
    print(f'\nobjects: {json.dumps(common)}', flush=True)


if __name__ == '__main__':
    signal.signal(signal.SIGUSR1, count)
    getattr(executables, sys.argv.pop(1))()
