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

"""Darknet networks: definition and weights checked against each other."""

from darknet_files import RANDOM_CFG, write_random_network, write_weights
import numpy as np
import pytest

from yolo_deepsort_ros.errors import ConfigurationError, ModelError
from yolo_deepsort_ros.models.darknet.cfg import DarknetCfg
from yolo_deepsort_ros.models.darknet.graph import trace_layers
from yolo_deepsort_ros.models.darknet.layers import Convolution
from yolo_deepsort_ros.models.darknet.weights import DarknetModel, read_weights


def test_weights_that_git_lfs_left_out(tmp_path):
    cfg, weights = write_random_network(tmp_path)
    weights.write_text('version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 100\n')
    with pytest.raises(ModelError, match='a Git LFS pointer, not the file itself'):
        DarknetModel.read(cfg, weights)


def test_sizes_and_weights_of_each_kind_of_layer():
    cfg = DarknetCfg.parse(RANDOM_CFG.format(
        filters=16, classes=3, new_coords=0, last_activation='linear'), 'a.cfg')
    layers = trace_layers(cfg)
    assert [layer.shape.channels for layer in layers] == [
        8, 8, 4, 4, 8, 8, 8, 8, 8, 16, 16, 16, 16, 16, 16, 24, 16, 16]
    assert [layer.shape[1:] for layer in layers] == [
        *[(32, 48)] * 8, (16, 24), *[(8, 12)] * 5, *[(16, 24)] * 4]
    operations = [layer.operation for layer in layers]
    counts = [part.weight_count for part in operations if isinstance(part, Convolution)]
    assert counts == [
        8 * 3 * 9 + 4 * 8, 8 * 8 * 9 + 4 * 8, 4 * 4 * 9 + 4 * 4, 8 * 1 * 9 + 4 * 8,
        16 * 8 * 9 + 4 * 16, 16 * 16 + 16, 16 * 24 + 16]


@pytest.mark.parametrize('cfg, weights', [
    ('yolov4-tiny.cfg', 'yolov4-tiny-voc20in80.weights'),
    ('yolo-fastest-1.1.cfg', 'yolo-fastest-1.1.weights'),
    ('yolo-fastest-1.1-xl.cfg', 'yolo-fastest-1.1-xl.weights'),
])
def test_real_networks_have_the_expected_length(shared_data, cfg, weights):
    model = DarknetModel.read(shared_data / 'models' / cfg, shared_data / 'models' / weights)
    assert model.classes == 80
    assert len(model.heads) == 2
    assert all(len(head.anchors) == 3 for head in model.heads)


def test_what_is_read(tmp_path):
    model = DarknetModel.read(*write_random_network(tmp_path, classes=4))
    assert model.input_size == (96, 64)
    assert model.classes == 4
    assert [head.anchors for head in model.heads] == [
        ((14, 20), (30, 24)), ((4, 6), (9, 9))]
    assert [head.scale_xy for head in model.heads] == [1.05, 1.05]
    assert [head.channels for head in model.heads] == [18, 18]


@pytest.mark.parametrize('size, expected', [
    ((), (96, 64)), ((128,), (128, 128)), ((160, 32), (160, 32)), ([32, 4096], (32, 4096)),
])
def test_input_size(tmp_path, size, expected):
    model = DarknetModel.read(*write_random_network(tmp_path), input_size=size)
    assert model.input_size == expected
    assert model.cfg.net.options['width'] == str(expected[0])


@pytest.mark.parametrize('size', [(33,), (0,), (-32,), (32, 32, 32), (8192,), (64, 100)])
def test_impossible_input_size(tmp_path, size):
    with pytest.raises(ConfigurationError, match=r'input_size: .* multiples of 32'):
        DarknetModel.read(*write_random_network(tmp_path), input_size=size)


@pytest.mark.parametrize('name, before, after, words', [
    ('unknown layer', '[dropout]', '[lstm]', r'\[lstm\] is not supported; the nearest known is'),
    ('a layer misspelt', '[dropout]', '[drop-out]', r'the nearest known is \[dropout\] of conv'),
    ('unknown activation', 'activation=mish', 'activation=gelu', 'activation=gelu is not support'),
    ('another convolution', 'activation=mish', 'activation=mish\ndilation=2',
     'dilation=2 is not supported, only 1'),
    ('a weighted shortcut', 'from=-3', 'from=-3\nweights_type=per_channel',
     'the option weights_type is not supported'),
    ('groups that do not divide the filters', 'filters=8\ngroups=8', 'filters=9\ngroups=8',
     'groups=8 does not divide 9 filters'),
    ('a group beyond the last', 'group_id=1', 'group_id=2', 'group_id=2 is out of range 0 … 1'),
    ('layers that differ in size', 'stride=2\n\n[route]', 'stride=3\n\n[route]',
     'joins layers that differ in size: 24 x 36 and 16 x 24'),
    ('layers that differ in channels', 'from=-3', 'from=-4',
     'joins layers that differ in size: 8 x 32 x 48 and 4 x 32 x 48'),
    ('a layer after a head', 'layers=-3', 'layers=-1', 'takes in the output of a head'),
    ('a border larger than its window', 'size=5\nstride=1', 'size=5\nstride=1\npadding=9',
     'padding=9 is out of range 0 … 8'),
    ('a map of nothing', '[maxpool]\nsize=2', '[maxpool]\npadding=0\nsize=255',
     'its window is larger than its input'),
    ('a map too large', '[upsample]\nstride=2', '[upsample]\nstride=64\n[upsample]\nstride=64\n'
     '[upsample]', 'puts out 16 x 32768 x 49152 numbers, the limit is 536870912'),
    ('anchors of nothing', '14,20, 30,24', '14,20, 30,0', 'anchors of a positive'),
    ('a negative anchor', '14,20, 30,24', '14,20, -30,24', 'anchors of a positive'),
    ('no classes', 'classes=3', 'classes=0', 'needs classes'),
    ('route to itself', 'layers=-1,8', 'layers=0,15', 'layers=15 names no layer before'),
    ('route out of the network', 'layers=-3', 'layers=-99', 'layers=-99 names no layer before'),
    ('route to nowhere', 'layers=-3', 'layers=', 'lacks the option layers'),
    ('shortcut from nowhere', 'from=-3', 'form=-3', 'lacks the option from'),
    ('groups that do not divide', 'groups=8', 'groups=3', 'groups=3 does not divide 8 channels'),
    ('no groups', 'groups=8', 'groups=0', 'groups=0 is out of range 1'),
    ('too few filters for the head', 'classes=3', 'classes=4', 'needs 18 channels'),
    ('suppression that changes scores', 'mask=2,3', 'mask=2,3\nnms_kind=cornersnms',
     'nms_kind=cornersnms is not supported; known: default, greedynms, diounms'),
    ('mask beyond the anchors', 'mask=2,3', 'mask=2,4', 'does not fit the 4 anchors'),
    ('no anchors', 'anchors=', 'anchor=', 'does not fit the 0 anchors'),
    ('grey input', 'channels=3', 'channels=1', 'three colours'),
    ('odd size', 'width=96', 'width=100', 'width=100 is no multiple of 32'),
    ('huge size', 'height=64', 'height=3200000', 'no multiple of 32 up to 4096'),
    ('no head', '[yolo]', '[dropout]', r'no \[yolo\] or \[region\] section'),
    ('two billion filters', 'filters=16\nsize=3', 'filters=2000000000\nsize=3',
     'filters=2000000000 is out of range 1 … 65536'),
    ('many wide layers', 'filters=16\nsize=3', 'filters=60000\nsize=255',
     r'needs \d+ weights, the limit is 268435456'),
    ('no stride', '[upsample]\nstride=2', '[upsample]\nstride=0', 'stride=0 is out of range 1'),
    ('a wide border', 'size=3\nstride=2', 'size=3\npadding=1000000\nstride=2',
     'padding=1000000 is out of range 0 … 255'),
    ('more filters than an integer holds', 'filters=8', 'filters=20000000000', 'out of range'),
])
def test_definitions_that_cannot_be(tmp_path, name, before, after, words):
    cfg, weights = write_random_network(tmp_path)
    text = cfg.read_text()
    assert before in text
    cfg.write_text(text.replace(before, after))
    with pytest.raises(ModelError, match=words) as caught:
        DarknetModel.read(cfg, weights)
    assert '\n' not in str(caught.value)


def test_heads_must_agree_in_classes(tmp_path):
    cfg, weights = write_random_network(tmp_path)
    start, end = cfg.read_text().rsplit('filters=16', 1)
    cfg.write_text(start + 'filters=14' + end.replace('classes=3', 'classes=2'))
    with pytest.raises(ModelError, match='differ in classes'):
        DarknetModel.read(cfg, weights)


@pytest.mark.parametrize('version', [(0, 1), (0, 2), (0, 5), (1, 0)])
def test_both_headers(tmp_path, version):
    path = write_weights(tmp_path / 'a.weights', np.arange(7), version=version)
    assert path.stat().st_size == (16 if version == (0, 1) else 20) + 4 * 7
    assert read_weights(path, 7).tolist() == list(range(7))


@pytest.mark.parametrize('name, content, words', [
    ('empty', b'', '0 bytes are no Darknet weights'),
    ('a stump', b'abc', '3 bytes are no Darknet weights'),
    ('one number short', bytes(4) + b'\2' + bytes(15 + 4 * 6), 'has 6 numbers, the network'),
    ('one number more', bytes(4) + b'\2' + bytes(15 + 4 * 8), 'has 8 numbers, the network'),
    ('cut within a number', bytes(4) + b'\2' + bytes(15 + 4 * 6 + 2), 'has 6.5 numbers'),
    ('a web page', b'<!DOCTYPE html>\n<html>', "text, not Darknet weights: it begins with '<!DOC"),
])
def test_wrong_length(tmp_path, name, content, words):
    path = tmp_path / 'a.weights'
    path.write_bytes(content)
    with pytest.raises(ModelError, match=words) as caught:
        read_weights(path, 7)
    assert str(path) in str(caught.value)


@pytest.mark.parametrize('value', [np.nan, np.inf, -np.inf])
def test_weights_that_are_not_finite(tmp_path, value):
    path = write_weights(tmp_path / 'a.weights', [1, 2, value, 4])
    with pytest.raises(ModelError, match='number 2 is not finite'):
        read_weights(path, 4)


def test_missing_weights(tmp_path):
    with pytest.raises(ModelError, match='No such file'):
        read_weights(tmp_path / 'none.weights', 7)


@pytest.mark.parametrize('name', ['endless', 'sparse'])
def test_weights_are_not_read_before_their_length_is_right(tmp_path, name):
    path = tmp_path / name
    if name == 'endless':
        path.symlink_to('/dev/zero')
    else:
        with open(path, 'wb') as file:
            file.truncate(2**36)
    with pytest.raises(ModelError, match=r'a folder, pipe or device|has 17179869180 numb'):
        read_weights(path, 7)
