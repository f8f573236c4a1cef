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

"""Parameters of the networks: the detector's, and the one that tells objects apart."""

from __future__ import annotations

from dataclasses import dataclass

from yolo_deepsort_ros.config.config import Config
from yolo_deepsort_ros.config.parameter import parameter

#: Modules of `inference` that run any ONNX network, the fastest first: `auto` takes one of these.
AUTO_BACKENDS = ('openvino', 'onnxruntime', 'opencv')
#: All modules of `inference` that run networks: a new one is named here alone.
BACKENDS = (*AUTO_BACKENDS, 'ncnn')

#: Numbers that networks compute in.
PRECISIONS = ('float32', 'auto', 'int8')

#: Ways to make a picture fit the input of a network.
RESIZES = ('stretch', 'letterbox', 'rectangle')


@dataclass(frozen=True)
class InferenceConfig(Config):
    """How networks are run."""

    backend: str = parameter(
        'auto', 'Library that runs the network; auto takes the fastest one installed of the first '
                'three that can; ncnn runs Darknet networks and its own .param files',
        choices=('auto', *BACKENDS),
    )
    device: str = parameter(
        'cpu', 'Where the network runs, as its library calls it: cpu, gpu (OpenVINO), cuda (ONNX '
               'Runtime), opencl (OpenCV)'
    )
    precision: str = parameter(
        'float32', 'Numbers to compute in: auto is what the library finds fastest, such as '
                   'bfloat16, of ncnn float16; int8 insists on a network of export --int8, which '
                   'always is int8',
        choices=PRECISIONS,
    )
    threads: int = parameter(
        0, "Threads of the network, of OpenCV and of NumPy's linear algebra; 0 takes all cores "
           'that the process may use',
        low=0, high=256,
    )


@dataclass(frozen=True)
class DetectorConfig(InferenceConfig):
    """What finds objects."""

    model: str = parameter(
        'yolov4-tiny',
        'Network: a name that models list shows, a Darknet .cfg file, or an .onnx of export or of '
        "the families of output_format, or ncnn's .param; the arena brings its own",
    )
    weights: str = parameter(
        '', 'Weights of a .cfg or .param file; empty: <model>.weights or <model>.bin beside it'
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
    output_format: str = parameter(
        'auto', 'Family whose outputs an .onnx has: ultralytics, ultralytics_end2end, yolov5, '
                'yolov7_end2end, yolox, detr, own (of export); auto recognises it',
    )
    resize: str = parameter(
        'auto', 'How pictures fit the input: stretch; letterbox keeps the aspect and fills the '
                "rest; rectangle computes no more than the picture's part; auto is the network's",
        choices=('auto', *RESIZES),
    )


@dataclass(frozen=True)
class EmbedderConfig(InferenceConfig):
    """
    What tells objects of one class apart by their looks.

    Its network is run as the detector's is, unless the parameters `reid_…` say otherwise.
    """

    reid: str = parameter(
        '', 'Re-identification network: a name that models list shows, or an .onnx file; empty: '
            'the colour descriptor without weights'
    )
    reid_batch_size: int = parameter(
        32, 'Most crops given to the network at once', low=1, high=1024
    )
    reid_backend: str = parameter(
        '', 'Library that runs the re-identification network; empty: backend',
        choices=('', 'auto', *BACKENDS),
    )
    reid_device: str = parameter(
        '', 'Where the re-identification network runs; empty: device'
    )
    reid_precision: str = parameter(
        '', 'Numbers that the re-identification network computes in; empty: precision, but that '
            'int8 asks only the detector for an int8 network', choices=('', *PRECISIONS),
    )

    @property
    def inference(self) -> InferenceConfig:
        """How the network is run."""
        usual = 'float32' if self.precision == 'int8' else self.precision
        return InferenceConfig(
            backend=self.reid_backend or self.backend,
            device=self.reid_device or self.device,
            precision=self.reid_precision or usual,
            threads=self.threads,
        )
