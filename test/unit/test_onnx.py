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

"""What is read from ONNX files without a library."""

from onnx_files import write_mean_colour_network, write_network_with_a_weight
import pytest

from yolo_deepsort_ros.errors import ModelError
from yolo_deepsort_ros.models.onnx.model import OnnxModel


@pytest.mark.parametrize('shape', [(0, 3, 16, 8), (1, 3, 256, 128), (4, 1, 0, 0)])
def test_interface(tmp_path, shape):
    model = OnnxModel.read(write_mean_colour_network(tmp_path / 'a.onnx', shape))
    assert [(tensor.name, tensor.shape) for tensor in model.inputs] == [('x', shape)]
    assert [(tensor.name, tensor.shape) for tensor in model.outputs] == [('y', shape[:2])]


def test_weights_are_no_inputs_and_a_dimension_of_minus_one_varies(tmp_path):
    model = OnnxModel.read(write_network_with_a_weight(tmp_path / 'a.onnx'))
    assert [(tensor.name, tensor.shape) for tensor in model.inputs] == [('x', (0, 3, 16, 8))]


def test_dimensions_that_vary_are_shown_as_such(tmp_path):
    model = OnnxModel.read(write_mean_colour_network(tmp_path / 'a.onnx', (0, 3, 16, 8)))
    assert str(model.inputs[0]) == "'x' (? x 3 x 16 x 8)"


@pytest.mark.parametrize('file, name, shape', [
    ('osnet_x0_25_msmt17_flatten.onnx', 'images', (0, 3, 256, 128)),
    ('reid_osnet_x025_market1501_flatten.onnx', 'modelInput', (0, 3, 128, 64)),
])
def test_real_networks(shared_data, file, name, shape):
    model = OnnxModel.read(shared_data / 'models' / file)
    assert [(tensor.name, tensor.shape) for tensor in model.inputs] == [(name, shape)]
    assert model.outputs[0].shape == (0, 512)


def test_every_cut_is_found_or_harmless(tmp_path):
    path = write_mean_colour_network(tmp_path / 'a.onnx')
    content = path.read_bytes()
    for length in range(len(content) - 4):  # the last four are the version of the operators
        path.write_bytes(content[:length])
        with pytest.raises(ModelError, match='not an ONNX file, or cut off'):
            OnnxModel.read(path)


@pytest.mark.parametrize('content', [
    b'', b'hello world', b'<html>', b'\x00' * 64, b'\xff' * 64, b'\x3a\xff\xff\xff\xff\x0f',
])
def test_not_onnx(tmp_path, content):
    path = tmp_path / 'a.onnx'
    path.write_bytes(content)
    with pytest.raises(ModelError, match='not an ONNX file'):
        OnnxModel.read(path)


def test_missing(tmp_path):
    with pytest.raises(ModelError, match='No such file'):
        OnnxModel.read(tmp_path / 'none.onnx')
