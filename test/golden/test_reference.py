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

from yolo_deepsort_ros.cli.commands import main


def test_tracks_equal_the_original_but_for_the_names_of_ids(shared_data, tmp_path):
    tracks = tmp_path / 'tracks.txt'
    detections = shared_data / 'mot' / 'MOT17-05-FRCNN' / 'MOT17-05-FRCNN.npy'
    arguments = ['track-detections', detections, '--confidence', '0.3', '--out', tracks]
    assert main([str(argument) for argument in arguments]) == 0
    ours = np.loadtxt(tracks, delimiter=',')
    theirs = np.loadtxt(shared_data / 'reference' / 'MOT17-05-FRCNN.tracks.txt', delimiter=',')
    name_of = {}
    for frame in np.unique(theirs[:, 0]):
        mine, original = (rows[rows[:, 0] == frame] for rows in (ours, theirs))
        assert len(mine) == len(original), f'frame {frame}'
        for row in mine:
            gaps = np.abs(original[:, 2:6] - row[2:6]).max(axis=1)
            assert gaps.min() < 0.011, f'frame {frame}, id {row[1]}'  # the file has 2 decimals
            name = original[gaps.argmin(), 1]
            assert name_of.setdefault(row[1], name) == name, f'frame {frame}'
    assert len(ours) == len(theirs)
    assert len(set(name_of.values())) == len(name_of)
