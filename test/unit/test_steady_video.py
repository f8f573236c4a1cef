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

"""The demo's video runs as long as its source."""

import cv2
import numpy as np
import pytest

from yolo_deepsort_ros.demo.steady_video import SteadyVideo

PERIOD = 100_000_000  # ns


def shades_of(path):
    """Return the grey of each frame of a video, to the nearest ten, and its rate."""
    capture = cv2.VideoCapture(str(path))
    shades = []
    while (found := capture.read())[0]:
        shades.append(int(round(found[1].mean(), -1)))
    return shades, capture.get(cv2.CAP_PROP_FPS)


@pytest.mark.parametrize('name, places, expected', [
    ('steady', range(20), [*range(20)]),
    ('lost ones are filled', [0, 1, 4, *range(5, 18)], [0, 1, 1, 1, *range(4, 18)]),
    ('jitter adds none', [0, 1.6, 2, 3.6, 4, 5.6, *range(6, 18)],
     [0, 1.6, 2, 3.6, 4, 5.6, *range(6, 18)]),
    ('few', [0, 2], [0, 0, 2]),
    ('a source that was away', [0, 1, 500, 501], [0, 1, 500, 501]),
    ('backwards', [10, 11, 0, 1], [10, 11, 0, 1]),
])
def test_pictures_appear_at_their_stamps(name, places, expected, tmp_path):
    video = SteadyVideo(tmp_path / 'a.mp4', lambda: 10.0)
    for place in places:
        shade = round(place) % 20 * 10
        video.add(round(place * PERIOD), np.full((64, 64, 3), shade, np.uint8))
    video.close()
    assert shades_of(tmp_path / 'a.mp4') == (
        [round(place) % 20 * 10 for place in expected], 10.0)


def test_without_pictures_no_file(tmp_path):
    video = SteadyVideo(tmp_path / 'a.mp4', lambda: None)
    video.close()
    assert not video.is_there
    assert not (tmp_path / 'a.mp4').exists()
