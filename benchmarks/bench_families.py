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
How exactly networks of other exporters are run, and what decoding them costs.

    scripts/run python3 benchmarks/bench_families.py [YOLOX.onnx ULTRALYTICS.onnx ...]

A plain reference is written here from the description of the families: letterbox, ONNX Runtime,
decoding, suppression by class. Against it stand AP50 on the pictures of COCO beside the project
(`../shared/data`), the detections above 0.25 that only one of both has, and the pixels by which
the others differ, for each library. Without that data only decoding is timed. Prints one line of
JSON.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
import json
from pathlib import Path
import sys
import tempfile
import time
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

sys.path.append(str(Path(__file__).resolve().parents[1] / 'test'))

from foreign_networks import write_network  # noqa: E402, I100, RUF100

from yolo_deepsort_ros import Detector  # noqa: E402, RUF100
from yolo_deepsort_ros.boxes import iou_matrix  # noqa: E402, RUF100
from yolo_deepsort_ros.config.network_config import AUTO_BACKENDS  # noqa: E402, RUF100
from yolo_deepsort_ros.detections import Detections  # noqa: E402, RUF100
from yolo_deepsort_ros.errors import YoloDeepsortError  # noqa: E402, RUF100
from yolo_deepsort_ros.evaluation.average_precision import (  # noqa: E402, RUF100
    average_precision, MIN_CONFIDENCE, read_yolo_labels,
)
from yolo_deepsort_ros.models.onnx.model import OnnxModel  # noqa: E402, RUF100
from yolo_deepsort_ros.yolo.families.recognise import recognise  # noqa: E402, RUF100

DATA = Path(__file__).resolve().parents[2] / 'shared' / 'data'
FILL, NMS_IOU, MOST = 114, 0.45, 300
SURE = 0.25  #: score of the detections that are compared one by one
MATCH_IOU = 0.5  #: of two boxes that may be the same detection
Picture = NDArray[np.uint8]


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[1])
    default = [DATA / 'models' / name for name in ('yolox_nano.onnx', 'yolo11n_int8.onnx')]
    parser.add_argument('models', metavar='ONNX', nargs='*', type=Path, default=default)
    models = [path for path in parser.parse_args().models if path.is_file()]
    figures: dict[str, Any] = {'decode_ms': {
        'ultralytics 84x8400': decode_ms((1, 84, 8400)),
        'yolov5 25200x85': decode_ms((1, 25200, 85)),
    }}
    if DATA.is_dir():
        figures.update({path.stem: compare(path) for path in models})
    print(json.dumps(figures))


def decode_ms(shape: tuple[int, ...], calls: int = 200) -> dict[str, float]:
    """Return what decoding takes with 40 objects, in milliseconds of processor time."""
    random = np.random.default_rng(0)
    values = random.uniform(0, 0.2, shape).astype(np.float32)
    rows = values[0].T if shape[1] < shape[2] else values[0]
    rows[:, :4] = random.uniform(100, 400, (len(rows), 4))
    rows[random.choice(len(rows), 40, replace=False), 4:] = 0.9
    with tempfile.TemporaryDirectory() as folder:
        path = write_network(Path(folder) / 'a.onnx', {'output0': values}, shape=(1, 3, 640, 640))
        family, found = recognise(OnnxModel.read(path))
    took = []
    for _ in range(calls):
        start = time.thread_time()
        family.decode([values], 0, found.conventions, (640, 640), 0.4)
        took.append(1e3 * (time.thread_time() - start))
    return {'median': round(float(np.median(took)), 3), 'best': round(min(took), 3)}


def compare(path: Path) -> dict[str, Any]:
    """Return how far each library is from the plain reference."""
    files = sorted((DATA / 'coco' / 'images').glob('*.jpg'))
    pictures = [cv2.imread(str(file)) for file in files]
    truth = [
        read_yolo_labels(DATA / 'coco' / 'labels' / f'{file.stem}.txt', picture.shape[1::-1])
        for file, picture in zip(files, pictures, strict=True)
    ]

    def ap50(found: Sequence[Detections]) -> float:
        return round(float(np.mean(list(average_precision(truth, found).values()))), 4)

    reference = plain_reference(path)
    wanted = [reference(picture) for picture in pictures]
    figures: dict[str, Any] = {'reference': {'ap50': ap50(wanted)}}
    for backend in AUTO_BACKENDS:
        print(f'{path.stem} in {backend}', file=sys.stderr)
        try:
            detector = Detector(
                path, backend=backend, confidence=MIN_CONFIDENCE, nms_iou=NMS_IOU,
                max_detections=MOST,
            )
        except YoloDeepsortError as error:
            figures[backend] = {'refused': str(error)[:200]}
            continue
        found = [detector.detect(picture) for picture in pictures]
        figures[backend] = {'ap50': ap50(found), **differences(wanted, found)}
    return figures


def differences(wanted: Sequence[Detections], found: Sequence[Detections]) -> dict[str, Any]:
    """Return how many sure detections there are, are missing and are odd, and how far the rest."""
    sure, missing, odd, pixels, scores = 0, 0, 0, [0.0], [0.0]
    for first, second in zip(wanted, found, strict=True):
        sure += int((first.scores >= SURE).sum())
        for one, other, is_ours in ((first, second, False), (second, first, True)):
            for row in np.flatnonzero(one.scores >= SURE):
                same = iou_matrix(one.tlwh[[row]], other.tlwh)[0] * (
                    other.class_ids == one.class_ids[row])
                if not len(same) or same.max() < MATCH_IOU:
                    missing, odd = missing + (not is_ours), odd + is_ours
                    continue
                best = same.argmax()
                pixels.append(np.abs(corners(one.tlwh[row]) - corners(other.tlwh[best])).max())
                scores.append(abs(float(one.scores[row]) - float(other.scores[best])))
    return {
        'sure': sure, 'missing': missing, 'odd': odd, 'most_pixels': round(max(pixels), 3),
        'most_score': round(max(scores), 5),
    }


def corners(tlwh: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return left, top, right and bottom of a box."""
    return np.concatenate([tlwh[:2], tlwh[:2] + tlwh[2:]])


def plain_reference(path: Path) -> Callable[[Picture], Detections]:
    """Return what finds objects with a YOLOX or an Ultralytics network."""
    import onnxruntime
    session = onnxruntime.InferenceSession(str(path), providers=['CPUExecutionProvider'])
    taken = session.get_inputs()[0]
    height, width = taken.shape[2:]
    is_yolox = session.get_outputs()[0].shape[2] < session.get_outputs()[0].shape[1]

    def find(picture: Picture) -> Detections:
        scale = min(height / picture.shape[0], width / picture.shape[1])
        size = round(picture.shape[1] * scale), round(picture.shape[0] * scale)
        left, top = (0, 0) if is_yolox else ((width - size[0]) // 2, (height - size[1]) // 2)
        canvas = np.full((height, width, 3), FILL, np.uint8)
        canvas[top:top + size[1], left:left + size[0]] = cv2.resize(picture, size)
        planes = canvas.astype(np.float32) if is_yolox else canvas[..., ::-1] / np.float32(255)
        batch = np.ascontiguousarray(planes.transpose(2, 0, 1)[None])
        rows = session.run(None, {taken.name: batch})[0][0].astype(np.float64)
        if is_yolox:
            boxes, scores = in_pixels(rows, width, height), rows[:, 4:5] * rows[:, 5:]
        else:
            boxes, scores = rows.T[:, :4], rows.T[:, 4:]
        best, kinds = scores.max(axis=1), scores.argmax(axis=1)
        keep = (best >= MIN_CONFIDENCE) & (boxes[:, 2:] > 0).all(axis=1)
        boxes, best, kinds = boxes[keep], best[keep], kinds[keep]
        tlwh = np.hstack([boxes[:, :2] - boxes[:, 2:] / 2 - (left, top), boxes[:, 2:]]) / scale
        kept = suppressed(tlwh, best, kinds)
        return Detections(tlwh[kept], best[kept].astype(np.float32), kinds[kept])

    return find


def in_pixels(rows: NDArray[np.float64], width: int, height: int) -> NDArray[np.float64]:
    """Return centre and size in pixels of what YOLOX puts out in cells."""
    boxes, start = np.empty((len(rows), 4)), 0
    for stride in (8, 16, 32):
        for line in range(height // stride):
            for column in range(width // stride):
                x, y, w, h = rows[start, :4]
                boxes[start] = ((x + column) * stride, (y + line) * stride,
                                np.exp(w) * stride, np.exp(h) * stride)
                start += 1
    return boxes


def suppressed(
    tlwh: NDArray[np.float64], scores: NDArray[np.float64], kinds: NDArray[np.int64]
) -> list[int]:
    """Return the boxes that no better one of their class hides, by falling score."""
    kept: list[int] = []
    for row in np.argsort(-scores, kind='stable'):
        rivals = [other for other in kept if kinds[other] == kinds[row]]
        if not rivals or iou_matrix(tlwh[[row]], tlwh[rivals]).max() <= NMS_IOU:
            kept.append(int(row))
    return kept[:MOST]


if __name__ == '__main__':
    main()
