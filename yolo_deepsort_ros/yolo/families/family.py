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

"""What every family of detection networks looks like from here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from yolo_deepsort_ros.boxes import Boxes
from yolo_deepsort_ros.models.conventions import Conventions
from yolo_deepsort_ros.models.onnx.model import OnnxModel
from yolo_deepsort_ros.yolo.decode import Candidates

Float32 = NDArray[np.float32]
#: What decoding arrays of other shapes than the family's may raise.
MISFITS = (IndexError, KeyError, TypeError, ValueError)


class Recognised(NamedTuple):
    """
    What a family says of a network that is one of its own.

    Attributes
    ----------
    conventions : Conventions
        What goes in and comes out; its labels are those of the file, if it has any.
    classes : int
        Number of classes; 0 where the outputs do not tell.
    by : str
        The evidence, for people.
    uncertain : tuple of str
        What was assumed, for people.
    sizes_input : str
        Name of an input besides the picture that takes the size of the picture; empty: none.

    """

    conventions: Conventions
    classes: int
    by: str
    uncertain: tuple[str, ...] = ()
    sizes_input: str = ''


class Family(Protocol):
    """
    A family of networks; a module of this folder is one, and so may be an object elsewhere.

    Another package registers one under the entry point group `yolo_deepsort_ros.detectors`.

    Attributes
    ----------
    NAME : str
        The value of the parameter `output_format` that forces it.
    SUPPRESSES : bool
        Whether its networks themselves leave one box of each object.
    DYNAMIC_EXPORT : str
        The option of its exporter with which a network runs at any size; empty: none.

    """

    NAME: str
    SUPPRESSES: bool
    DYNAMIC_EXPORT: str

    def recognise(self, model: OnnxModel, is_forced: bool) -> Recognised | None:
        """
        Say what a network is, or None where it is none of this family.

        Parameters
        ----------
        model : OnnxModel
            The network: its metadata, inputs, outputs and nodes.
        is_forced : bool
            The user says that it is: only what cannot be decoded is None.

        Raises
        ------
        ModelError
            When it is one of this family that cannot be used.

        """

    def decode(
        self,
        outputs: Sequence[Float32],
        picture: int,
        conventions: Conventions,
        input_size: tuple[int, int],
        confidence: float,
    ) -> Candidates:
        """
        Return the boxes that a network proposes for one picture.

        Parameters
        ----------
        outputs : sequence of ndarray of float32
            Of the whole batch, in the order of the file.
        picture : int
            Its place in the batch.
        conventions : Conventions
            As `recognise` gave them.
        input_size : (int, int)
            Width and height of the input in pixels.
        confidence : float
            Least score of a candidate, inclusive.

        """


def best_of_rows(
    rows: Float32, confidence: float
) -> tuple[NDArray[np.intp], Float32, NDArray[np.int64]]:
    """
    Return which rows are candidates, their scores and classes.

    Parameters
    ----------
    rows : ndarray of float32, shape (N, 5 + classes)
        Box, objectness and the probability of each class.
    confidence : float
        Least score, inclusive. A score is at most the objectness.

    """
    chosen = np.flatnonzero(rows[:, 4] >= confidence)
    classes = rows[chosen, 5:]
    class_ids = classes.argmax(axis=1)
    scores = rows[chosen, 4] * classes[np.arange(len(chosen)), class_ids]
    keep = scores >= confidence
    return chosen[keep], scores[keep], class_ids[keep]


def candidates(tlwh: Boxes, scores: Float32, class_ids: NDArray[np.int64]) -> Candidates:
    """Return those boxes that are finite, of a positive size and a finite score."""
    is_box = np.isfinite(tlwh).all(axis=1) & (tlwh[:, 2:] > 0).all(axis=1)
    return Candidates(tlwh, scores, class_ids).select(is_box & np.isfinite(scores))


def centred(boxes: Float32) -> Boxes:
    """Return tlwh of boxes given by centre and size, shape (N, 4)."""
    centre, size = np.hsplit(boxes.astype(np.float64), 2)
    return np.hstack([centre - size / 2, size])


def cornered(boxes: Float32) -> Boxes:
    """Return tlwh of boxes given by two corners, shape (N, 4)."""
    first, last = np.hsplit(boxes.astype(np.float64), 2)
    return np.hstack([first, last - first])


def given_classes(
    rows: tuple[Boxes, Float32, Float32], conventions: Conventions, confidence: float
) -> Candidates:
    """Return the candidates of boxes, scores and class numbers that a network has chosen."""
    tlwh, scores, numbers = rows
    # A class that has no name is none; NaN compares as false.
    keep = (scores >= confidence) & (numbers >= 0) & (numbers < conventions.classes)
    return candidates(tlwh[keep], scores[keep], numbers[keep].astype(np.int64))
