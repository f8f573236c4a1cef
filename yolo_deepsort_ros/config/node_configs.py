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
Every parameter, declared once: its type, default, range, unit and one line of text.

The groups of sources, networks, the tracker and the stages are in modules of their own; here
they are put together to those of the nodes and of the command line. ROS parameter descriptors,
`config/tracking.yaml`, `--set`, `--help`, `docs/parameters.md` and the validation all derive
from the fields of these classes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from yolo_deepsort_ros.config.config import Config
from yolo_deepsort_ros.config.network_config import DetectorConfig, EmbedderConfig
from yolo_deepsort_ros.config.parameter import Parameter, parameter
from yolo_deepsort_ros.config.source_config import SourceConfig
from yolo_deepsort_ros.config.stage_configs import (
    AnnotationConfig, CaptureConfig, DetectionConfig, ImageInConfig, LocatingConfig, PairingConfig,
    TopicInConfig, TrackingConfig,
)
from yolo_deepsort_ros.config.tracker_config import DETECTOR_PROFILES, TrackerConfig
from yolo_deepsort_ros.config.web_config import PageConfig, WebConfig


@dataclass(frozen=True)
class FlowConfig(Config):
    """From a source to tracks without ROS: what the command line takes."""

    source: SourceConfig = field(default_factory=SourceConfig)
    detector: DetectorConfig = field(default_factory=DetectorConfig)
    embedder: EmbedderConfig = field(default_factory=EmbedderConfig)
    tracker: TrackerConfig = field(default_factory=TrackerConfig)

    def brings(self) -> Mapping[str, Any]:
        """Return what suits the source; of the detector the profile decides."""
        return {**self.source.suits(), **DETECTOR_PROFILES[self.tracker.profile]}


@dataclass(frozen=True)
class NodeConfig(Config):
    """What every node has."""

    autostart: bool = parameter(
        True, 'Configure and activate the node at its start; false leaves it to a manager, as '
              'ros2 lifecycle or that of Nav2'
    )
    bond_heartbeat_period: float = parameter(
        0.1, "Time between the heartbeats on bond by which a manager's node is known to live, as "
             "Nav2's lifecycle manager wants it; 0: none", unit='s', low=0.0, high=10.0,
    )
    end_with_parent: bool = parameter(
        False, 'End, as on Ctrl-C, when the process that has started the node ends'
    )
    latency_limit: float = parameter(
        0.5, "Median time from the image's stamp to the result above which /diagnostics warns; "
             '0: never', unit='s', low=0.0, high=3600.0, is_live=True,
    )
    min_rate: float = parameter(
        0.0, 'Results per second below which /diagnostics warns while the node is active; 0: '
             'never', unit='Hz', low=0.0, high=1000.0, is_live=True,
    )


@dataclass(frozen=True)
class CameraConfig(NodeConfig):
    """Parameters of the camera node."""

    capture: CaptureConfig = field(default_factory=CaptureConfig)


@dataclass(frozen=True)
class DetectorNodeConfig(NodeConfig):
    """Parameters of the detector node."""

    detection: DetectionConfig = field(default_factory=DetectionConfig)
    images: ImageInConfig = field(default_factory=ImageInConfig)
    cameras: tuple[str, ...] = parameter(
        (), 'Namespaces of several cameras that share the detector: it looks at the images that '
            "wait together, and publishes under each camera's; empty: one camera, in its own"
    )
    reduce_jpeg: bool = parameter(
        True, 'Decode compressed images no larger than the network needs them, which is faster; '
              'boxes change a little', is_live=True,
    )


@dataclass(frozen=True)
class PairedNodeConfig(NodeConfig):
    """What a node has that takes messages and their images."""

    pairing: PairingConfig = field(default_factory=PairingConfig)


@dataclass(frozen=True)
class TrackerNodeConfig(PairedNodeConfig):
    """Parameters of the tracker node."""

    tracking: TrackingConfig = field(default_factory=TrackingConfig)


@dataclass(frozen=True)
class AnnotatorConfig(PairedNodeConfig):
    """Parameters of the annotator node."""

    annotation: AnnotationConfig = field(default_factory=AnnotationConfig)


@dataclass(frozen=True)
class ViewerConfig(NodeConfig):
    """Parameters of the viewer node."""

    viewing: WebConfig = field(default_factory=WebConfig)
    images: ImageInConfig = field(default_factory=ImageInConfig)

    def brings(self) -> Mapping[str, Any]:
        """Return what suits a node that is to show whatever is there."""
        return {'image_transport': 'auto'}


@dataclass(frozen=True)
class LocatorConfig(NodeConfig):
    """Parameters of the locator node."""

    locating: LocatingConfig = field(default_factory=LocatingConfig)
    topics: TopicInConfig = field(default_factory=TopicInConfig)


@dataclass(frozen=True)
class PipelineConfig(NodeConfig):
    """Parameters of the pipeline node: those of the others, but for images taken in."""

    capture: CaptureConfig = field(default_factory=CaptureConfig)
    detection: DetectionConfig = field(default_factory=DetectionConfig)
    tracking: TrackingConfig = field(default_factory=TrackingConfig)
    annotation: AnnotationConfig = field(default_factory=AnnotationConfig)
    page: PageConfig = field(default_factory=PageConfig)
    locating: LocatingConfig = field(default_factory=LocatingConfig)
    locate: bool = parameter(False, 'Locate the tracks in metres, as the locator node does')

    def brings(self) -> Mapping[str, Any]:
        """Return what suits the source; of the detector the profile decides."""
        profile = self.tracking.tracker.profile
        return {**self.capture.source.suits(), **DETECTOR_PROFILES[profile]}


#: The parameters of each node, by node name.
NODES: dict[str, type[NodeConfig]] = {
    'camera': CameraConfig,
    'detector': DetectorNodeConfig,
    'tracker': TrackerNodeConfig,
    'annotator': AnnotatorConfig,
    'locator': LocatorConfig,
    'viewer': ViewerConfig,
}

#: Those that are started only where they are asked for, with the argument that does.
ON_DEMAND = {'locator': 'locate', 'viewer': 'web'}

#: The same of the node that stands for all of them in one process.
COMPOSED: dict[str, type[NodeConfig]] = {'pipeline': PipelineConfig}

#: Every parameter of the package by name; a name means the same in every group.
PARAMETERS: dict[str, Parameter] = {
    name: declared for group in (*NODES.values(), *COMPOSED.values())
    for name, declared in group.parameters().items()
}
