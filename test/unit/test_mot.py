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

"""MOT files: what is read, what is written, what is refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from yolo_deepsort_ros.errors import InputError, OutputError
from yolo_deepsort_ros.evaluation import mot_table
from yolo_deepsort_ros.evaluation.mot import read_mot, TrackWriter
from yolo_deepsort_ros.evaluation.mot_detections import read_detections


@pytest.fixture
def file(tmp_path: Path):
    def write(text: str) -> Path:
        path = tmp_path / 'rows.txt'
        path.write_text(text)
        return path
    return write


def test_columns_of_a_text_file(file):
    rows = read_mot(file('1,7,10,20,30.5,40,0.9,3,-1,-1\n\n 3, 8 ,1,2,3,4,-5e1,1,2,3\r\n'))
    assert rows.lines.tolist() == [1, 3]
    assert rows.frames.tolist() == [1, 3]
    assert rows.ids.tolist() == [7, 8]
    assert rows.tlwh.tolist() == [[10, 20, 30.5, 40], [1, 2, 3, 4]]
    assert rows.scores.tolist() == [0.9, -50.0]
    assert rows.others.tolist() == [[3, -1, -1], [1, 2, 3]]


def test_six_columns_have_the_score_one(file):
    assert read_mot(file('1,7,10,20,30,40\n')).scores.tolist() == [1.0]


def test_an_empty_file_gives_no_rows(file):
    rows = read_mot(file('\n'))
    assert len(rows) == 0
    assert rows.tlwh.shape == (0, 4)
    assert [len(found) for found in rows.by_frame(2)] == [0, 0]


def test_rows_come_by_frame_in_the_order_of_the_file(file):
    rows = read_mot(file('3,1,0,0,1,1\n1,5,0,0,1,1\n3,9,0,0,1,1\n1,4,0,0,1,1\n'))
    assert [found.ids.tolist() for found in rows.by_frame(4)] == [[5, 4], [], [1, 9], []]


def test_many_rows_of_a_frame_keep_their_order(file):
    text = ''.join(f'{2 - number % 2},{number},0,0,1,1\n' for number in range(200))
    found = list(read_mot(file(text)).by_frame(2))
    assert [rows.ids.tolist() for rows in found] == [[*range(1, 200, 2)], [*range(0, 200, 2)]]


@pytest.mark.parametrize(('text', 'reason'), [
    ('1,2,3,4,5\n', 'line 1: 5 columns instead of at least 6'),
    ('1,2,3,4,5,6\n1,2,3,4,5,6,7\n', 'line 2: 7 columns instead of 6'),
    ('1,2,3,4,5,6\n1,2,x,4,5,6\n', "line 2: '1,2,x,4,5,6' is not a row of numbers"),
    ('1,2,3,4,5,nan\n', 'line 1: holds NaN or infinite values'),
    ('\n1,2,inf,4,5,6\n', 'line 2: holds NaN or infinite values'),
    ('0,2,3,4,5,6\n', 'line 1: column 1, the frame, must be a whole number from 1'),
    ('1.5,2,3,4,5,6\n', 'line 1: column 1, the frame, must be a whole number from 1'),
    ('1e12,2,3,4,5,6\n', 'line 1: column 1, .* from 1 to 10000000, not 1000000000000'),
    ('1,2.5,3,4,5,6\n', 'line 1: column 2, the id, must be a whole number'),
    ('1,1e300,3,4,5,6\n', 'line 1: column 2, the id, must be a whole number'),
    ('1,2,3,4,5,6\n1,2,3,4,-5,6\n', 'line 2: columns 5 and 6, width and height'),
    ('1,2,3,4,5,0\n', 'line 1: columns 5 and 6, width and height'),
    ('\x00\xff\n', 'line 1: .* is not a row of numbers'),
])
def test_a_bad_row_is_named(file, text: str, reason: str):
    with pytest.raises(InputError, match=f'rows.txt, {reason}') as caught:
        read_mot(file(text))
    assert '\n' not in str(caught.value)


@pytest.mark.parametrize('name', ['nowhere.txt', 'nowhere.npy', '.'])
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, name: str):
    with pytest.raises(InputError, match=r'No such file|a folder, pipe or device'):
        read_mot(tmp_path / name)


def test_detections_come_for_every_frame_to_the_last(file):
    path = file('3,-1,1,2,3,4,0.5,9,9,9\n1,-1,5,6,7,8,-2,9,9,9\n')
    found = dict(read_detections(path))
    assert list(found) == [1, 2, 3]
    assert [len(found[frame]) for frame in (1, 2, 3)] == [1, 0, 1]
    assert found[3].tlwh.tolist() == [[1, 2, 3, 4]]
    assert found[1].scores.tolist() == [-2]
    assert found[3].features is None


def test_no_detections_are_refused_at_once(file):
    with pytest.raises(InputError, match='holds no detections'):
        read_detections(file(''))


def array(tmp_path: Path, columns: int) -> tuple[Path, np.ndarray]:
    table = np.arange(3 * columns, dtype=float).reshape(3, columns) + 1
    table[:, 0] = 2, 1, 2
    return tmp_path / 'rows.npy', table


def test_features_of_an_array_file(tmp_path: Path):
    path, table = array(tmp_path, 9)
    np.save(path, table)
    found = dict(read_detections(path))
    assert found[2].features.tolist() == table[[0, 2], 7:].tolist()
    assert found[1].features.tolist() == table[[1], 7:].tolist()


def test_an_array_file_without_features(tmp_path: Path):
    path, table = array(tmp_path, 7)
    np.save(path, table)
    assert dict(read_detections(path))[1].features is None


@pytest.mark.parametrize(('change', 'reason'), [
    (lambda table: table[:, :6], r'shape \(3, 6\) instead of'),
    (lambda table: table[0], r'shape \(9,\) instead of'),
    (lambda table: table.astype(object), 'not an array file that NumPy can read'),
    (lambda table: np.full((3, 9), 'x'), 'holds <U1 instead of real numbers'),
    (lambda table: table + 1j, 'holds complex128 instead of real numbers'),
    (lambda table: table * [np.nan, 1, 1, 1, 1, 1, 1, 1, 1], 'row 1: column 1, the frame'),
    (lambda table: table * [1, np.inf, 1, 1, 1, 1, 1, 1, 1], 'row 1: column 2, the id'),
])
def test_a_bad_array_file_is_named(tmp_path: Path, change, reason: str):
    path, table = array(tmp_path, 9)
    np.save(path, change(table))
    with pytest.raises(InputError, match=f'rows.npy.*{reason}'):
        read_detections(path)


@pytest.mark.parametrize(('column', 'value'), [
    (2, np.nan), (3, np.inf), (4, 0.0), (5, -3.0), (4, 1e9), (6, np.nan), (6, -np.inf),
])
def test_a_row_that_cannot_be_used_is_left_out(tmp_path: Path, caplog, column: int, value: float):
    path, table = array(tmp_path, 9)
    table[0, column] = value
    np.save(path, table)
    found = dict(read_detections(path))
    assert found[2].tlwh.tolist() == table[[2], 2:6].tolist()
    assert found[2].features.tolist() == table[[2], 7:].tolist()
    assert len(found[1]) == 1
    assert len(caplog.records) == 1
    assert 'in 1 of 3 rows, first in row 1, the box or score cannot be used' in caplog.text


@pytest.mark.parametrize('values', [(np.nan, 1), (np.inf, 1), (1e300, 1), (0, 0), (1e-300, 0)])
def test_an_object_without_a_usable_feature_has_none(tmp_path: Path, caplog, values):
    path, table = array(tmp_path, 9)
    table[2, 7:] = values
    np.save(path, table)
    assert np.isnan(dict(read_detections(path))[2].features).tolist() == [[False] * 2, [True] * 2]
    assert 'in 1 of 3 rows, first in row 3, the vector is not finite, or all zero' in caplog.text


def test_columns_of_a_text_file_that_nobody_reads_may_hold_anything(file):
    found = dict(read_detections(file('1,-1,1,2,3,4,0.5,nan,inf,-inf\n')))
    assert found[1].tlwh.tolist() == [[1, 2, 3, 4]]


def test_the_frames_of_rows_left_out_stay(file, caplog):
    found = dict(read_detections(file('1,-1,1,2,3,4,1\n2,-1,1,2,0,4,1\n4,-1,1,2,3,nan,1\n')))
    assert [len(found[frame]) for frame in (1, 2, 3, 4)] == [1, 0, 0, 0]
    assert 'in 2 of 3 rows, first in line 2, the box or score' in caplog.text


def header(shape: str) -> bytes:
    text = f"{{'descr': '<f8', 'fortran_order': False, 'shape': {shape}}}\n".encode()
    return b'\x93NUMPY\x01\x00' + len(text).to_bytes(2, 'little') + text + bytes(72)


@pytest.mark.parametrize('data', [
    b'', b'hello', b'\x93NUMPY\x01\x00', header('(4000000000, 9)'), header('(2**70, 9)'),
    header(f'({2**70}, 9)'), header('(-1, 9)'),
    header('(2, 9'),
])
def test_a_file_that_is_no_array_is_named(tmp_path: Path, data: bytes):
    path = tmp_path / 'rows.npy'
    path.write_bytes(data)
    with pytest.raises(InputError, match=r'rows\.npy: not an array file'):
        read_detections(path)


def test_written_rows(tmp_path: Path):
    path = tmp_path / 'tracks.txt'
    with TrackWriter(path) as writer:
        writer.write(1, np.array([3]), np.array([[1.23456, -2, 3, 4]]), np.array([0.56789]), [2])
        writer.write(2, [], np.zeros((0, 4)), [], [])
        writer.write(3, [1, 3], np.ones((2, 4)), [1, 0], [0, 0])
    assert path.read_text() == (
        '1,3,1.235,-2.000,3.000,4.000,0.5679,2,-1,-1\n'
        '3,1,1.000,1.000,1.000,1.000,1.0000,0,-1,-1\n'
        '3,3,1.000,1.000,1.000,1.000,0.0000,0,-1,-1\n'
    )


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path):
    with pytest.raises(OutputError, match=r'nowhere.*cannot write the file \(No such file'):
        TrackWriter(tmp_path / 'nowhere' / 'tracks.txt')


def test_a_full_disk_is_reported():
    if not Path('/dev/full').exists():
        pytest.skip('no /dev/full on this machine')
    writer = TrackWriter('/dev/full')
    writer.write(1, [1], np.ones((1, 4)), [1], [0])
    with pytest.raises(OutputError, match=r'/dev/full: cannot write the file \(No space left'):
        writer.close()


@pytest.mark.parametrize('text', [
    '1,2,3,4,5,6\n3,4,5,6,7,8\n',
    '\ufeff1,2,3,4,5,6\n3,4,5,6,7,8',
    '1,2,3,4,5,6\r\n3,4,5,6,7,8\n\n',
])
def test_a_plain_table_is_read_in_one_go(file, text: str, monkeypatch):
    monkeypatch.setattr(mot_table, '_read_lines', None)
    rows = read_mot(file(text))
    assert rows.lines.tolist() == [1, 2]
    assert rows.tlwh.tolist() == [[3, 4, 5, 6], [5, 6, 7, 8]]


@pytest.mark.parametrize(('name', 'limit'), [
    ('rows.txt', 'MAX_TEXT_BYTES'), ('rows.npy', 'MAX_ARRAY_NUMBERS'),
])
def test_files_are_bounded(tmp_path: Path, name: str, limit: str, monkeypatch):
    path = tmp_path / name
    if name.endswith('npy'):
        np.save(path, np.ones((3, 9)))
    else:
        path.write_text('1,2,3,4,5,6\n' * 9)
    assert len(read_mot(path)) > 2
    monkeypatch.setattr(mot_table, limit, 26)
    with pytest.raises(InputError, match='the limit is 26'):
        read_mot(path)
