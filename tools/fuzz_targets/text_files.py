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

"""Text files that users hand over: MOT rows, calibrations, ground files."""

from __future__ import annotations

from pathlib import Path

from fuzz_targets import refusable, Target, writing
import numpy as np

from yolo_deepsort_ros.calibration import Calibration, read_calibration, write_calibration
from yolo_deepsort_ros.evaluation.mot import read_mot
from yolo_deepsort_ros.evaluation.mot_detections import read_detections
from yolo_deepsort_ros.locating.ground_file import read_ground

YAML = (
    b'.nan', b'.inf', b'-.inf', b'1e999', b'~', b'null', b'yes', b'0x10', b'0b1', b'1_000', b'- ',
    b'&a', b'*a', b'<<: *a', b'!!python/object:os.system', b'!!binary', b'---', b'...', b'{}',
    b'[]', b'? ', b'|', b'>', b'"', b"'", b'2001-01-01', b'8e-05', b'-.0014', b'1:30',
)
CALIBRATION = (
    b'image_width', b'image_height', b'camera_name', b'camera_matrix', b'distortion_model',
    b'distortion_coefficients', b'rectification_matrix', b'projection_matrix', b'rows', b'cols',
    b'data', b'plumb_bob', b'rational_polynomial', b'equidistant', b'fisheye',
)
GROUND = (
    b'points:', b'pixel:', b'metres:', b'camera_height:', b'camera_pitch:', b'camera_roll:',
    b'image:', b'class_heights:', b'foot_offset:', b'person: 1.7', b'[1e308, 1e308]',
)
#: Frames of a file that are walked over; a file may say that it has millions.
WALKED = 50


def mot(folder: Path) -> Target:
    """Return what reads MOT rows: as tracks and as detections, as text and as an array."""
    def read(path: Path) -> None:
        for reader in (read_mot, _walk):
            refusable(reader, path)

    text, array = (writing(folder / f'a{ending}', read) for ending in ('.txt', '.npy'))
    path = folder / 'seed.npy'
    np.save(path, np.array([[1, -1, 3, 4, 5, 6, 0.5, 0.1, 0.2], [2, -1, 3, 4, 5, 6, 1, 1, 0]]))
    seeds = [
        b'1,1,10,20,30,40,1,-1,-1,-1\n2,1,11,20,30,40,1,-1,-1,-1\n',
        b'1 2 10.5 20 30 40 0.9\n\n3 2 1e1 20 30 40 .5\n', b'1,1,10,20,30,40\n', b'',
        b'1,-1,10,20,30,40,0.5\r\n1,-1,1,2,nan,4,inf\r\n', path.read_bytes(),
    ]
    words = [b',', b'-1', b'nan', b'inf', b'1e999', b'10000001', b'\x93NUMPY', b"'descr': '<f8'",
             b"'descr': '|O'", b"'fortran_order': True", b"'shape': (2, 9)", b'(99999999999, 9)']
    return Target(
        lambda data: (array if data.startswith(b'\x93NUMPY') else text)(data), seeds, words)


def _walk(path: Path) -> None:
    for number, (_, found) in enumerate(read_detections(path)):
        assert np.isfinite(found.tlwh).all()
        if number == WALKED:
            break


def calibration(folder: Path) -> Target:
    """Return what reads a calibration; one that is good must be written and read back the same."""
    path = folder / 'a.yaml'

    def read(path: Path) -> None:
        found = read_calibration(str(path))
        write_calibration(str(path), found, 'camera')
        assert read_calibration(str(path)) == found
        found.scaled(found.width // 2 or 1, found.height // 2 or 1)

    seed = folder / 'seed.yaml'
    good = Calibration.ideal(640, 480, (500.0, 0, 320, 0, 500, 240, 0, 0, 1))
    write_calibration(str(seed), good, 'camera')
    return Target(writing(path, read), [seed.read_bytes()], [*YAML, *CALIBRATION])


def ground(folder: Path) -> Target:
    """Return what reads a ground file, and sees the floor by it."""
    lens = Calibration.ideal(640, 480, (500.0, 0, 320, 0, 500, 240, 0, 0, 1))

    def read(path: Path) -> None:
        with np.errstate(all='ignore'):
            read_ground(path).view((640, 480), lens)

    seeds = [
        b'camera_height: 2.5\ncamera_pitch: 0.4\ncamera_roll: 0.01\nimage: [640, 480]\n'
        b'class_heights: ["person=1.70\xc2\xb10.10"]\nfoot_offset: 0.02\n',
        b'points:\n- {pixel: [100, 400], metres: [0, 0]}\n- {pixel: [500, 400], metres: [4, 0]}\n'
        b'- {pixel: [420, 200], metres: [4, 8]}\n- {pixel: [200, 200], metres: [0, 8]}\n',
    ]
    return Target(writing(folder / 'a.yaml', read), seeds, [*YAML, *GROUND])
