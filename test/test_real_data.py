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

"""The command line on a real street with real networks; skipped where they are not."""

import json

import cv2
import pytest

from yolo_deepsort_ros import Detector
from yolo_deepsort_ros.cli.commands import main
from yolo_deepsort_ros.cli.exporting import measure
from yolo_deepsort_ros.config.network_config import AUTO_BACKENDS


def last_line(capsys, *arguments):
    assert main([str(argument) for argument in arguments]) == 0
    return json.loads(capsys.readouterr().out.splitlines()[-1])


def test_a_street_is_tracked_as_well_as_by_the_original(shared_data, tmp_path, capsys):
    # The original program with the same networks: MOTA 0.706, IDF1 0.766, 4 switches.
    sequence, models = shared_data / 'mot' / 'TUD-Stadtmitte', shared_data / 'models'
    tracks = tmp_path / 'tracks.txt'
    summary = last_line(
        capsys, 'track', sequence / 'img1', '--model', models / 'yolov4-tiny.cfg',
        '--weights', models / 'yolov4-tiny-voc20in80.weights',
        '--reid', models / 'osnet_x0_25_msmt17_flatten.onnx', '--confidence', '0.3',
        '--classes', 'person', '--set', 'max_cosine_distance=0.3', '--out', tracks,
    )
    assert summary['frames'] == 179
    figures = last_line(
        capsys, 'evaluate', '--gt', sequence / 'gt' / 'gt.txt', '--tracks', tracks
    )
    assert figures['mota'] >= 0.68
    assert figures['idf1'] >= 0.74


def test_a_bag_of_a_street_gives_the_rows_of_its_pictures(shared_data, tmp_path, capsys):
    from bags import image_bag
    sequence, models = shared_data / 'mot' / 'TUD-Stadtmitte', shared_data / 'models'
    pictures = [cv2.imread(str(path)) for path in sorted((sequence / 'img1').glob('*.jpg'))[:40]]
    rows = []
    for source in (sequence / 'img1', image_bag(tmp_path / 'bag', pictures, 25.0)):
        tracks = tmp_path / 'tracks.txt'
        last_line(
            capsys, 'track', source, '--model', models / 'yolov4-tiny.cfg', '--max-frames', 40,
            '--weights', models / 'yolov4-tiny-voc20in80.weights', '--out', tracks,
        )
        rows.append(tracks.read_text())
    assert rows[0].count('\n') > 100
    assert rows[0] == rows[1]


@pytest.mark.parametrize('model, backends, reference, bound', [
    ('yolox_nano.onnx', AUTO_BACKENDS, 0.526, 0.004),
    ('yolo11n_int8.onnx', ('onnxruntime', 'openvino'), 0.455, 0.01),
])
def test_foreign_networks_find_what_a_plain_reference_finds(
    shared_data, model, backends, reference, bound
):
    """The reference: letterbox as the family trains, its decoding, suppression by class."""
    for backend in backends:
        if backend != 'opencv':
            pytest.importorskip(backend)
        detector = Detector(shared_data / 'models' / model, backend=backend, confidence=0.005)
        found = measure(detector, *(shared_data / 'coco' / name for name in ('images', 'labels')))
        assert found == pytest.approx(reference, abs=bound), backend
