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
Parameters of what is done with a frame: capture, detection, tracking, annotation, locating.

Each stage is handed its own group, by the node that has it and by the pipeline.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from yolo_deepsort_ros.config.config import Config
from yolo_deepsort_ros.config.network_config import DetectorConfig, EmbedderConfig
from yolo_deepsort_ros.config.parameter import parameter
from yolo_deepsort_ros.config.source_config import FLIPS, SourceConfig
from yolo_deepsort_ros.config.tracker_config import DETECTOR_PROFILES, SharedConfig, TrackerConfig

#: Ways in which images come: see `ImageInConfig`.
TRANSPORTS = ('raw', 'compressed', 'auto')


@dataclass(frozen=True)
class TopicInConfig(Config):
    """How messages are taken from topics."""

    topic_timeout: float = parameter(
        5.0, 'Time without a message from a topic that somebody publishes after which '
             '/diagnostics has an error; 0: never', unit='s', low=0.0, high=3600.0, is_live=True,
    )


@dataclass(frozen=True)
class ImageInConfig(TopicInConfig):
    """How images, and messages about them, are taken from topics."""

    image_transport: str = parameter(
        'raw', 'Images to take: raw; compressed, of TOPIC/compressed; auto follows what is '
               'published, raw before compressed', choices=TRANSPORTS,
    )


@dataclass(frozen=True)
class ImageOutConfig(Config):
    """How images are published."""

    jpeg_quality: int = parameter(
        80, 'Quality of the compressed images; a JPEG of the camera itself is passed on as it is',
        low=1, high=100, is_live=True,
    )


@dataclass(frozen=True)
class PairingConfig(ImageInConfig):
    """How the image that belongs to a message is waited for."""

    image_buffer: int = parameter(
        15, 'Most images kept while the message of the same stamp is awaited', low=1, high=1000
    )
    image_wait: float = parameter(
        0.5, 'Longest wait for the image of a message that came first', unit='s',
        low=0.0, high=60.0,
    )


@dataclass(frozen=True)
class CaptureConfig(Config):
    """Frames of a source, and what is published of them."""

    source: SourceConfig = field(default_factory=SourceConfig)
    frame_id: str = parameter(
        'camera_optical_frame', 'frame_id of the published headers', is_live=True, is_frame=True,
    )
    camera_info_url: str = parameter(
        '', 'Calibration as camera_calibration writes it, of the pictures as they are published: '
            'a path, file:// or package://; empty: not calibrated, but for the arena'
    )
    rotate: int = parameter(
        0, 'How far to turn the pictures clockwise', unit='degrees', low=0, high=270, step=90
    )
    flip: str = parameter(
        'none', 'Mirror the pictures, after turning them: horizontal changes left and right',
        choices=('none', *FLIPS),
    )
    wait_for_source: bool = parameter(
        False, 'Wait for a device or stream that is not there at the start, as for one that was '
               'lost; false: that is an error'
    )
    start_paused: bool = parameter(
        False, 'Publish nothing until the service ~/set_paused is called with false'
    )
    images: ImageOutConfig = field(default_factory=ImageOutConfig)


@dataclass(frozen=True)
class DetectionConfig(SharedConfig):
    """Objects in frames."""

    detector: DetectorConfig = field(default_factory=DetectorConfig)
    class_id_format: str = parameter(
        'name', 'What class_id holds on the wire', choices=('name', 'index')
    )

    def brings(self) -> Mapping[str, Any]:
        """Return what the profile sets."""
        return DETECTOR_PROFILES[self.profile]


@dataclass(frozen=True)
class TrackingConfig(Config):
    """Ids of objects."""

    tracker: TrackerConfig = field(default_factory=TrackerConfig)
    embedder: EmbedderConfig = field(default_factory=EmbedderConfig)
    publish_coasting: bool = parameter(
        False, 'Let tracks show confirmed tracks without a recent match too: where their motion '
               'has taken them, with their last score', is_live=True,
    )


@dataclass(frozen=True)
class AnnotationConfig(Config):
    """Tracks drawn on images."""

    trail: float = parameter(
        1.0, 'How far back the trails of the tracks go; 0 draws none', unit='s', low=0.0,
        high=60.0, is_live=True,
    )
    images: ImageOutConfig = field(default_factory=ImageOutConfig)


@dataclass(frozen=True)
class LocatingConfig(Config):
    """Tracks in metres."""

    target_frame: str = parameter(
        '', 'Frame of tf2 to locate in, as base_link, odom or map, with its floor at z = 0, or '
            'where camera_height has it; with ground_points the frame of their metres; empty: '
            'the floor below the camera', is_frame=True,
    )
    camera_height: float = parameter(
        0.0, 'Height of the camera above the floor; 0: as ground_points, ground_file or '
             'target_frame have it', unit='m', low=0.0, high=1000.0, is_live=True,
    )
    camera_pitch: float = parameter(
        0.0, 'How far the camera looks down', unit='rad', low=-1.6, high=1.6, is_live=True,
    )
    camera_roll: float = parameter(
        0.0, 'How far the camera is turned clockwise, as seen along the view', unit='rad',
        low=-3.2, high=3.2, is_live=True,
    )
    ground_points: tuple[float, ...] = parameter(
        (), 'Points of the floor: u, v (px), x, y (m), u, v, x, y, … of at least four, no three '
            'on a line', low=-1e9, high=1e9,
    )
    ground_file: str = parameter(
        '', 'YAML file with points or the pose, class_heights and foot_offset, as --ground takes '
            'it; values given as parameters count more'
    )
    class_heights: tuple[str, ...] = parameter(
        (), 'How tall objects are, with their spread, by class: person=1.70±0.10 or '
            'person=1.70+-0.10 (m); they locate objects whose foot is cut or hidden',
        is_live=True,
    )
    foot_offset: float = parameter(
        0.0, "How far the floor lies below the lower edge of the detector's boxes, as a share of "
             'their height; where none is given, ground_file says it, else the network, by the '
             'topic foot_offset of the detector', low=-0.5, high=0.5, is_live=True,
    )
    depth_slop: float = parameter(
        0.04, 'How far the stamp of a depth image may be from that of the tracks', unit='s',
        low=0.0, high=10.0, is_live=True,
    )
    depth_wait: float = parameter(
        0.1, 'Longest wait for the depth image of the stamp, while somebody publishes depth',
        unit='s', low=0.0, high=10.0, is_live=True,
    )
    transform_wait: float = parameter(
        0.2, 'Longest wait for the transform of the time of the stamp', unit='s', low=0.0,
        high=10.0, is_live=True,
    )
