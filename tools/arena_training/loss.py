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


"""
What a YOLO network is trained to make small.

Each agent is asked of all anchors that fit it, in three cells: its centre's and the two
nearest ones beside and above or below it. Agents too hidden to count are asked of none, and
the boxes that would have been asked for them may say what they like.
"""

from __future__ import annotations

from collections.abc import Sequence
import math
from typing import NamedTuple

from arena_training.data import BOX, CLASS, IGNORED, PICTURE
import torch
from torch import Tensor
from torch.nn import functional

from yolo_deepsort_ros.models.conventions import YoloHead

FITTING_RATIO = 3.5  #: of an agent's width or height to an anchor's, either way
MAX_EXPONENT = 4.0  #: of a size; keeps the first steps finite
BOX_GAIN, CLASS_GAIN = 2.0, 0.5  #: relative to the objectness


class Loss(NamedTuple):
    """The parts of the loss, scalars, as they are added up; means over the positives."""

    box: Tensor
    objectness: Tensor
    classes: Tensor

    @property
    def total(self) -> Tensor:
        """Their sum."""
        return self.box + self.objectness + self.classes


class _Asked(NamedTuple):
    """Which predictions of a head answer for which object, P pairs."""

    where: tuple[Tensor, Tensor, Tensor, Tensor]  # picture, anchor, row, column
    objects: Tensor  # (P, 7)


def detection_loss(
    outputs: Sequence[Tensor], heads: Sequence[YoloHead], objects: Tensor, width: int
) -> Loss:
    """
    Compare raw heads with what is on the pictures.

    Parameters
    ----------
    outputs : sequence of Tensor, shape (N, channels, rows, columns)
        Of the network.
    heads : sequence of YoloHead
        How each output is to be understood.
    objects : Tensor, shape (M, 7)
        As in `Pictures.objects`.
    width : int
        Of the pictures in pixels.

    """
    sums = torch.zeros(3)
    positives = 0
    for output, head in zip(outputs, heads, strict=True):
        count, _, rows, columns = output.shape
        stride = width // columns
        raw = output.float().view(count, len(head.anchors), -1, rows, columns)
        raw = raw.permute(0, 1, 3, 4, 2)  # (N, anchors, rows, columns, 5 + classes)
        hidden = objects[:, IGNORED] > 0
        found = _asked(objects[~hidden], head, stride, (rows, columns))
        excused = _asked(objects[hidden], head, stride, (rows, columns))
        sums = sums + torch.stack(_head_sums(raw, head, stride, found, excused))
        positives += len(found.objects)
    return Loss(*sums / max(positives, 1))


def _asked(objects: Tensor, head: YoloHead, stride: int, grid: tuple[int, int]) -> _Asked:
    ratio = objects[:, None, BOX][..., 2:] / torch.tensor(head.anchors)  # (M, anchors, 2)
    fits = torch.maximum(ratio, 1 / ratio).amax(dim=2) < FITTING_RATIO  # (M, anchors)
    centre = objects[:, BOX][:, :2] / stride  # (M, 2), in cells
    nearest = torch.where(centre % 1 < 0.5, -1, 1)
    steps = nearest[:, None] * torch.tensor([[0, 0], [1, 0], [0, 1]])  # (M, 3, 2)
    cells = centre.floor().long()[:, None] + steps
    rows, columns = grid
    inside = ((cells >= 0) & (cells < torch.tensor([columns, rows]))).all(dim=2)  # (M, 3)
    number, anchor, step = torch.nonzero(fits[:, :, None] & inside[:, None], as_tuple=True)
    column, row = cells[number, step].T
    chosen = objects[number]
    return _Asked((chosen[:, PICTURE].long(), anchor, row, column), chosen)


def _head_sums(
    raw: Tensor, head: YoloHead, stride: int, found: _Asked, excused: _Asked
) -> tuple[Tensor, Tensor, Tensor]:
    """Return the sums of the box, objectness and class losses over one head."""
    answers = raw[found.where]  # (P, 5 + classes)
    overlap = complete_iou(_boxes(answers, head, stride, found), found.objects[:, BOX])

    target = torch.zeros(raw.shape[:4])
    flat = torch.tensor(target.stride()) @ torch.stack(found.where)
    likeness = overlap.detach().clamp(min=0)
    target.view(-1).scatter_reduce_(0, flat, likeness, 'amax')  # one box may serve two agents
    weight = torch.ones_like(target)
    weight[excused.where] = 0
    weight[found.where] = 1
    objectness = functional.binary_cross_entropy_with_logits(
        raw[..., 4], target, weight, reduction='sum'
    )
    labels = functional.one_hot(found.objects[:, CLASS].long(), head.classes).float()
    classes = functional.binary_cross_entropy_with_logits(answers[:, 5:], labels, reduction='sum')
    return BOX_GAIN * (1 - overlap).sum(), objectness, CLASS_GAIN * classes


def _boxes(answers: Tensor, head: YoloHead, stride: int, asked: _Asked) -> Tensor:
    """Decode answers to centre x, centre y, width and height in pixels, shape (P, 4)."""
    _, anchor, row, column = asked.where
    offset = answers[:, :2].sigmoid() * head.scale_xy - (head.scale_xy - 1) / 2
    centre = (offset + torch.stack([column, row], dim=1)) * stride
    size = answers[:, 2:4].clamp(max=MAX_EXPONENT).exp() * torch.tensor(head.anchors)[anchor]
    return torch.cat([centre, size], dim=1)


def complete_iou(first: Tensor, second: Tensor) -> Tensor:
    """
    Compare boxes pair by pair by overlap, distance and aspect ratio.

    Parameters
    ----------
    first, second : Tensor, shape (P, 4)
        Centre x, centre y, width and height; sizes > 0.

    Returns
    -------
    Tensor, shape (P,)
        1 for equal boxes, below -1 for the worst.

    References
    ----------
    Zheng et al., "Distance-IoU Loss", AAAI 2020, equations 10 to 12.

    """
    low = torch.stack([boxes[:, :2] - boxes[:, 2:] / 2 for boxes in (first, second)])
    high = torch.stack([boxes[:, :2] + boxes[:, 2:] / 2 for boxes in (first, second)])
    overlap = (high.amin(dim=0) - low.amax(dim=0)).clamp(min=0).prod(dim=1)
    union = first[:, 2:].prod(dim=1) + second[:, 2:].prod(dim=1) - overlap
    iou = overlap / union
    distance = (first[:, :2] - second[:, :2]).square().sum(dim=1)
    diagonal = (high.amax(dim=0) - low.amin(dim=0)).square().sum(dim=1)
    slant = torch.atan(first[:, 2] / first[:, 3]) - torch.atan(second[:, 2] / second[:, 3])
    aspect = 4 / math.pi**2 * slant.square()
    with torch.no_grad():
        balance = aspect / (1 - iou + aspect).clamp(min=1e-9)
    return iou - distance / diagonal - balance * aspect
