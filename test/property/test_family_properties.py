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

"""What understands foreign networks, on damaged files and odd numbers."""

from pathlib import Path
import sys

import pytest

sys.path.append(str(Path(__file__).resolve().parents[2] / 'tools'))

from fuzz_families import Decoders, Recogniser  # noqa: E402, I100, RUF100

#: Seeds that once did harm: a decoder given a number where it expects rows, and one that gave a
#: class without a name.
KEPT = {Decoders: (1125, 4780), Recogniser: ()}


@pytest.mark.parametrize('what', [Recogniser, Decoders])
def test_each_case_is_understood_or_refused_in_one_line(what):
    run = what()
    outcomes = {run(seed) for seed in (*KEPT[what], *range(250))}
    assert 'accepted' in outcomes
    assert len(outcomes) > 2
