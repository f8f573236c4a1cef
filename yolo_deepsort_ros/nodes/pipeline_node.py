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

"""Camera, detector, tracker and annotator in one process."""

from __future__ import annotations

import sys
from typing import NamedTuple

from std_msgs.msg import Header

from yolo_deepsort_ros.config.node_configs import PipelineConfig
from yolo_deepsort_ros.detections import Detections
from yolo_deepsort_ros.images.raw_image import Pixels
from yolo_deepsort_ros.nodes.messages.conversions import Objects
from yolo_deepsort_ros.nodes.runtime.managed_node import BaseNode
from yolo_deepsort_ros.nodes.runtime.running import run
from yolo_deepsort_ros.nodes.stages.annotation import Annotation
from yolo_deepsort_ros.nodes.stages.capture import Capture, Captured
from yolo_deepsort_ros.nodes.stages.detection import Detection
from yolo_deepsort_ros.nodes.stages.tracking import Tracking
from yolo_deepsort_ros.nodes.sync.stage_queue import Handover

DRAIN_WAIT = 2.0  #: s; for the last frames of a file
REPLACED = 'frames replaced by newer'


class _Detected(NamedTuple):
    picture: Pixels
    header: Header
    found: Detections | None  #: None: nobody looked


class PipelineNode(BaseNode[PipelineConfig]):
    """
    Takes each frame from the source to its tracks without a copy.

    Capture, detection and the rest work in a thread each, so that they overlap. A frame that
    the detector has no time for gives way to a newer one; with `detect_every` above 1 that many
    wait for it, since most of them only pass. Images are published only while
    somebody subscribes to them.

    Publications, services
        Those of `Capture`, `Detection`, `Tracking` and `Annotation`.

    Of a parameter file its own section and those for all nodes count. The launch file hands it
    the sections of the nodes that it replaces.
    """

    def __init__(self) -> None:
        super().__init__('pipeline', PipelineConfig)
        self._capture = Capture(self, self._on_picture, self._drain)
        self._detection = Detection(self)
        self._tracking = Tracking(self)
        self._annotation = Annotation(self)

    def load(self) -> None:
        """Load the networks and open the source."""
        self._detection.load(self.config.detection)
        self._tracking.load(self.config.tracking)
        self._annotation.load(self.config.annotation)
        self._annotation.name_classes(self._detection.class_numbers)
        self._capture.load(self.config.capture)
        self._replaced = self.diagnostics.counter(REPLACED)

    def start(self) -> None:
        """Begin with the next frame."""
        self._annotation.start(self.config.annotation)
        self._following = Handover('tracker', self.guarded(self._follow))
        self._detecting = Handover(
            'detector', self.guarded(self._detect, counts=False), self._on_replaced,
            room=self.config.detection.detect_every,
        )
        self._detection.start()
        self._capture.start()

    def stop(self) -> None:
        """Hold the source; frames under way are dropped."""
        self._capture.stop()
        self._following.close()
        self._detecting.close()

    def adopt(self, config: PipelineConfig) -> None:
        """Go on with other values, the tracks staying."""
        self._capture.adopt(config.capture)
        self._detection.adopt(config.detection)
        self._tracking.adopt(config.tracking)
        self._annotation.adopt(config.annotation)

    def unload(self) -> None:
        """Free the networks, forget the tracks, release the source."""
        self._capture.unload()
        self._detection.unload()
        self._tracking.unload()

    def _on_picture(self, captured: Captured) -> None:
        if self._detection.is_enabled:
            self._detecting.put(captured)
        if self._capture.is_image_wanted:
            self._capture.publish_image(captured)

    def _on_replaced(self) -> None:
        self._replaced.add()

    def _detect(self, frame: Captured) -> None:
        picture, header, _ = frame
        is_due = self._detection.is_next_due()
        found = self._detection.detect(picture, header) if is_due else None
        self._following.put(_Detected(picture, header, found))

    def _follow(self, frame: _Detected) -> None:
        names = self._detection.class_ids
        tracks = self._tracking.track(frame.found, frame.header, frame.picture, names)
        if self._annotation.is_wanted:
            shown = [names[i] for i in tracks.class_ids]
            self._annotation.draw(
                frame.picture, frame.header,
                Objects(tracks.ids, tracks.tlwh, tracks.scores, shown),
            )

    def _drain(self) -> None:
        self._detecting.drain(DRAIN_WAIT)
        self._following.drain(DRAIN_WAIT)


def main() -> None:
    """Run the node in this process."""
    sys.exit(run(PipelineNode))
