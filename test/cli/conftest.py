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

"""What the command line reads in these tests."""

import os

from command_line import FRAMES
import cv2
from darknet_files import draw_object, write_colour_network
import numpy as np
import pytest


@pytest.fixture(scope='session')
def scene(tmp_path_factory):
    """Make pictures of a red and a blue rectangle, their truth, and the network."""
    folder = tmp_path_factory.mktemp('scene')
    pictures = folder / 'pictures'
    pictures.mkdir()
    rows = []
    for frame in range(1, FRAMES + 1):
        picture = np.full((256, 320, 3), 40, np.uint8)
        for number, (label, left, top) in enumerate(
            [('red', 20 + 6 * frame, 60), ('blue', 250 - 6 * frame, 150)], 1
        ):
            box = draw_object(picture, label, left, top)
            rows.append(f'{frame},{number},{",".join(map(str, box))},1,-1,-1,-1')
        cv2.imwrite(str(pictures / f'{frame}.png'), picture)
    (folder / 'gt.txt').write_text('\n'.join(rows))
    write_colour_network(folder)
    return folder


@pytest.fixture
def home(scene, tmp_path):
    """Make a folder with one file of each kind that is read, and links to them."""
    for file in ('colours.cfg', 'colours.weights', 'colours.names'):
        (tmp_path / file).write_bytes((scene / file).read_bytes())
    (tmp_path / 'pics').mkdir()
    for number in (1, 2):
        picture = (scene / 'pictures' / f'{number}.png').read_bytes()
        (tmp_path / 'pics' / f'{number}.png').write_bytes(picture)
    (tmp_path / 'labels').mkdir()
    (tmp_path / 'labels' / '1.txt').write_text('0 .5 .5 .1 .1\n')
    (tmp_path / 'det.txt').write_text('1,-1,10,10,40,80,0.9\n')
    (tmp_path / 'net.onnx').write_bytes(b'a network')
    video = cv2.VideoWriter(
        str(tmp_path / 'me.mp4'), cv2.VideoWriter.fourcc(*'mp4v'), 10, (64, 64))
    for _ in range(3):
        video.write(np.zeros((64, 64, 3), np.uint8))
    video.release()
    os.link(tmp_path / 'me.mp4', tmp_path / 'hard.mp4')
    (tmp_path / 'soft.txt').symlink_to('det.txt')
    (tmp_path / 'around').symlink_to('pics')
    return tmp_path
