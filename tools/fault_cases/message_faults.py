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

"""Messages that no sound node sends: odd stamps, sizes, numbers, bytes."""

from __future__ import annotations

from collections.abc import Callable
import time
from typing import Any

from builtin_interfaces.msg import Time
import cv2
from fault_cases import measuring
from fault_cases.fault import expect, fault
from fault_cases.rig import now, RATE, Rig
import numpy as np
from rclpy.qos import qos_profile_sensor_data
from rclpy.serialization import serialize_message
from sensor_msgs.msg import CompressedImage, Image
from std_msgs.msg import Header
from std_srvs.srv import SetBool
from vision_msgs.msg import Detection2DArray

from yolo_deepsort_ros.detections import Detections
from yolo_deepsort_ros.nodes.messages.conversions import (
    array_to_image, detections_to_message,
)

TIMES = 20  #: messages of a fault
PERIOD_NS = int(1e9 / RATE)
HOUR = 3600.0  #: s
MAX_SILENCE = 3.0  #: s; all of 10^5 boxes would take six and more
LIVES = 'nobody dies; each that is read is counted in /diagnostics; ids stay'


def header(nanoseconds: int | None = None) -> Header:
    """Return a header of now, or of that stamp."""
    seconds, rest = divmod(time.time_ns() if nanoseconds is None else nanoseconds, 10**9)
    return Header(stamp=Time(sec=seconds, nanosec=rest), frame_id='disturber')


def boxes(head: Header, left: float = 20.0, name: str = 'forklift') -> Detection2DArray:
    """Return a message with one good box."""
    return detections_to_message(Detections([[left, 20, 30, 60]], [0.8], [0]), head, [name])


def odd_messages(
    name: str, topic: str, make: Callable[[], Any], counters: tuple[str, str],
    promise: str = LIVES, group: str = 'nodes', kind: Any = None, times: int = TIMES,
) -> None:
    """Register that messages are sent beside those of the nodes; `counters` is node and name."""
    @fault(name, group, promise, keeps_ids=True)
    def inject(rig: Rig) -> str:
        node, counter = counters
        before = rig.counter(node, counter)
        for _ in range(times):
            rig.peer.publish(topic, make(), kind)
            rig.pause(0.1)
        rig.cause_ended = now()
        rig.peer.leave()
        if not counter:
            return f'{times} sent'
        risen = rig.rises(node, counter, before)
        return f'{times} sent, {risen} counted as "{counter}" by {node}'


# -- images ---------------------------------------------------------------------------------


def image(**changes: Any) -> Callable[[], Image]:
    """Return what makes a black picture with these fields changed."""
    def make() -> Image:
        message = array_to_image(np.zeros((48, 64, 3), np.uint8), header())
        for field, value in changes.items():
            setattr(message, field, value)
        return message
    return make


REFUSED = ('detector', 'refused')
odd_messages('image-without-height', 'image_raw', image(height=0, data=b''), REFUSED)
odd_messages('image-without-width', 'image_raw', image(width=0, step=0, data=b''), REFUSED)
odd_messages('image-60000x60000', 'image_raw', image(
    height=60000, width=60000, step=180000), REFUSED)
odd_messages('image-wrong-step', 'image_raw', image(step=7), REFUSED)
odd_messages('image-truncated', 'image_raw', image(data=b'\0' * 100), REFUSED)
odd_messages('image-unknown-encoding', 'image_raw', image(encoding='x' * 10**6), REFUSED)


def jpeg() -> bytes:
    """Return a good JPEG."""
    picture = np.random.default_rng(0).integers(0, 255, (240, 320, 3), np.uint8)
    return bytes(cv2.imencode('.jpg', picture)[1])


def compressed(change: Callable[[bytearray], bytes]) -> Callable[[], CompressedImage]:
    """Return what makes a JPEG that was changed so."""
    def make() -> CompressedImage:
        message = CompressedImage(header=header(), format='bgr8; jpeg compressed bgr8')
        message.data.frombytes(change(bytearray(jpeg())))
        return message
    return make


def claimed_huge(data: bytearray) -> bytes:
    """Let the frame header claim 60000 x 60000."""
    place = data.index(b'\xff\xc0')
    data[place + 5:place + 9] = (60000).to_bytes(2, 'big') * 2
    return bytes(data)


for _name, _change in (
    ('jpeg-truncated', lambda data: bytes(data[:len(data) // 3])),
    ('jpeg-60000x60000', claimed_huge),
    ('jpeg-garbage', lambda data: np.random.default_rng(1).bytes(len(data))),
    ('jpeg-empty', lambda data: b''),
):
    odd_messages(
        _name, 'image_raw/compressed', compressed(_change), REFUSED, group='compressed'
    )


# -- detections -----------------------------------------------------------------------------


def unusable() -> Detection2DArray:
    """Return boxes of NaN, infinity, no size, and a score of NaN."""
    message = Detection2DArray(header=header())
    for field, value in (('size_x', float('nan')), ('size_y', float('inf')), ('size_x', -1.0)):
        message.detections += boxes(message.header).detections
        setattr(message.detections[-1].bbox, field, value)
    message.detections += boxes(message.header).detections
    message.detections[-1].results[0].hypothesis.score = float('nan')
    return message


odd_messages('boxes-nan', 'detections', unusable, ('tracker', 'unusable boxes'))
odd_messages(
    'class-name-10-mb', 'detections', lambda: boxes(header(), name='x' * 10**7), ('tracker', ''),
    'nobody dies; ids stay', times=3,
)
odd_messages(
    'detections-cut-off', 'detections',
    lambda: serialize_message(boxes(header()))[:60], ('tracker', 'unusable boxes'),
    kind=Detection2DArray,
)
odd_messages(
    'detections-of-14-bytes', 'detections',
    lambda: serialize_message(boxes(header()))[:14], ('tracker', 'refused'),
    kind=Detection2DArray,
)
odd_messages(
    'stamps-zero', 'detections', lambda: boxes(header(0)), ('tracker', 'late'),
)


@fault('detections-best-effort', 'nodes', 'nobody dies; /diagnostics names topic, publisher and '
       'remedy while it is there; ids stay', keeps_ids=True)
def detections_best_effort(rig: Rig) -> str:
    """Publish detections best effort, which a reliable reader can never hear."""
    begin = now()
    publisher = rig.peer.node.create_publisher(
        Detection2DArray, 'detections', qos_profile_sensor_data)
    try:
        text = rig.warned(begin, 'nothing can arrive from')
        values = rig.statuses['tracker'][-1].values
    finally:
        rig.peer.node.destroy_publisher(publisher)
        rig.cause_ended = now()
    remedies = [value for key, value in values.items() if key.endswith('remedy')]
    expect('disturber' in text and remedies, f'{text}; remedies: {remedies}')
    rig.until(lambda: not rig.statuses['tracker'][-1].level, 'the error to end', 10.0)
    return f'{text}; remedy: {remedies[0][:160]}'


@fault('boxes-100000', 'nodes', 'nobody dies; those left out are counted; silent for at most '
       f'{MAX_SILENCE:g} s')
def boxes_100000(rig: Rig) -> str:
    """Send a message of 10^5 boxes."""
    message = boxes(header())
    message.detections *= 10**5
    begin, before = now(), rig.counter('tracker', 'boxes left out')
    message.header = header()
    rig.peer.publish('detections', message)
    rig.until(lambda: rig.counter('tracker', 'boxes left out') > before, 'the count')
    rig.cause_ended = now()
    rig.peer.leave()
    rig.pause(1.0)
    rig.read()
    silent = measuring.silence(rig.times, begin, now())
    expect(silent < MAX_SILENCE, f'silent for {silent:.1f} s')
    return f'{rig.counter("tracker", "boxes left out") - before} counted'


@fault('stamps-late', 'nodes', LIVES, keeps_ids=True)
def stamps_late(rig: Rig) -> str:
    """Send detections that are one and a half periods late."""
    return _at_newest(rig, -3 * PERIOD_NS // 2)


@fault('stamps-equal', 'nodes', LIVES, keeps_ids=True)
def stamps_equal(rig: Rig) -> str:
    """Send detections of a stamp that the tracker has had."""
    return _at_newest(rig, 0)


def _at_newest(rig: Rig, offset: int) -> str:
    before = rig.counter('tracker', 'late')
    for _ in range(TIMES):
        rig.read()
        rig.peer.publish('detections', boxes(header(rig.tracks[-1].stamp + offset)))
        rig.pause(0.1)
    rig.cause_ended = now()
    rig.peer.leave()
    return f'{TIMES} sent, {rig.rises("tracker", "late", before)} counted as "late" by tracker'


@fault('clock-set', 'nodes', 'ids stay over an hour ahead and back; both are counted')
def clock_set(rig: Rig) -> str:
    """Let the stamps of a detector jump an hour ahead, then back; the camera rests meanwhile."""
    rig.peer.call(SetBool, 'camera/set_paused', SetBool.Request(data=True))
    before, seen = rig.counter('tracker', 'steps of the clock'), []
    try:
        for number, offset in enumerate((0.0, HOUR, 0.0)):
            for index in range(30):
                stamp = time.time_ns() + int(offset * 1e9)
                rig.peer.publish('detections', boxes(header(stamp), 20.0 + number * 30 + index))
                rig.pause(1 / RATE)
            rig.pause(0.7)
            rig.read()
            forklifts = [t.ids[t.names.index('forklift')] for t in rig.tracks[-20:]
                         if 'forklift' in t.names]
            expect(forklifts, f'no track with an offset of {offset:g} s')
            seen.append(forklifts[-1])
    finally:
        rig.peer.call(SetBool, 'camera/set_paused', SetBool.Request(data=False))
        rig.cause_ended = now()
        rig.peer.leave()
    expect(len(set(seen)) == 1, f'ids of one object: {", ".join(seen)}')
    risen = rig.rises('tracker', 'steps of the clock', before)
    return f'id {seen[0]} stayed; {risen} steps of the clock counted'


@fault('detector-swapped', 'nodes', 'the tracker goes on with classes it has never heard of')
def detector_swapped(rig: Rig) -> str:
    """Let the detector sleep while another one answers the camera."""
    rig.peer.call(SetBool, 'detector/set_enabled', SetBool.Request(data=False))
    begin, done = now(), len(rig.images)
    try:
        while now() < begin + 4.0:
            rig.read()
            for _, stamp in rig.images[done:]:
                rig.peer.publish('detections', boxes(header(stamp)))
            done = len(rig.images)
            rig.pause(0.02)
    finally:
        rig.peer.call(SetBool, 'detector/set_enabled', SetBool.Request(data=True))
        rig.cause_ended = now()
        rig.peer.leave()
    rig.read()
    found = [t for t in rig.tracks if t.time > begin and 'forklift' in t.names]
    expect(len(found) > 10, f'{len(found)} messages with tracks of the other detector')
    return f'{len(found)} messages with tracks of the other detector in 4 s'
