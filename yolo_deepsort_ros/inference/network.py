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


"""What every library that runs networks looks like from here."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from yolo_deepsort_ros.error_text import MAX_SHOWN, quoted, shown
from yolo_deepsort_ros.errors import ConfigurationError, ModelError

Tensor = NDArray[np.float32]


class Network(Protocol):
    """
    A loaded network; one thread at a time may run it.

    Attributes
    ----------
    name : str
        Library, version, device, precision and threads, for people.

    """

    name: str

    def run(self, batch: Tensor) -> list[Tensor]:
        """
        Run the network on a batch of pictures.

        Parameters
        ----------
        batch : ndarray of float32, shape (N, 3, H, W)
            C-contiguous, of a size that the network takes. It is not changed.

        Returns
        -------
        list of ndarray of float32
            One for each output, in the order of the network's definition; copies, the
            first axis is that of the batch.

        Raises
        ------
        ModelError
            When the library cannot run it.

        """


def described(library: str, device: str, precision: str, threads: int) -> str:
    """Return the name of a network."""
    plural = 's' if threads != 1 else ''
    return f'{library}, {device}, {precision}, {threads} thread{plural}'


def cannot_run(library: str, path: str, error: Exception) -> ModelError:
    """Return the error for a network that a library refuses."""
    reason = shown(' '.join(str(error).split()), 2 * MAX_SHOWN)
    return ModelError(f'{shown(path)}: {library} cannot run this network: {reason}')


def no_device(library: str, device: str, present: list[str]) -> ConfigurationError:
    """Return the error for a device that a library does not have."""
    return ConfigurationError(
        f'device: {library} has no {quoted(device)} here; it has {", ".join(present)}'
    )
