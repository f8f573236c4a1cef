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

"""The demo's figures, by hand."""

import numpy as np
import pytest

from yolo_deepsort_ros.demo.record import Arrival, Record

MS = 1_000_000
START = 1_700_000_000_000 * MS


def arrival(received_ms, ids=()):
    count = len(ids)
    boxes = np.tile([10.0, 20.0, 30.0, 40.0], (count, 1))
    return Arrival(START + received_ms * MS, np.array(ids), boxes, np.full(count, 0.5),
                   ['dog'] * count)


def record_of(*images):
    """Record images given as (stamp in ms, receipt in ms or None, ids)."""
    record = Record()
    for stamp, received, ids in images:
        record.add_image(START + stamp * MS)
        if received is not None:
            record.add_tracks(START + stamp * MS, arrival(received, ids))
    return record


def test_figures():
    record = record_of((0, 50, []), (100, 160, [1]), (200, 270, [1, 2]), (300, 450, [2]))
    assert record.summary(START + 5000 * MS) == {
        'frames': 4, 'ids': 2, 'fps': 7.5, 'latency_ms_p50': 65.0, 'latency_ms_p95': 138.0,
        'images_lost': 0,
    }


def test_without_anything():
    assert Record().summary(START) == {
        'frames': 0, 'ids': 0, 'fps': 0.0, 'latency_ms_p50': None, 'latency_ms_p95': None,
        'images_lost': 0,
    }


def test_an_image_is_lost_after_two_seconds_not_before():
    record = record_of((0, None, []), (100, 2101, []), (200, 2200, []), (1500, None, []))
    assert record.summary(START + 3000 * MS)['images_lost'] == 2  # the first and the late one
    assert record.summary(START + 3501 * MS)['images_lost'] == 3


def test_complete_when_every_image_has_its_tracks():
    record = record_of((0, 10, []), (100, None, []))
    assert not record.is_complete
    record.add_tracks(START + 100 * MS, arrival(150))
    assert record.is_complete


def test_frames_that_nobody_looked_at_and_the_silence_at_the_end():
    record = record_of((0, 10, []), (100, None, []), (200, 210, []), (9200, None, []))
    assert record.lost_frames.tolist() == [2, 4]
    assert record.silence == 9.0
    assert record_of((0, None, []), (300, None, [])).silence == 0.3
    assert Record().silence == 0.0


def test_rate_is_that_of_the_stamps_even_with_a_gap():
    assert record_of((0, None, [])).rate is None
    stamps = (0, 100, 200, 900, 1000, 1100)
    assert record_of(*((stamp, None, []) for stamp in stamps)).rate == 10.0


def test_rows_count_images_not_messages(tmp_path):
    record = record_of((0, None, []), (100, 150, [7]), (200, 250, []), (300, 350, [7]))
    record.write(tmp_path / 'tracks.txt', {'dog': 16})
    assert (tmp_path / 'tracks.txt').read_text().splitlines() == [
        '2,7,10.000,20.000,30.000,40.000,0.5000,16,-1,-1',
        '4,7,10.000,20.000,30.000,40.000,0.5000,16,-1,-1',
    ]


def test_an_unknown_class_is_minus_one(tmp_path):
    record_of((0, 50, [1])).write(tmp_path / 'tracks.txt', {})
    assert (tmp_path / 'tracks.txt').read_text().split(',')[7] == '-1'


def test_tracks_that_come_at_once_are_no_faster_than_their_source():
    record = record_of(*((100 * i, 1000, []) for i in range(11)))  # all after a wait of 1 s
    assert record.tracked_rate() == record.tracked_rate(newest=5) == pytest.approx(10.0)


def test_the_last_loss_is_told_from_the_first_image():
    record = record_of((0, None, []), (300, None, []), (400, 450, []), (500, 550, []))
    assert record.last_loss(START + 9000 * MS) == 0.3
