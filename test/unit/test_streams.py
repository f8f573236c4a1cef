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

"""Streams over the network."""

from __future__ import annotations

import cv2
from fake_camera_driver import END, FakeCapture, opened
from network_camera import DAMAGES, NetworkCamera, SHADE
import pytest

from yolo_deepsort_ros.config.source_config import SourceConfig
from yolo_deepsort_ros.errors import SourceError
from yolo_deepsort_ros.images.fourcc import fourcc
from yolo_deepsort_ros.sources import open_source


@pytest.mark.parametrize('scheme', ['rtsp', 'http'])
def test_a_camera_on_the_network_that_is_lost_is_an_error(scheme: str):
    made: list[FakeCapture] = []
    source = opened(f'{scheme}://cam/live', made)
    made[0].give(10, END)
    with pytest.raises(SourceError, match='://cam/…: stopped giving frames'):
        list(source)


def test_a_film_on_the_network_may_end_and_hides_its_password():
    made: list[FakeCapture] = []
    source = opened('http://me:secret@cam/live', made, {'frames': 100})
    assert made[0].where[0] == 'http://me:secret@cam/live'
    assert source.name == 'http://cam/…'
    made[0].give(10, END)
    assert [frame.image[0, 0, 0] for frame in source] == [10]


@pytest.mark.parametrize(('driver', 'letters', 'is_raw'), [
    ({}, 'MJPG', True), ({}, 'mjpe', True), ({}, 'h264', False), ({'frames': 9}, 'MJPG', False),
], ids=['new', 'OpenCV 4.5', 'another codec', 'a film'])
def test_a_stream_of_jpegs_is_taken_as_it_comes(driver, letters, is_raw):
    made: list[FakeCapture] = []

    def factory(*where: object) -> FakeCapture:
        made.append(FakeCapture(*where, **driver))
        made[-1].properties[cv2.CAP_PROP_FOURCC] = fourcc(letters)
        return made[-1]

    source = open_source(SourceConfig(source='http://cam'), paced=True, capture=factory)
    assert made[0].properties.get(cv2.CAP_PROP_FORMAT) == (-1 if is_raw else None)
    made[0].give(END)
    source.close()


@pytest.mark.parametrize('damage', sorted(DAMAGES))
def test_one_connection_outlives_damaged_frames(damage: str):
    damages: list[str] = []
    with NetworkCamera(damage=damage) as camera, open_source(
        SourceConfig(source=camera.url, max_frames=10), paced=True, on_damage=damages.append
    ) as source:
        frames = list(source)  # a loss would be an error
    assert len(frames) == 10
    assert all((frame.image == SHADE).all() and frame.jpeg for frame in frames)
    assert bool(damages) == (damage != 'none')
    assert len(camera.connections) == 1
