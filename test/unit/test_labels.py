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

"""Where the labels of a network come from."""

import pytest

from yolo_deepsort_ros.errors import ModelError
from yolo_deepsort_ros.models.labels import COCO_LABELS, find_labels


def test_coco_labels_are_those_of_darknet(shared_data):
    text = (shared_data / 'models' / 'coco.names').read_text()
    assert tuple(text.split('\n')[:80]) == COCO_LABELS


@pytest.mark.parametrize('name, names, files, expected', [
    ('the file named', 'my.txt', ['my.txt', 'net.names', 'coco.names'], 'my.txt'),
    ('the one of the same stem', '', ['net.names', 'coco.names'], 'net.names'),
    ('coco.names', '', ['coco.names', 'other.names'], 'coco.names'),
])
def test_order_of_search(tmp_path, name, names, files, expected):
    for file in files:
        (tmp_path / file).write_text(f'{file}\n second \n\n')
    labels = find_labels(names and str(tmp_path / names), tmp_path / 'net.cfg', 2)
    assert labels == (expected, 'second')


def test_eighty_classes_are_coco(tmp_path):
    assert find_labels('', tmp_path / 'net.cfg', 80) is COCO_LABELS


@pytest.mark.parametrize('name, content, classes, words', [
    ('no file', None, 3, 'no labels for its 3 classes'),
    ('too few', b'a\nb', 3, '2 labels, but net.cfg has 3 classes'),
    ('too many', b'a\nb', 1, '2 labels, but net.cfg has 1 classes'),
    ('not for COCO either', b'a\nb', 80, '2 labels, but net.cfg has 80 classes'),
    ('binary', b'\xff\xfe\x00', 1, 'not a text file'),
    ('an escape', b'a\n\x1b[31mred', 2, r"net.names: line 2: '\\x1b\[31mred' holds a control"),
    ('a bell', b'a\x07b\n', 1, 'line 1: .* holds a control character'),
    ('a page', b'a\x0cb\nc\n', 2, 'line 1: .* holds a control character'),
    ('a tab', b'traffic\tlight', 1, 'line 1: .* one label a line'),
    ('UTF-16', 'person'.encode('utf-16-le'), 1, 'line 1: .* in UTF-8'),
    ('of C1', 'a\x9bb'.encode(), 1, 'line 1'),
    ('too long', b'a\n' * 600000, 2, 'the limit is 1048576'),
])
def test_errors(tmp_path, name, content, classes, words):
    if content is not None:
        (tmp_path / 'net.names').write_bytes(content)
    with pytest.raises(ModelError, match=words):
        find_labels('', tmp_path / 'net.cfg', classes)


def test_a_missing_file_is_not_passed_over(tmp_path):
    with pytest.raises(ModelError, match='No such file'):
        find_labels(str(tmp_path / 'none.names'), tmp_path / 'net.cfg', 80)


@pytest.mark.parametrize('content', [
    b'a\r\n\tb c \r\n', b'a\rb c', b'a\n\n b c\t\n\x0c',
])
def test_lines_of_any_system_and_blanks_at_their_ends(tmp_path, content):
    (tmp_path / 'net.names').write_bytes(content)
    assert find_labels('', tmp_path / 'net.cfg', 2) == ('a', 'b c')


@pytest.mark.parametrize('label', [
    '人', '交通\u3000灯', 'pièce', 'می\u200cخواهم', '\u00a0x\u00a0y',
])
def test_labels_of_any_language(tmp_path, label):
    (tmp_path / 'net.names').write_text(label, encoding='utf-8')
    assert find_labels('', tmp_path / 'net.cfg', 1) == (label.strip(),)


def test_the_byte_order_mark_of_windows_is_passed_over(tmp_path):
    (tmp_path / 'net.names').write_text('a\nb', encoding='utf-8-sig')
    assert find_labels('', tmp_path / 'net.cfg', 2) == ('a', 'b')
