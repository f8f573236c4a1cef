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


"""The arena as a recording."""

from __future__ import annotations

from collections import deque

from yolo_deepsort_ros.array_types import Pixels
from yolo_deepsort_ros.calibration import Calibration
from yolo_deepsort_ros.config.source_config import SourceConfig
from yolo_deepsort_ros.errors import ConfigurationError
from yolo_deepsort_ros.evaluation.mot import TruthWriter
from yolo_deepsort_ros.files import user_path
from yolo_deepsort_ros.simulation.arena.arena import Arena, HEIGHT, RATE, WIDTH
from yolo_deepsort_ros.simulation.arena.arena_config import arena_config
from yolo_deepsort_ros.simulation.arena.camera import Camera
from yolo_deepsort_ros.simulation.arena.truth import Truth


class ArenaRecording:
    """
    The arena's frames one after the other, without an end.

    Parameters
    ----------
    config : SourceConfig
        Size and rate (0 for the arena's own); its `source` has the other options.

    Attributes
    ----------
    calibration : Calibration
        Of its camera, which has no distortion.

    Raises
    ------
    ConfigurationError
        When the arena cannot be drawn at that size or rate, or not so much of it ahead.
    OutputError
        Here and in `read`, when the ground truth cannot be written.

    """

    name = 'arena'
    about = ''
    time: float | None = None

    def __init__(self, config: SourceConfig) -> None:
        options = arena_config(config.source)
        self.rate = config.rate or RATE
        self.length = None
        width, height = config.width or WIDTH, config.height or HEIGHT
        self._arena = Arena(options, width=width, height=height, rate=self.rate)
        k = Camera.at_rest(width, height).matrix.ravel().tolist()
        self.calibration = Calibration.ideal(width, height, tuple(k))
        self._index = 0
        self._ahead: deque[tuple[Pixels, Truth]] = deque()
        try:
            self._ahead.extend(self._arena.render(index) for index in range(options.ahead))
        except MemoryError:
            raise ConfigurationError(
                f'source: arena: ahead: {options.ahead} frames need more memory than there is'
            ) from None
        self._truth = TruthWriter(user_path(options.truth)) if options.truth else None

    def read(self) -> Pixels:
        """Return the next picture; its truth is written, as that of frame 1 and on."""
        image, truth = self._ahead.popleft() if self._ahead else self._arena.render(self._index)
        self._index += 1
        if self._truth:
            self._truth.write(truth.mot_rows(self._index))
        return image

    def rewind(self) -> None:
        """Go back to the first picture."""
        self._index = 0
        self._ahead.clear()

    def close(self) -> None:
        """Finish the file of the ground truth."""
        if self._truth:
            self._truth.close()
