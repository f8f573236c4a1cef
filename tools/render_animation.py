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
Makes a short animation (.webp) of an annotated video, as the README shows.

    scripts/demo --out demo
    scripts/run python3 tools/render_animation.py demo/annotated.mp4 docs/demo.webp
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
import math
from pathlib import Path
import sys

import cv2
from PIL import Image

MAX_FILE_BYTES = 2 * 2**20  #: bytes of the file
WIDTH = 480  #: px
QUALITY = 60  #: of 100


def main() -> int:
    """Write the animation; fail when it has grown too large."""
    parser = argparse.ArgumentParser(description='Make an animation of a video.')
    parser.add_argument('video', type=Path)
    parser.add_argument('out', type=Path, help='.webp file')
    parser.add_argument('--start', type=float, default=0.0, help='first second of the video')
    parser.add_argument('--seconds', type=float, default=10.0)
    parser.add_argument('--rate', type=float, default=10.0, help='pictures a second')
    arguments = parser.parse_args()
    pictures = [
        Image.fromarray(cv2.cvtColor(cv2.resize(
            picture, (WIDTH, round(WIDTH * picture.shape[0] / picture.shape[1])),
            interpolation=cv2.INTER_AREA,
        ), cv2.COLOR_BGR2RGB))
        for picture in read(arguments.video, arguments.start, arguments.seconds, arguments.rate)
    ]
    if not pictures:
        sys.exit(f'{arguments.video}: no picture there')
    pictures[0].save(
        arguments.out, save_all=True, append_images=pictures[1:], loop=0, quality=QUALITY,
        duration=round(1000 / arguments.rate), method=6,
    )
    size = arguments.out.stat().st_size
    print(f'{arguments.out}: {len(pictures)} pictures, {size} bytes')
    return int(size > MAX_FILE_BYTES)


def read(video: Path, start: float, seconds: float, rate: float) -> Iterator[cv2.typing.MatLike]:
    """Yield the pictures of a part of a video at another rate."""
    capture = cv2.VideoCapture(str(video))
    own = capture.get(cv2.CAP_PROP_FPS) or rate
    wanted = {math.floor((start + n / rate) * own) for n in range(round(seconds * rate))}
    for number in range(max(wanted, default=-1) + 1):
        is_there, picture = capture.read()
        if not is_there:
            return
        if number in wanted:
            yield picture


if __name__ == '__main__':
    sys.exit(main())
