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

"""`detect`: find objects in pictures."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
import json
from pathlib import Path
from typing import Any

from yolo_deepsort_ros.cli.options import add_parameters, file_name, group_of, values_of
from yolo_deepsort_ros.cli.overwrite_check import check_outputs
from yolo_deepsort_ros.config.network_config import DetectorConfig
from yolo_deepsort_ros.error_text import shown
from yolo_deepsort_ros.errors import OutputError
from yolo_deepsort_ros.files import user_path, write_whole
from yolo_deepsort_ros.images.compressed_image import encoded
from yolo_deepsort_ros.sources.pictures import read_picture
from yolo_deepsort_ros.visualization.drawing import draw_detections
from yolo_deepsort_ros.visualization.label_text import drawn_names
from yolo_deepsort_ros.yolo.detector import Detector

JPEG_QUALITY = 95  #: of drawn pictures


def add_detect_command(commands: argparse._SubParsersAction[Any]) -> None:
    """Add `detect` to the parsers of the other commands."""
    detect = commands.add_parser('detect', help='find objects in pictures')
    detect.add_argument('images', metavar='IMAGE', nargs='+', type=file_name)
    add_parameters(detect, 'model', 'weights', 'names', 'confidence', 'classes', 'backend')
    detect.add_argument(
        '--draw', metavar='FOLDER', type=file_name,
        help='write each picture there as a JPEG, with the boxes drawn on it',
    )
    detect.set_defaults(run=_detect)


def _detect(args: argparse.Namespace) -> None:
    paths = [Path(path) for path in args.images]
    drawings = _drawings(paths, args.draw) if args.draw else {}
    detector = Detector(config=group_of(DetectorConfig, values_of(args, [DetectorConfig])))
    drawn_name = drawn_names(
        dict(zip(detector.labels, range(len(detector.labels)), strict=True))
    ) if args.draw else {}
    for path in paths:
        picture = read_picture(path)
        found = detector.detect(picture)
        names = [detector.labels[kind] for kind in found.class_ids.tolist()]
        rows = [
            {'class': name, 'score': round(score, 4),
             'x': round(x, 2), 'y': round(y, 2), 'w': round(w, 2), 'h': round(h, 2)}
            for (x, y, w, h), score, name in zip(
                found.tlwh.tolist(), found.scores.tolist(), names, strict=True
            )
        ]
        if args.draw:
            texts = [drawn_name[name] for name in names]
            drawn = draw_detections(picture, found.class_ids, found.tlwh, texts, found.scores)
            write_whole(drawings[path], encoded(drawn, JPEG_QUALITY))
        print(json.dumps({'file': str(path), 'detections': rows}))


def _drawings(paths: Sequence[Path], name: str) -> dict[Path, Path]:
    """Return where the drawing of each picture goes, in a folder that is made."""
    folder = user_path(name)
    drawings = {path: folder / f'{path.stem}.jpg' for path in paths}
    check_outputs(dict(zip(map(str, paths), drawings.values(), strict=True)), paths)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(
            f'--draw {shown(name)}: cannot make the folder ({error.strerror})'
        ) from None
    return drawings
