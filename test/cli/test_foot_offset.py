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


"""How far the floor lies below a detector's boxes: measured, carried, used."""

import json

from command_line import run
from hypothesis import given, strategies as st
import pytest

from yolo_deepsort_ros.evaluation.mot import read_mot
from yolo_deepsort_ros.locating.foot_offset import measure_foot_offset
from yolo_deepsort_ros.yolo.detector import Detector


def write_rows(path, shift):
    """Write boxes of a frame each, whose lower edges lie a share of their height higher."""
    rows = []
    for frame in range(1, 41):
        height = 80 + frame
        rows.append(f'{frame},{frame},50,20,40,{height / (1 + shift)},1,-1,-1,-1\n')
    path.write_text(''.join(rows))
    return path


@given(st.floats(-0.1, 0.2))
def test_the_share_is_found(tmp_path_factory, shift):
    folder = tmp_path_factory.mktemp('boxes')
    pair = read_mot(write_rows(folder / 'gt.txt', 0.0)), read_mot(write_rows(folder / 'd', shift))
    found = measure_foot_offset([pair])
    assert found.offset == pytest.approx(shift, abs=1e-6)
    assert found.boxes == 40


def test_the_command_tells_it_and_the_network_carries_it(scene, capsys, tmp_path):
    truth, boxes = write_rows(tmp_path / 'gt', 0.0), write_rows(tmp_path / 'boxes', 0.02)
    status, out, err = run(capsys, 'foot-offset', '--gt', truth, '--boxes', boxes)
    assert (status, len(err)) == (0, 1) and 'only 40 boxes' in err[0]
    measured = json.loads(out[0])['foot_offset']
    assert measured == pytest.approx(0.02, abs=1e-4)
    file = tmp_path / 'net.onnx'
    status, _, err = run(
        capsys, 'export', scene / 'colours.cfg', '--out', file, '--foot-offset', measured)
    assert status == 0, err
    assert Detector(str(file)).foot_offset == measured
    assert Detector(str(scene / 'colours.cfg')).foot_offset == 0.0
    again = tmp_path / 'again.onnx'
    assert run(capsys, 'export', file, '--out', again, '--foot-offset', '0.03')[0] == 0
    assert Detector(str(again)).foot_offset == 0.03


@pytest.mark.parametrize(('value', 'words'), [
    ('0.6', 'is out of range -0.5 … 0.5'), ('nan', 'is not a finite number'),
])
def test_an_offset_that_is_none_is_refused(scene, capsys, tmp_path, value, words):
    status, _, err = run(
        capsys, 'export', scene / 'colours.cfg', '--out', tmp_path / 'n.onnx',
        '--foot-offset', value)
    assert (status, len(err)) == (2, 1)
    assert err[0].endswith(f'export: foot_offset: {value} {words}')


def test_boxes_of_another_sequence_are_refused(capsys, tmp_path):
    truth = write_rows(tmp_path / 'gt', 0.0)
    other = tmp_path / 'other'
    other.write_text('1,-1,900,900,10,10,1\n')
    status, _, err = run(capsys, 'foot-offset', '--gt', truth, '--boxes', other)
    assert (status, len(err)) == (2, 1)
    assert 'no box overlaps a true one' in err[0]
