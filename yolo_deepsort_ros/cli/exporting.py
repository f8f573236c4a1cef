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


"""Networks made ready to be deployed: one `.onnx` file, in 8-bit integers if wanted."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from yolo_deepsort_ros.errors import InputError
from yolo_deepsort_ros.evaluation.average_precision import (
    average_precision, read_yolo_labels, TrueBoxes,
)
from yolo_deepsort_ros.files import write_whole
from yolo_deepsort_ros.sources.pictures import picture_files, read_picture
from yolo_deepsort_ros.yolo.detection_model import DetectionModel
from yolo_deepsort_ros.yolo.detector import Detector
from yolo_deepsort_ros.yolo.quantise import quantise

MIN_PICTURES = 50  #: fewer leave out too much of what the camera will see
MAX_PICTURES = 300  #: that decide the ranges of the integers; more change nothing


def write_int8(network: DetectionModel, calibration: Path, out: Path) -> int:
    """
    Write a network in 8-bit integers; return how many pictures decided their ranges.

    Parameters
    ----------
    network : DetectionModel
        In floating point.
    calibration : Path
        A folder of pictures such as the camera will see.
    out : Path
        The `.onnx` file to write.

    Raises
    ------
    MissingDependencyError, ModelError
        As `quantise`.
    SourceError
        When the folder has no pictures.

    """
    files = picture_files(calibration)
    chosen = files[::-(-len(files) // MAX_PICTURES)]
    write_whole(out, quantise(network, [read_picture(path) for path in chosen]))
    return len(chosen)


def measure(detector: Detector, pictures: Path, labels: Path) -> float:
    """
    Return the mean AP50 of a detector on labelled pictures.

    Parameters
    ----------
    detector : Detector
        Its confidence is `average_precision.MIN_CONFIDENCE`.
    pictures, labels : Path
        Folders; a picture `a.jpg` has the labels `a.txt` of YOLO, and none without such.

    Raises
    ------
    InputError
        When there is no true box, or a label file is something else.

    """
    truth: list[TrueBoxes] = []
    found = []
    for path in picture_files(pictures):
        picture = read_picture(path)
        file = labels / f'{path.stem}.txt'
        size = picture.shape[1], picture.shape[0]
        nothing = TrueBoxes(np.zeros((0, 4)), np.zeros(0, np.int64))
        truth.append(read_yolo_labels(file, size) if file.is_file() else nothing)
        found.append(detector.detect(picture))
    by_class = average_precision(truth, found)
    if not by_class:
        raise InputError(f'{labels}: no label file a.txt for a picture a.jpg of {pictures}')
    return float(np.mean(list(by_class.values())))
