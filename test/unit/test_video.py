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

"""Videos are written whole, or an error says that they are not."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from yolo_deepsort_ros.errors import OutputError
from yolo_deepsort_ros.visualization import video
from yolo_deepsort_ros.visualization.video import VideoWriter


def frames_in(path: Path) -> list[np.ndarray]:
    reader = cv2.VideoCapture(str(path))
    found = []
    while reader.grab():
        found.append(reader.retrieve()[1])
    return found


@pytest.mark.parametrize('name', ['out.mp4', 'out.avi', 'out.mkv'])
def test_every_frame_is_in_the_file(tmp_path: Path, name: str):
    with VideoWriter(tmp_path / name, 12.5) as writer:
        for number in range(30):
            writer.write(np.full((48, 64, 3), 8 * number, np.uint8))
    found = frames_in(tmp_path / name)
    assert len(found) == 30
    assert abs(int(found[15][24, 32, 0]) - 120) < 6
    assert cv2.VideoCapture(str(tmp_path / name)).get(cv2.CAP_PROP_FPS) == 12.5


@pytest.mark.parametrize(('width', 'height', 'bright', 'dark'), [
    (128, 96, (24, 32), None),  # same shape: fills
    (64, 24, (24, 32), (4, 32)),  # wider: bars above and below
    (32, 48, (24, 32), (24, 8)),  # taller: bars at the sides
    (1, 1000, None, (24, 8)),  # one column of pixels is left
])
def test_other_sizes_are_fitted_into_the_first(tmp_path, width, height, bright, dark):
    path = tmp_path / 'out.mp4'
    with VideoWriter(path, 10) as writer:
        writer.write(np.zeros((48, 64, 3), np.uint8))
        writer.write(np.full((height, width, 3), 255, np.uint8))
    image = frames_in(path)[1]
    assert image.shape == (48, 64, 3)
    assert bright is None or image[bright].min() > 100
    assert dark is None or image[dark].max() < 40


def test_without_a_frame_there_is_no_file(tmp_path: Path):
    with VideoWriter(tmp_path / 'out.mp4', 10):
        pass
    assert not (tmp_path / 'out.mp4').exists()


@pytest.mark.parametrize('name', ['nowhere/out.mp4', 'out', 'out.txt', ''])
def test_a_place_that_cannot_be_written_is_named(tmp_path: Path, name: str, capfd):
    with pytest.raises(OutputError, match='cannot write a video there'):
        VideoWriter(tmp_path / name, 10).write(np.zeros((48, 64, 3), np.uint8))
    assert capfd.readouterr().err == ''


@pytest.mark.parametrize(('name', 'advice'), [
    ('nowhere/out.mp4', 'disk full'), ('out.txt', r'ends in \.mp4'),
])
def test_the_advice_fits_the_name(tmp_path: Path, name: str, advice: str):
    with pytest.raises(OutputError, match=advice):
        VideoWriter(tmp_path / name, 10).write(np.zeros((48, 64, 3), np.uint8))


def test_a_name_that_is_not_utf8_is_refused_at_once(tmp_path: Path):
    with pytest.raises(OutputError, match=r'\\udcff\.mp4: rename the file'):
        VideoWriter(tmp_path / '\udcff.mp4', 10)


def test_a_full_disk_is_reported():
    if not Path('/dev/full').exists():
        pytest.skip('no /dev/full on this machine')
    writer = VideoWriter('/dev/full', 10)
    with pytest.raises(OutputError):
        for _ in range(3):
            writer.write(np.zeros((48, 64, 3), np.uint8))
        writer.close()


def test_missing_frames_are_reported(tmp_path: Path, monkeypatch):
    monkeypatch.setattr(video, '_frame_count', lambda path: 2)
    writer = VideoWriter(tmp_path / 'out.mp4', 10)
    for _ in range(3):
        writer.write(np.zeros((48, 64, 3), np.uint8))
    with pytest.raises(OutputError, match=r'out.mp4: holds 2 of 3 frames; is the disk full\?'):
        writer.close()
    writer.close()
