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
Train `arena-tiny`, the network inside the package.

    python3 tools/train_arena.py --out FOLDER

renders the pictures, trains and writes `arena-tiny.cfg`, `.weights` and `.names` into the
folder, after each epoch anew; docs/performance/arena.md says what came of it. To embed them,
copy them to `yolo_deepsort_ros/models/data` and their hashes, the last lines, to `models.yaml`
there.
It needs PyTorch, pycocotools and SciPy beside what the package needs.
"""

from __future__ import annotations

import argparse
import hashlib
from pathlib import Path
import shutil
import sys
import time

from arena_training.data import BOX, IGNORED, Pictures, render
from arena_training.evaluation import average_precision, MIN_CONFIDENCE
from arena_training.network import DarknetModule
from arena_training.training import Recipe, train
import numpy as np
from scipy.cluster.vq import kmeans
import torch

from yolo_deepsort_ros.models.darknet.cfg import DarknetCfg
from yolo_deepsort_ros.simulation.arena import CLASSES
from yolo_deepsort_ros.simulation.arena.labelled_pictures import labelled_pictures
from yolo_deepsort_ros.yolo.detector import Detector

CFG = Path(__file__).resolve().parents[1] / 'yolo_deepsort_ros/models/data/arena-tiny.cfg'
FIRST_SEED = 1000  #: of training; 0 to 99 are kept for the figures in docs/
FIRST_HELD_OUT = 100  #: of the figure after each epoch
PER_SEED = 8  #: pictures of an arena
ANCHORS = 6


def main() -> None:
    """Train, and say on stderr how it goes."""
    arguments = _arguments()
    torch.manual_seed(arguments.seed)
    torch.use_deterministic_algorithms(True)
    torch.utils.deterministic.fill_uninitialized_memory = False  # slow, and none is read
    cfg = DarknetCfg.read(CFG)
    size = cfg.net.integer('width', 0), cfg.net.integer('height', 0)
    seeds = range(FIRST_SEED, FIRST_SEED + arguments.arenas)
    work = arguments.work or arguments.out / 'work'
    pictures = render(work / f'{arguments.arenas}-arenas', seeds, PER_SEED, size, workers=2)
    say(f'{len(pictures)} pictures; anchors that suit them: {_anchors(pictures)}')

    start = time.monotonic()
    network = DarknetModule(cfg)
    generator = np.random.default_rng(arguments.seed)
    held_out = range(FIRST_HELD_OUT, FIRST_HELD_OUT + arguments.held_out)
    labelled = list(labelled_pictures(held_out, PER_SEED))
    for epoch in train(network, pictures, Recipe(arguments.epochs), generator):
        _save(epoch.network, arguments.out, epoch.number * len(pictures))
        detector = Detector(arguments.out / CFG.name, confidence=MIN_CONFIDENCE)
        figures = {'minutes': (time.monotonic() - start) / 60, **epoch.loss._asdict()}
        figures.update(average_precision(detector, labelled))
        say(f'epoch {epoch.number:2}: ' + ', '.join(f'{k} {v:.4f}' for k, v in figures.items()))
    for path in sorted(arguments.out.glob(CFG.with_suffix('.*').name)):
        say(f'{hashlib.sha256(path.read_bytes()).hexdigest()}  {path}')


def say(line: str) -> None:
    """Show a line of progress."""
    print(line, file=sys.stderr, flush=True)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description='Train arena-tiny, the embedded network.')
    parser.add_argument('--out', type=Path, required=True, help='folder of the result')
    parser.add_argument('--work', type=Path, help='folder of the rendered pictures (4 GB)')
    parser.add_argument('--arenas', type=int, default=1000, help=f'of {PER_SEED} pictures each')
    parser.add_argument('--held-out', type=int, default=16, help='arenas to measure with')
    parser.add_argument('--epochs', type=int, default=8, help='passes over the pictures')
    parser.add_argument('--seed', type=int, default=0, help='of weights and order')
    return parser.parse_args()


def _anchors(pictures: Pictures) -> str:
    """Return the means of clusters of sizes, by ratio, for the `.cfg`."""
    asked = pictures.objects[pictures.objects[:, IGNORED] == 0]
    centres, _ = kmeans(np.log(asked[:, BOX][:, 2:].astype(float)), ANCHORS, rng=0)
    sizes = np.exp(centres)
    ordered = sizes[np.argsort(sizes.prod(axis=1))]
    return ',  '.join(f'{width:.0f},{height:.0f}' for width, height in ordered)


def _save(network: DarknetModule, folder: Path, pictures_seen: int) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(CFG, folder / CFG.name)
    network.save(folder / CFG.with_suffix('.weights').name, pictures_seen)
    (folder / CFG.with_suffix('.names').name).write_text('\n'.join(CLASSES) + '\n')


if __name__ == '__main__':
    main()
