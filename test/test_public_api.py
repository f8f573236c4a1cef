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

"""What users import by name."""

import doctest
import importlib
import inspect

import pytest

import yolo_deepsort_ros


def test_all_is_sorted_and_complete():
    names = yolo_deepsort_ros.__all__
    assert names == sorted(names)
    assert set(names) <= set(dir(yolo_deepsort_ros))


@pytest.mark.parametrize('name', yolo_deepsort_ros.__all__)
def test_every_public_thing_is_documented(name):
    thing = getattr(yolo_deepsort_ros, name)
    assert inspect.getdoc(thing)
    for member, value in vars(thing).items():
        if not member.startswith('_') and callable(value):
            assert inspect.getdoc(value), f'{name}.{member}'


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match='Trakcer'):
        yolo_deepsort_ros.Trakcer  # noqa: B018


@pytest.mark.parametrize('name', [
    name for name in yolo_deepsort_ros.__all__
    if name not in ('TrackState', 'YoloDeepsortError')  # an enumeration, a base class
])
def test_every_public_class_has_an_example_that_runs(name):
    thing = getattr(yolo_deepsort_ros, name)
    module = importlib.import_module(thing.__module__)
    [example] = [test for test in doctest.DocTestFinder(recurse=False).find(
        thing, name, globs=vars(module).copy()
    ) if test.examples]
    runner = doctest.DocTestRunner()
    runner.run(example)
    assert runner.tries
    assert not runner.failures
