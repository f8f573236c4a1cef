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

"""The one-way flow of a frame: source, detector, embedder, tracker."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from yolo_deepsort_ros.appearance.embedder import Embedder
from yolo_deepsort_ros.array_types import Pixels
from yolo_deepsort_ros.config.network_config import EmbedderConfig
from yolo_deepsort_ros.config.tracker_config import TrackerConfig
from yolo_deepsort_ros.deepsort.camera_motion import CameraMotion
from yolo_deepsort_ros.deepsort.tracker import Tracker
from yolo_deepsort_ros.detections import Detections
from yolo_deepsort_ros.sources.frame import Frame
from yolo_deepsort_ros.sources.source import Source
from yolo_deepsort_ros.stage_timer import StageTimer
from yolo_deepsort_ros.tracks import Tracks
from yolo_deepsort_ros.yolo.detector import Detector


@dataclass(frozen=True, eq=False)
class Step:
    """What one frame became on its way."""

    frame: Frame
    detections: Detections
    tracks: Tracks


class Follower:
    """
    Tracks the detections of each frame, with what its picture tells where that is wanted.

    Parameters
    ----------
    config : TrackerConfig
    embedder : Embedder or None
        What makes features; None leaves the detections as they are.
    timer : StageTimer
        Told of the stages embed and track, and of motion where the camera's is estimated.

    """

    def __init__(
        self, config: TrackerConfig, embedder: Embedder | None, timer: StageTimer
    ) -> None:
        self._tracker = Tracker(config)
        self._embedder = embedder
        self._camera_motion = CameraMotion() if config.camera_motion else None
        self._timer = timer

    def reset(self) -> None:
        """Forget all tracks; ids start at 1 again."""
        self._tracker.reset()

    def adopt(self, config: TrackerConfig) -> None:
        """Go on with other values of the live parameters, as `Tracker.adopt`."""
        self._tracker.adopt(config)

    @property
    def setbacks(self) -> int:
        """How often time has started again, which drops all tracks."""
        return self._tracker.setbacks

    @property
    def late(self) -> int:
        """Frames left out, since their stamps were not later than one before."""
        return self._tracker.late

    @property
    def wants_detections(self) -> bool:
        """Whether the next frame's detections are used; see `detect_every`."""
        return self._tracker.wants_detections

    def follow(
        self, found: Detections | None, stamp: float, picture: Pixels | None
    ) -> tuple[Detections, Tracks]:
        """
        Return the detections with their features, and the tracks.

        Parameters
        ----------
        found : Detections or None
            None where nobody looked: the tracks follow their motion.
        stamp : float
            Time of the frame in seconds.
        picture : ndarray, shape (H, W, 3), or None
            The frame; of one where nobody looked only the camera's motion is wanted.

        Raises
        ------
        StampError, InputError
            As `Tracker.update`.

        """
        if self._tracker.is_late(stamp):
            picture = None  # the camera's motion is that from the frame before to the next one
        is_looked_at = found is not None
        found = Detections.empty() if found is None else found
        motion = None
        if picture is not None and self._camera_motion is not None:
            with self._timer.stage('motion'):
                motion = self._camera_motion.estimate(picture, found.tlwh)
        if not is_looked_at:
            with self._timer.stage('track'):
                return found, self._tracker.predict(stamp, motion)
        if picture is not None and self._embedder is not None:
            with self._timer.stage('embed'):
                wanted = self._tracker.wanted(found, stamp)
                features = self._embedder.embed(picture, found.tlwh[wanted])
                found = found.with_features(features, wanted)
        with self._timer.stage('track'):
            return found, self._tracker.update(found, stamp, motion)


class Pipeline:
    """
    Runs every frame of a source through detector, embedder and tracker.

    Parameters
    ----------
    source : Source
    detector : Detector
    embedder_config : EmbedderConfig
    tracker_config : TrackerConfig
        A `frame_rate` of 0 becomes the source's, where it has one.

    Attributes
    ----------
    timer : StageTimer
        Durations of the stages read, detect, embed and track, and of motion where the
        camera's is estimated.

    """

    def __init__(
        self,
        source: Source,
        detector: Detector,
        embedder_config: EmbedderConfig,
        tracker_config: TrackerConfig,
    ) -> None:
        rate = tracker_config.frame_rate or source.rate
        self._source = source
        self._detector = detector
        self.timer = StageTimer()
        self._follower = Follower(
            tracker_config.replace(frame_rate=rate), Embedder(config=embedder_config), self.timer
        )

    def __iter__(self) -> Iterator[Step]:
        """Yield a step for each frame until the source ends."""
        while True:
            with self.timer.stage('read'):
                frame = self._source.read()
            if frame is None:
                return
            found = None
            if self._follower.wants_detections:
                with self.timer.stage('detect'):
                    found = self._detector.detect(frame.image)
            yield Step(frame, *self._follower.follow(found, frame.stamp, frame.image))
