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

import os
import subprocess
import sys

import cv2
import numpy as np
from onnx_files import write_mean_colour_network
import pytest

from yolo_deepsort_ros.config.network_config import AUTO_BACKENDS, InferenceConfig
from yolo_deepsort_ros.errors import ConfigurationError, MissingDependencyError, ModelError
from yolo_deepsort_ros.inference.load import load_onnx
from yolo_deepsort_ros.inference.usable_cores import usable_cores
from yolo_deepsort_ros.models.onnx.model import OnnxModel


@pytest.fixture
def onnx_model(tmp_path):
    return OnnxModel.read(write_mean_colour_network(tmp_path / 'a.onnx'))


def hide(monkeypatch, backend):
    """Let a library be absent."""
    monkeypatch.setitem(sys.modules, backend, None)
    monkeypatch.delitem(sys.modules, f'yolo_deepsort_ros.inference.{backend}', raising=False)


@pytest.mark.parametrize('backend', AUTO_BACKENDS)
def test_backends_agree_with_the_sum_by_hand(onnx_model, backend):
    if backend != 'opencv':
        pytest.importorskip(backend)
    network = load_onnx(onnx_model, InferenceConfig(backend=backend, threads=1))
    batch = np.random.default_rng(0).random((1, 3, 16, 8), np.float32)
    result, = network.run(batch)
    np.testing.assert_allclose(result, batch.mean(axis=(2, 3)), rtol=1e-5)


@pytest.mark.parametrize('absent, name', [
    ([], 'OpenVINO'), (['openvino'], 'ONNX Runtime'), (['openvino', 'onnxruntime'], 'OpenCV'),
])
def test_auto_takes_the_fastest_installed(onnx_model, monkeypatch, absent, name):
    for backend in AUTO_BACKENDS[len(absent):-1]:
        pytest.importorskip(backend)
    for backend in absent:
        hide(monkeypatch, backend)
    assert load_onnx(onnx_model, InferenceConfig()).name.startswith(name)


@pytest.mark.parametrize('backend', ['openvino', 'onnxruntime', 'ncnn'])
def test_a_missing_backend_is_named_with_the_remedy(onnx_model, monkeypatch, backend):
    hide(monkeypatch, backend)
    with pytest.raises(MissingDependencyError, match=f'pip install {backend}'):
        load_onnx(onnx_model, InferenceConfig(backend=backend))


@pytest.mark.parametrize('backend', ['auto', 'onnxruntime'])
@pytest.mark.parametrize('error', [
    ImportError('x.so: failed to map segment from shared object'),
    SystemError('<built-in function compile> returned NULL without setting an exception'),
])
def test_no_room_for_a_library_is_no_reason_to_install_it(onnx_model, monkeypatch, backend, error):
    def no_room(name):
        raise error
    monkeypatch.setattr('yolo_deepsort_ros.inference.load.import_module', no_room)
    with pytest.raises(MemoryError, match=r'does not load: .*(map segment|compile)'):
        load_onnx(onnx_model, InferenceConfig(backend=backend))


@pytest.mark.parametrize('backend', AUTO_BACKENDS)
@pytest.mark.parametrize('device', ['warp', 'CUDA\n' * 100])
def test_an_absent_device_is_one_line_that_names_those_present(onnx_model, backend, device):
    if backend != 'opencv':
        pytest.importorskip(backend)
    with pytest.raises(ConfigurationError, match=r'device: .* it has .*cpu') as caught:
        load_onnx(onnx_model, InferenceConfig(backend=backend, device=device))
    assert '\n' not in str(caught.value)
    assert len(str(caught.value)) < 300


def test_a_remote_service_is_no_device(onnx_model, monkeypatch):
    library = pytest.importorskip('onnxruntime')
    names = ['AzureExecutionProvider', 'CPUExecutionProvider']
    monkeypatch.setattr(library, 'get_available_providers', lambda: names)
    with pytest.raises(ConfigurationError, match=r'it has cpu$'):
        load_onnx(onnx_model, InferenceConfig(backend='onnxruntime', device='cuda'))


def test_auto_says_what_each_backend_lacks(onnx_model):
    with pytest.raises(ConfigurationError, match=r"OpenCV has no 'warp' here; it has cpu"):
        load_onnx(onnx_model, InferenceConfig(device='warp'))


@pytest.mark.parametrize('backend', AUTO_BACKENDS)
def test_the_name_says_what_runs_how(onnx_model, backend):
    if backend != 'opencv':
        pytest.importorskip(backend)
    before = cv2.getNumThreads()
    try:
        config = InferenceConfig(backend=backend, device='CPU', threads=1)
        assert load_onnx(onnx_model, config).name.endswith(', cpu, float32, 1 thread')
    finally:
        cv2.setNumThreads(before)


def test_int8_wants_an_int8_network(onnx_model):
    with pytest.raises(ConfigurationError, match='is no int8 network: make one with export'):
        load_onnx(onnx_model, InferenceConfig(precision='int8'))


def test_openvino_reports_nothing_to_its_makers():
    pytest.importorskip('openvino')
    code = (
        'import sys; from yolo_deepsort_ros.inference import openvino; '
        'print([name for name in sys.modules if name.startswith("openvino_telemetry")])'
    )
    done = subprocess.run([sys.executable, '-c', code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == '[]'


@pytest.mark.parametrize('backend', AUTO_BACKENDS)
def test_a_network_that_the_library_refuses_is_one_short_line(tmp_path, backend, capfd):
    if backend != 'opencv':
        pytest.importorskip(backend)
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


def test_threads_bound_those_of_linear_algebra(onnx_model):
    threadpoolctl = pytest.importorskip('threadpoolctl')
    before = cv2.getNumThreads()
    with threadpoolctl.threadpool_limits():
        try:
            load_onnx(onnx_model, InferenceConfig(threads=1))
            pools = threadpoolctl.threadpool_info()
            assert {pool['num_threads'] for pool in pools if pool['user_api'] == 'blas'} == {1}
        finally:
            cv2.setNumThreads(before)


@pytest.mark.parametrize('files, cores', [
    ({}, 8),
    ({'proc/self/cgroup': '0::/\n'}, 8),
    ({'proc/self/cgroup': '0::/\n', 'sys/fs/cgroup/cpu.max': 'max 100000\n'}, 8),
    ({'proc/self/cgroup': '0::/\n', 'sys/fs/cgroup/cpu.max': '200000 100000\n'}, 2),
    ({'proc/self/cgroup': '0::/\n', 'sys/fs/cgroup/cpu.max': '50000 100000\n'}, 1),
    ({'proc/self/cgroup': '0::/a/b\n', 'sys/fs/cgroup/a/cpu.max': '250000 100000',
      'sys/fs/cgroup/a/b/cpu.max': 'max 100000'}, 3),
    ({'proc/self/cgroup': '3:cpuset:/x\n1:cpu,cpuacct:/docker/1\n',
      'sys/fs/cgroup/cpu/cpu.cfs_quota_us': '200000',
      'sys/fs/cgroup/cpu/cpu.cfs_period_us': '100000'}, 2),
    ({'proc/self/cgroup': '1:cpu:/\n', 'sys/fs/cgroup/cpu/cpu.cfs_quota_us': '-1',
      'sys/fs/cgroup/cpu/cpu.cfs_period_us': '100000'}, 8),
    ({'proc/self/cgroup': '0::/\n', 'sys/fs/cgroup/cpu.max': 'nonsense'}, 8),
])
def test_cores_are_those_that_a_container_may_use(tmp_path, monkeypatch, files, cores):
    monkeypatch.setattr(os, 'sched_getaffinity', lambda _: set(range(8)))
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    assert usable_cores(tmp_path) == cores


@pytest.mark.parametrize('backend', AUTO_BACKENDS)
def test_threads_are_no_more_than_the_process_may_use(onnx_model, backend):
    """Bound to one core of the machine, a network says one thread."""
    if backend != 'opencv':
        pytest.importorskip(backend)
    code = f"""
import os
os.sched_setaffinity(0, {{min(os.sched_getaffinity(0))}})
os.cpu_count = lambda: 64
from yolo_deepsort_ros.config.network_config import InferenceConfig
from yolo_deepsort_ros.inference.load import load_onnx
from yolo_deepsort_ros.models.onnx.model import OnnxModel
print(load_onnx(OnnxModel.read({onnx_model.path!r}), InferenceConfig(backend={backend!r})).name)
"""
    done = subprocess.run([sys.executable, '-c', code], capture_output=True, text=True, check=True)
    assert done.stdout.strip().endswith(', 1 thread')
