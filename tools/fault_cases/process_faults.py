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

"""Processes that die, stop, are too many, or get too little."""

from __future__ import annotations

from contextlib import suppress
import signal
import subprocess
import sys
import time

from fault_cases import measuring
from fault_cases.clock import set_clock
from fault_cases.fault import Broken, expect, fault, Skipped
from fault_cases.message_faults import header
from fault_cases.peer import parameter
from fault_cases.rig import NAMESPACE, now, RATE, Rig
import numpy as np
from rcl_interfaces.srv import SetParameters

from yolo_deepsort_ros.nodes.messages.conversions import array_to_image

STOPPED = 10.0  #: s
HOUR = 3600.0  #: s
LARGE = np.zeros((2160, 3840, 3), np.uint8)
HOG = 'while True: pass'
#: A reader that keeps everything, and 20 of them as many participants.
READERS = """
import sys, threading, rclpy
from rclpy.context import Context
from rclpy.executors import SingleThreadedExecutor
from sensor_msgs.msg import Image
from vision_msgs.msg import Detection2DArray
count, namespace = int(sys.argv[1]), sys.argv[2]
for number in range(count):
    context = Context()
    rclpy.init(args=[], context=context)
    node = rclpy.create_node(f'reader_{number}', namespace=namespace, context=context)
    node.create_subscription(Detection2DArray, 'tracks', lambda _: None, 1000)
    if count == 1:
        node.create_subscription(Image, 'image_raw', lambda _: None, 1000)
    executor = SingleThreadedExecutor(context=context)
    executor.add_node(node)
    threading.Thread(target=executor.spin).start()
print('reading', flush=True)
"""
#: Publishes as fast as it can.
FLOOD = """
import sys, rclpy
from std_msgs.msg import String
rclpy.init(args=[])
node = rclpy.create_node('flood', namespace=sys.argv[1])
publishers = [node.create_publisher(String, f'flood_{n}', 100) for n in range(20)]
text = String(data='x' * 1000)
print('reading', flush=True)
while True:
    for publisher in publishers:
        publisher.publish(text)
"""


def killed(node: str, group: str, promise: str) -> None:
    """Register that a node is killed and started again."""
    @fault(f'{node}-killed', group, promise)
    def inject(rig: Rig) -> str:
        rig.kill(node)
        rig.respawn(node)
        return 'killed with -9, started again after 2 s'


def stopped(node: str, group: str, promise: str) -> None:
    """Register that a node is stopped for a while."""
    @fault(f'{node}-stopped', group, promise)
    def inject(rig: Rig) -> str:
        rig.signal(node, signal.SIGSTOP)
        rig.pause(STOPPED)
        rig.signal(node, signal.SIGCONT)
        return f'stopped for {STOPPED:g} s'


BACK = 'the others live; the normal rate is back 2 s after its start'
for _node in ('camera', 'detector', 'tracker', 'annotator'):
    killed(_node, 'nodes', BACK)
    stopped(_node, 'nodes', 'nobody dies; the normal rate is back within 2 s')
killed('pipeline', 'pipeline', BACK)
stopped('pipeline', 'pipeline', 'it lives; the normal rate is back within 2 s')


@fault('consumer-killed', 'nodes', 'the nodes and other consumers feel nothing', keeps_ids=True)
def consumer_killed(rig: Rig) -> str:
    """Kill a consumer that reads images and tracks."""
    _start(rig, 'reader', READERS, '1')
    rig.pause(1.0)
    begin = now()
    rig.kill('reader')
    rig.pause(3.0)
    rig.read()
    quiet = measuring.silence(rig.times, begin, now() - 0.2)
    expect(quiet < 1.0, f'the witness heard nothing for {quiet:.1f} s')
    return f'longest gap elsewhere {quiet:.2f} s'


@fault('consumer-stalled', 'nodes', 'a reliable consumer that stands still slows nobody',
       keeps_ids=True)
def consumer_stalled(rig: Rig) -> str:
    """Stop a reliable consumer of images and tracks."""
    _start(rig, 'reader', READERS, '1')
    rig.pause(1.0)
    begin = now()
    rig.signal('reader', signal.SIGSTOP)
    rig.pause(STOPPED)
    rig.read()
    rate = measuring.rate(rig.times, begin, now())
    rig.end('reader')
    expect(rate > 0.6 * RATE, f'{rate:.1f} Hz while it stood')
    return f'{rate:.1f} Hz while it stood for {STOPPED:g} s'


@fault('consumers-20', 'nodes', 'nobody dies; no tracks are lost', keeps_ids=True)
def consumers_20(rig: Rig) -> str:
    """Let 20 participants read the tracks."""
    _start(rig, 'readers', READERS, '20')
    begin = now()
    rig.pause(5.0)
    rig.read()
    rate = measuring.rate(rig.times, begin, now())
    rig.kill('readers')
    expect(rate > 0.6 * RATE, f'{rate:.1f} Hz with 20 consumers')
    return f'{rate:.1f} Hz with 20 more participants on the same machine'


@fault('cores-hogged', 'nodes', 'nobody dies; the normal rate is back within 2 s')
def cores_hogged(rig: Rig) -> str:
    """Let two more processes want a core each."""
    hogs = [subprocess.Popen([sys.executable, '-c', HOG]) for _ in range(2)]
    begin = now()
    try:
        rig.pause(10.0)
    finally:
        for hog in hogs:
            hog.kill()
            hog.wait()
    rig.read()
    rate = measuring.rate(rig.times, begin, now())
    expect(rate > 1.0, f'{rate:.1f} Hz meanwhile')
    return f'{rate:.1f} Hz while two busy loops ran for 10 s'


@fault('detector-memory-limit', 'nodes', 'the others live; it goes on, or ends and is started '
       'again; the normal rate is back 2 s after that')
def detector_memory_limit(rig: Rig) -> str:
    """Let the detector have no more memory than it has while large images come."""
    rig.limit_memory('detector')
    for _ in range(5):
        rig.peer.publish('image_raw', array_to_image(LARGE, header()))
        rig.pause(1.0)
    rig.peer.leave()
    code = rig.exit_code('detector')
    if code is None:
        rig.limit_memory('detector', False)
        return 'went on without more memory for 5 s'
    rig.kill('detector')
    rig.respawn('detector')
    return f'ended with {code}, started again after 2 s'


@fault('domain-flooded', 'nodes', 'nobody dies; the normal rate is back within 2 s')
def domain_flooded(rig: Rig) -> str:
    """Let another participant publish on 20 topics as fast as it can."""
    _start(rig, 'flood', FLOOD)
    begin = now()
    rig.pause(8.0)
    rig.read()
    rate = measuring.rate(rig.times, begin, now())
    rig.kill('flood')
    expect(rate > 1.0, f'{rate:.1f} Hz meanwhile')
    return f'{rate:.1f} Hz meanwhile'


@fault('two-of-everything', 'nodes', 'the graph is named in /diagnostics; all is normal after it')
def two_of_everything(rig: Rig) -> str:
    """Start each node a second time under the same name."""
    nodes = ('camera', 'detector', 'tracker', 'annotator')
    begin = now()
    for node in nodes:
        rig.start(node, f'{node} 2')
    try:
        text = rig.warned(begin, 'another node is called', patience=30.0)
    finally:
        for node in nodes:
            rig.end(f'{node} 2')
    return f'said: {text[:120]}'


@fault('parameters-1000-hz', 'nodes',
       'nobody dies; no change that is answered is refused, the last one is in force; ids stay',
       keeps_ids=True)
def parameters(rig: Rig) -> str:
    """Set a live parameter of the tracker 1000 times a second."""
    client = rig.peer.client(SetParameters, 'tracker/set_parameters')
    begin, futures = now(), []
    while now() < begin + 5.0:
        due = int((now() - begin) * 1000)
        while len(futures) < due:
            value = 0.7 + 0.01 * (len(futures) % 2)
            futures.append(client.call_async(parameter('max_iou_distance', value)))
        rig.pause(0.01)
    asked = now() - begin
    with suppress(Broken):  # the middleware keeps the newest requests that wait, not all
        rig.until(lambda: all(f.done() for f in futures), 'the answers', 3.0)
    answered = [future for future in futures if future.done()]
    good = sum(future.result().results[0].successful for future in answered)
    expect(answered, 'no change was answered')
    expect(good == len(answered), f'{len(answered) - good} changes were refused')
    in_force = rig.peer.get_parameter('tracker', 'max_iou_distance')
    expect(in_force == value, f'{in_force:g} is in force, {value:g} was asked for last')
    return f'{len(futures) / asked:.0f} a second asked, {len(answered)} of {len(futures)} answered'


@fault('system-clock-set', 'clock', 'nobody dies; ids stay over an hour ahead and back; both are '
       'counted', keeps_ids=True)
def system_clock_set(rig: Rig) -> str:
    """Set the system clock of all nodes an hour ahead, and back."""
    if not rig.has_own_clock:
        raise Skipped('needs libfaketime')
    before, stamps = rig.counter('tracker', 'steps of the clock'), []
    for offset in (HOUR, 0.0):
        set_clock(rig.clock, offset)
        rig.pause(4.0)
        rig.read()
        stamps.append(rig.images[-1][1] / 1e9 - time.time())
    rig.cause_ended = now()
    expect(stamps[0] > HOUR - 5 and abs(stamps[1]) < 5, f'images were stamped {stamps} s ahead')
    risen = rig.rises('tracker', 'steps of the clock', before)
    return f'{risen} steps of the clock counted'


def _start(rig: Rig, name: str, program: str, *arguments: str) -> None:
    rig.run(name, [sys.executable, '-c', program, *arguments, NAMESPACE])
    rig.until(lambda: 'reading' in rig.log(name), f'{name} to start')
