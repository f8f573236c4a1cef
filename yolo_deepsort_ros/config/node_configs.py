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

Those of sources are in `source_config`, those of the tracker in `tracker_config`.

ROS parameter descriptors, `config/tracking.yaml`, `--set`, `--help`, the README's tables
and the validation all derive from the fields of these classes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from yolo_deepsort_ros.config.parameter import Config, Parameter, parameter
from yolo_deepsort_ros.config.source_config import FLIPS, SourceConfig
from yolo_deepsort_ros.config.tracker_config import RhythmConfig, TrackerConfig

#: Modules of `inference` that run networks, the fastest first: a new one is named here alone.
BACKENDS = ('openvino', 'onnxruntime', 'opencv')

#: Ways to make a picture fit the input of a network.
RESIZES = ('stretch', 'letterbox', 'rectangle')


#: Ways in which images come: see `ImageInConfig`.
TRANSPORTS = ('raw', 'compressed', 'auto')


@dataclass(frozen=True)
class InferenceConfig(Config):
    """How networks are run."""

    backend: str = parameter(
        'auto', 'Library that runs the network; auto takes the fastest one installed that can',
        choices=('auto', *BACKENDS),
    )
    device: str = parameter(
        'cpu', 'Where the network runs, as its library calls it: cpu, gpu (OpenVINO), cuda (ONNX '
               'Runtime), opencl (OpenCV)'
    )
    precision: str = parameter(
        'float32', 'Numbers to compute in: auto is what the library finds fastest, such as '
                   'bfloat16; int8 insists on a network of export --int8, which always is int8',
        choices=('float32', 'auto', 'int8'),
    )
    threads: int = parameter(
        0, "Threads of the network, of OpenCV and of NumPy's linear algebra; 0 takes all cores "
           'that the process may use',
        low=0, high=256,
    )


@dataclass(frozen=True)
class NodeConfig(Config):
    """What every node has."""

    autostart: bool = parameter(
        True, 'Configure and activate the node at its start; false leaves it to a manager, as '
              'ros2 lifecycle'
    )
    latency_limit: float = parameter(
        0.5, "Median time from the image's stamp to the result above which /diagnostics warns; "
             '0: never', unit='s', low=0.0, high=3600.0, is_live=True,
    )
    min_rate: float = parameter(
        0.0, 'Results per second below which /diagnostics warns while the node is active; 0: '
             'never', unit='Hz', low=0.0, high=1000.0, is_live=True,
    )
    topic_timeout: float = parameter(
        5.0, 'Time without a message from a topic that somebody publishes after which '
             '/diagnostics has an error; 0: never', unit='s', low=0.0, high=3600.0, is_live=True,
    )


@dataclass(frozen=True)
class ImageInConfig(NodeConfig):
    """What a node that takes images has."""

    image_transport: str = parameter(
        'raw', 'Images to take: raw; compressed, of TOPIC/compressed; auto follows what is '
               'published, raw before compressed', choices=TRANSPORTS,
    )


@dataclass(frozen=True)
class ImageOutConfig(NodeConfig):
    """What a node that publishes images has."""

    jpeg_quality: int = parameter(
        80, 'Quality of the compressed images; a JPEG of the camera itself is passed on as it is',
        low=1, high=100, is_live=True,
    )


@dataclass(frozen=True)
class CameraConfig(SourceConfig, ImageOutConfig):
    """Parameters of the camera node."""

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


@dataclass(frozen=True)
class DetectorConfig(InferenceConfig):
    """What finds objects."""

    model: str = parameter(
        'yolov4-tiny',
        'Network: a name that models list shows, a Darknet .cfg file, or an .onnx of export; the '
        'arena brings its own',
    )
    weights: str = parameter(
        '', 'Darknet weights of a .cfg file; empty: <model>.weights beside it'
    )
    names: str = parameter(
        '', 'Label file, one per line; empty: those in an .onnx, else <model>.names or coco.names '
            'beside the model, else the COCO labels when the network has 80 classes'
    )
    confidence: float = parameter(
        0.4, 'Least score (objectness x class probability)', low=0.0, high=1.0, is_live=True,
    )
    nms_iou: float = parameter(
        0.45, 'Overlap (IoU) above which the weaker of two boxes of a class goes',
        low=0.0, high=1.0, is_live=True,
    )
    nms_agnostic: bool = parameter(
        False, 'Let a box go for an overlapping stronger one of another class too', is_live=True,
    )
    max_detections: int = parameter(
        300, 'Most objects of a picture, the strongest ones', low=1, high=100000, is_live=True,
    )
    classes: tuple[str, ...] = parameter(
        (), 'Class names to keep, on a command line with commas between; empty keeps all',
        is_live=True,
    )
    input_size: tuple[int, ...] = parameter(
        (), "Network input: one side or width, height, multiples of the network's stride, mostly "
            "32; empty: the network's own",
        unit='px', low=32, high=4096,
    )
    resize: str = parameter(
        'auto', 'How pictures fit the input: stretch; letterbox keeps the aspect and fills the '
                "rest; rectangle computes no more than the picture's part; auto is the network's",
        choices=('auto', *RESIZES),
    )


@dataclass(frozen=True)
class DetectionConfig(RhythmConfig, DetectorConfig, NodeConfig):
    """What a node needs to find objects."""

    class_id_format: str = parameter(
        'name', 'What class_id holds on the wire', choices=('name', 'index')
    )


@dataclass(frozen=True)
class DetectorNodeConfig(DetectionConfig, ImageInConfig):
    """Parameters of the detector node."""

    cameras: tuple[str, ...] = parameter(
        (), 'Namespaces of several cameras that share the detector: it looks at the images that '
            "wait together, and publishes under each camera's; empty: one camera, in its own"
    )
    reduce_jpeg: bool = parameter(
        True, 'Decode compressed images no larger than the network needs them, which is faster; '
              'boxes change a little', is_live=True,
    )


@dataclass(frozen=True)
class EmbedderConfig(InferenceConfig):
    """What tells objects of one class apart by their looks."""

    reid: str = parameter(
        '', 'Re-identification network: a name that models list shows, or an .onnx file; empty: '
            'the colour descriptor without weights'
    )
    reid_batch_size: int = parameter(
        32, 'Most crops given to the network at once', low=1, high=1024
    )


@dataclass(frozen=True)
class PairingConfig(ImageInConfig):
    """How a node waits for the image that belongs to a message."""

    image_buffer: int = parameter(
        15, 'Most images kept while the message of the same stamp is awaited', low=1, high=1000
    )
    image_wait: float = parameter(
        0.5, 'Longest wait for the image of a message that came first', unit='s',
        low=0.0, high=60.0,
    )


@dataclass(frozen=True)
class TrackingConfig(TrackerConfig, EmbedderConfig, NodeConfig):
    """What a node needs to track."""

    publish_coasting: bool = parameter(
        False, 'Let tracks show confirmed tracks without a recent match too: where their motion '
               'has taken them, with their last score', is_live=True,
    )


@dataclass(frozen=True)
class TrackerNodeConfig(TrackingConfig, PairingConfig):
    """Parameters of the tracker node."""


@dataclass(frozen=True)
class DrawingConfig(ImageOutConfig):
    """What a node needs to draw tracks."""

    trail: float = parameter(
        1.0, 'How far back the trails of the tracks go; 0 draws none', unit='s', low=0.0,
        high=60.0, is_live=True,
    )


@dataclass(frozen=True)
class AnnotatorConfig(DrawingConfig, PairingConfig):
    """Parameters of the annotator node."""


@dataclass(frozen=True)
class PipelineConfig(CameraConfig, DetectionConfig, TrackingConfig, DrawingConfig):
    """Parameters of the pipeline node: those of the others, but for images taken in."""


#: What suits a source better than the defaults, where nothing else is given: by source.
SOURCE_DEFAULTS: dict[str, dict[str, Any]] = {
    'arena': {
        'model': 'arena-tiny',
        'confidence': 0.5,
        'max_cosine_distance': 0.3,
        'max_age': 300,  # its agents stay away for seconds
        'gating_distance': 100.0,  # and turn where nobody sees it
        'cascade': False,
        'n_init': 5,
        'class_aware': True,
    },
}

#: The parameters of each node, by node name.
NODES: dict[str, type[Config]] = {
    'camera': CameraConfig,
    'detector': DetectorNodeConfig,
    'tracker': TrackerNodeConfig,
    'annotator': AnnotatorConfig,
}

#: The same of the node that stands for all of them in one process.
COMPOSED: dict[str, type[Config]] = {'pipeline': PipelineConfig}

#: Every parameter of the package by name; a name means the same in every group.
PARAMETERS: dict[str, Parameter] = {
    name: declared for group in NODES.values() for name, declared in group.parameters().items()
}
