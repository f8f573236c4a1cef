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

"""The detector: a picture in, the objects on it out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
import logging
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from yolo_deepsort_ros.boxes import Boxes, clip_tlwh
from yolo_deepsort_ros.config.network_config import DetectorConfig
from yolo_deepsort_ros.detections import Detections, usable
from yolo_deepsort_ros.error_text import nearest, quoted, shown
from yolo_deepsort_ros.errors import ConfigurationError
from yolo_deepsort_ros.images.bgr import as_bgr
from yolo_deepsort_ros.images.compressed_image import REDUCTIONS
from yolo_deepsort_ros.inference.load import load_onnx
from yolo_deepsort_ros.models.lookup import find_model
from yolo_deepsort_ros.models.onnx.model import DYNAMIC
from yolo_deepsort_ros.stage_timer import StageTimer
from yolo_deepsort_ros.yolo.decode import Candidates
from yolo_deepsort_ros.yolo.detection_model import DetectionModel
from yolo_deepsort_ros.yolo.nms import non_max_suppression
from yolo_deepsort_ros.yolo.preprocess import Fit, Preprocessor
from yolo_deepsort_ros.yolo.trial_run import check_outputs, has_nan, takes_two

LOGGER = logging.getLogger(__name__)
#: Width and height of pictures on which a network is tried at its start.
USUAL_PICTURES = ((640, 480), (1920, 1080))


class Detector:
    """
    Finds objects with a YOLO network.

    Parameters
    ----------
    model : str or Path
        Name in the registry, Darknet `.cfg` file, or `.onnx` file: of the command `export`, or
        of one of `yolo.families`; empty: yolov4-tiny.
    config : DetectorConfig, optional
        All parameters at once, the model among them; or give them by name.
    timer : StageTimer, optional
        Told of the stages preprocess, forward, decode and nms.
    **parameters
        Fields of `DetectorConfig`, such as `weights` and `confidence`.

    Attributes
    ----------
    config : DetectorConfig
        The parameters.
    labels : tuple of str
        Names of the classes, in the order of `Detections.class_ids`.
    input_size : (int, int)
        Width and height of the network's input in pixels.
    resize : str
        How pictures are made to fit it, one of `config.RESIZES`.
    backend : str
        Library, device, precision and threads that run the network, for people.
    description : str
        What the network is, how that was found and what was assumed, in a line for people.

    Raises
    ------
    ConfigurationError
        For an unknown model, parameter or class, or a value out of its range.
    ModelError
        When the network has not been fetched, cannot be read or run.

    Examples
    --------
    >>> import numpy as np
    >>> from yolo_deepsort_ros import Detector
    >>> detector = Detector('arena-tiny', confidence=0.5)
    >>> detector.labels
    ('robot', 'crate', 'ball', 'walker')
    >>> len(detector.detect(np.zeros((480, 640, 3), np.uint8)))
    0

    """

    def __init__(
        self,
        model: str | Path = '',
        config: DetectorConfig | None = None,
        timer: StageTimer | None = None,
        **parameters: Any,
    ) -> None:
        if model:
            parameters['model'] = model
        self.config = DetectorConfig.resolve(config, parameters)
        self._timer = timer or StageTimer(1)
        files = find_model(self.config.model, self.config.weights)
        network = DetectionModel.read(
            *files, self.config.names, self.config.input_size,
            dynamic=self.config.resize == 'rectangle', resize=self.config.resize,
            output_format=self.config.output_format,
        )
        said = network.conventions
        self.labels, self.input_size, self.resize = said.labels, said.input_size, said.resize
        if self.resize == 'rectangle' and DYNAMIC not in network.onnx.inputs[0].shape[2:]:
            option = network.family.DYNAMIC_EXPORT
            remedy = f'export it with {option}' if option else 'its exporter makes no other'
            raise ConfigurationError(
                f'resize: {shown(network.onnx.path)} runs at one size only, rectangle needs any: '
                f'{remedy}'
            )
        self._classes = _class_indices(self.config.classes, self.labels)
        self._conventions, self._family = said, network.family
        self.foot_offset = said.foot_offset
        self._preprocessor = Preprocessor(said.colour, said.max_value, said.fill)
        self._network = load_onnx(network.onnx, self.config)
        self.backend = self._network.name
        self._path = network.onnx.path
        self._warned = False
        sizes = [self._fit(size).input_size for size in USUAL_PICTURES]
        check_outputs(self._network, network, sizes)
        # Reshapes are baked into many exports, though they say that the batch varies.
        self._batches = network.onnx.inputs[0].shape[0] == DYNAMIC and (
            not network.is_foreign or takes_two(self._network, network)
        )
        if not self._batches and network.onnx.inputs[0].shape[0] == DYNAMIC:
            self._network = load_onnx(network.onnx, self.config)  # OpenCV's is of no use now
        self.description = network.described()
        if network.uncertain:
            LOGGER.warning('%s', self.description)

    def adopt(self, config: DetectorConfig) -> None:
        """
        Go on with other values of the live parameters.

        Raises
        ------
        ConfigurationError
            For a class that the network does not know, and when any other parameter differs;
            then nothing is changed.

        """
        self.config.check_successor(config)
        self._classes = _class_indices(config.classes, self.labels)
        self.config = config

    def detect(self, frame: NDArray[np.uint8]) -> Detections:
        """
        Find the objects on one picture.

        Parameters
        ----------
        frame : ndarray of uint8, shape (H, W, 3)
            Blue, green, red; grey (H, W) and BGRA (H, W, 4) are taken too. It is not changed.

        Returns
        -------
        Detections
            By falling score, which is at least `confidence`. Boxes are those of the network:
            they may reach over the picture's edge, but none lies wholly outside.

        Raises
        ------
        InputError
            When the frame is not such an array or has no pixels.

        """
        return self.detect_batch([frame])[0]

    def reduction(self, size: tuple[int, int]) -> int:
        """
        Return how many times smaller a picture may come without being enlarged for the network.

        Parameters
        ----------
        size : (int, int)
            Width and height of the picture.

        Returns
        -------
        int
            One of `compressed_image.REDUCTIONS`, or 1. Boxes found on the smaller picture are to
            be multiplied by it.

        """
        for times in REDUCTIONS:
            width, height = (-(-side // times) for side in size)
            fit = self._fit((width, height))
            if fit.width <= width and fit.height <= height:
                return times
        return 1

    def detect_batch(self, frames: Iterable[NDArray[np.uint8]]) -> list[Detections]:
        """
        Find the objects on several pictures, of any sizes, as `detect` does on each.

        Those that fit the network in the same way are given to it together.
        """
        pictures = [as_bgr(frame) for frame in frames]
        fits = [
            self._fit((picture.shape[1], picture.shape[0]))
            for picture in pictures
        ]
        found: dict[int, Detections] = {}
        for rows in self._together(fits):
            with self._timer.stage('preprocess'):
                batch = self._preprocessor.batch(
                    [pictures[row] for row in rows], [fits[row] for row in rows]
                )
            with self._timer.stage('forward'):
                outputs = self._network.run(batch)
            for index, row in enumerate(rows):
                found[row] = self._understood(outputs, index, fits[row])
        return [found[row] for row in range(len(pictures))]

    def _together(self, fits: Sequence[Fit]) -> Iterable[list[int]]:
        """Yield the pictures that go to the network at once, by their places."""
        if not self._batches:
            return [[row] for row in range(len(fits))]
        sizes = dict.fromkeys(fit.input_size for fit in fits)
        return [[row for row, fit in enumerate(fits) if fit.input_size == size] for size in sizes]

    def _understood(
        self, outputs: Sequence[NDArray[np.float32]], index: int, fit: Fit
    ) -> Detections:
        """Return what the network says of one picture."""
        with self._timer.stage('decode'):
            found = self._decode(outputs, index, fit.input_size, self.config.confidence)
            found = found._replace(tlwh=fit.to_picture(found.tlwh))
            found = found.select(
                self._wanted(found) & usable(found.tlwh) & _visible(found.tlwh, fit.picture_size)
            )
        with self._timer.stage('nms'):
            if self._family.SUPPRESSES:
                best = np.argsort(-found.scores, kind='stable')[:self.config.max_detections]
                return Detections(*found.select(best))
            one_class = self.config.nms_agnostic
            groups = np.zeros_like(found.class_ids) if one_class else found.class_ids
            best = non_max_suppression(
                found.tlwh, found.scores, groups, self.config.nms_iou, self.config.max_detections,
                self._conventions.diou_beta,
            )
            return Detections(*found.select(best))

    def _wanted(self, found: Candidates) -> NDArray[np.bool_]:
        if self._classes is None:
            return np.ones(len(found.scores), dtype=np.bool_)
        return np.isin(found.class_ids, self._classes)

    def _decode(
        self, outputs: Sequence[NDArray[np.float32]], index: int, size: tuple[int, int],
        confidence: float,
    ) -> Candidates:
        found = self._family.decode(outputs, index, self._conventions, size, confidence)
        # NaN is no candidate; a network that puts out nothing else is not blind to this picture.
        if not len(found.scores) and not self._warned and has_nan(outputs):
            self._warned = True
            LOGGER.warning(
                '%s: the network puts out NaN and finds nothing: its numbers overflow, export it '
                'in float32', shown(self._path),
            )
        return found

    def _fit(self, size: tuple[int, int]) -> Fit:
        """Say where a picture of that width and height lies in the input."""
        said = self._conventions
        return Fit.of(size, self.input_size, self.resize, said.stride, said.corner)


def _class_indices(wanted: tuple[str, ...], labels: tuple[str, ...]) -> list[int] | None:
    """Return the indices of the classes to keep, None for all."""
    for name in wanted:
        if name not in labels:
            raise ConfigurationError(
                f'classes: the network knows no {quoted(name)}; {nearest(name, labels)}'
            )
    return [index for index, label in enumerate(labels) if label in wanted] or None


def _visible(tlwh: Boxes, size: tuple[int, int]) -> NDArray[np.bool_]:
    """Say which boxes have a part on the picture."""
    clipped = clip_tlwh(tlwh, *size)
    return (clipped[:, 2] > 0) & (clipped[:, 3] > 0)
