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

"""Ground files, heights of classes, files of positions."""

import numpy as np
import pytest

from yolo_deepsort_ros.errors import ConfigurationError, InputError
from yolo_deepsort_ros.locating.class_heights import parse_class_heights
from yolo_deepsort_ros.locating.ground_file import read_ground
from yolo_deepsort_ros.locating.positions import Positions
from yolo_deepsort_ros.locating.positions_file import COLUMNS, PositionsFile

POINTS = """
points:
  - {pixel: [0, 100], metres: [0, 1]}
  - {pixel: [100, 100], metres: [0, 0]}
  - {pixel: [0, 0], metres: [1, 1]}
  - {pixel: [100, 0], metres: [1e0, 0]}
image: [640, 480]
class_heights: ['person=1.70±0.10', 'dog=0.5+-0.1']
foot_offset: .024
"""


def test_points_are_read(tmp_path):
    file = tmp_path / 'ground.yaml'
    file.write_text(POINTS, encoding='utf-8')
    ground = read_ground(file)
    assert ground.size == (640, 480)
    assert ground.foot_offset == 0.024
    assert ground.class_heights['dog'] == (0.5, 0.1)
    assert ground.view().meet(np.array([[50.0, 50.0]])) == pytest.approx(np.array([[0.5, 0.5]]))


def test_a_pose_needs_a_calibration(tmp_path):
    file = tmp_path / 'ground.yaml'
    file.write_text('camera_height: 1.2\ncamera_pitch: 0.1\n')
    with pytest.raises(ConfigurationError, match='--camera-info'):
        read_ground(file).view((640, 480))


@pytest.mark.parametrize(('text', 'line'), [
    ('', 'names with values'),
    ('[1, 2]', 'names with values'),
    ('camera_hight: 1', "did you mean 'camera_height'"),
    ('camera_height: high', 'not a number'),
    ('camera_height: 0', 'either points or a positive camera_height'),
    ('points: 3', 'not a list'),
    ('points: [{pixel: [1, 2]}]', 'metres'),
    ('points: [{pixel: [1, 2], metres: [a, b]}]', 'metres'),
    ('camera_height: 1\nimage: [0, 5]', 'width, height'),
    ('camera_height: 1\nclass_heights: [person]', 'person=1.70'),
    ('camera_height: [', 'ground.yaml'),
])
def test_what_is_no_ground_file_is_refused_in_a_line(tmp_path, text, line):
    file = tmp_path / 'ground.yaml'
    file.write_text(text)
    with pytest.raises(InputError, match=line) as caught:
        read_ground(file)
    assert '\n' not in str(caught.value)


@pytest.mark.parametrize('entry', ['person', 'person=', 'person=1.7', 'person=-1±0.1',
                                   'person=1.7±2', 'person=1.7±0', 'person=x±y', '=1±.1',
                                   'person=nan±.1', 'person=1e9±.1'])
def test_heights_that_mean_nothing_are_refused(entry):
    with pytest.raises(ConfigurationError, match='class_heights'):
        parse_class_heights([entry])


def test_rows_of_positions(tmp_path):
    file = tmp_path / 'positions.csv'
    positions = Positions(
        np.array([7]), np.array([[1.5, -2.0]]), np.array([[0.25, 0.5]]),
        np.diag([0.04, 0.01, 1.0, 1.0])[np.newaxis], np.array([1.7]), np.array([0.5]), ('ground',),
    )
    with PositionsFile(file) as out:
        out.write(3, positions)
    assert file.read_text().splitlines() == [
        COLUMNS,
        '3,7,1.5000,-2.0000,0.0000,0.2500,0.5000,0.0000,0.2000,0.1000,0.0000,0.000000,ground',
    ]
    with PositionsFile(file, knows_time=False) as out:
        out.write(3, positions)
    assert ',0.0000,,,,0.2000' in file.read_text()
