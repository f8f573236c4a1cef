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

"""Darknet definitions by tables."""

import pytest

from yolo_deepsort_ros.errors import ModelError
from yolo_deepsort_ros.models.darknet.cfg import DarknetCfg

TEXT = """
# a comment
[net]
width = 416   # another
height=320;and another
[convolutional]
filters=8
filters=9
stride = -2
[yolo]
mask = 0, 2
anchors = 1,2.5,  3,4,
names=a=b
"""


def test_sections_and_options():
    cfg = DarknetCfg.parse(TEXT, 'a.cfg')
    convolution, yolo = cfg.layers
    assert (cfg.net.kind, convolution.kind, yolo.kind) == ('net', 'convolutional', 'yolo')
    assert (cfg.net.integer('width', 0), cfg.net.integer('height', 0)) == (416, 320)
    assert convolution.integer('filters', 0) == 8, 'the first one holds, as in Darknet'
    assert yolo.integers('mask') == [0, 2]
    assert yolo.reals('anchors') == [1, 2.5, 3, 4]
    assert yolo.options['names'] == 'a=b'
    assert yolo.integer('absent', 7) == 7
    assert yolo.real('absent', 0.5) == 0.5
    assert yolo.integers('absent') == []


def test_windows_line_ends_and_the_old_name_of_the_first_section():
    cfg = DarknetCfg.parse('[network]\r\nwidth=32\r\n', 'a.cfg')
    assert cfg.net.options == {'width': '32'}


def test_another_size_leaves_the_original_alone():
    cfg = DarknetCfg.parse(TEXT, 'a.cfg')
    assert cfg.resized(64, 96).net.options == {'width': '64', 'height': '96'}
    assert cfg.net.integer('width', 0) == 416


@pytest.mark.parametrize('name, text, words', [
    ('empty', '', 'does not begin with [net]'),
    ('only comments', '# nothing\n', 'does not begin with [net]'),
    ('a web page', '<!DOCTYPE html>\n<html>', "line 1: not a Darknet .cfg: '<!DOCTYPE html>'"),
    ('XML', '<?xml version="1.0"?>', 'line 1: not a Darknet .cfg'),
    ('a binary', '\x7fELF\x02\x01\x00', 'line 1: not a Darknet .cfg'),
    ('an ini file', '[metadata]\nname=x', 'does not begin with [net]'),
    ('an option before all sections', 'width=3\n[net]', 'line 1: not a Darknet .cfg'),
    ('a line that is neither', '[net]\nwidth=32\nhello', "line 3: not a Darknet .cfg: 'hello'"),
    ('a long line is cut', 'x' * 5000, 'x' * 39 + "…' is no"),
])
def test_not_a_definition(name, text, words):
    with pytest.raises(ModelError) as caught:
        DarknetCfg.parse(text, 'some.cfg')
    assert words in str(caught.value)
    assert str(caught.value).startswith('some.cfg')
    assert len(str(caught.value)) < 200


@pytest.mark.parametrize('value, words', [
    ('abc', "stride='abc' is not an integer"),
    ('1.5', "stride='1.5' is not an integer"),
    ('', "stride='' is not an integer"),
    ('-1', 'stride=-1 is out of range 0'),
    ('9' * 300, f'stride={"9" * 40}… is out of range 0'),
    ('9' * 9000, 'stride'),
])
def test_bad_integer(value, words):
    cfg = DarknetCfg.parse(f'[net]\n[convolutional]\nstride={value}', 'a.cfg')
    with pytest.raises(ModelError) as caught:
        cfg.layers[0].integer('stride', 1)
    assert words in str(caught.value)
    assert 'a.cfg, line 2: [convolutional]' in str(caught.value)


@pytest.mark.parametrize('value', ['nan', 'inf', '1e999', 'x'])
def test_bad_number(value):
    cfg = DarknetCfg.parse(f'[net]\n[yolo]\nanchors=1,{value}', 'a.cfg')
    with pytest.raises(ModelError, match='is not a finite number'):
        cfg.layers[0].reals('anchors')


def test_a_missing_file(tmp_path):
    with pytest.raises(ModelError, match='No such file'):
        DarknetCfg.read(tmp_path / 'none.cfg')
    with pytest.raises(ModelError, match='a folder'):
        DarknetCfg.read(tmp_path)


def test_the_byte_order_mark_of_windows_is_passed_over(tmp_path):
    path = tmp_path / 'a.cfg'
    path.write_text(TEXT, encoding='utf-8-sig')
    assert DarknetCfg.read(path).net.integer('width', 0) == 416


def test_a_comment_in_another_encoding_does_no_harm(tmp_path):
    path = tmp_path / 'a.cfg'
    path.write_bytes(TEXT.encode() + b'# gr\xfc\xdfe')
    assert len(DarknetCfg.read(path).layers) == 2
