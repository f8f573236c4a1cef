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

"""What reads or quotes foreign text takes time in proportion to its length, not to its square."""

import time

import pytest

from yolo_deepsort_ros.error_text import quoted, shown
from yolo_deepsort_ros.errors import ConfigurationError
from yolo_deepsort_ros.images.picture_header import picture_header
from yolo_deepsort_ros.locating.class_heights import parse_class_heights

LONG = 10**5


@pytest.mark.timeout(60)
@pytest.mark.parametrize('read, given', [
    (shown, 'x' * LONG), (quoted, 'x' * LONG), (shown, 'a://' + '.' * LONG + 'x'),
    (shown, 'a:/ ' * LONG), (shown, 'a:/' * LONG),
    (picture_header, b'P7\n' + b'WIDTH 1\n' * LONG), (picture_header, b'P6' + b' ' * LONG),
    (picture_header, b'#?R' + b'\n+Y 1 +X ' * LONG),
])
def test_a_long_text_is_read_at_once(read, given):
    begin = time.process_time()
    read(given)
    assert time.process_time() - begin < 1.0


@pytest.mark.timeout(60)
@pytest.mark.parametrize('entry', [' ' * LONG, '=' * LONG, 'a=' + '+-' * LONG, 'a=1' + ' ' * LONG])
def test_a_long_height_is_refused_at_once(entry):
    begin = time.process_time()
    with pytest.raises(ConfigurationError):
        parse_class_heights([entry])
    assert time.process_time() - begin < 1.0
