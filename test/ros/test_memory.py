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

"""No node holds more the longer it runs: neither Python objects nor memory."""

from collections import Counter
import json
from pathlib import Path
import re
import signal
import subprocess
import sys
import time

import pytest
from sensor_msgs.msg import Image, PointCloud2
from vision_msgs.msg import Detection2DArray, Detection3DArray
from visualization_msgs.msg import MarkerArray

sys.path.append(str(Path(__file__).resolve().parents[2] / 'tools'))

from soak_runs.series import growth, MAX_GROWTH  # noqa: E402, I100, RUF100

COUNTED = Path(__file__).with_name('counted_node.py')
STANDS = {'camera_height': 5.0, 'camera_pitch': 0.5}
ARENA = {'source': 'arena', 'width': 320, 'height': 240}
NODES = {
    'camera': {**ARENA},
    'detector': {'model': 'arena-tiny'},
    'tracker': {},
    'annotator': {},
    'locator': STANDS,
    'pipeline': {**ARENA, **STANDS, 'model': 'arena-tiny', 'locate': True},
}
DEPLOYMENTS = pytest.mark.parametrize('nodes', [list(NODES)[:-1], ['pipeline']], ids=' '.join)
SETTLE, WATCH = 20, 200  #: messages; caches and windows fill in the first
#: Objects of a kind that a node may gain in the second, where a leak of one a message makes 200.
SPARE = 60
OBJECTS = re.compile(r'^objects: (.*})$', re.MULTILINE)
FREED = """
from pathlib import Path
import numpy as np
from yolo_deepsort_ros.nodes.runtime.malloc import give_back_free_blocks, keep_large_blocks
def held():
    return Path('/proc/self/smaps_rollup').read_text().partition('Pss:')[2].split()[0]
keep_large_blocks()
blocks = [np.ones(2**18) for _ in range(20)]
del blocks
print(held())
give_back_free_blocks()
print(held())
"""
HEAPS = """
import ctypes, threading
from yolo_deepsort_ros.nodes.runtime.malloc import keep_large_blocks
keep_large_blocks()
library = ctypes.CDLL(None)
library.malloc.restype = library.fopen.restype = ctypes.c_void_p
library.malloc_info.argtypes = [ctypes.c_int, ctypes.c_void_p]
begin = threading.Barrier(9)
def take():
    begin.wait()
    library.malloc(1000)
    begin.wait()
threads = [threading.Thread(target=take) for _ in range(8)]
for thread in threads:
    thread.start()
begin.wait()
begin.wait()
library.malloc_info(0, library.fopen(b'/dev/stdout', b'w'))
library.fflush(None)
"""
MINUTES = 30
WARM_UP = 2 * 60  #: s


def count(peer, process):
    """Return how many objects of each kind a counted node holds now."""
    before = len(OBJECTS.findall(process.text))
    process.signal(signal.SIGUSR1)
    found = peer.until(lambda: OBJECTS.findall(process.text)[before:], 'a count')
    return Counter(json.loads(found[0]))


def lowest_count(peer, process):
    """Leave out what is there for a moment, such as of an image that is being drawn."""
    found = count(peer, process)
    for _ in range(2):
        peer.message('tracks', len(peer.received['tracks']) + 1)
        found &= count(peer, process)
    return found


def anonymous(process):
    """Return the bytes of memory that a process has for itself."""
    text = Path(f'/proc/{process.pid}/status').read_text()
    return 1024 * int(re.search(r'RssAnon:\s+(\d+)', text)[1])


def start_all(start, peer, nodes, **how):
    """Start nodes one after the other, and read what they make."""
    started = {}
    for name in nodes:
        started[name] = start(name, **NODES[name], **how_for(how, name))
        peer.until(lambda name=name: name in peer.node.get_node_names(), name)
    peer.listen(Image, 'annotated_image', 1)
    peer.listen(Detection2DArray, 'tracks', 1)
    for kind, topic in ((Detection3DArray, 'tracks_3d'), (MarkerArray, 'track_markers'),
                        (PointCloud2, 'track_points')):
        peer.listen(kind, topic, 1)
    peer.message('tracks')
    peer.message('track_markers')
    return started


def how_for(how, name):
    return {'program': [sys.executable, str(COUNTED), f'{name}_node']} if how['counted'] else {}


def test_what_a_start_has_freed_goes_back_to_the_system():
    printed = subprocess.run(
        [sys.executable, '-c', FREED], capture_output=True, check=True, text=True).stdout
    before, after = map(int, printed.split())
    assert before - after > 30_000, 'kB, of 20 blocks of 2 MB'


def test_all_threads_share_a_heap():
    printed = subprocess.run(
        [sys.executable, '-c', HEAPS], capture_output=True, check=True, text=True).stdout
    assert printed.count('<heap nr=') == 1


@pytest.mark.timeout(1200)  # a machine with many times its load needs minutes for the messages
@DEPLOYMENTS
def test_nothing_piles_up_on_executors_and_nodes(start, peer, nodes):
    started = start_all(start, peer, nodes, counted=True)
    peer.message('tracks', SETTLE)
    before = {name: lowest_count(peer, process) for name, process in started.items()}
    for more in range(10, WATCH + 1, 10):
        peer.message('tracks', SETTLE + more)
    grown = {}
    for name, process in started.items():
        rise = lowest_count(peer, process) - before[name]
        grown[name] = {kind: more for kind, more in rise.items() if more >= SPARE}
    assert not any(grown.values()), grown


@pytest.mark.timeout(120 * MINUTES)
@DEPLOYMENTS
def test_memory_does_not_grow_over_half_an_hour(start, peer, nodes, long_run):
    started = start_all(start, peer, nodes, counted=False)
    peer.spin(WARM_UP)
    hours, held = [], {name: [] for name in started}
    begin = time.monotonic()
    while time.monotonic() < begin + 60 * MINUTES - WARM_UP:
        peer.spin(1.0)
        peer.forget()
        hours.append((time.monotonic() - begin) / 3600)
        for name, process in started.items():
            held[name].append(anonymous(process))
    print({name: f'{samples[-1] - samples[0]} bytes in all' for name, samples in held.items()})
    most = {name: growth(hours, samples)[1] for name, samples in held.items()}
    print({name: f'{each / 1e6:.2f} MB/h at most' for name, each in most.items()})
    assert max(most.values()) < MAX_GROWTH, most
