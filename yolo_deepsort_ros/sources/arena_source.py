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
from yolo_deepsort_ros.evaluation.mot import LineWriter, TruthWriter
from yolo_deepsort_ros.files import user_path
from yolo_deepsort_ros.simulation.arena.arena import Arena, HEIGHT, RATE, Shot, WIDTH
from yolo_deepsort_ros.simulation.arena.arena_config import arena_config
from yolo_deepsort_ros.simulation.arena.camera import Camera
from yolo_deepsort_ros.simulation.arena.truth import COLUMNS_3D
from yolo_deepsort_ros.sources.frame import Frame
from yolo_deepsort_ros.sources.recorded import RecordedSource


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
    shot : Shot or None
        What is known of the picture last read.

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
        self.calibration = arena_calibration(width, height)
        self._index = 0
        self.shot: Shot | None = None
        self._ahead: deque[Shot] = deque()
        try:
            self._ahead.extend(self._arena.look(index) for index in range(options.ahead))
        except MemoryError:
            raise ConfigurationError(
                f'source: arena: ahead: {options.ahead} frames need more memory than there is'
            ) from None
        self._truth = TruthWriter(user_path(options.truth)) if options.truth else None
        self._truth_3d = LineWriter(user_path(options.truth_3d)) if options.truth_3d else None
        if self._truth_3d:
            self._truth_3d.write_lines([f'{COLUMNS_3D}\n'])

    def read(self) -> Pixels:
        """Return the next picture; its truth is written, as that of frame 1 and on."""
        shot = self._ahead.popleft() if self._ahead else self._arena.look(self._index)
        self._index += 1
        if self._truth:
            self._truth.write(shot.truth.mot_rows(self._index))
        if self._truth_3d:
            self._truth_3d.write_lines(shot.truth.rows_3d(self._index))
        self.shot = shot
        return shot.image

    def rewind(self) -> None:
        """Go back to the first picture."""
        self._index = 0
        self._ahead.clear()

    def close(self) -> None:
        """Finish the file of the ground truth."""
        if self._truth:
            self._truth.close()
        if self._truth_3d:
            self._truth_3d.close()


def arena_calibration(width: int, height: int) -> Calibration:
    """Return the calibration of the arena's camera for pictures of a size."""
    k = Camera.at_rest(width, height).matrix.ravel().tolist()
    return Calibration.ideal(width, height, tuple(k))


class ArenaSource(RecordedSource):
    """An `ArenaRecording` whose frames know the camera's pose, and their depth."""

    _recording: ArenaRecording

    def _frame(self, image: Pixels, stamp: float, index: int) -> Frame:
        shot = self._recording.shot
        if shot is None:
            return super()._frame(image, stamp, index)
        return Frame(image, stamp, index, pose=shot.pose, depth=shot.depth)
