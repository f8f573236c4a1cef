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


"""Networks in 8-bit integers, by the library that makes them."""

import json
import subprocess
import sys

import cv2
from darknet_files import draw_object, write_colour_network
from foreign_networks import (
    CELLS, centred_rows, class_rows, padded, ULTRALYTICS, write_network,
)
import numpy as np
from onnx_files import write_mean_colour_network
import pytest

from yolo_deepsort_ros import Detector
from yolo_deepsort_ros.cli.commands import main
from yolo_deepsort_ros.models.conventions import KEY
from yolo_deepsort_ros.models.onnx.model import OnnxModel
from yolo_deepsort_ros.models.onnx.protobuf import field, integer_field
from yolo_deepsort_ros.yolo.detection_model import DetectionModel
from yolo_deepsort_ros.yolo.quantise import quantise, QUANTISERS


@pytest.fixture(scope='module')
def pictures(tmp_path_factory):
    """Make pictures with one object each, and their labels."""
    folder = tmp_path_factory.mktemp('pictures')
    rng = np.random.default_rng(0)
    for number, (left, top) in enumerate(rng.integers(0, 380, (12, 2)).tolist()):
        picture = np.full((480, 640, 3), 127, np.uint8)
        kind = number % 2
        x, y, w, h = draw_object(picture, ['red', 'blue'][kind], left, top)
        cv2.imwrite(str(folder / f'{number}.png'), picture)
        shares = (x + w / 2) / 640, (y + h / 2) / 480, w / 640, h / 480
        (folder / f'{number}.txt').write_text(f'{kind} {" ".join(map(str, shares))}')
    return folder


@pytest.fixture(scope='module')
def exported(pictures, tmp_path_factory):
    """Export in a process of its own, which tells what it has loaded."""
    for library in ('nncf', 'onnx', 'pycocotools'):
        pytest.importorskip(library)
    folder = tmp_path_factory.mktemp('network')
    cfg, _ = write_colour_network(folder)
    code = (
        'import sys; from yolo_deepsort_ros.cli.commands import main; '
        'status = main(sys.argv[1:]); '
        'sys.exit(status or any(n.startswith("openvino_telemetry.") for n in sys.modules))'
    )
    done = subprocess.run(
        [sys.executable, '-c', code, 'export', str(cfg), '--out', str(folder / 'int8.onnx'),
         '--dynamic', '--int8', '--calibration', str(pictures), '--labels', str(pictures)],
        capture_output=True, text=True, check=False,
    )
    assert done.returncode == 0, done.stderr
    assert 'export: only 12 calibration pictures: take 50 or more' in done.stderr
    return folder, json.loads(done.stdout)


def test_the_file_is_int8_and_alone_enough(exported, pictures):
    folder, facts = exported
    model = OnnxModel.read(folder / 'int8.onnx')
    assert model.quantised
    assert facts['calibration_pictures'] == 12
    assert facts['ap50'] == pytest.approx(1.0, abs=0.05)
    assert facts['ap50_int8'] == pytest.approx(facts['ap50'], abs=0.05)


@pytest.mark.parametrize('backend', ['openvino', 'onnxruntime'])
@pytest.mark.parametrize('resize', ['stretch', 'rectangle'])
def test_every_library_finds_with_it_what_the_network_finds(exported, pictures, backend, resize):
    pytest.importorskip(backend)
    folder, _ = exported
    picture = cv2.imread(str(pictures / '3.png'))
    expected = Detector(folder / 'colours.cfg', resize=resize).detect(picture)
    detector = Detector(
        folder / 'int8.onnx', backend=backend, resize=resize, precision='int8', confidence=0.3)
    found = detector.detect(picture)
    assert ', int8, ' in detector.backend
    np.testing.assert_allclose(found.tlwh[:1], expected.tlwh[:1], atol=4)


def test_an_int8_detector_works_beside_a_float_network_of_appearance(
    exported, pictures, tmp_path, capsys
):
    reid = write_mean_colour_network(tmp_path / 'reid.onnx')
    run = ['track', str(pictures), '--model', str(exported[0] / 'int8.onnx'), '--reid', str(reid),
           '--set', 'precision=int8', '--backend', 'openvino']
    assert main(run) == 0, capsys.readouterr().err
    assert main([*run, '--set', 'reid_precision=int8']) == 2
    assert 'reid.onnx is no int8 network' in capsys.readouterr().err


def test_networks_of_an_old_opset_get_ranges_by_channel(exported, pictures, tmp_path):
    """Opset 11, in which others export, knows one range for all channels only."""
    onnx = pytest.importorskip('onnx')
    content = DetectionModel.read(
        exported[0] / 'colours.cfg', exported[0] / 'colours.weights').onnx.content
    today, old = (field(8, integer_field(2, version)) for version in (13, 11))
    assert content.count(today) == 1
    path = tmp_path / 'old.onnx'
    path.write_bytes(content.replace(today, old))
    picture = cv2.imread(str(pictures / '3.png'))
    made = onnx.load_model_from_string(quantise(DetectionModel.read(path), [picture]))
    assert made.opset_import[0].version == 13
    assert KEY in {entry.key for entry in made.metadata_props}


def test_a_network_of_another_exporter(pictures, tmp_path, capsys):
    for library in ('nncf', 'onnx', 'openvino'):
        pytest.importorskip(library)
    rows = padded(np.hstack([centred_rows(), class_rows(3)]), CELLS).swapaxes(1, 2)
    path = write_network(tmp_path / 'a.onnx', {'output0': rows}, ULTRALYTICS, ending='Conv')
    out = tmp_path / 'int8.onnx'
    assert main(['export', str(path), '--out', str(out), '--int8', '--calibration', str(pictures),
                 '--labels', str(pictures)]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert {'ap50', 'ap50_int8'} <= set(facts)
    assert OnnxModel.read(out).quantised
    picture = cv2.imread(str(pictures / '3.png'))
    expected = Detector(path, backend='openvino').detect(picture)
    assert len(expected) == 2
    detector = Detector(out, backend='openvino', precision='int8')
    assert ', int8, ' in detector.backend
    np.testing.assert_allclose(detector.detect(picture).tlwh, expected.tlwh, atol=4)


def test_activations_are_unsigned(exported):
    onnx = pytest.importorskip('onnx')
    graph = onnx.load(str(exported[0] / 'int8.onnx')).graph
    weights = {tensor.name: tensor for tensor in graph.initializer}
    kinds = {
        weights[node.input[2]].data_type for node in graph.node
        if node.op_type in QUANTISERS and node.input[0] not in weights
    }
    assert kinds == {onnx.TensorProto.UINT8}


def test_without_the_library_it_is_one_line(pictures, tmp_path, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, 'nncf', None)
    cfg, _ = write_colour_network(tmp_path)
    arguments = ['export', str(cfg), '--out', str(tmp_path / 'a.onnx'), '--int8']
    assert main(arguments) == 2
    assert '--int8 and --calibration FOLDER belong together' in capsys.readouterr().err
    assert main([*arguments, '--calibration', str(pictures)]) == 2
    assert 'pip install nncf onnx' in capsys.readouterr().err
    assert not (tmp_path / 'a.onnx').exists()
