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

"""Class names of any language on pictures, for which OpenCV has ASCII alone."""

from __future__ import annotations

import logging

from hypothesis import given, strategies as st
import numpy as np
import pytest

from yolo_deepsort_ros.visualization.drawing import draw_tracks
from yolo_deepsort_ros.visualization.label_text import drawable, drawn_names


@pytest.mark.parametrize(('name', 'drawn'), [
    ('person', 'person'), ('vélo', 'velo'), ('Straßenbahn', 'Strassenbahn'), ('łódź', 'lodz'),
    ('señal', 'senal'), ('ﬁre hydrant', 'fire hydrant'), ('Đường', 'Duong'),
])
def test_letters_lose_their_accents(name, drawn, caplog):
    assert drawn_names({name: 3}) == {name: drawn}
    assert not caplog.records


def test_names_of_other_letters_are_drawn_as_numbers_which_is_said_once(caplog):
    with caplog.at_level(logging.WARNING):
        assert drawn_names({'dog': 0, '人': 1, 'собака': 2}) == {
            'dog': 'dog', '人': '1', 'собака': '2'}
    [record] = caplog.records
    assert record.getMessage() == (
        'class names that cannot be drawn: 人, собака; their numbers are drawn instead')


@given(st.text())
def test_any_text_becomes_ascii(text):
    assert drawable(text).isascii()
    draw_tracks(np.zeros((64, 64, 3), np.uint8), [1], [[1, 30, 30, 30]], [text], [0.5])
