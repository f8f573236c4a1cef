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
Compare a Darknet network through our ONNX with OpenCV's own Darknet importer.

    python3 tools/compare_opencv.py yolov4-tiny.cfg yolov4-tiny.weights FOLDER

FOLDER holds pictures. Prints one JSON object: the largest deviation of a head, relative to its
largest number, for each backend; objects above 0.25; pictures on which their number or classes
differ; how far boxes (pixels of the input) and scores deviate at most. It needs OpenCV 4.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
import json
from pathlib import Path
import sys

import cv2
import numpy as np

sys.path[:0] = [str(Path(__file__).parents[1] / folder) for folder in ('', 'test')]

from darknet_files import opencv_heads, opencv_objects  # noqa: E402, I100

from yolo_deepsort_ros.config.network_config import BACKENDS, InferenceConfig  # noqa: E402
from yolo_deepsort_ros.inference.load import load_onnx  # noqa: E402
from yolo_deepsort_ros.inference.network import Tensor  # noqa: E402
from yolo_deepsort_ros.models.darknet.to_onnx import to_onnx  # noqa: E402
from yolo_deepsort_ros.models.darknet.weights import DarknetModel  # noqa: E402
from yolo_deepsort_ros.yolo.decode import decode  # noqa: E402
from yolo_deepsort_ros.yolo.nms import non_max_suppression  # noqa: E402

CONFIDENCE, NMS_IOU = 0.25, 0.45


def main() -> None:
    """Print the figures as one JSON object."""
    parser = argparse.ArgumentParser(description="Compare with OpenCV's Darknet importer.")
    for name in ('cfg', 'weights', 'folder'):
        parser.add_argument(name, type=Path)
    arguments = parser.parse_args()
    model = DarknetModel.read(arguments.cfg, arguments.weights)
    text, onnx = arguments.cfg.read_text(), to_onnx(model)
    networks = {name: load_onnx(onnx, InferenceConfig(backend=name)) for name in BACKENDS}
    heads = dict.fromkeys(networks, 0.0)
    objects, pixels, scores, differing = 0, [0.0], [0.0], 0
    for path in sorted(arguments.folder.glob('*.[jp][pn]g')):
        picture = cv2.imread(str(path))
        batch = cv2.dnn.blobFromImage(picture, 1 / 255, model.input_size, swapRB=True)
        expected = opencv_heads(text, arguments.weights, batch)
        for name, network in networks.items():
            outputs = network.run(batch)
            heads[name] = max(heads[name], deviation(outputs, expected))
        found = decode([head[0] for head in outputs], model.heads, model.input_size, CONFIDENCE)
        found = found.select(non_max_suppression(*found, NMS_IOU))
        tlwh, likely, kinds = opencv_objects(text, arguments.weights, batch, CONFIDENCE)
        objects += len(kinds)
        if found.class_ids.tolist() != kinds.tolist():
            differing += 1
        elif len(kinds):
            pixels.append(float(np.abs(found.tlwh - tlwh).max()))
            scores.append(float(np.abs(found.scores - likely).max()))
    print(json.dumps({
        'heads': heads, 'objects': objects, 'pictures_that_differ': differing,
        'boxes_px': max(pixels), 'scores': max(scores),
    }))


def deviation(outputs: Sequence[Tensor], expected: Sequence[Tensor]) -> float:
    """Return the largest deviation of a head, relative to its largest number."""
    return max(
        float(np.abs(output - head).max() / np.abs(head).max())
        for output, head in zip(outputs, expected, strict=True)
    )


if __name__ == '__main__':
    main()
