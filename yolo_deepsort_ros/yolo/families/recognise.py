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

"""Which family a network belongs to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from yolo_deepsort_ros.error_text import nearest, quoted, shown
from yolo_deepsort_ros.errors import ConfigurationError, ModelError
from yolo_deepsort_ros.models.conventions import KEY
from yolo_deepsort_ros.models.onnx.model import OnnxModel
from yolo_deepsort_ros.yolo.families import (
    detr, own, ultralytics, ultralytics_end2end, yolov5, yolov7_end2end, yolox,
)
from yolo_deepsort_ros.yolo.families.family import Family, Recognised

#: Of this package. The first that takes a network for its own decides.
FAMILIES: tuple[Family, ...] = (
    own, ultralytics, ultralytics_end2end, yolov5, yolox, yolov7_end2end, detr,
)
GROUP = 'yolo_deepsort_ros.detectors'  #: of the entry points of other packages
AUTO = 'auto'


class Known(NamedTuple):
    """A network whose family is known."""

    family: Family
    recognised: Recognised


def recognise(model: OnnxModel, output_format: str = AUTO) -> Known:
    """
    Find the family of a network, by its metadata and the shapes and names of what it takes.

    Parameters
    ----------
    model : OnnxModel
        The network.
    output_format : str
        The family's name; auto finds it.

    Raises
    ------
    ConfigurationError
        For a name that no family has, or one whose outputs are not such.
    ModelError
        When no family knows the network, or it is one that cannot be used.

    """
    _check_planes(model)
    if output_format != AUTO:
        family = family_named(output_format)
        recognised = family.recognise(model, True)
        if recognised is None:
            raise ConfigurationError(
                f'output_format: the outputs of {shown(model.path)} are not those of '
                f'{family.NAME}: {_outputs(model)}'
            )
        return Known(family, recognised)
    _check_task(model)
    for family in all_families():
        recognised = family.recognise(model, False)
        if recognised is not None:
            # A foreign network that was exported says in its metadata what it is.
            return Known(family_named(recognised.conventions.family), recognised)
    names = ', '.join(family.NAME for family in all_families())
    raise ModelError(
        f'{shown(model.path)}: does not say what its outputs mean, and none of {names} puts out '
        f'{_outputs(model)}: give an .onnx that the command export has written, or set '
        f'output_format to the one it is'
    )


def family_named(name: str) -> Family:
    """Return a family by its name, of this package or of another one."""
    known = {family.NAME: family for family in FAMILIES}
    if name not in known:
        known = {family.NAME: family for family in all_families()}
    if name not in known:
        raise ConfigurationError(
            f'output_format: {quoted(name)} is no family of networks; '
            f'{nearest(name, [AUTO, *known])}'
        )
    return known[name]


def all_families() -> Iterator[Family]:
    """Yield the families of this package, then those of others."""
    yield from FAMILIES
    from importlib.metadata import entry_points  # a twentieth of a node's imports, seldom needed
    for entry in entry_points(group=GROUP):
        try:
            family: Family = entry.load()
        except Exception as error:  # noqa: B902  it is not ours
            raise ConfigurationError(
                f'output_format: {shown(entry.value)} of another package does not load: '
                f'{shown(error)}'
            ) from None
        yield family


def _check_planes(model: OnnxModel) -> None:
    """Refuse by name what takes colours last, as TensorFlow has them: no family finds its grid."""
    if [tensor.shape[3:] for tensor in model.inputs] == [(3,)]:
        raise ModelError(
            f'{shown(model.path)}: takes in {shown(model.inputs[0])}, not pictures of three '
            f'planes: export it with channels first'
        )


def _check_task(model: OnnxModel) -> None:
    """Refuse by name what is plainly no detection network."""
    shapes = [tensor.shape for tensor in model.outputs]
    if len(shapes) == 1 and len(shapes[0]) == 2 and shapes[0][1] != yolov7_end2end.COLUMNS:
        raise ModelError(
            f'{shown(model.path)}: puts out {_outputs(model)}, a row for each picture: a '
            f'classification or re-identification network, which finds no boxes: give a detection '
            f'network, such as an .onnx that the command export has written'
        )
    if {tensor.name for tensor in model.outputs} == {'boxes', 'confs'}:
        raise ModelError(
            f'{shown(model.path)}: puts out boxes and confs: a Darknet network in a conversion '
            f'that is not supported: give its .cfg, and --weights'
        )
    if shapes and {len(shape) for shape in shapes} == {5}:
        raise ModelError(
            f'{shown(model.path)}: puts out {_outputs(model)}: raw heads of a YOLOv5 or YOLOv7, '
            f'without their anchors: export it with --grid'
        )
    if sorted(map(len, shapes)) == [3, 4] and KEY not in model.metadata:
        raise ModelError(
            f'{shown(model.path)}: puts out {_outputs(model)}, boxes and masks: a segmentation '
            f'network: give a detection network'
        )


def _outputs(model: OnnxModel) -> str:
    return shown(', '.join(map(str, model.outputs)) or 'nothing')
