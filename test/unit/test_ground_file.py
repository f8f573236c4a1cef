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

import re

from hypothesis import given, strategies as st
import numpy as np
import pytest
import yaml

from yolo_deepsort_ros.calibration import Calibration
from yolo_deepsort_ros.config.stage_configs import LocatingConfig
from yolo_deepsort_ros.errors import ConfigurationError, InputError
from yolo_deepsort_ros.locating.class_heights import parse_class_heights
from yolo_deepsort_ros.locating.frame_locator import FrameLocator
from yolo_deepsort_ros.locating.ground_file import KEYS, read_ground
from yolo_deepsort_ros.locating.positions import Positions
from yolo_deepsort_ros.locating.positions_file import COLUMNS, PositionsFile
from yolo_deepsort_ros.tracks import Tracks

LENS = Calibration.ideal(800, 800, (500.0, 0.0, 400.0, 0.0, 500.0, 400.0, 0.0, 0.0, 1.0))

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
    ('camera_height: 1001', 'camera_height: 1001 is out of range 0 … 1000'),
    ('camera_height: -.inf', 'camera_height: -inf is not a finite number'),
    ('camera_height: 1\ncamera_pitch: 57', 'camera_pitch: 57 is out of range -1.6 … 1.6'),
    ('camera_height: 1\ncamera_roll: 90', 'camera_roll: 90 is out of range'),
    ('camera_height: 1\nfoot_offset: 2.4', 'foot_offset: 2.4 is out of range -0.5 … 0.5'),
    ('camera_height: 1\nfoot_offset: .nan', 'foot_offset: nan is not a finite number'),
    ('camera_height: 1\nfoot_offset: true', 'foot_offset: True is not a number'),
    ('points: 3', 'not a list'),
    ('points: [{pixel: [1, 2]}]', 'metres'),
    ('points: [{pixel: [1, 2], metres: [a, b]}]', 'metres'),
    ('camera_height: 1\nimage: [0, 5]', 'width, height'),
    ('camera_height: 1\nclass_heights: [person]', 'person=1.70'),
    ('camera_height: [', 'ground.yaml'),
])
def test_what_is_no_ground_file_is_refused_in_a_line(tmp_path, text, line):
    assert re.search(line, refusal(tmp_path, text))


@pytest.mark.parametrize(('text', 'line'), [
    (POINTS.replace('[100, 0]', '[0, 50]'), 'points 1, 3 and 4 lie on a line in the picture'),
    (POINTS.replace('[0, 0]}', '[.5, 1]}'), 'points 1, 2 and 3 lie on a line on the floor'),
    (POINTS.replace('[0, 0]}', '[0, 1]}'), 'points 1, 2 and 3 lie on a line on the floor'),
    (POINTS.replace('[0, 0], metres: [1, 1]', '[0, 481], metres: [1, 1]'),
     'pixel 0, 481 of the ground points lies outside of pictures of 640 x 480'),
    (POINTS.replace('[640, 480]', '[64, 480]'), 'outside of pictures of 64 x 480'),
    (POINTS.replace('[0, 100]', '[-1, 100]').replace('image: [640, 480]', ''),
     'pixel -1, 100 of the ground points lies outside of any picture'),
    (POINTS.replace('[0, 100]', '[0, .nan]'), 'nan is not a finite number'),
    (POINTS.replace('[0, 100]', f'[0, 1{"0" * 400}]'), 'out of range'),
    (POINTS.replace('[1, 1]', '[1e300, 1]'), 'out of range'),
    ('points: [{pixel: [1, 2], metres: [3, 4]}]', '1 ground points: at least 4'),
])
def test_points_that_define_no_view_are_refused_with_the_name_of_the_file(tmp_path, text, line):
    assert line in refusal(tmp_path, text)


def test_points_may_lie_on_the_border_of_the_picture(tmp_path):
    file = tmp_path / 'ground.yaml'
    file.write_text(POINTS.replace('[640, 480]', '[100, 100]'), encoding='utf-8')
    assert read_ground(file).size == (100, 100)


def test_points_outside_of_the_pictures_that_come_are_refused(tmp_path):
    file = tmp_path / 'ground.yaml'
    file.write_text(POINTS.replace('image: [640, 480]', ''), encoding='utf-8')
    with pytest.raises(InputError, match='outside of pictures of 80 x 60'):
        FrameLocator(['a'], read_ground(file), None).locate(
            0.0, Tracks.seen(np.array([1]), np.ones((1, 4))), (80, 60))


RANGED = ('camera_height', 'camera_pitch', 'camera_roll', 'foot_offset')
scalars = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.floats(-4, 4), st.text(max_size=5))
values = st.recursive(scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(
    st.sampled_from(['pixel', 'metres', 'x']), inner, max_size=3), max_leaves=6)
pairs = st.lists(st.floats(-10, 700) | scalars, min_size=2, max_size=2)
trees = st.dictionaries(st.sampled_from(KEYS), values, max_size=4) | st.fixed_dictionaries(
    {'points': st.lists(st.fixed_dictionaries({'pixel': pairs, 'metres': pairs}), max_size=6)},
    optional={'image': st.lists(st.integers(0, 800), min_size=2, max_size=2)})


@given(trees)
def test_whatever_a_file_holds_it_is_a_view_or_one_line(tmp_path_factory, tree):
    file = tmp_path_factory.mktemp('ground') / 'ground.yaml'
    file.write_text(yaml.safe_dump(tree), encoding='utf-8')
    try:
        ground = read_ground(file)
    except InputError as error:
        assert str(error).startswith(f'{file}: ') and '\n' not in str(error)
        return
    view = ground.view((800, 800), LENS)
    assert np.isfinite(view.matrix[:, [0, 1, 3]]).all()
    if ground.size:
        assert (np.array(ground.pixels).reshape(-1, 2) <= ground.size).all()


@given(st.sampled_from(RANGED), st.integers() | st.floats() | st.floats(-4, 4))
def test_a_file_takes_what_the_parameter_takes(tmp_path_factory, name, value):
    file = tmp_path_factory.mktemp('ground') / 'ground.yaml'
    file.write_text(yaml.safe_dump({'camera_height': 1.0, name: value}))
    try:
        said = getattr(LocatingConfig.from_mapping({name: value}), name)
    except ConfigurationError as error:
        with pytest.raises(InputError, match=re.escape(str(error))):
            read_ground(file)
        return
    if name == 'camera_height' and not said:  # of the parameter: not given
        return
    assert getattr(read_ground(file), name.removeprefix('camera_')) == said


def refusal(folder, text):
    """Return what is said of a ground file: one line, with its name."""
    file = folder / 'ground.yaml'
    file.write_text(text, encoding='utf-8')
    with pytest.raises(InputError) as caught:
        read_ground(file)
    said = str(caught.value)
    assert said.startswith(f'{file}: ') and '\n' not in said
    return said


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
