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

"""Non-maximum suppression: one box for each object."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from yolo_deepsort_ros.boxes import Boxes, iou_matrix

BLOCK = 256  #: candidates compared at once; bounds the memory


def non_max_suppression(
    tlwh: Boxes,
    scores: NDArray[np.floating],
    class_ids: NDArray[np.int64],
    max_iou: float,
    most: int | None = None,
    diou_beta: float = 0.0,
) -> NDArray[np.intp]:
    """
    Keep the best box of each group of overlapping boxes of one class.

    From the highest score down, a box is kept unless it overlaps a kept box of its class by
    more than `max_iou`; an overlap of exactly `max_iou` is allowed. Equal scores are taken
    in the order given.

    Parameters
    ----------
    tlwh : ndarray of float64, shape (N, 4)
        Boxes in pixels, of finite size.
    scores : ndarray, shape (N,)
        Finite.
    class_ids : ndarray of int64, shape (N,)
        Boxes of different classes never suppress each other.
    max_iou : float
        In [0, 1].
    most : int, optional
        How many boxes to keep at most, the strongest ones.
    diou_beta : float
        Above 0 an overlap counts less the further the centres lie apart: it is the IoU less
        (their distance / the diagonal of the box around both) ** (2 * diou_beta).

    Returns
    -------
    ndarray of int, shape (K,)
        Indices of the kept boxes by falling score.

    References
    ----------
    Zheng et al. 2020, Distance-IoU Loss, arXiv:1911.08287, sec. 4.3; the power is Darknet's.

    """
    order = np.argsort(-scores, kind='stable')
    kept = np.zeros(0, dtype=np.intp)

    def suppress(first: NDArray[np.intp], second: NDArray[np.intp]) -> NDArray[np.bool_]:
        overlap = _overlaps(tlwh[first], tlwh[second], diou_beta) > max_iou
        overlap &= class_ids[first][:, None] == class_ids[second]
        return overlap

    for start in range(0, len(order), BLOCK):
        block = order[start:start + BLOCK]
        block = block[~suppress(kept, block).any(axis=0)]
        suppressed = suppress(block, block)
        alive = np.ones(len(block), dtype=np.bool_)
        for index in range(len(block)):
            if alive[index]:
                alive[index + 1:] &= ~suppressed[index, index + 1:]
        kept = np.concatenate([kept, block[alive]])
        if most is not None and len(kept) >= most:
            return kept[:most]
    return kept


def _overlaps(first: Boxes, second: Boxes, diou_beta: float) -> NDArray[np.float64]:
    """Return how much boxes overlap as suppression has it, shape (N, M)."""
    iou = iou_matrix(first, second)
    if not diou_beta:
        return iou
    tops, bottoms = first[:, None, :2], first[:, None, :2] + first[:, None, 2:]
    others, ends = second[:, :2], second[:, :2] + second[:, 2:]
    around = np.maximum(bottoms, ends) - np.minimum(tops, others)  # (N, M, 2)
    apart = (tops + bottoms - others - ends) / 2
    ratio: NDArray[np.float64] = (apart**2).sum(axis=2) / (around**2).sum(axis=2)
    return iou - ratio**diou_beta
