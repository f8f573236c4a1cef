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


"""Frames on their way through the other stages of one process."""

from __future__ import annotations

from typing import NamedTuple

from std_msgs.msg import Header

from yolo_deepsort_ros.array_types import Pixels
from yolo_deepsort_ros.calibration import Calibration
from yolo_deepsort_ros.config.stage_configs import DetectionConfig
from yolo_deepsort_ros.detections import Detections
from yolo_deepsort_ros.nodes.messages.conversions import Objects
from yolo_deepsort_ros.nodes.stages.annotation_stage import AnnotationStage
from yolo_deepsort_ros.nodes.stages.capture_stage import Captured
from yolo_deepsort_ros.nodes.stages.detection_stage import DetectionStage
from yolo_deepsort_ros.nodes.stages.locating_stage import LocatingStage, Shown
from yolo_deepsort_ros.nodes.stages.page_stage import PageStage
from yolo_deepsort_ros.nodes.stages.stage import Stage, StageNode
from yolo_deepsort_ros.nodes.stages.tracking_stage import TrackingStage
from yolo_deepsort_ros.nodes.sync.stage_queue import StageQueue

DRAIN_WAIT = 2.0  #: s; for the last frames of a file
REPLACED = 'frames replaced by newer'


class _Detected(NamedTuple):
    picture: Pixels
    header: Header
    found: Detections | None  #: None: nobody looked
    calibration: Calibration | None


class FrameFlowStage(Stage[DetectionConfig]):
    """
    Hands each frame from one stage to the next, without a copy.

    Detection and what follows it have a thread each, so that they overlap with each other and
    with the source. A frame that the detector has no time for gives way to a newer one; with
    `detect_every` above 1 that many wait for it, since most of them only pass.

    Parameters
    ----------
    node : StageNode
    detection, tracking, annotation, locating, page : Stage
        Driven before this one. What a further stage makes of tracks belongs into `_follow`.

    """

    def __init__(
        self, node: StageNode, detection: DetectionStage, tracking: TrackingStage,
        annotation: AnnotationStage, locating: LocatingStage, page: PageStage,
    ) -> None:
        self._node = node
        self._detection = detection
        self._tracking = tracking
        self._annotation = annotation
        self._locating = locating
        self._page = page
        self._replaced = node.diagnostics.counter(REPLACED)

    def load(self, config: DetectionConfig) -> None:
        """Tell what draws tracks the numbers of the classes."""
        self._annotation.name_classes(self._detection.class_numbers)
        self._locating.name_classes(self._detection.class_numbers)
        self._locating.know_detector(self._detection.foot_offset)

    def start(self) -> None:
        """Begin with the next frame."""
        self._following = StageQueue('tracker', self._node.guarded(self._follow))
        self._detecting = StageQueue(
            'detector', self._node.guarded(self._detect, counts=False), self._replaced.add,
            room=self._detection.detect_every,
        )

    def stop(self) -> None:
        """Drop the frames under way."""
        self._following.close()
        self._detecting.close()

    def put(self, captured: Captured) -> None:
        """Take a frame of the source; called from its thread."""
        if self._detection.is_enabled:
            self._detecting.put(captured)

    def _detect(self, frame: Captured) -> None:
        picture, header, _, calibration = frame
        is_due = self._detection.is_next_due()
        found = self._detection.detect(picture, header) if is_due else None
        self._following.put(_Detected(picture, header, found, calibration))

    def _follow(self, frame: _Detected) -> None:
        names = self._detection.class_ids
        tracks = self._tracking.track(frame.found, frame.header, frame.picture, names)
        height, width = frame.picture.shape[:2]
        self._locating.put(Shown(tracks, names, frame.header, frame.calibration, (width, height)))
        shows = [
            stage for stage, is_wanted in (
                (self._annotation.draw, self._annotation.is_wanted),
                (self._page.show, self._page.is_watched),
            ) if is_wanted
        ]
        if shows:
            shown = [names[i] for i in tracks.class_ids]
            objects = Objects(tracks.ids, tracks.tlwh, tracks.scores, shown)
            for show in shows:
                show(frame.picture, frame.header, objects)

    def drain(self) -> None:
        """Return when the last frames of a file are done, or soon."""
        self._detecting.drain(DRAIN_WAIT)
        self._following.drain(DRAIN_WAIT)
        self._locating.drain(DRAIN_WAIT)
