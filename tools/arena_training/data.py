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


"""Rendered pictures of the arena as a network sees them, with what is on them."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
import multiprocessing
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from yolo_deepsort_ros.simulation.arena.labelled_pictures import labelled_pictures

Images = NDArray[np.uint8]
Objects = NDArray[np.float32]

PICTURE, CLASS, BOX, IGNORED = 0, 1, slice(2, 6), 6  #: columns of `Pictures.objects`


@dataclass(frozen=True, eq=False)
class Pictures:
    """
    Labelled pictures of the network's input size.

    Attributes
    ----------
    images : ndarray of uint8, shape (N, height, width, 3)
        Red, green, blue; may lie on disc.
    objects : ndarray of float32, shape (M, 7)
        Ordered by picture: number of the picture, class, centre x, centre y, width and
        height in pixels, and 1 when the agent is too hidden to learn from, else 0.

    """

    images: Images
    objects: Objects

    def __len__(self) -> int:
        return len(self.images)

    def batch(self, indices: NDArray[np.int64]) -> tuple[Images, Objects]:
        """Return copies of some pictures and their objects, numbered by place in `indices`."""
        bounds = np.searchsorted(self.objects[:, PICTURE], np.stack([indices, indices + 1]))
        parts = [self.objects[start:stop].copy() for start, stop in bounds.T]
        for place, part in enumerate(parts):
            part[:, PICTURE] = place
        return self.images[indices], np.concatenate(parts)


def render(
    folder: Path, seeds: Sequence[int], per_seed: int, size: tuple[int, int], workers: int
) -> Pictures:
    """
    Render pictures of many arenas into a folder, or take those that lie there.

    Parameters
    ----------
    folder : Path
        Of this set of pictures alone; delete it after a change to the arena.
    seeds : sequence of int
        One arena each.
    per_seed : int
        Pictures of each arena.
    size : (int, int)
        Width and height of the network's input in pixels.
    workers : int
        Processes that render; the pictures do not depend on it.

    """
    images_path, objects_path = folder / 'images.npy', folder / 'objects.npy'
    if not objects_path.is_file():  # it is written last
        folder.mkdir(parents=True, exist_ok=True)
        shape = (len(seeds) * per_seed, size[1], size[0], 3)
        images = np.lib.format.open_memmap(images_path, 'w+', np.uint8, shape)
        np.save(objects_path, _render_into(images, seeds, per_seed, size, workers))
    return Pictures(np.load(images_path, mmap_mode='r'), np.load(objects_path))


def _render_into(
    images: Images, seeds: Sequence[int], per_seed: int, size: tuple[int, int], workers: int
) -> Objects:
    """Render into `images` and return the objects."""
    objects = []
    context = multiprocessing.get_context('spawn')  # a fork would copy OpenCV's threads
    with ProcessPoolExecutor(workers, context) as pool:
        arenas = pool.map(partial(_render_arena, per_seed=per_seed, size=size), seeds)
        progress = tqdm(arenas, 'rendering', len(seeds), unit='arena', mininterval=5)
        for number, (pictures, found) in enumerate(progress):
            first = number * per_seed
            images[first:first + per_seed] = pictures
            found[:, PICTURE] += first
            objects.append(found)
    return np.concatenate(objects)


def _render_arena(seed: int, per_seed: int, size: tuple[int, int]) -> tuple[Images, Objects]:
    cv2.setNumThreads(1)
    pictures, objects = [], []
    for number, (picture, truth) in enumerate(labelled_pictures([seed], per_seed)):
        seen = cv2.resize(picture, size)  # as the detector stretches a frame
        pictures.append(cv2.cvtColor(seen, cv2.COLOR_BGR2RGB))
        scale = np.tile(np.divide(size, picture.shape[1::-1]), 2)
        boxes = truth.tlwh * scale
        boxes[:, :2] += boxes[:, 2:] / 2
        picture_number = np.full(len(truth), number)
        columns = [picture_number, truth.class_ids, boxes, truth.is_ignored]
        objects.append(np.column_stack(columns).astype(np.float32))
    return np.stack(pictures), np.concatenate(objects)
