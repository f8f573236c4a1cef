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

"""What a detector saw in one frame."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from yolo_deepsort_ros.errors import InputError

ANY = -1  #: a length that is not fixed
MAX_COORDINATE = 1e6  #: px; of a coordinate or a size: squares of it stay exact in the filter
MIN_SIDE = 1e-3  #: px; of a width or height


def usable(
    tlwh: NDArray[np.float64], scores: NDArray[np.float64] | None = None
) -> NDArray[np.bool_]:
    """Tell which boxes, shape (N, 4), and scores, shape (N,), a `Detections` accepts; (N,)."""
    are_boxes = (abs(tlwh) <= MAX_COORDINATE).all(axis=1) & (tlwh[:, 2:] >= MIN_SIDE).all(axis=1)
    return np.asarray(are_boxes if scores is None else are_boxes & np.isfinite(scores))


@dataclass(frozen=True, eq=False, init=False)
class Detections:
    """
    The objects found in one frame, as a structure of arrays that cannot be changed.

    Parameters
    ----------
    tlwh : array_like, shape (N, 4)
        Left, top, width and height in pixels of the source image; sizes from
        0.001 on, nothing beyond a million. Boxes may reach over the picture's edge.
    scores : array_like, shape (N,)
        Confidences; those of our detector lie in [0, 1].
    class_ids : array_like, shape (N,)
        Class indices of the network; all 0 when left out.
    features : array_like, shape (N, D), optional
        Appearance vectors of non-zero length; a row of NaN for an object without one.

    Raises
    ------
    InputError
        When shapes disagree or a value is not finite or a box not usable, or a feature zero.

    Notes
    -----
    The arrays are copies (float64, float64, int64, float32), marked read-only.

    """

    tlwh: NDArray[np.float64]
    scores: NDArray[np.float64]
    class_ids: NDArray[np.int64]
    features: NDArray[np.float32] | None

    def __init__(
        self,
        tlwh: ArrayLike,
        scores: ArrayLike,
        class_ids: ArrayLike | None = None,
        features: ArrayLike | None = None,
    ) -> None:
        boxes = _frozen('tlwh', tlwh, np.float64, (ANY, 4))
        count = len(boxes)
        if class_ids is None:
            class_ids = np.zeros(count, np.int64)
        if features is not None:
            features = _frozen('features', features, np.float32, (count, ANY), missing=True)
        object.__setattr__(self, 'tlwh', boxes)
        object.__setattr__(self, 'scores', _frozen('scores', scores, np.float64, (count,)))
        object.__setattr__(self, 'class_ids', _frozen('class_ids', class_ids, np.int64, (count,)))
        object.__setattr__(self, 'features', features)
        self._check_values()

    def _check_values(self) -> None:
        too_large = np.abs(self.tlwh).max(initial=0) > MAX_COORDINATE
        if too_large or self.tlwh[:, 2:].min(initial=MIN_SIDE) < MIN_SIDE:
            bad = int(usable(self.tlwh).argmin())
            left, top, width, height = self.tlwh[bad]
            raise InputError(
                f'detection {bad} has size {width:g} x {height:g} at ({left:g}, {top:g}): '
                f'sizes must be positive, from {MIN_SIDE:g} px on, and all within '
                f'{MAX_COORDINATE:g} px'
            )
        if self.features is not None:
            has_length = self.features.any(axis=1)
            if not has_length.all():
                raise InputError(
                    f'the feature of detection {has_length.argmin()} is all zero: '
                    f'leave features out where there is no appearance'
                )

    @classmethod
    def empty(cls) -> Detections:
        """Return a frame without any object."""
        return cls(np.zeros((0, 4)), np.zeros(0))

    def __len__(self) -> int:
        return len(self.tlwh)

    def __getitem__(self, rows: Any) -> Detections:
        """Select by a boolean mask, an index array or a slice."""
        return Detections(
            self.tlwh[rows],
            self.scores[rows],
            self.class_ids[rows],
            None if self.features is None else self.features[rows],
        )

    def strongest(self, count: int) -> Detections:
        """Return at most that many, those of the highest scores, in their order here."""
        if len(self) <= count:
            return self
        return self[np.sort(np.argsort(-self.scores, kind='stable')[:count])]

    def with_features(
        self, features: ArrayLike, of: NDArray[np.bool_] | None = None
    ) -> Detections:
        """
        Return the same objects with appearance vectors.

        Parameters
        ----------
        features : array_like, shape (N, D)
            Appearance vectors.
        of : ndarray of bool, shape (N,), optional
            The objects that they are of, one vector for each; the others have none.

        """
        if of is not None and not of.all():
            vectors = np.asarray(features, np.float32)
            features = np.full((len(self), *vectors.shape[1:]), np.nan, np.float32)
            features[of] = vectors
        return Detections(self.tlwh, self.scores, self.class_ids, features)


def _frozen(
    name: str, values: ArrayLike, dtype: type, shape: tuple[int, ...], missing: bool = False
) -> NDArray[Any]:
    """Copy to a read-only array of that type and shape; rows of NaN where some may be missing."""
    try:
        array: NDArray[Any] = np.array(values, dtype=dtype)
    except (TypeError, ValueError, OverflowError) as error:
        raise InputError(f'{name} is not an array of numbers: {error}') from None
    if array.size == 0 and shape[0] in (0, ANY):
        array = array.reshape(0, *(array.shape[-1] if n == ANY else n for n in shape[1:]))
    if array.shape != shape and (array.ndim != len(shape) or any(
        wanted not in (ANY, length) for wanted, length in zip(shape, array.shape, strict=True)
    )):
        expected = str(shape).replace(str(ANY), 'any')
        raise InputError(f'{name} has shape {array.shape}, expected {expected}')
    is_finite = dtype is np.int64 or np.isfinite(array).all()
    if not is_finite and not (missing and _whole_or_missing(array).all()):
        row, value = _first_not_finite(array, missing)
        raise InputError(
            f'{name} holds NaN or infinite values, first {value} in row {row}; leave such out'
        )
    array.setflags(write=False)
    return array


def _whole_or_missing(rows: NDArray[Any]) -> NDArray[np.bool_]:
    return np.asarray(np.isfinite(rows).all(axis=1) | np.isnan(rows).all(axis=1))


def _first_not_finite(array: NDArray[Any], missing: bool) -> tuple[int, float]:
    """Return the row, and the value there, that must not be."""
    rows = array.reshape(len(array), -1)
    good = _whole_or_missing(rows) if missing else np.isfinite(rows).all(axis=1)
    row = int(good.argmin())
    return row, float(rows[row][~np.isfinite(rows[row])][0])
