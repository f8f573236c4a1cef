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

"""What may be read at all, and how a line of error quotes it."""

import errno
import os
import sys

import pytest

from yolo_deepsort_ros.error_text import quoted, shown
from yolo_deepsort_ros.errors import ModelError, OutputError
from yolo_deepsort_ros.files import check_utf8, read_bytes, user_path, write_whole


@pytest.fixture
def places(tmp_path):
    (tmp_path / 'folder').mkdir()
    (tmp_path / 'long').write_bytes(bytes(101))
    os.mkfifo(tmp_path / 'pipe')
    (tmp_path / 'endless').symlink_to('/dev/zero')
    return tmp_path


@pytest.mark.parametrize('name, reason', [
    ('folder', 'a folder, pipe or device, not a file; mend it'),
    ('pipe', 'a folder, pipe or device, not a file; mend it'),
    ('endless', 'a folder, pipe or device, not a file; mend it'),
    ('none', 'No such file or directory; mend it'),
    ('long', '101 bytes, the limit is 100; mend it'),
    pytest.param('a' * 300, 'File name too long; mend it', marks=pytest.mark.skipif(
        sys.platform != 'linux', reason='its words are those of Linux')),
])
def test_what_is_not_read(places, name, reason):
    with pytest.raises(ModelError) as caught:
        read_bytes(places / name, 100, ModelError, 'mend it')
    assert str(caught.value) == f'{shown(places / name)}: {reason}'


def test_a_file_within_the_limit_is_read(places):
    assert read_bytes(places / 'long', 101, ModelError, '') == bytes(101)


def test_an_unreadable_file_is_named(places, monkeypatch):
    def denied(*_):
        raise PermissionError(13, 'Permission denied')

    monkeypatch.setattr('yolo_deepsort_ros.files.os.open', denied)
    with pytest.raises(ModelError, match='long: Permission denied; mend it'):
        read_bytes(places / 'long', 999, ModelError, 'mend it')


def test_a_file_is_written_whole_and_a_link_stays_one(places):
    (places / 'link').symlink_to(places / 'long')
    write_whole(places / 'link', b'new')
    assert (places / 'link').is_symlink()
    assert (places / 'long').read_bytes() == b'new'
    write_whole(str(places / 'other'), b'')
    assert (places / 'other').read_bytes() == b''


@pytest.mark.parametrize('name, reason', [
    ('folder', 'a folder, pipe or device, not a file; name a file to write'),
    ('pipe', 'a folder, pipe or device, not a file; name a file to write'),
    ('none/file', 'No such file or directory; name a file to write'),
])
def test_where_nothing_is_written(places, name, reason):
    before = sorted(places.rglob('*'))
    with pytest.raises(OutputError) as caught:
        write_whole(places / name, b'new')
    assert str(caught.value) == f'{places / name}: {reason}'
    assert sorted(places.rglob('*')) == before


def test_a_full_disk_leaves_the_older_file(places, monkeypatch):
    def full(_):
        raise OSError(errno.ENOSPC, 'No space left on device')

    monkeypatch.setattr('yolo_deepsort_ros.files.os.fsync', full)
    before = sorted(places.iterdir())
    with pytest.raises(OutputError, match='long: No space left on device'):
        write_whole(places / 'long', b'new')
    assert (places / 'long').read_bytes() == bytes(101)
    assert sorted(places.iterdir()) == before


@pytest.mark.parametrize('value, text', [
    ('müde.cfg', 'müde.cfg'),
    ('two\nlines', r'two\nlines'),
    ('\udcff.mp4', r'\udcff.mp4'),
    ('a' * 200, 'a' * 200),
    ('a' * 201, 'a' * 200 + '…'),
    ('', ''),
])
def test_values_are_shown_in_one_short_line(value, text):
    assert shown(value) == text


def test_a_name_that_is_not_utf8_is_refused_before_opencv_dies_of_it():
    check_utf8('müde.mp4', ModelError)
    with pytest.raises(ModelError, match=r'\\udcff.mp4: rename the file: its name is not UTF-8'):
        check_utf8('\udcff.mp4', ModelError)


def test_the_home_of_nobody_is_no_traceback(monkeypatch, tmp_path):
    monkeypatch.setenv('HOME', str(tmp_path))
    assert user_path('~/a.cfg') == tmp_path / 'a.cfg'
    assert str(user_path('~no-such-user/a.cfg')) == '~no-such-user/a.cfg'


@pytest.mark.parametrize(('value', 'text'), [
    ('plain', "'plain'"),
    ('two\nlines', r"'two\nlines'"),
    ("it's", '"it\'s"'),
    ('x' * 300, "'" + 'x' * 199 + "…'"),
    (['a'] * 2, "['a', 'a']"),
])
def test_a_value_is_quoted_once(value, text):
    assert quoted(value) == text
