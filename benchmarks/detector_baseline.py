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
The detector that a newcomer writes today, as a measured process.

    python3 detector_baseline.py CFG WEIGHTS PICTURE.npy THREADS

It needs OpenCV and NumPy only, and is written to be as plain as such code is.
"""

from __future__ import annotations

from pathlib import Path
import sys

import cv2
from measured_process import peak_rss_mb, seconds_of, serve
import numpy as np

CONFIDENCE, NMS_IOU = 0.4, 0.45


def read_network(cfg: str, weights: str, threshold: float):
    """Return the network; OpenCV sets scores below 0.2 to 0 unless the definition says so."""
    text = Path(cfg).read_text().replace('[yolo]', f'[yolo]\nthresh={threshold}')
    return cv2.dnn.readNetFromDarknet(
        np.frombuffer(text.encode(), np.uint8), np.fromfile(weights, np.uint8)
    )


def candidates(net, frame, confidence):
    """Return boxes, scores and classes before suppression."""
    blob = cv2.dnn.blobFromImage(frame, 1 / 255, (416, 416), swapRB=True, crop=False)
    net.setInput(blob)
    height, width = frame.shape[:2]
    boxes, scores, classes = [], [], []
    for output in net.forward(net.getUnconnectedOutLayersNames()):
        for row in output:
            kind = int(np.argmax(row[5:]))
            score = float(row[5 + kind])
            if score >= confidence:
                centre_x, centre_y, w, h = row[:4] * [width, height, width, height]
                boxes.append([centre_x - w / 2, centre_y - h / 2, w, h])
                scores.append(score)
                classes.append(kind)
    return boxes, scores, classes


def detect(net, frame, confidence):
    """Return which boxes are kept, and all of them."""
    boxes, scores, classes = candidates(net, frame, confidence)
    return cv2.dnn.NMSBoxes(boxes, scores, confidence, NMS_IOU), boxes, scores, classes


def found_in(net, paths, confidence):
    """Return rows of left, top, width, height, score, class for each picture, for AP50."""
    found = []
    for path in paths:
        boxes, scores, classes = candidates(net, cv2.imread(path), confidence)
        # Suppression by class, with OpenCV 4.6 too: classes are moved apart.
        apart = [
            [x + 1e5 * kind, y, w, h]
            for (x, y, w, h), kind in zip(boxes, classes, strict=True)
        ]
        kept = np.array(cv2.dnn.NMSBoxes(apart, scores, confidence, NMS_IOU), int).ravel()
        found.append([[*map(float, boxes[i]), scores[i], classes[i]] for i in kept])
    return found


def main() -> None:
    """Answer questions."""
    cfg, weights, picture, threads = sys.argv[1:]
    cv2.setNumThreads(int(threads))
    frame = np.load(picture)
    net = read_network(cfg, weights, 0.2)
    serve({'name': f'OpenCV {cv2.__version__}'}, {
        'seconds': lambda calls: seconds_of(lambda: detect(net, frame, CONFIDENCE), calls),
        'peak_rss_mb': peak_rss_mb,
        'found': lambda paths, least: found_in(read_network(cfg, weights, least), paths, least),
    })


if __name__ == '__main__':
    main()
