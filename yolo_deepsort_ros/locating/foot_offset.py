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


"""How far the floor lies below a detector's boxes, measured on labelled sequences."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from yolo_deepsort_ros.errors import InputError
from yolo_deepsort_ros.evaluation.mot import MotRows
from yolo_deepsort_ros.evaluation.tracking_metrics import considered, match

WHOLE = 0.9  #: visibility of a true box from which its foot is seen
FEW = 100  #: pairs, below which the measure is worth little


class FootOffset(NamedTuple):
    """
    What was measured.

    Attributes
    ----------
    offset : float
        Median share of the detector's box by which the true box ends lower.
    quartiles : (float, float)
        Of the shares.
    boxes : int
        Pairs of boxes.

    """

    offset: float
    quartiles: tuple[float, float]
    boxes: int


def measure_foot_offset(sequences: Iterable[tuple[MotRows, MotRows]]) -> FootOffset:
    """
    Compare the lower edges of boxes with those of the objects that they are on.

    Parameters
    ----------
    sequences : iterable of (MotRows, MotRows)
        Ground truth, and detections or tracks. True boxes that are hidden in part are left
        out, as far as the truth says that.

    Raises
    ------
    InputError
        When no box is on an object.

    """
    shares = []
    for truth, said in sequences:
        counted = considered(truth)
        matched = match(counted, said)
        on = matched >= 0
        true, found = counted.tlwh[matched[on]], said.tlwh[on]
        is_whole = np.ones(len(true), bool)
        if counted.others.shape[1] == 2:  # class and visibility of MOT16 and later
            is_whole = counted.others[matched[on], 1] >= WHOLE
        lower = true[:, 1] + true[:, 3] - found[:, 1] - found[:, 3]
        shares.append((lower / found[:, 3])[is_whole])
    found_shares = np.concatenate(shares) if shares else np.zeros(0)
    if not len(found_shares):
        raise InputError('no box overlaps a true one by half: give boxes of the same sequence')
    first, middle, last = (float(value) for value in np.quantile(found_shares, (0.25, 0.5, 0.75)))
    return FootOffset(middle, (first, last), len(found_shares))
