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
Draws the video of a recording of the page, and writes its tracks as MOT rows.

`python3 -m yolo_deepsort_ros.web.recording_video FOLDER`: a process of its own, so that drawing
costs the robot's nodes nothing but the processor's spare time.
"""

from __future__ import annotations

from collections.abc import Sequence
import json
from pathlib import Path
from statistics import median
import sys
from typing import Any

import numpy as np

from yolo_deepsort_ros.error_text import shown
from yolo_deepsort_ros.errors import InputError, YoloDeepsortError
from yolo_deepsort_ros.evaluation.mot import TrackWriter
from yolo_deepsort_ros.files import read_bytes
from yolo_deepsort_ros.images.compressed_image import decoded
from yolo_deepsort_ros.visualization.drawing import draw_tracks
from yolo_deepsort_ros.visualization.trails import Trails
from yolo_deepsort_ros.visualization.video import VideoWriter

FRAMES, VIDEO = 'frames.jsonl', 'annotated.mp4'
MAX_BYTES = 200_000_000
USUAL_RATE = 30.0  #: Hz; of a recording of one picture
TRAIL = 1.0  #: s


def main(arguments: Sequence[str]) -> int:
    """Draw the recording in a folder; return the exit status."""
    folder = Path(arguments[0])
    try:
        lines = read_bytes(folder / FRAMES, MAX_BYTES, InputError, 'name a recording')
        rows = [json.loads(line) for line in lines.splitlines()]
        if not rows:
            raise InputError(f'{shown(folder)}: no picture was recorded')
        suffixes = {''}
        for camera in dict.fromkeys(row['camera'] for row in rows):
            own = [row for row in rows if row['camera'] == camera]
            suffix = '' if camera == rows[0]['camera'] else f'_{own[0]["file"][:-11]}'
            if suffix and suffix in suffixes:  # /a/b and /a_b
                suffix = f'{suffix}_{len(suffixes)}'
            suffixes.add(suffix)
            _draw(folder, suffix, own)
    except YoloDeepsortError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


def _draw(folder: Path, suffix: str, rows: list[dict[str, Any]]) -> None:
    """Draw what one camera has seen."""
    steps = np.diff([row['stamp'] for row in rows])
    rate = float(np.clip(1 / median(steps[steps > 0]), 1, 120)) if (steps > 0).any() else 0.0
    trails, labels = Trails(TRAIL), list[str]()
    stem, ending = VIDEO.split('.')
    with (
        VideoWriter(folder / f'{stem}{suffix}.{ending}', rate or USUAL_RATE) as video,
        TrackWriter(folder / f'tracks{suffix}.txt') as writer,
    ):
        for number, row in enumerate(rows, 1):
            data = read_bytes(folder / row['file'], MAX_BYTES, InputError, 'it was removed')
            picture = decoded(data)
            tracks = row['tracks'] or []
            ids = [track['id'] for track in tracks]
            tlwh = np.array(
                [[track[side] for side in 'xywh'] for track in tracks], np.float64
            ).reshape(-1, 4)
            names = [track['class'] for track in tracks]
            scores = [track['score'] for track in tracks]
            labels += [name for name in dict.fromkeys(names) if name not in labels]
            writer.write(number, ids, tlwh, scores, [labels.index(name) for name in names])
            scaled = tlwh * (picture.shape[1] / row['size'][0])
            video.write(draw_tracks(
                picture, ids, scaled, names, scores, trails=trails.add(ids, scaled, row['stamp'])
            ))


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
