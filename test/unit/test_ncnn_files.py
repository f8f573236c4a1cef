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


"""Networks in ncnn's own files, as an export for ncnn has written them."""

import json

from darknet_families import FAMILIES
from darknet_files import write_network
from foreign_networks import HEIGHT, OBJECTS, WIDTH
from ncnn_exports import write_files, write_ultralytics
import numpy as np
import pytest

from yolo_deepsort_ros import Detector
from yolo_deepsort_ros.cli.commands import main
from yolo_deepsort_ros.errors import ConfigurationError, ModelError
from yolo_deepsort_ros.models.darknet.to_onnx import to_onnx
from yolo_deepsort_ros.models.darknet.weights import DarknetModel
from yolo_deepsort_ros.models.ncnn.to_ncnn import to_ncnn

pytest.importorskip('ncnn')

PICTURE = np.full((HEIGHT, WIDTH, 3), 90, np.uint8)


@pytest.fixture
def ultralytics(tmp_path):
    return write_ultralytics(tmp_path)


def test_an_export_of_ultralytics_is_recognised_and_its_objects_are_found(ultralytics):
    detector = Detector(ultralytics, confidence=0.3)
    assert detector.input_size == (WIDTH, HEIGHT)
    assert detector.labels == ('cat', 'dog', 'bird')
    assert detector.backend.startswith('ncnn ')
    assert 'ultralytics by metadata of Ultralytics' in detector.description
    found = detector.detect(PICTURE)
    rows = np.array([row[:4] for row in OBJECTS])
    np.testing.assert_allclose(
        found.tlwh, np.hstack([rows[:, :2] - rows[:, 2:] / 2, rows[:, 2:]]), atol=0.01)


def test_without_metadata_the_size_is_given(ultralytics):
    ultralytics.with_name('metadata.yaml').unlink()
    detector = Detector(ultralytics, confidence=0.3, input_size=(WIDTH, HEIGHT))
    assert len(detector.detect(PICTURE)) == len(OBJECTS)


def test_our_own_network_written_to_files_finds_the_same(tmp_path):
    cfg, weights = write_network(tmp_path, FAMILIES['yolov4-tiny'])
    cfg.with_suffix('.names').write_text('a\nb')
    model = to_onnx(DarknetModel.read(cfg, weights), ['a', 'b'])
    path = write_files(tmp_path, to_ncnn(model), dict(model.metadata))
    picture = np.random.default_rng(0).integers(0, 255, (64, 96, 3), np.uint8)
    here, there = (
        Detector(file, backend='ncnn', confidence=0.01, input_size=(96, 64)).detect(picture)
        for file in (path, cfg)
    )
    assert len(there) > 0
    np.testing.assert_allclose(here.tlwh, there.tlwh, atol=1e-4)


def test_other_libraries_do_not_run_it(ultralytics):
    with pytest.raises(ConfigurationError, match='is a network of ncnn: take backend ncnn or au'):
        Detector(ultralytics, backend='opencv')


def test_no_onnx_is_made_of_it(ultralytics, tmp_path, capsys):
    assert main(['export', str(ultralytics), '--out', str(tmp_path / 'a.onnx')]) == 2
    assert 'is a network of ncnn, no .onnx is made of it' in capsys.readouterr().err


def test_inspect_tells_what_it_is(ultralytics, capsys):
    assert main(['models', 'inspect', str(ultralytics)]) in (0, None)
    said = json.loads(capsys.readouterr().out)
    assert said['family'] == 'ultralytics'
    assert said['input']['size'] == [WIDTH, HEIGHT]


@pytest.mark.parametrize('content', ['', '7767517', '1 2\n', '7767517\n1 1\nInput in0 x 1 a'])
def test_what_is_none_is_refused_in_one_line(tmp_path, content):
    path = tmp_path / 'a.param'
    path.write_text(content)
    path.with_suffix('.bin').write_bytes(b'')
    with pytest.raises(ModelError, match='not the text of an ncnn network'):
        Detector(path)


@pytest.mark.parametrize(('line', 'by', 'missing'), [
    ('Input 0 0 1 in0', 'Convolution 0 0 1 in0', 'layer Input'),
    ('2 1 rows nothing out0', '2 0 rows nothing', 'output'),
])
def test_a_network_that_takes_or_gives_nothing(ultralytics, line, by, missing):
    text = ultralytics.read_text()
    assert text.count(line) == 1
    ultralytics.write_text(text.replace(line, by))
    with pytest.raises(ModelError, match=f'a network without {missing}: give the .param'):
        Detector(ultralytics)


def test_weights_that_are_cut_off(tmp_path, ultralytics):
    binary = ultralytics.with_suffix('.bin')
    binary.write_bytes(binary.read_bytes()[:100])
    with pytest.raises(ModelError, match='ncnn cannot run this network'):
        Detector(ultralytics)


def test_weights_that_are_missing(ultralytics):
    ultralytics.with_suffix('.bin').unlink()
    with pytest.raises(ModelError, match=r'model\.ncnn\.bin: No such file'):
        Detector(ultralytics)
