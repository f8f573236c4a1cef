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

"""Appearance by a re-identification network."""

from __future__ import annotations

import logging

import numpy as np
from numpy.typing import NDArray

from yolo_deepsort_ros.appearance.crops import cut_out
from yolo_deepsort_ros.array_types import Pixels
from yolo_deepsort_ros.boxes import Boxes
from yolo_deepsort_ros.config.network_config import EmbedderConfig
from yolo_deepsort_ros.error_text import shown
from yolo_deepsort_ros.errors import ModelError
from yolo_deepsort_ros.inference.load import load_onnx
from yolo_deepsort_ros.inference.network import Network
from yolo_deepsort_ros.inference.planes import colour_tables, fill_planes
from yolo_deepsort_ros.models.lookup import find_reid
from yolo_deepsort_ros.models.onnx.model import DYNAMIC, OnnxModel

#: How many people the usual sets of pictures for training show.
IDENTITIES = {751: 'Market-1501', 702: 'DukeMTMC-reID', 767: 'CUHK03', 1041: 'MSMT17'}
#: Of the pictures of ImageNet in [0, 1], red, green, blue: what such networks expect.
MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
LOGGER = logging.getLogger(__name__)
MAX_INPUT_SIDE = 2048  #: batch size or side in pixels that a network may have; no memory for more


class ReidNetwork:
    """
    Describes boxes by a network; see `AppearanceModel` for the meaning.

    Parameters
    ----------
    config : EmbedderConfig
        Its `reid` is a name in the registry, or an ONNX file with one input N x 3 x H x W, of
        which H and W are fixed, and one output N x D.

    Raises
    ------
    ModelError
        When the file is something else or cannot be run.

    """

    def __init__(self, config: EmbedderConfig) -> None:
        model = OnnxModel.read(find_reid(config.reid))
        fixed_batch, height, width = _input_shape(model)
        self._size = width, height
        self._pads = fixed_batch != DYNAMIC
        self._batch = fixed_batch or config.reid_batch_size
        self._path = shown(model.path)
        self._tables = colour_tables(MEAN, STD)
        self._network = load_onnx(model, config.inference)
        if not self._pads and not _runs(self._network, (2, 3, height, width)):
            # OpenCV 4.6 and older, and some networks anywhere, take one crop at a time.
            self._batch = 1
            self._network = load_onnx(model, config.inference)
        self.name = self._network.name
        feature = self._run(np.zeros((1, 3, height, width), np.float32))[0]
        if not np.isfinite(feature).all():
            raise ModelError(f'{self._path}: the network puts out NaN or infinite values')
        self.dimension = len(feature)
        self._check_no_classes(feature)

    def describe(self, picture: Pixels, tlwh: Boxes) -> NDArray[np.float32]:
        """Describe boxes of a picture; see `AppearanceModel.describe`."""
        features = np.empty((len(tlwh), self.dimension), np.float32)
        for start in range(0, len(tlwh), self._batch):
            rows = slice(start, start + self._batch)
            features[rows] = self._run(self._prepare(cut_out(picture, tlwh[rows], self._size)))
        return features

    def _prepare(self, crops: Pixels) -> NDArray[np.float32]:
        """Return crops as the network takes them: normalised, red first, channels first."""
        height, width = crops.shape[1:3]
        batch = np.empty((len(crops), 3, height, width), np.float32)
        fill_planes(batch, crops, self._tables)
        return batch

    def _run(self, batch: NDArray[np.float32]) -> NDArray[np.float32]:
        count = len(batch)
        if self._pads:
            batch = np.pad(batch, ((0, self._batch - count), (0, 0), (0, 0), (0, 0)))
        features = self._network.run(batch)[0]
        if features.ndim != 2 or len(features) != len(batch):
            raise ModelError(
                f'{self._path}: for {len(batch)} crops the network puts out {features.shape}, '
                f'expected ({len(batch)}, D)'
            )
        return features[:count]

    def _check_no_classes(self, feature: NDArray[np.float32]) -> None:
        """Refuse the probabilities of the people that a network was trained on."""
        count = len(feature)
        if count > 1 and feature.min() >= 0 and abs(feature.sum() - 1) < 1e-3:
            raise ModelError(
                f'{self._path}: puts out the probabilities of {count} classes, which describe '
                f'nobody else: export the network without its classifier'
            )
        if count in IDENTITIES:
            LOGGER.warning(
                '%s: puts out %d numbers, as many as there are people in %s: if these are its '
                'classes, export the network without its classifier',
                self._path, count, IDENTITIES[count],
            )


def _input_shape(model: OnnxModel) -> tuple[int, int, int]:
    """Return batch size, height and width of the network's input."""
    shape = model.inputs[0].shape if len(model.inputs) == 1 else ()
    if len(shape) != 4 or shape[1] != 3 or DYNAMIC in shape[2:] or max(shape) > MAX_INPUT_SIDE:
        found = ', '.join(str(tensor) for tensor in model.inputs)
        raise ModelError(
            f'{shown(model.path)}: its inputs are {found or "none"}, a re-identification network '
            f'has one, N x 3 x H x W with H and W fixed, none above {MAX_INPUT_SIDE}'
        )
    if len(model.outputs) != 1:
        raise ModelError(
            f'{shown(model.path)}: it has {len(model.outputs)} outputs, expected one, N x D'
        )
    return shape[0], shape[2], shape[3]


def _runs(network: Network, shape: tuple[int, ...]) -> bool:
    """Try a batch."""
    try:
        features = network.run(np.zeros(shape, np.float32))[0]
    except ModelError:
        return False
    return len(features) == shape[0]
