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
Groups of sequences as columns of a table, each sequence in six versions.

One percent of jitter of the boxes moves the identities of some sequences by several points.
So a figure is a mean over versions: as recorded and jittered twice, forwards and backwards.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sequences import Sequence, sequences

from yolo_deepsort_ros import Detections
from yolo_deepsort_ros.evaluation.mot import read_mot
from yolo_deepsort_ros.evaluation.mot_detections import read_detections

JITTER = 0.01  #: standard deviation of a box's place and size, in its sizes
JITTERED = 2  #: versions beside the recorded one
LEAST_SCORE = 0.5  #: of the public detections of PETS09-S2L1
#: Columns of the table: the sequences of each.
GROUPS: dict[str, tuple[str, ...]] = {
    'dance': ('dance0004', 'dance0018', 'dance0073'),
    'yolox17': ('YOLOX-02', 'YOLOX-13'),
    'kitti': ('kitti0006-car', 'kitti0010-car', 'kitti0015-ped'),
    'mot15': ('KITTI-13', 'ETH-Sunnyday'),
    'PETS text': ('PETS09-S2L1',),
    'with vectors': ('KITTI-17', 'MOT16-11-first200', 'MOT17-05-FRCNN', 'TUD-Stadtmitte'),
}


@dataclass(frozen=True)
class Version:
    """One version of a sequence: its seed (0: as recorded) and its direction."""

    seed: int
    is_backwards: bool


VERSIONS = [Version(seed, back) for back in (False, True) for seed in range(1 + JITTERED)]


def grouped(data: Path, cache: Path) -> dict[str, list[Sequence]]:
    """
    Return the sequences of each column.

    Parameters
    ----------
    data : Path
        With `mot/` and `models/` (see `sequences`), and `mot-strong/NAME/` with `gt.txt`,
        `det.txt` and `motion.txt`: frame and the six numbers of the camera's motion.
    cache : Path
        Where the networks' results are kept.

    """
    known = {scene.name: scene for scene in sequences(data, cache)}
    known.update((scene.name, scene) for scene in texts(data / 'mot-strong'))
    if (pets := known.get('PETS09-S2L1')) is not None:
        path = data / 'mot' / pets.name / 'det' / 'det_sort_frcnn.txt'
        found = [frame[frame.scores >= LEAST_SCORE] for _, frame in read_detections(path)]
        frames = _padded(found, len(pets.frames))
        known[pets.name] = replace(pets, frames=frames)
    return {
        group: [known[name] for name in names if name in known]
        for group, names in GROUPS.items()
    }


def texts(folder: Path) -> Iterator[Sequence]:
    """Yield the sequences that are text alone."""
    for path in sorted(folder.glob('*/gt.txt')):
        truth = read_mot(path)
        last = int(truth.frames.max())
        found = [frame for _, frame in read_detections(path.with_name('det.txt'))]
        motions: list[NDArray[np.float64] | None] = [None] * last
        rows = path.with_name('motion.txt').read_text().splitlines()
        for line in rows:
            frame, *values = map(float, line.split())
            if 1 <= frame <= last:
                motions[int(frame) - 1] = np.reshape(values, (2, 3))
        yield Sequence(path.parent.name, truth, _padded(found, last), motions)


def versioned(scene: Sequence, version: Version) -> Sequence:
    """Return the sequence as this version has it."""
    if version.seed:
        random = np.random.default_rng(version.seed)
        scene = replace(scene, frames=[_jittered(found, random) for found in scene.frames])
    return backwards(scene) if version.is_backwards else scene


def backwards(scene: Sequence) -> Sequence:
    """Return the sequence with its last frame first, and the camera's motions undone."""
    last = len(scene.frames)
    truth = replace(scene.truth, frames=last + 1 - scene.truth.frames)
    motions = [None if motion is None else _inverse(motion) for motion in scene.motions]
    # The motion into frame t is, undone, the one out of it.
    return Sequence(scene.name, truth, scene.frames[::-1], [None, *motions[:0:-1]])


def _inverse(motion: NDArray[np.float64]) -> NDArray[np.float64]:
    turn = np.linalg.inv(motion[:, :2])
    return np.hstack([turn, -turn @ motion[:, 2:]])


def _jittered(found: Detections, random: np.random.Generator) -> Detections:
    shift = random.normal(0, JITTER, (len(found), 4)) * found.tlwh[:, [2, 3, 2, 3]]
    return Detections(found.tlwh + shift, found.scores, found.class_ids, found.features)


def _padded(found: list[Detections], last: int) -> list[Detections]:
    return (found + [Detections.empty()] * last)[:last]
