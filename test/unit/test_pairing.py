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

"""Images and messages meet by exact stamp, in order, each message once."""

import pytest

from yolo_deepsort_ros.nodes.sync.pairing import Pair, Pairing

WAIT, BUFFER = 0.5, 3

#: name: (steps as (kind, stamp, now), pairs that came out as (message, image) by stamp)
CASES = {
    'the image first': ([('image', 1, 0), ('message', 1, 0)], [(1, 1)]),
    'the message first': ([('message', 1, 0), ('image', 1, 0.4)], [(1, 1)]),
    'other stamps do not meet': ([('image', 1, 0), ('message', 2, 0.4)], []),
    'a nanosecond apart does not meet': (
        [('image', 1_700_000_000_000_000_000, 0), ('message', 1_700_000_000_000_000_001, 0)], [],
    ),
    'in order of the messages': (
        [('message', 1, 0), ('message', 2, 0), ('image', 1, 0.1), ('image', 2, 0.1)],
        [(1, 1), (2, 2)],
    ),
    'a newer image says that the own was lost': (
        [('message', 1, 0), ('message', 2, 0), ('image', 2, 0.1)], [(1, None), (2, 2)],
    ),
    'the wait is over': ([('message', 1, 0), ('check', 0, 0.5)], [(1, None)]),
    'the wait is not over': ([('message', 1, 0), ('check', 0, 0.49)], []),
    'too many messages wait': (
        [('message', stamp, 0) for stamp in (1, 2, 3, 4)], [(1, None)],
    ),
    'the oldest image goes': (
        [('image', stamp, 0) for stamp in (1, 2, 3, 4)] + [('message', 1, 0)], [(1, None)],
    ),
    'an image serves once': (
        [('image', 1, 0), ('message', 1, 0), ('message', 1, 0), ('check', 0, 0.5)],
        [(1, 1), (1, None)],
    ),
    'the clock goes back, image first': (
        [('image', 8, 0), ('message', 8, 0), ('image', 9, 0), ('image', 1, 0), ('message', 1, 0)],
        [(8, 8), (1, 1)],
    ),
    'images from before the clock went back are void': (
        [('image', 9, 0), ('image', 1, 0), ('message', 1, 0), ('message', 2, 0), ('image', 2, 0)],
        [(1, 1), (2, 2)],
    ),
    'an image comes late': (
        [('image', 1, 0), ('image', 3, 0), ('image', 2, 0), ('message', 1, 0), ('message', 2, 0),
         ('message', 3, 0)], [(1, 1), (2, 2), (3, 3)],
    ),
    'an image of another time': (
        [('image', 3, 0), ('image', 0, 0), ('message', 3, 0), ('message', 4, 0), ('image', 4, 0)],
        [(3, 3), (4, 4)],
    ),
    'a message comes late': (
        [('image', stamp, 0) for stamp in (1, 2, 3)]
        + [('message', stamp, 0) for stamp in (2, 1, 3)] + [('image', 4, 0)],
        [(2, 2), (1, None), (3, 3)],
    ),
    'the clock goes back, message first': (
        [('image', 8, 0), ('message', 8, 0), ('image', 9, 0), ('message', 1, 0), ('image', 1, 0)],
        [(8, 8), (1, 1)],
    ),
}


def test_what_lacks_its_image_by_right_is_no_loss():
    pairing = Pairing(BUFFER, WAIT)
    for stamp in (2, 3, 5):
        pairing.add_image(stamp, stamp, 0)
    pairs = [pair for stamp in (1, 3, 2, 4) for pair in pairing.add_message(stamp, stamp, 0)]
    pairs += pairing.add_image(6, 6, 0)
    assert [(pair.message, pair.image, pair.is_lost) for pair in pairs] == [
        (1, None, False), (3, 3, False), (2, None, False), (4, None, True),
    ]


@pytest.mark.parametrize(('kind', 'stamps', 'strangers'), [
    ('stamped anew', (3, 13, 23, 33, 43), 5),
    ('their images were lost', (10, 20, 30, 40, 50), 0),
    ('older than all that is kept', (-9, -8, -7, -6, -5), 0),
    ('once the stamp of an image', (3, 13, 20, 33, 43), 2),
])
def test_messages_with_stamps_of_no_image_are_told_from_lost_images(kind, stamps, strangers):
    pairing = Pairing(BUFFER, WAIT)
    for number, stamp in enumerate(stamps):
        if kind != 'their images were lost':
            pairing.add_image(10 * number, 10 * number, 0)
        pairing.add_message(stamp, stamp, 0)
    pairing.add_image(100, 100, 0)
    assert pairing.strangers == strangers


def test_messages_from_before_the_first_image_are_told_apart():
    pairing = Pairing(BUFFER, WAIT)
    assert not pairing.is_early(1)  # images may be lost one and all
    pairing.add_image(5, 5, 0)
    pairing.add_image(6, 6, 0)
    assert [pairing.is_early(stamp) for stamp in (4, 5, 6)] == [True, False, False]
    pairing.add_image(2, 2, 0)  # a bag that begins again
    assert [pairing.is_early(stamp) for stamp in (1, 2, 4)] == [True, False, False]


@pytest.mark.parametrize(('steps', 'expected'), CASES.values(), ids=CASES)
def test_pairs(steps, expected):
    pairing = Pairing(BUFFER, WAIT)
    found = []
    for kind, stamp, now in steps:
        if kind == 'image':
            found += pairing.add_image(stamp, stamp, now)
        elif kind == 'message':
            found += pairing.add_message(stamp, stamp, now)
        else:
            found += pairing.expire(now)
    assert found == [Pair(message, image) for message, image in expected]


def test_says_whether_a_message_waits():
    pairing = Pairing(BUFFER, WAIT)
    assert not pairing.is_waiting
    pairing.add_message(1, 'message', 0)
    assert pairing.is_waiting
    pairing.add_image(1, 'image', 0)
    assert not pairing.is_waiting


def test_keeps_no_more_images_than_the_buffer_holds():
    pairing = Pairing(BUFFER, WAIT)
    for stamp in range(100):
        pairing.add_image(stamp, stamp, 0)
    assert [pairing.add_message(stamp, stamp, 0)[0].image for stamp in (96, 97, 98, 99)] == [
        None, 97, 98, 99,
    ]
