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

"""MOTChallenge sequences as the tracker sees them; what networks say is kept in a folder."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from yolo_deepsort_ros import Detections, Detector, Embedder
from yolo_deepsort_ros.config.source_config import SourceConfig
from yolo_deepsort_ros.deepsort.camera_motion import CameraMotion
from yolo_deepsort_ros.evaluation.mot import MotRows, read_mot
from yolo_deepsort_ros.evaluation.mot_detections import read_detections
from yolo_deepsort_ros.sources.opening import open_source

MIN_SCORE = 0.1  #: of the detector; weaker boxes are mostly background
CFG, WEIGHTS = 'yolov4-tiny.cfg', 'yolov4-tiny-voc20in80.weights'
REID = 'osnet_x0_25_msmt17_flatten.onnx'


@dataclass(frozen=True, eq=False)
class Sequence:
    """
    A sequence, ready to be tracked again and again.

    Attributes
    ----------
    name : str
    truth : MotRows
        Ground truth.
    frames : list of Detections
        With features, where there is something to make them from.
    motions : list of (ndarray, shape (2, 3), or None)
        Of the camera, where there are pictures.

    """

    name: str
    truth: MotRows
    frames: list[Detections]
    motions: list[NDArray[np.float64] | None]


def sequences(data: Path, cache: Path) -> Iterator[Sequence]:
    """
    Yield all sequences under `data/mot`.

    Parameters
    ----------
    data : Path
        With `mot/NAME/gt/gt.txt` and `models/`. Pictures (`img1`) are given to the
        detector and the re-identification network; else `NAME.npy` holds detections with
        features, or a text file detections alone.
    cache : Path
        Where the networks' results are kept.

    """
    for folder in sorted(path.parents[1] for path in data.glob('mot/*/gt/gt.txt')):
        truth = read_mot(folder / 'gt' / 'gt.txt')
        array = folder / f'{folder.name}.npy'
        motions: list[NDArray[np.float64] | None] = []
        if (folder / 'img1').is_dir():
            array = cache / f'{folder.name}.npy'
            if not array.is_file():
                cache.mkdir(parents=True, exist_ok=True)
                look_at(folder, data / 'models', array)
            stored = np.load(array.with_suffix('.motion.npy'))
            motions = [None if np.isnan(motion).any() else motion for motion in stored]
        elif not array.is_file():
            array = sorted((folder / 'det').glob('*.txt'))[-1]
        found = dict(read_detections(array))
        last = int(truth.frames.max())
        frames = [found.get(number, Detections.empty()) for number in range(1, last + 1)]
        yield Sequence(folder.name, truth, frames, motions or [None] * last)


def look_at(folder: Path, models: Path, array: Path) -> None:
    """Run the networks on all pictures; write MOT rows with features, and the motions."""
    detector = Detector(
        models / CFG, weights=models / WEIGHTS, confidence=MIN_SCORE, classes=('person',)
    )
    embedder = Embedder(models / REID)
    flow = CameraMotion()
    rows, motions = [], []
    with open_source(SourceConfig(source=str(folder / 'img1')), paced=False) as pictures:
        while (frame := pictures.read()) is not None:
            found = detector.detect(frame.image)
            motion = flow.estimate(frame.image, found.tlwh)
            motions.append(np.full((2, 3), np.nan) if motion is None else motion)
            number = np.full((len(found), 2), (frame.index + 1, -1))
            rows.append(np.hstack([
                number, found.tlwh, found.scores[:, None], embedder.embed(frame.image, found.tlwh)
            ]))
    np.save(array, np.concatenate(rows))
    np.save(array.with_suffix('.motion.npy'), np.stack(motions))
