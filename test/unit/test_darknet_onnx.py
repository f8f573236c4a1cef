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


"""Darknet networks as ONNX: exact, whatever the network and the library that runs it."""

import cv2
from darknet_families import BEYOND_OPENCV, definition, FAMILIES, FINE, HEAD, LAYERS
from darknet_files import (
    needs_darknet, opencv_heads, opencv_objects, random_weights, write_network, write_weights,
)
from darknet_oracle import run_darknet
import numpy as np
import pytest

from yolo_deepsort_ros.config.network_config import InferenceConfig
from yolo_deepsort_ros.errors import ModelError
from yolo_deepsort_ros.inference.load import load_onnx
from yolo_deepsort_ros.models.conventions import Conventions
from yolo_deepsort_ros.models.darknet.to_onnx import to_onnx
from yolo_deepsort_ros.models.darknet.weights import DarknetModel
from yolo_deepsort_ros.yolo.decode import decode
from yolo_deepsort_ros.yolo.nms import non_max_suppression

NETWORKS = {**FAMILIES, **LAYERS}
#: Networks among the real data: definition and weights.
REAL = [
    ('yolov4-tiny.cfg', 'yolov4-tiny-voc20in80.weights'),
    ('yolo-fastest-1.1.cfg', 'yolo-fastest-1.1.weights'),
    ('yolo-fastest-1.1-xl.cfg', 'yolo-fastest-1.1-xl.weights'),
]


def noise(height=64, width=96, count=1):
    return np.random.default_rng(count).random((count, 3, height, width), np.float32)


def heads_of(files, batch, backend='auto', **how):
    if backend != 'auto':
        pytest.importorskip({'opencv': 'cv2'}.get(backend, backend))
    model = to_onnx(DarknetModel.read(*files), **how)
    return load_onnx(model, InferenceConfig(backend=backend)).run(batch)


def assert_equal(found, expected, tolerance):
    assert [head.shape for head in found] == [head.shape for head in expected]
    for head, truth in zip(found, expected, strict=True):
        np.testing.assert_allclose(
            head, truth, rtol=tolerance, atol=tolerance * np.abs(truth).max())


@pytest.mark.parametrize('backend', ['onnxruntime', 'opencv', 'ncnn'])
@pytest.mark.parametrize('name', NETWORKS)
def test_every_network_computes_what_the_definition_says(tmp_path, name, backend):
    text, batch = NETWORKS[name], noise()
    numbers = np.concatenate([part.ravel() for part in random_weights(text)])
    expected = run_darknet(text, np.float32(numbers), batch[0])
    found = heads_of(write_network(tmp_path, text), batch, backend)
    assert_equal(found, [head[None] for head in expected], 1e-5)


@needs_darknet
@pytest.mark.parametrize('name', sorted(NETWORKS.keys() - BEYOND_OPENCV))
def test_every_network_computes_what_the_importer_of_opencv_does(tmp_path, name):
    cfg, weights = write_network(tmp_path, NETWORKS[name], seed=7)
    batch = noise(count=2)
    expected = opencv_heads(cfg.read_text(), weights, batch)
    assert_equal(heads_of((cfg, weights), batch), expected, 1e-4)


@pytest.mark.parametrize('backend', ['onnxruntime', 'opencv', 'ncnn'])
@pytest.mark.parametrize('name', ['yolov2-tiny', 'yolov3-spp', 'yolov4-tiny', 'yolo-fastest'])
def test_a_dynamic_network_runs_at_any_size(tmp_path, name, backend):
    if backend != 'opencv':
        pytest.importorskip(backend)
    files = write_network(tmp_path, FAMILIES[name])
    dynamic = to_onnx(DarknetModel.read(*files), dynamic=True)
    assert dynamic.inputs[0].shape == (0, 3, 0, 0)
    network = load_onnx(dynamic, InferenceConfig(backend=backend))
    for width, height in [(96, 64), (32, 128)]:
        fixed = to_onnx(DarknetModel.read(*files, (width, height)))
        assert fixed.inputs[0].shape == (0, 3, height, width)
        batch = noise(height, width, count=2)
        expected = load_onnx(fixed, InferenceConfig(backend=backend)).run(batch)
        assert_equal(network.run(batch), expected, 1e-5)


def test_a_reorg_layer_runs_at_one_size_only(tmp_path):
    model = DarknetModel.read(*write_network(tmp_path, FAMILIES['yolov2']))
    with pytest.raises(ModelError, match=r'\[reorg\] runs at one size only: export without --dyn'):
        to_onnx(model, dynamic=True)


def test_the_same_network_gives_the_same_bytes(tmp_path):
    cfg, weights = write_network(tmp_path, FAMILIES['yolov4'])
    first = to_onnx(DarknetModel.read(cfg, weights)).content
    old = write_weights(
        tmp_path / 'old.weights', *random_weights(FAMILIES['yolov4']), version=(0, 1))
    assert to_onnx(DarknetModel.read(cfg, old)).content == first


@pytest.mark.parametrize('name', NETWORKS)
def test_the_files_are_valid(tmp_path, name):
    onnx = pytest.importorskip('onnx', reason='onnx is not installed')
    for dynamic in (False, True) if name != 'yolov2' else (False,):
        model = to_onnx(DarknetModel.read(*write_network(tmp_path, NETWORKS[name])), ['a', 'b'],
                        dynamic)
        loaded = onnx.load_from_string(model.content)
        onnx.checker.check_model(loaded, full_check=True)
        assert loaded.producer_name == 'yolo_deepsort_ros'


def test_what_the_outputs_mean_is_in_the_file(tmp_path):
    darknet = DarknetModel.read(*write_network(tmp_path, FAMILIES['yolov4-tiny']))
    said = Conventions.of(to_onnx(darknet, ['Huhn', 'Kühe']))
    assert said == Conventions(
        darknet.heads, (96, 64), ('Huhn', 'Kühe'), strides=darknet.strides
    )
    assert [head.anchors for head in said.heads] == [
        ((14, 20), (30, 24)), ((4, 6), (9, 9))]
    assert [head.scale_xy for head in said.heads] == [1.05, 1.05]


def test_anchors_in_cells_become_pixels(tmp_path):
    model = DarknetModel.read(*write_network(tmp_path, FAMILIES['yolov2-tiny']))
    head, = model.heads
    assert head.softmax
    np.testing.assert_allclose(head.anchors, [(2.4, 2.8), (7.6, 8.4)])  # cells of 4 x 4 pixels


@pytest.mark.parametrize('variance, scale', [(-1, 1), (0, 1e38)])
def test_a_normalisation_that_cannot_be_folded(tmp_path, variance, scale):
    text = definition(f"""
        convolutional filters=3 batch_normalize=1
        {FINE}
        {HEAD}
        """)
    cfg, _ = write_network(tmp_path, text)
    weights = write_weights(
        tmp_path / 'a.weights', [0] * 3, [scale] * 3, [0] * 3, [variance] * 3, [1] * 9, [0] * 56)
    with pytest.raises(ModelError, match=r'\[convolutional\] its normalised weights are not fini'):
        to_onnx(DarknetModel.read(cfg, weights))


@needs_darknet
def test_the_official_network_with_random_weights(shared_data, tmp_path):
    cfg = shared_data / 'models' / 'yolov4-tiny.cfg'
    text = cfg.read_text()
    weights = write_weights(tmp_path / 'random.weights', *random_weights(text))
    batch = noise(416, 416)
    expected = opencv_heads(text, weights, batch)
    for backend in ('onnxruntime', 'opencv'):
        assert_equal(heads_of((cfg, weights), batch, backend), expected, 1e-4)


@needs_darknet
@pytest.mark.parametrize('cfg, weights', REAL)
def test_real_networks_find_what_opencv_finds(shared_data, cfg, weights):
    """Above 0.25: the same objects, within half a pixel and a thousandth."""
    cfg, weights = shared_data / 'models' / cfg, shared_data / 'models' / weights
    text = cfg.read_text()
    model = DarknetModel.read(cfg, weights)
    network = load_onnx(to_onnx(model), InferenceConfig())
    count = 0
    for path in sorted((shared_data / 'coco' / 'images').glob('*.jpg'))[::6]:
        batch = cv2.dnn.blobFromImage(
            cv2.imread(str(path)), 1 / 255, model.input_size, swapRB=True)
        heads = network.run(batch)
        assert_equal(heads, opencv_heads(text, weights, batch), 1e-4)
        found = decode([head[0] for head in heads], model.heads, model.input_size, 0.25)
        found = found.select(non_max_suppression(*found, 0.45))
        tlwh, scores, class_ids = opencv_objects(text, weights, batch, 0.25)
        count += len(scores)
        assert found.class_ids.tolist() == class_ids.tolist()
        np.testing.assert_allclose(found.tlwh, tlwh, atol=0.5)
        np.testing.assert_allclose(found.scores, scores, atol=1e-3)
    assert count > 10
