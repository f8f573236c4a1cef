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

"""Calibration files: what is read, scaled and refused."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
import yaml

from yolo_deepsort_ros.calibration import Calibration, read_calibration, write_calibration
from yolo_deepsort_ros.errors import InputError

#: As the calibrator of image_pipeline writes it.
TEXT = """
image_width: 640
image_height: 480
camera_name: head_camera
camera_matrix:
  rows: 3
  cols: 3
  data: [438.783367, 0.000000, 305.593336, 0.000000, 437.302876, 243.738352, 0.0, 0.0, 1.0]
distortion_model: plumb_bob
distortion_coefficients:
  rows: 1
  cols: 5
  data: [-0.361976, 0.110510, 0.001014, 0.000505, 0.000000]
rectification_matrix:
  rows: 3
  cols: 3
  data: [0.999978, 0.002789, -0.006046, -0.002816, 0.999986, -0.004401, 0.006034, 0.004417, 0.9999]
projection_matrix:
  rows: 3
  cols: 4
  data: [393.653800, 0.0, 322.797939, -20.0, 0.0, 393.653800, 241.090902, 0.0, 0.0, 0.0, 1.0, 0.0]
"""


def read(folder: Path, **changes: object) -> Calibration:
    """Read the text with entries replaced, or left out where None."""
    tree = {**yaml.safe_load(TEXT), **changes}
    file = folder / 'camera.yaml'
    file.write_text(yaml.safe_dump({key: tree[key] for key in tree if tree[key] is not None}))
    return read_calibration(str(file))


def matrix(*numbers: object) -> dict[str, object]:
    return {'data': list(numbers)}


def test_all_of_it_is_read(tmp_path: Path):
    given = read(tmp_path)
    assert (given.width, given.height, given.model) == (640, 480, 'plumb_bob')
    assert given.d == (-0.361976, 0.110510, 0.001014, 0.000505, 0.0)
    assert given.k[:3] == (438.783367, 0.0, 305.593336)
    assert (given.r[1], given.p[3]) == (0.002789, -20.0)


def test_a_camera_of_its_own_needs_no_rectification(tmp_path: Path):
    given = read(tmp_path, rectification_matrix=None, projection_matrix=None)
    assert np.array_equal(np.reshape(given.r, (3, 3)), np.eye(3))
    assert np.array_equal(np.reshape(given.p, (3, 4))[:, :3], np.reshape(given.k, (3, 3)))
    assert not np.reshape(given.p, (3, 4))[:, 3].any()


@pytest.mark.parametrize(('written', 'number'), [
    ('8.1e-05', 8.1e-05), ('6.154e2', 615.4), ('-.0014', -0.0014), ('.5', 0.5), ('1.', 1.0),
    ('+2', 2.0), ('1e3', 1000.0), ('-1E+2', -100.0), ('007', 7.0), ('0x10', 16.0), ('08', 8.0),
])
def test_numbers_are_read_as_yaml_cpp_reads_them(tmp_path: Path, written: str, number: float):
    file = tmp_path / 'camera.yaml'
    file.write_text(TEXT.replace('0.110510', written))
    assert read_calibration(str(file)).d[1] == number


@pytest.mark.parametrize('written', ['1_000', '1:30', '0b11', '0x_', 'yes', '1e', '5-'])
def test_what_yaml_cpp_takes_for_a_word_is_no_number(tmp_path: Path, written: str):
    file = tmp_path / 'camera.yaml'
    file.write_text(TEXT.replace('0.110510', written))
    with pytest.raises(InputError, match='data is not a list of numbers'):
        read_calibration(str(file))


@pytest.mark.parametrize('change', [
    ('image_width', '%YAML:1.0\n---\nimage_width'),
    ('image_width', '%YAML:1.0\nimage_width'),
    ('image_width', 'calibration_time: 2026-13-45\nimage_width'),
    ('_matrix:', '_matrix: !!opencv-matrix'),
    ('640', '!pixels 640'),
], ids=str)
def test_what_other_tools_write_beside_it_is_read_past(tmp_path: Path, change: tuple[str, str]):
    plain, other = tmp_path / 'plain.yaml', tmp_path / 'other.yaml'
    plain.write_text(TEXT)
    other.write_text(TEXT.strip().replace(*change))
    assert read_calibration(str(other)) == read_calibration(str(plain))


def test_a_camera_without_distortion_has_no_coefficients(tmp_path: Path):
    assert read(tmp_path, distortion_coefficients=matrix()).d == ()


@pytest.mark.parametrize('model', [None, ''])
def test_a_missing_model_is_plumb_bob_with_a_line(tmp_path: Path, model, caplog):
    assert read(tmp_path, distortion_model=model).model == 'plumb_bob'
    assert 'has no distortion_model; taking plumb_bob' in caplog.text


@pytest.mark.parametrize(('width', 'height'), [(320, 240), (1280, 960), (214, 160), (640, 480)])
def test_a_scaled_calibration_sees_points_where_the_scaled_picture_shows_them(
    tmp_path: Path, width: int, height: int
):
    """Held against OpenCV's projection, and the place where its resizing puts a pixel."""
    given = read(tmp_path)
    scaled = given.scaled(width, height)
    assert scaled is not None
    points = np.random.default_rng(0).uniform([-1, -1, 2], [1, 1, 4], (20, 3))

    def project(calibration: Calibration) -> np.ndarray:
        k, d = np.reshape(calibration.k, (3, 3)), np.array(calibration.d)
        return cv2.projectPoints(points, np.zeros(3), np.zeros(3), k, d)[0][:, 0]
    scale = np.array([width / 640, height / 480])
    assert np.allclose(project(scaled), (project(given) + 0.5) * scale - 0.5)
    assert (scaled.width, scaled.height, scaled.d) == (width, height, given.d)


@pytest.mark.parametrize('size', [(640, 400), (480, 640), (1280, 720)])
def test_pictures_of_another_shape_are_not_those_of_the_calibration(tmp_path: Path, size):
    assert read(tmp_path).scaled(*size) is None


@pytest.mark.parametrize(('changes', 'reason'), [
    ({'image_width': None}, 'image_width is missing'),
    ({'image_height': 48.5}, 'image_height: 48.5 is not a number of pixels'),
    ({'image_height': True}, 'image_height: True is not'),
    ({'camera_matrix': None}, 'camera_matrix is missing'),
    ({'camera_matrix': [1.0] * 9}, 'camera_matrix: data is not a list of numbers'),
    ({'camera_matrix': matrix(*'123456789')}, 'camera_matrix: data is not a list of numbers'),
    ({'camera_matrix': matrix(*[float('nan')] * 9)}, 'camera_matrix: data is not a list'),
    ({'camera_matrix': matrix(1, 2, 3)}, 'camera_matrix: has 3 elements, not 3 x 3'),
    ({'camera_matrix': matrix(*[0.0] * 9)}, 'is not fx, s, cx, 0, fy, cy, 0, 0, 1'),
    ({'camera_matrix': matrix(0.8, 0, 0.5, 0, 1.1, 0.5, 0, 0, 1)}, 'fy, cy, 0, 0, 1 in pixels'),
    ({'projection_matrix': matrix(1.0)}, 'projection_matrix: has 1 elements, not 3 x 4'),
    ({'distortion_model': 'plum_bob'}, "distortion_model: 'plum_bob'; did you mean 'plumb_bob'?"),
    ({'distortion_model': ['x']}, 'distortion_model: '),
    ({'distortion_coefficients': None}, 'distortion_coefficients is missing'),
    ({'distortion_model': 'equidistant'},
     'distortion_coefficients: equidistant has 4 of them, not 5'),
])
def test_what_cannot_be_used_is_refused_in_one_line(tmp_path: Path, changes, reason: str):
    with pytest.raises(InputError) as error:
        read(tmp_path, **changes)
    text = str(error.value)
    assert reason in text
    assert text.startswith(str(tmp_path / 'camera.yaml'))
    assert text.endswith('; make it with camera_calibration')
    assert '\n' not in text


@pytest.mark.parametrize(('content', 'reason'), [
    (b'', 'the file is empty'),
    (b'# nothing yet\n', 'the file is empty'),
    (b'[1, 2]', r'has no names with values, as image_width: 640, but \[1, 2\]'),
    (b'text', "but 'text'"),
    (b'{}', 'camera_matrix is missing'),
    (b'image_width: !!int x', 'is no YAML: invalid literal'),
    (b'image_width: !!bool x', 'is no YAML'),
    (bytes(range(256)), 'is no YAML'),
    (b'a: [', 'is no YAML'),
    (b'\xff', 'is no YAML'),
    (b'%YAML:1.0\nK: !!opencv-matrix\n', 'camera_matrix is missing'),
    (b'[' * 100000, 'is no YAML'),
    (b'x' * (2**20 + 1), 'the limit is 1048576'),
])
def test_what_is_no_calibration_file(tmp_path: Path, content: bytes, reason: str):
    file = tmp_path / 'camera.yaml'
    file.write_bytes(content)
    with pytest.raises(InputError, match=reason) as error:
        read_calibration(str(file))
    assert str(error.value).endswith('; make it with camera_calibration')
    assert '\n' not in str(error.value)


def test_a_folder_is_no_calibration_file(tmp_path: Path):
    with pytest.raises(InputError, match=r'a folder, .*; make it with camera_calibration'):
        read_calibration(str(tmp_path))


@pytest.mark.parametrize('changes', [{}, {'distortion_coefficients': matrix()}, {
    'distortion_coefficients': matrix(8.1e-05, -1e-9, 0.25, 1e5),
    'distortion_model': 'equidistant',
}], ids=['plumb_bob', 'none', 'equidistant'])
def test_what_is_written_is_read_back(tmp_path: Path, changes):
    given = read(tmp_path, **changes)
    path = tmp_path / 'new' / 'folder' / 'left.yaml'
    write_calibration(str(path), given, 'left')
    assert read_calibration(str(path)) == given
    assert yaml.safe_load(path.read_text())['camera_name'] == 'left'
    before = path.read_bytes()
    with pytest.raises(InputError, match='camera_matrix: '):
        write_calibration(str(path), replace(given, k=(0.0,) * 9), 'left')
    assert path.read_bytes() == before
