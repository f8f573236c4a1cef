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

"""The embedder: boxes of a picture in, vectors that tell objects apart out."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from yolo_deepsort_ros.appearance.colour_descriptor import ColourDescriptor
from yolo_deepsort_ros.appearance.reid_network import ReidNetwork
from yolo_deepsort_ros.array_types import Pixels
from yolo_deepsort_ros.boxes import Boxes
from yolo_deepsort_ros.config.network_config import EmbedderConfig
from yolo_deepsort_ros.errors import InputError
from yolo_deepsort_ros.images.bgr import as_bgr

_LOG = logging.getLogger(__name__)


class AppearanceModel(Protocol):
    """
    A way to describe what boxes show.

    Attributes
    ----------
    name : str
        For people.
    dimension : int
        Length of a description.

    """

    name: str
    dimension: int

    def describe(self, picture: Pixels, tlwh: Boxes) -> NDArray[np.float32]:
        """Describe finite boxes of a picture (H, W, 3) as vectors, shape (N, D)."""


class Embedder:
    """
    Gives each box a vector; vectors of one object point in similar directions.

    Parameters
    ----------
    reid : str or Path
        Re-identification network: a name in the registry, or an `.onnx` file; empty: a colour
        descriptor without weights.
    config : EmbedderConfig, optional
        All parameters at once, the network among them; or give them by name.
    **parameters
        Fields of `EmbedderConfig`.

    Attributes
    ----------
    config : EmbedderConfig
        The parameters.
    dimension : int
        Length D of the vectors.
    backend : str
        What makes them, for people.

    Raises
    ------
    ConfigurationError
        For an unknown network or parameter, or a value out of its range.
    ModelError
        When the network cannot be read or run, or is not one for re-identification.
    MissingDependencyError
        When the backend asked for is not installed.

    Examples
    --------
    >>> import numpy as np
    >>> from yolo_deepsort_ros import Embedder
    >>> picture = np.zeros((480, 640, 3), np.uint8)
    >>> vectors = Embedder().embed(picture, [[100.0, 100.0, 40.0, 80.0]])
    >>> len(vectors), round(float(np.linalg.norm(vectors[0])), 3)
    (1, 1.0)

    """

    def __init__(
        self,
        reid: str | Path = '',
        config: EmbedderConfig | None = None,
        **parameters: Any,
    ) -> None:
        if reid:
            parameters['reid'] = reid
        self.config = EmbedderConfig.resolve(config, parameters)
        self._model: AppearanceModel = (
            ReidNetwork(self.config) if self.config.reid else ColourDescriptor()
        )
        self._has_warned = False
        self.dimension = self._model.dimension
        self.backend = self._model.name

    def embed(self, frame: NDArray[np.uint8], tlwh: ArrayLike) -> NDArray[np.float32]:
        """
        Describe what boxes show.

        Parameters
        ----------
        frame : ndarray of uint8, shape (H, W, 3)
            Blue, green, red; grey (H, W) and BGRA (H, W, 4) are taken too. It is not changed.
        tlwh : array_like, shape (N, 4)
            Boxes in pixels. What lies outside the frame is left out; a box wholly outside or
            smaller than a pixel is described by the nearest pixels.

        Returns
        -------
        ndarray of float32, shape (N, D)
            Vectors of length 1; NaN where the network says nothing that is finite.

        Raises
        ------
        InputError
            When the frame is not such an array or has no pixels, or a box is not finite.

        """
        picture = as_bgr(frame)
        boxes = np.asarray(tlwh, dtype=np.float64)
        if boxes.size == 0:
            return np.zeros((0, self.dimension), np.float32)
        if boxes.ndim != 2 or boxes.shape[1] != 4:
            raise InputError(f'boxes have shape {boxes.shape}, expected (N, 4)')
        if not np.isfinite(boxes).all():
            raise InputError('a box holds NaN or infinite values')
        features = _normalised(self._model.describe(picture, boxes))
        if np.isnan(features).any() and not self._has_warned:
            self._has_warned = True
            _LOG.warning('%s: the network puts out NaN or infinite values: such objects are '
                         'matched by overlap alone', self.config.reid)
        return features


def _normalised(features: NDArray[np.float32]) -> NDArray[np.float32]:
    """Scale to length 1; a vector of length 0 says nothing and becomes the same everywhere."""
    features[~features.any(axis=1)] = 1
    features[~np.isfinite(features).all(axis=1)] = np.nan
    lengths = np.linalg.norm(features.astype(np.float64), axis=1, keepdims=True)
    return np.asarray(features / lengths, np.float32)
