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

"""Which library runs a network, and what happens when it cannot."""

import sys

import cv2
import numpy as np
from onnx_files import write_mean_colour_network
import pytest

from yolo_deepsort_ros.config import InferenceConfig
from yolo_deepsort_ros.errors import MissingDependencyError, ModelError
from yolo_deepsort_ros.inference.load import load_onnx
from yolo_deepsort_ros.models.onnx import OnnxModel


@pytest.fixture
def onnx_model(tmp_path):
    return OnnxModel.read(write_mean_colour_network(tmp_path / 'a.onnx'))


@pytest.fixture
def without_onnxruntime(monkeypatch):
    monkeypatch.setitem(sys.modules, 'onnxruntime', None)
    monkeypatch.delitem(
        sys.modules, 'yolo_deepsort_ros.inference.onnxruntime', raising=False)


@pytest.mark.parametrize('backend', ['opencv', 'onnxruntime'])
def test_backends_agree_with_the_sum_by_hand(onnx_model, backend):
    if backend == 'onnxruntime':
        pytest.importorskip('onnxruntime')
    network = load_onnx(onnx_model, InferenceConfig(backend=backend, threads=1))
    batch = np.random.default_rng(0).random((1, 3, 16, 8), np.float32)
    result, = network.run(batch)
    np.testing.assert_allclose(result, batch.mean(axis=(2, 3)), rtol=1e-5)


def test_auto_takes_onnxruntime_where_it_is(onnx_model):
    pytest.importorskip('onnxruntime')
    assert load_onnx(onnx_model, InferenceConfig()).name.startswith('ONNX Runtime')


def test_auto_takes_opencv_where_it_is_not(onnx_model, without_onnxruntime):
    assert load_onnx(onnx_model, InferenceConfig()).name.startswith('OpenCV')


def test_a_missing_backend_is_named_with_the_remedy(onnx_model, without_onnxruntime):
    with pytest.raises(MissingDependencyError, match='pip install onnxruntime'):
        load_onnx(onnx_model, InferenceConfig(backend='onnxruntime'))


@pytest.mark.parametrize('backend', ['opencv', 'onnxruntime'])
def test_a_network_that_the_library_refuses_is_one_short_line(tmp_path, backend, capfd):
    if backend == 'onnxruntime':
        pytest.importorskip('onnxruntime')
    path = write_mean_colour_network(tmp_path / 'a.onnx')
    path.write_bytes(path.read_bytes().replace(b'GlobalAveragePool', b'GlobalAveragePoor'))
    with pytest.raises(ModelError, match='cannot run this network') as caught:
        load_onnx(OnnxModel.read(path), InferenceConfig(backend=backend)).run(
            np.zeros((1, 3, 16, 8), np.float32))
    assert '\n' not in str(caught.value)
    assert len(str(caught.value)) < 600
    assert capfd.readouterr().err == ''


def test_threads_bound_those_of_opencv(onnx_model):
    before = cv2.getNumThreads()
    try:
        load_onnx(onnx_model, InferenceConfig(threads=1))
        assert cv2.getNumThreads() == 1
    finally:
        cv2.setNumThreads(before)
