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
Which share of raw images arrives through shared-memory segments of several sizes.

`scripts/run python3 benchmarks/segment_size.py --sizes 16 25`. Readers are processes of their
own: one takes images as they come, one works 100 ms on each, one is reliable. The sizes (MiB) are
tried in turns, so that other work on the machine meets them all.
"""

from __future__ import annotations

import argparse
from array import array
from collections import Counter
import json
import os
from pathlib import Path
import signal
import subprocess
import sys
from tempfile import TemporaryDirectory
import time

import rclpy
from rclpy.node import Node
from rclpy.qos import QoSProfile, ReliabilityPolicy
from rclpy.signals import SignalHandlerOptions
from sensor_msgs.msg import Image

from yolo_deepsort_ros.nodes.health.host_memory import profile_variables, segment_size
from yolo_deepsort_ros.nodes.runtime.environment import (
    IMAGE_PROFILE, MESSAGE_PROFILE, private_graph,
)
from yolo_deepsort_ros.nodes.runtime.malloc import keep_large_blocks

CONFIG = Path(__file__).resolve().parents[1] / 'config'
#: name: (seconds of work on each image, depth, whether reliable)
READERS = {'best effort': (0.0, 1, False), 'slow': (0.1, 1, False), 'reliable': (0.0, 5, True)}
SENDER = 'sender'
START_WAIT, LAST_WAIT = 60.0, 2.0  #: s


def main() -> None:
    """Print one JSON object: by size how many images each reader had of those sent."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[1])
    parser.add_argument('--sizes', nargs='+', type=int, default=[16, 25], help='MiB')
    parser.add_argument('--width', type=int, default=1920)
    parser.add_argument('--height', type=int, default=1080)
    parser.add_argument('--rate', type=float, default=30.0)
    parser.add_argument('--images', type=int, default=180)
    parser.add_argument('--repeats', type=int, default=3)
    parser.add_argument('--be', choices=[SENDER, *READERS], help='one of the processes')
    args = parser.parse_args()
    if args.be:
        keep_large_blocks()
        send(args) if args.be == SENDER else read(args.be)
        os._exit(0)
    os.environ.update(private_graph(os.environ))
    found: dict[int, Counter[str]] = {size: Counter() for size in args.sizes}
    with TemporaryDirectory() as folder:
        for _ in range(args.repeats):
            for size, counts in found.items():
                counts.update(tried(args, profile_of(size, Path(folder))))
                print(size, dict(counts), file=sys.stderr)
    print(json.dumps(found))


def profile_of(size: int, folder: Path) -> str:
    """Return the file of a profile with a segment of so many MiB."""
    file = folder / f'{size}.xml'
    ours = CONFIG / IMAGE_PROFILE
    its_size = segment_size(dict.fromkeys(profile_variables(), str(ours)))
    file.write_text(ours.read_text().replace(str(its_size), str(size << 20)))
    return str(file)


def tried(args: argparse.Namespace, profile: str) -> dict[str, int]:
    """Return how many images were sent, and how many each reader had."""
    small = str(CONFIG / MESSAGE_PROFILE)
    # Fast DDS reads the profile once in a process.
    readers = {name: started(['--be', name], small) for name in READERS}
    started([*sys.argv[1:], '--be', SENDER], profile).wait()
    for reader in readers.values():
        reader.terminate()
    return {'sent': args.images,
            **{name: int(reader.communicate()[0]) for name, reader in readers.items()}}


def started(arguments: list[str], profile: str) -> subprocess.Popen[str]:
    """Return one of the processes."""
    return subprocess.Popen(
        [sys.executable, __file__, *arguments], stdout=subprocess.PIPE, text=True,
        env={**os.environ, **dict.fromkeys(profile_variables(), profile)})


def send(args: argparse.Namespace) -> None:
    """Send the images at their rate, as a camera does."""
    rclpy.init()
    node = Node(SENDER)
    publisher = node.create_publisher(
        Image, 'image', QoSProfile(depth=1, reliability=ReliabilityPolicy.RELIABLE))
    size = 3 * args.width * args.height
    image = Image(width=args.width, height=args.height, step=3 * args.width, encoding='bgr8',
                  data=array('B', bytes(size)))
    deadline = time.monotonic() + START_WAIT
    while publisher.get_subscription_count() < len(READERS) and time.monotonic() < deadline:
        time.sleep(0.05)
    start = time.monotonic() + 1
    for index in range(args.images):
        time.sleep(max(0.0, start + index / args.rate - time.monotonic()))
        publisher.publish(image)
    time.sleep(LAST_WAIT)


def read(name: str) -> None:
    """Be a reader until SIGTERM; print how many images have come."""
    work, depth, is_reliable = READERS[name]
    ended: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _: ended.append(number))
    rclpy.init(signal_handler_options=SignalHandlerOptions.NO)
    node, count = Node(name.replace(' ', '_')), 0

    def take(_: Image) -> None:
        nonlocal count
        count += 1
        time.sleep(work)

    reliability = ReliabilityPolicy.RELIABLE if is_reliable else ReliabilityPolicy.BEST_EFFORT
    profile = QoSProfile(depth=depth, reliability=reliability)
    node.create_subscription(Image, 'image', take, profile)
    while not ended:
        rclpy.spin_once(node, timeout_sec=0.2)
    print(count, flush=True)


if __name__ == '__main__':
    main()
