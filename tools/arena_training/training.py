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


"""How a network is trained: optimiser, rate, average of the weights, varied pictures."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from arena_training.data import BOX, Images, Objects, Pictures
from arena_training.loss import detection_loss, Loss
from arena_training.network import DarknetModule
import numpy as np
from numpy.random import Generator
import torch
from torch import Tensor
from torch.optim.lr_scheduler import LambdaLR
from torch.optim.swa_utils import AveragedModel
from tqdm import tqdm

MAX_TINT = 0.12  #: change of each colour's brightness, as a share of it


@dataclass(frozen=True)
class Recipe:
    """The numbers of a training."""

    epochs: int
    batch: int = 16
    rate: float = 2e-3  #: highest learning rate
    last_rate: float = 0.01  #: share of it at the end
    warm_up: int = 200  #: steps to reach it
    decay: float = 0.01  #: of the kernels, AdamW's
    memory: float = 0.998  #: of the average of the weights, from step to step


@dataclass(frozen=True, eq=False)
class Epoch:
    """
    What there is after each pass over the pictures.

    Attributes
    ----------
    number : int
        From 1.
    loss : Loss
        Mean of the pass.
    network : DarknetModule
        With the averaged weights.

    """

    number: int
    loss: Loss
    network: DarknetModule


def train(
    network: DarknetModule, pictures: Pictures, recipe: Recipe, generator: Generator
) -> Iterator[Epoch]:
    """
    Train a network in place.

    Parameters
    ----------
    network : DarknetModule
        Changed; the averaged one is in what is yielded.
    pictures : Pictures
        At least one batch.
    recipe : Recipe
        How.
    generator : Generator
        Of the order of the pictures and their changes.

    """
    network.to(memory_format=torch.channels_last).train()
    steps = len(pictures) // recipe.batch
    optimiser, schedule = _optimiser(network, recipe, steps * recipe.epochs)
    average = AveragedModel(network, avg_fn=partial(_averaged, recipe.memory), use_buffers=True)
    for number in range(1, recipe.epochs + 1):
        order = generator.permutation(len(pictures))[:steps * recipe.batch]
        batches = order.reshape(steps, recipe.batch)
        losses = []
        for indices in tqdm(batches, f'epoch {number}', leave=False, mininterval=10):
            images, objects = varied(*pictures.batch(np.sort(indices)), generator)
            with torch.autocast('cpu', torch.bfloat16):
                outputs = network(images)
            loss = detection_loss(outputs, network.heads, objects, images.shape[3])
            optimiser.zero_grad()
            loss.total.backward()
            optimiser.step()
            schedule.step()
            average.update_parameters(network)
            losses.append(torch.stack(loss).detach())
        yield Epoch(number, Loss(*torch.stack(losses).mean(dim=0)), average.module)


def varied(images: Images, objects: Objects, generator: Generator) -> tuple[Tensor, Tensor]:
    """Return a batch as the network takes it, half of it mirrored and all of it tinted."""
    pictures = torch.from_numpy(images).permute(0, 3, 1, 2).float() / 255  # channels last
    tints = 1 + generator.uniform(-MAX_TINT, MAX_TINT, (len(images), 3, 1, 1))
    pictures = (pictures * torch.from_numpy(tints).float()).clamp(max=1)
    mirrored = np.flatnonzero(generator.random(len(images)) < 0.5)
    pictures[mirrored] = pictures[mirrored].flip(3)
    changed = objects.copy()
    is_mirrored = np.isin(changed[:, 0], mirrored)
    changed[is_mirrored, BOX.start] = images.shape[2] - changed[is_mirrored, BOX.start]
    return pictures, torch.from_numpy(changed)


def _averaged(memory: float, average: Tensor, latest: Tensor, steps: Tensor | int) -> Tensor:
    """Forget fast in the first steps, whose weights are worth little."""
    return latest + (average - latest) * min(memory, (1 + int(steps)) / (10 + int(steps)))


def _optimiser(
    network: DarknetModule, recipe: Recipe, steps: int
) -> tuple[torch.optim.Optimizer, LambdaLR]:
    """Return AdamW, and its rate: a linear rise, then half a cosine."""
    kernels = [values for values in network.parameters() if values.dim() > 1]
    others = [values for values in network.parameters() if values.dim() == 1]
    groups: list[dict[str, Any]] = [
        {'params': kernels, 'weight_decay': recipe.decay},
        {'params': others, 'weight_decay': 0.0},
    ]
    optimiser = torch.optim.AdamW(groups, lr=recipe.rate)

    def share(step: int) -> float:
        rise = min(1.0, (step + 1) / recipe.warm_up)
        fall = (1 + np.cos(np.pi * min(1.0, step / steps))) / 2
        return float(rise * (recipe.last_rate + (1 - recipe.last_rate) * fall))

    return optimiser, LambdaLR(optimiser, share)
