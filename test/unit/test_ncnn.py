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


"""Networks in ncnn: what the others compute, in float32 and in float16."""

import subprocess
import sys

from darknet_families import FAMILIES
from darknet_files import write_network
import numpy as np
from onnx_files import write_mean_colour_network
import pytest

from yolo_deepsort_ros import Detector
from yolo_deepsort_ros.config.network_config import InferenceConfig
from yolo_deepsort_ros.errors import ConfigurationError, ModelError
from yolo_deepsort_ros.inference.load import load_onnx
from yolo_deepsort_ros.models.darknet.to_onnx import to_onnx
from yolo_deepsort_ros.models.darknet.weights import DarknetModel
from yolo_deepsort_ros.models.lookup import find_model
from yolo_deepsort_ros.models.onnx.model import OnnxModel
from yolo_deepsort_ros.simulation.arena.arena import Arena
from yolo_deepsort_ros.simulation.arena.arena_config import ArenaConfig

ncnn = pytest.importorskip('ncnn')


def load(model, backend='ncnn', **how):
    return load_onnx(model, InferenceConfig(backend=backend, **how))


@pytest.fixture
def arena():
    return to_onnx(DarknetModel.read(*find_model('arena-tiny')))


@pytest.mark.parametrize('precision, tolerance', [('float32', 2e-5), ('auto', 2e-2)])
def test_it_computes_what_onnx_runtime_does(arena, precision, tolerance):
    pytest.importorskip('onnxruntime')
    batch = np.random.default_rng(0).random((2, *arena.inputs[0].shape[1:]), np.float32)
    found = load(arena, precision=precision).run(batch)
    for head, truth in zip(found, load(arena, 'onnxruntime').run(batch), strict=True):
        np.testing.assert_allclose(head, truth, rtol=0, atol=tolerance * np.abs(truth).max())


def test_it_finds_the_objects_that_onnx_runtime_finds():
    pytest.importorskip('onnxruntime')
    here, there = (Detector('arena-tiny', backend=name) for name in ('ncnn', 'onnxruntime'))
    count = 0
    arena = Arena(ArenaConfig(seed=3))
    for index in range(0, 50, 10):
        frame, _ = arena.render(index)
        found, truth = here.detect(frame), there.detect(frame)
        assert found.class_ids.tolist() == truth.class_ids.tolist()
        np.testing.assert_allclose(found.tlwh, truth.tlwh, atol=0.01)
        np.testing.assert_allclose(found.scores, truth.scores, atol=1e-4)
        count += len(found)
    assert count > 10


def test_float16_is_said_only_where_it_is(arena):
    half = ncnn.cpu_support_arm_vfpv4()
    assert ', cpu, float32, 1 thread' in load(arena, threads=1).name
    kind = 'float16' if half else 'float32'
    assert f', cpu, {kind}, 1 thread' in load(arena, precision='auto', threads=1).name


def test_an_exported_file_runs(tmp_path):
    model = to_onnx(DarknetModel.read(*write_network(tmp_path, FAMILIES['yolov4'])))
    (tmp_path / 'a.onnx').write_bytes(model.content)
    batch = np.random.default_rng(0).random((1, 3, 64, 96), np.float32)
    for here, there in zip(
        load(OnnxModel.read(tmp_path / 'a.onnx')).run(batch), load(model).run(batch), strict=True
    ):
        np.testing.assert_array_equal(here, there)


def test_other_networks_are_refused_by_the_operation(tmp_path):
    model = OnnxModel.read(write_mean_colour_network(tmp_path / 'a.onnx'))
    with pytest.raises(ModelError, match='no Darknet network has a GlobalAveragePool such as its'):
        load(model)


@pytest.mark.parametrize('old, new', [(b'floor', b'round'), (b'asymmetric', b'half_pixel')])
def test_an_operation_done_in_another_way_is_none_of_ours(tmp_path, old, new):
    model = to_onnx(DarknetModel.read(*write_network(tmp_path, FAMILIES['yolov3'])))
    assert old in model.content
    changed = OnnxModel.parse(model.content.replace(old, new), 'a.onnx')
    with pytest.raises(ModelError, match='no Darknet network has a Resize such as its'):
        load(changed)


def test_operations_that_do_not_fit_together(arena):
    assert b'alpha' in arena.content
    changed = OnnxModel.parse(arena.content.replace(b'alpha', b'alphb', 1), 'a.onnx')
    with pytest.raises(ModelError, match='ncnn cannot run this network'):
        load(changed)


def test_other_devices(arena):
    with pytest.raises(ConfigurationError, match="device: ncnn has no 'gpu' here; it has cpu"):
        load(arena, device='gpu')


def test_its_threads_rest_between_pictures():
    """Unless they are told, threads of OpenMP turn for milliseconds after each picture."""
    code = """
import time
import numpy as np
from yolo_deepsort_ros import Detector
detector = Detector('arena-tiny', backend='ncnn', threads=2)
detector.detect(np.zeros((480, 640, 3), np.uint8))
before = time.process_time()
time.sleep(0.3)
print(time.process_time() - before)
"""
    done = subprocess.run([sys.executable, '-c', code], capture_output=True, text=True, check=True)
    assert float(done.stdout) < 0.003
