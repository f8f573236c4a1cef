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

"""The decisions of the original DeepSORT program on a real crowd."""

import numpy as np
import pytest

from yolo_deepsort_ros import Detections, Tracker


@pytest.fixture(scope='module')
def rows(shared_data):
    found = np.load(shared_data / 'mot' / 'MOT17-05-FRCNN' / 'MOT17-05-FRCNN.npy')
    return found[found[:, 6] >= 0.3]


@pytest.fixture(scope='module')
def reference(shared_data):
    return np.loadtxt(shared_data / 'reference' / 'MOT17-05-FRCNN.tracks.txt', delimiter=',')


def test_tracks_equal_the_original_but_for_the_names_of_ids(rows, reference):
    tracker = Tracker()
    name_of = {}
    compared = 0
    for frame in range(int(rows[:, 0].min()), int(rows[:, 0].max()) + 1):
        seen = rows[rows[:, 0] == frame]
        found = Detections(seen[:, 2:6], seen[:, 6], None, seen[:, 7:])
        ours = tracker.update(found, frame / 14).reported
        theirs = reference[reference[:, 0] == frame]
        assert len(ours) == len(theirs), f'frame {frame}'
        for track_id, box in zip(ours.ids, ours.tlwh, strict=True):
            gaps = np.abs(theirs[:, 2:6] - box).max(axis=1)
            assert gaps.min() < 0.011, f'frame {frame}, id {track_id}'  # the file has 2 decimals
            theirs_id = theirs[gaps.argmin(), 1]
            assert name_of.setdefault(int(track_id), theirs_id) == theirs_id, f'frame {frame}'
            compared += 1
    assert compared == len(reference)
    assert len(set(name_of.values())) == len(name_of)
