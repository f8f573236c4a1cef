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

"""The images that a detector passes over: which, and in what order."""

import pytest

from yolo_deepsort_ros.nodes.sync.skipped_images import SkippedImages

EVERY, BUFFER = 3, 5

#: name: (images by number, messages with an m before it; what came out, late ones with a !)
CASES = {
    'none before the first message': ('1 2 m3 4', 'm3 4'),
    'as they come': ('1 m1 2 3 4 m4 5', 'm1 2 3 m4 5'),
    'the message comes after its followers': ('1 2 3 m1 4 5 m4', 'm1 2 3 m4 5'),
    'the detector has passed over more': ('1 m1 2 3 4 5 m5 6', 'm1 2 3 4 m5 6'),
    'the detector has passed over fewer': ('1 m1 2 3 m3 4 5 6 m6', 'm1 2 3 m3! 4 5 m6'),
    'an image was lost': ('1 m1 2 4 m4 5 6 7 m7', 'm1 2 4 m4! 5 6 m7'),
    'its image was lost': ('1 m1 2 3 m4 5 6', 'm1 2 3 m4 5 6'),
    'its image and one before were lost': ('1 m1 3 4 m2 5', 'm1 3 4 m2!'),
    'again': ('1 m1 2 m1 3', 'm1 2 m1! 3'),
    'too many wait': ('1 m1 2 3 4 5 6 7 8 9 m9', 'm1 2 3 5 6 7 8 m9'),
    'the clock goes back': ('8 m8 9 1 m1 2 3 4 m4', 'm8 9 m1 2 3 m4'),
    'the clock leaps, and goes back': ('1 m1 99 2 m2 3 4 5 m5', 'm1 99 m2 3 4 m5'),
    'a message from before the clock went back': ('8 m8 9 1 2 m9 m1 3', 'm8 9 m9 m1 3'),
    'an image comes late': ('1 m1 2 4 3 5 m5 6', 'm1 2 4 3 m5 6'),
    'an image comes late, before the message': ('1 3 2 m1 4', 'm1 2 3'),
    'a message comes late': ('1 m1 2 3 4 5 6 m4 m3 7', 'm1 2 3 m4 5 6 m3'),
    'a stamp of zero': ('1 m1 2 3 0 4 m4 5 6', 'm1 2 3 0 m4 5 6'),
    'and its message': ('1 m1 2 3 0 m0 4 m4 5 6', 'm1 2 3 m0 0 m4 5 6'),
    'the clock goes back, message first': ('8 m8 9 m1 1 2 3 4', 'm8 9 m1 2 3'),
}


@pytest.mark.parametrize(('steps', 'expected'), CASES.values(), ids=CASES)
def test_between(steps, expected):
    assert flow(SkippedImages(EVERY, BUFFER), steps) == expected.split()


def flow(between, steps):
    """Return what a tracker does."""
    done = []
    for step in steps.split():
        stamp = int(step.removeprefix('m'))
        if step[0] == 'm':
            is_late = between.is_late(stamp)
            done += map(str, between.look(stamp))
            done.append(step + '!' * is_late)
        else:
            between.add_image(stamp, stamp)
        done += map(str, between.due())
    return done


def test_of_a_detector_that_looks_at_all_none_is_passed_over():
    assert flow(SkippedImages(1, BUFFER), '1 m1 2 3 m3 m2 m2') == ['m1', 'm3', 'm2', 'm2']
