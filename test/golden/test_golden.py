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

"""The made-up scene gives the same tracks as ever."""

from pathlib import Path

from scenario import render


def test_the_scene_is_tracked_as_recorded():
    assert render() == Path(__file__).with_name('expected.txt').read_text()


def test_the_scene_has_what_it_was_made_for():
    ids = {line.split()[1] for line in render().splitlines()}
    assert ids == {'id=1', 'id=2', 'id=3', 'id=4'}, 'four people, no switch'
