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


"""Detection networks from any files, and what ONNX files say of them."""

from dataclasses import replace
import json

from darknet_families import FAMILIES
from darknet_files import draw_object, write_colour_network, write_network
import numpy as np
from onnx_files import write_mean_colour_network
import pytest

from yolo_deepsort_ros import Detector
from yolo_deepsort_ros.errors import ConfigurationError, ModelError
from yolo_deepsort_ros.models.conventions import Conventions, input_size_of, KEY, YoloHead
from yolo_deepsort_ros.models.darknet.to_onnx import to_onnx
from yolo_deepsort_ros.models.darknet.weights import DarknetModel
from yolo_deepsort_ros.models.onnx.model import OnnxModel, OnnxTensor
from yolo_deepsort_ros.yolo.detection_model import DetectionModel


@pytest.fixture
def exported(tmp_path):
    """Write a network as ONNX, alone in a folder; return it and its Darknet files."""
    files = write_colour_network(tmp_path)
    path = tmp_path / 'alone' / 'colours.onnx'
    path.parent.mkdir()
    path.write_bytes(DetectionModel.read(*files).onnx.content)
    return path, files


def test_an_exported_file_alone_finds_what_its_origin_finds(exported):
    path, (cfg, weights) = exported
    picture = np.full((256, 320, 3), 127, np.uint8)
    draw_object(picture, 'red', 64, 64)
    draw_object(picture, 'blue', 200, 128)
    alone, origin = Detector(path), Detector(cfg, weights=weights)
    assert alone.labels == origin.labels == ('red', 'blue')
    assert alone.input_size == origin.input_size
    found, expected = alone.detect(picture), origin.detect(picture)
    assert len(found) == 2
    np.testing.assert_array_equal(found.tlwh, expected.tlwh)
    np.testing.assert_array_equal(found.scores, expected.scores)
    np.testing.assert_array_equal(found.class_ids, expected.class_ids)


def test_given_labels_come_before_those_of_the_file(exported, tmp_path):
    names = tmp_path / 'own.names'
    names.write_text('rot\nblau\n')
    assert Detector(exported[0], names=names).labels == ('rot', 'blau')
    names.write_text('rot\n')
    with pytest.raises(ModelError, match='1 labels, but'):
        Detector(exported[0], names=names)


def test_a_file_of_one_size_keeps_it(exported):
    path, _ = exported
    assert Detector(path, input_size=(160, 128)).input_size == (160, 128)
    with pytest.raises(ConfigurationError, match='runs at 160x128 only: export it with input_s'):
        Detector(path, input_size=(128, 128))


def test_a_dynamic_file_has_a_usual_size_and_takes_others(tmp_path):
    content = DetectionModel.read(*write_colour_network(tmp_path), dynamic=True).onnx.content
    path = tmp_path / 'any.onnx'
    path.write_bytes(content)
    assert Detector(path).input_size == (160, 128)
    detector = Detector(path, input_size=(320, 256))
    picture = np.full((256, 320, 3), 127, np.uint8)
    picture[100:124, 100:124] = 0, 0, 255  # an object at this scale
    np.testing.assert_allclose(detector.detect(picture).tlwh, [[100, 100, 24, 24]], atol=4)


def test_an_onnx_of_somebody_else(tmp_path):
    path = write_mean_colour_network(tmp_path / 'a.onnx')
    with pytest.raises(ModelError, match=r'an \.onnx that the command export has written'):
        Detector(path)


def metadata(**changes):
    content = json.loads(Conventions((YoloHead(((1, 2),), 2),), (64, 32)).to_metadata()[KEY])
    return {KEY: json.dumps({**content, **changes})}


def model_with(said, channels=7):
    tensors = OnnxTensor('images', (0, 3, 0, 0)), OnnxTensor('head0', (0, channels, 0, 0))
    return OnnxModel('a.onnx', b'', tensors[:1], tensors[1:], said)


def test_metadata_reads_as_it_was_written():
    said = Conventions(
        (YoloHead(((1.5, 2),), 2, 1.05, True), YoloHead(((3, 4.25),), 2, softmax=True)),
        (64, 32), ('a', 'ü'), 'letterbox')
    outputs = tuple(OnnxTensor(name, (1, 7, 2, 2)) for name in 'ab')
    assert Conventions.of(replace(model_with(said.to_metadata()), outputs=outputs)) == said


@pytest.mark.parametrize('name, said, words', [
    ('none', {}, 'does not say what its outputs mean'),
    ('no JSON', {KEY: 'hello'}, 'damaged metadata'),
    ('an offset that is none', metadata(foot_offset=0.6), 'foot_offset: 0.6 is out of range'),
    ('an escape in a label', metadata(labels=['a\x1b', 'b']), 'a label holds a control character'),
    ('deep JSON', {KEY: '[' * 100000}, 'damaged metadata'),
    ('no object', {KEY: '3'}, 'damaged metadata'),
    ('a list', {KEY: '[]'}, 'damaged metadata'),
    ('a later version', metadata(version=2), 'version 2: made for another release'),
    ('another colour', metadata(colour='BGR'), 'another colour or range'),
    ('another range', metadata(range=[0, 255]), 'another colour or range'),
    ('another resize', metadata(resize='crop'), "resize: 'crop' is none of"),
    ('a resize that is no word', metadata(resize=[1]), 'is none of stretch'),
    ('no heads', metadata(heads=[]), 'needs heads'),
    ('heads that are numbers', metadata(heads=[1]), 'damaged metadata'),
    ('a head of nothing', metadata(heads=[{}]), 'damaged metadata'),
    ('labels of other classes', metadata(labels=['a']), 'has 1 labels for 2 classes'),
    ('no size', metadata(input_size=[]), 'damaged metadata'),
    ('an odd size', metadata(input_size=[100, 100]), 'in multiples of 32'),
    ('an infinite size', metadata(input_size=[1e999, 32]), 'damaged metadata'),
])
def test_metadata_that_cannot_be(name, said, words):
    with pytest.raises(ModelError, match=words) as caught:
        Conventions.of(model_with(said))
    assert '\n' not in str(caught.value)
    assert len(str(caught.value)) < 400


@pytest.mark.parametrize('head', [
    {'anchors': []}, {'anchors': [[1]]}, {'anchors': [[1, 0]]}, {'anchors': [[1, 'x']]},
    {'anchors': [[1, 1e999]]}, {'anchors': 7}, {'classes': 0}, {'classes': None},
    {'scale_xy': 'x'}, {'scale_xy': 1e999},
])
def test_heads_that_cannot_be(head):
    said = json.loads(metadata()[KEY])
    said['heads'][0].update(head)
    with pytest.raises(ModelError, match='damaged metadata'):
        Conventions.of(model_with({KEY: json.dumps(said)}))


def test_outputs_that_do_not_fit_the_metadata():
    with pytest.raises(ModelError, match=r"'head0' \(\? x 8 x \? x \?\), its metadata says heads"):
        Conventions.of(model_with(metadata(), channels=8))


@pytest.mark.parametrize('inputs', [
    (), (OnnxTensor('a', (0, 3, 8)),), (OnnxTensor('a', (0, 1, 0, 0)),),
    (OnnxTensor('a', (0, 3, 0, 0)), OnnxTensor('b', (1,))),
])
def test_inputs_that_are_no_pictures(inputs):
    with pytest.raises(ModelError, match='not pictures'):
        input_size_of(replace(model_with({}), inputs=inputs), (32, 32), ())


def test_an_absurd_size_is_refused():
    huge = (OnnxTensor('a', (1, 3, 2**31 - 1, 2**31 - 1)),)
    with pytest.raises(ModelError, match='2147483647x2147483647 pixels, the limit is 4096'):
        input_size_of(replace(model_with({}), inputs=huge), (32, 32), ())


def test_networks_of_the_same_bytes(tmp_path):
    files = write_network(tmp_path, FAMILIES['yolov3'])
    names = tmp_path / 'random.names'
    names.write_text('a\nb')
    assert DetectionModel.read(*files).onnx.content == to_onnx(
        DarknetModel.read(*files), ['a', 'b']).content
