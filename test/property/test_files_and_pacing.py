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

"""What must hold for any MOT rows, file names, bytes of a picture and reader of a paced source."""

from __future__ import annotations

from pathlib import Path
import tempfile

import cv2
from hypothesis import given
from hypothesis import strategies as st
import numpy as np

from yolo_deepsort_ros.errors import InputError
from yolo_deepsort_ros.evaluation.mot import read_mot, TrackWriter
from yolo_deepsort_ros.images.compressed_image import decoded_message, encoded
from yolo_deepsort_ros.images.picture_header import jpeg_size, picture_header
from yolo_deepsort_ros.sources.file_order import in_order, natural_key
from yolo_deepsort_ros.sources.schedule import PacedSchedule

JPEG = encoded(np.full((50, 70, 3), 90, np.uint8), 90)

coordinates = st.floats(-1e4, 1e4)
sizes = st.floats(0.01, 1e4)
boxes = st.tuples(coordinates, coordinates, sizes, sizes)
written = st.lists(
    st.tuples(st.integers(1, 99), st.integers(1, 999), boxes, st.floats(0, 1), st.integers(0, 79)),
    max_size=20,
)


@given(written)
def test_written_tracks_are_read_back(tracks):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / 'tracks.txt'
        with TrackWriter(path) as writer:
            for frame, number, box, score, kind in tracks:
                writer.write(frame, [number], [box], [score], [kind])
        rows = read_mot(path)
    assert rows.frames.tolist() == [frame for frame, *_ in tracks]
    assert rows.ids.tolist() == [number for _, number, *_ in tracks]
    if tracks:
        assert np.allclose(rows.tlwh, [box for _, _, box, *_ in tracks], rtol=0, atol=5.1e-4)
        assert np.allclose(rows.scores, [row[3] for row in tracks], rtol=0, atol=5.1e-5)
        assert rows.others[:, 0].tolist() == [row[4] for row in tracks]
    gathered = [number for found in rows.by_frame(99) for number in found.ids.tolist()]
    assert sorted(gathered) == sorted(rows.ids.tolist())


@given(st.lists(st.integers(0, 10**6), unique=True), st.integers(0, 8))
def test_numbered_names_sort_by_their_number(numbers, width):
    names = [f'frame_{number:0{width}d}.png' for number in numbers]
    expected = [f'frame_{number:0{width}d}.png' for number in sorted(numbers)]
    assert sorted(names, key=natural_key) == expected


@given(st.lists(st.integers(0, 10**13), unique=True))
def test_names_of_float_seconds_sort_by_their_time(numbers):
    times = [number / 10**6 for number in numbers]
    texts = [f'{time:f}'.rstrip('0') + '0' * time.is_integer() for time in times]
    paths = [Path(f'cam_{text}.png') for text in texts]
    assert [path.name for path in in_order(paths)[0]] == [
        path.name for _, path in sorted(zip(times, paths, strict=True))
    ]


@given(st.lists(st.text(max_size=8)))
def test_any_names_can_be_sorted(names):
    ordered = sorted(names, key=natural_key)
    names.reverse()
    assert sorted(names, key=natural_key) == ordered


@given(st.binary(max_size=40), st.integers(0, len(JPEG)))
def test_no_bytes_of_a_picture_are_worse_than_refused(noise, kept):
    for data in (noise, JPEG[:kept] + noise):
        size = jpeg_size(data)
        assert size is None or min(size) > 0
        assert picture_header(data) is None or size is not None
        try:
            assert decoded_message(data, 'jpeg').ndim == 3
        except InputError:
            continue


@given(
    st.sampled_from(['.png', '.bmp', '.webp', '.ppm', '.tif', '.jpg']), st.integers(0, 3000),
    st.binary(max_size=9),
)
def test_a_header_of_any_bytes_is_read_or_not_known(suffix, kept, noise):
    picture = cv2.imencode(suffix, np.full((50, 70, 3), 90, np.uint8))[1].tobytes()
    picture_header(picture[:kept] + noise + picture[kept + len(noise):])


@given(st.floats(1, 100), st.lists(st.floats(0, 3), min_size=1, max_size=30))
def test_paced_stamps_are_near_the_clock_and_a_period_apart_at_least(rate, pauses):
    """`pauses` are how many periods the reader takes between its reads."""
    now = 1.7e9  # as time.time() is
    stamps = []

    def wait(seconds: float) -> bool:
        nonlocal now
        now += seconds
        return False

    schedule = PacedSchedule(rate, lambda: now, wait)
    slack = 1e-5  # of float64 at this size, times the steps
    for index, pause in enumerate(pauses):
        stamp = schedule.stamp_of(index)
        assert -slack <= now - stamp <= 1 / rate + slack
        stamps.append(stamp)
        now += pause / rate
    steps = np.diff(stamps)
    assert (steps >= 1 / rate - slack).all()
    if max(pauses[:-1], default=0) <= 1:
        assert np.allclose(steps, 1 / rate, atol=slack)


@given(st.floats(1, 100), st.lists(st.floats(0.01, 200), min_size=1, max_size=30))
def test_paced_frames_are_as_far_apart_as_in_the_recording(rate, steps):
    """`steps` are periods from one frame to the next; the reader takes no time."""
    now = 1000.0

    def wait(seconds: float) -> bool:
        nonlocal now
        now += seconds
        return False

    schedule = PacedSchedule(rate, lambda: now, wait)
    positions = np.cumsum([0, *steps])
    stamps = [schedule.stamp_of(position) for position in positions]
    assert np.allclose(np.diff(stamps), np.diff(positions) / rate, rtol=0, atol=1e-6)
