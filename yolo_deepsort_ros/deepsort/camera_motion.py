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

"""How the camera has moved from one picture to the next, from sparse optical flow."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from yolo_deepsort_ros.boxes import tlwh_to_xyxy
from yolo_deepsort_ros.images.bgr import as_bgr

Matrix = NDArray[np.float64]

WIDTH = 480  #: px; wider pictures are made this small first
POINTS = 200  #: most corners followed
MIN_POINTS = 12  #: fewer say nothing
MIN_AGREEING = 0.4  #: share of the points that must follow one motion
TOLERANCE = 1.0  #: px of the small picture; how well


class CameraMotion:
    """
    Follows corners of the background from picture to picture.

    References
    ----------
    Shi and Tomasi, CVPR 1994 (corners); Lucas and Kanade 1981 with Bouguet's pyramid
    (flow); Fischler and Bolles 1981 (RANSAC). Aharon et al., "BoT-SORT", 2022, section 3.2
    uses them so.

    """

    def __init__(self) -> None:
        self._before: Any = None  # the small grey picture, and
        self._corners: Any = None  # what cv2 finds in it, shape (K, 1, 2)

    def estimate(self, picture: NDArray[np.uint8], tlwh: ArrayLike = ()) -> Matrix | None:
        """
        Compare the picture with the one before.

        Parameters
        ----------
        picture : ndarray of uint8, shape (H, W, 3)
            Blue, green, red; grey and BGRA are taken too.
        tlwh : array_like, shape (N, 4)
            What moves by itself in this picture, in pixels: no corners are taken there.

        Returns
        -------
        ndarray, shape (2, 3), or None
            Similarity [A | b] that takes pixels of the picture before to this one, as
            `Tracker.update` wants it; None for a first picture, one of another size, or
            where no common motion is seen.

        """
        grey: Any = cv2.cvtColor(as_bgr(picture), cv2.COLOR_BGR2GRAY)
        shrink = max(1.0, grey.shape[1] / WIDTH)
        if shrink > 1:
            size = (WIDTH, max(1, round(grey.shape[0] / shrink)))
            grey = cv2.resize(grey, size, interpolation=cv2.INTER_AREA)
        motion = self._compare(grey)
        self._before = grey
        self._corners = _corners(grey, np.asarray(tlwh, np.float64).reshape(-1, 4) / shrink)
        if motion is not None:
            motion[:, 2] *= shrink
        return motion

    def _compare(self, grey: Any) -> Matrix | None:
        before, corners = self._before, self._corners
        if before is None or corners is None or before.shape != grey.shape:
            return None
        guess: Any = None
        moved, found, _ = cv2.calcOpticalFlowPyrLK(before, grey, corners, guess)
        followed = found[:, 0] == 1
        if followed.sum() < MIN_POINTS:
            return None
        motion, agreeing = cv2.estimateAffinePartial2D(
            corners[followed], moved[followed], method=cv2.RANSAC,
            ransacReprojThreshold=TOLERANCE,
        )
        if motion is None or agreeing.mean() < MIN_AGREEING:
            return None
        return np.array(motion, np.float64)


def _corners(grey: Any, tlwh: NDArray[np.float64]) -> Any:
    """Return corners outside the boxes, shape (K, 1, 2); None for a flat picture."""
    mask = np.full(grey.shape, 255, np.uint8)
    for left, top, right, bottom in np.clip(tlwh_to_xyxy(tlwh), 0, 1e5).astype(int).tolist():
        mask[top:bottom + 1, left:right + 1] = 0
    return cv2.goodFeaturesToTrack(grey, POINTS, 0.01, 8, mask=mask)
