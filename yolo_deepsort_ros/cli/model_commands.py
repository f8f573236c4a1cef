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

"""The commands about networks: `models list`, `fetch` and `path`, and `export`."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
import hashlib
import json
from pathlib import Path
import sys
from typing import Any

from yolo_deepsort_ros.cli.exporting import measure, MIN_PICTURES, write_int8
from yolo_deepsort_ros.cli.options import add_parameters, group_of, values_of
from yolo_deepsort_ros.cli.overwrite_check import check_outputs, files_read, folder_files
from yolo_deepsort_ros.config.network_config import DetectorConfig
from yolo_deepsort_ros.error_text import nearest, quoted, shown
from yolo_deepsort_ros.errors import ConfigurationError
from yolo_deepsort_ros.evaluation.average_precision import MIN_CONFIDENCE
from yolo_deepsort_ros.files import user_path, write_whole
from yolo_deepsort_ros.models.conventions import KEY
from yolo_deepsort_ros.models.download import fetch
from yolo_deepsort_ros.models.lookup import find_model
from yolo_deepsort_ros.models.ncnn.ncnn_model import SUFFIX as NCNN_SUFFIX
from yolo_deepsort_ros.models.onnx.model import DYNAMIC, FLOAT16
from yolo_deepsort_ros.models.registry import KnownModel, read_registry
from yolo_deepsort_ros.yolo.detection_model import DetectionModel
from yolo_deepsort_ros.yolo.detector import Detector

#: Parameters that decide what an export writes; the others act on detections.
EXPORTED = frozenset({
    'model', 'weights', 'names', 'input_size', 'resize', 'output_format',
})


def add_models_command(commands: argparse._SubParsersAction[Any]) -> None:
    """Add `models` to the parsers of the other commands."""
    about = 'list, download and find the networks that have a name'
    parser = commands.add_parser('models', help=about, description=about.capitalize() + '.')
    actions = parser.add_subparsers(dest='action', required=True, metavar='ACTION')

    shows = actions.add_parser(
        'list', help='print a line for each, and whether its files are here')
    shows.add_argument('--json', action='store_true', help='a JSON object a line, for programs')
    shows.set_defaults(run=_list)

    fetches = actions.add_parser(
        'fetch', help='download the files that are missing, and print where they are')
    fetches.add_argument('names', metavar='NAME', nargs='+')
    fetches.set_defaults(run=_fetch)

    finds = actions.add_parser('path', help='print the path of the .cfg or .onnx file; the '
                               'other files lie beside it')
    finds.add_argument('name', metavar='NAME')
    finds.set_defaults(run=_path)

    inspects = actions.add_parser('inspect', help='print as JSON what a network takes and gives')
    inspects.add_argument('model', metavar='FILE', help='.onnx, .cfg or .param file, or a name')
    add_parameters(inspects, 'weights', 'names')
    inspects.set_defaults(run=_inspect)


def add_export_command(commands: argparse._SubParsersAction[Any]) -> None:
    """Add `export` to the parsers of the other commands."""
    export = commands.add_parser('export', help='make one .onnx file of a network')
    export.add_argument('model', metavar='MODEL', help='.cfg file, .onnx of others, or a name')
    add_parameters(export, 'weights', 'names', 'resize')
    export.add_argument('--dynamic', action='store_true', help='let it run at any input size')
    export.add_argument('--out', metavar='FILE', required=True, help='the .onnx file to write')
    export.add_argument(
        '--foot-offset', metavar='X', type=float,
        help='what the command foot-offset has measured; the file carries it',
    )
    export.add_argument('--int8', action='store_true', help='compute in 8-bit integers')
    export.add_argument('--calibration', metavar='FOLDER', help='pictures like those to come')
    export.add_argument('--labels', metavar='FOLDER', help="YOLO's, of these: prints AP50")
    export.set_defaults(run=_export)


def _list(args: argparse.Namespace) -> None:
    known = read_registry().values()
    if args.json:
        for model in known:
            print(json.dumps({
                'name': model.name, 'parameter': model.parameter, 'state': model.state,
                'text': model.text, 'files': [str(file.path) for file in model.files],
            }))
        return
    width = max(len(model.name) for model in known)
    for model in known:
        print(f'{model.name:{width}}  {model.parameter:5}  {model.state:7}  {model.text}')


def _fetch(args: argparse.Namespace) -> None:
    for model in [_known(name) for name in args.names]:
        fetch(model)
        model.check()
        print(model.path, flush=True)


def _path(args: argparse.Namespace) -> None:
    model = _known(args.name)
    model.check()
    print(model.path)


def _inspect(args: argparse.Namespace) -> None:
    config = group_of(DetectorConfig, values_of(args, [DetectorConfig]))
    network = DetectionModel.read(
        *find_model(config.model, config.weights), config.names, config.input_size,
        resize=config.resize, output_format=config.output_format,
    )
    said, taken = network.conventions, network.onnx.inputs[0]
    print(json.dumps({
        'file': network.onnx.path,
        'family': network.family.NAME,
        'input': {
            'name': taken.name,
            'size': said.input_size,
            'any_size': DYNAMIC in taken.shape[2:],
            'any_batch': taken.shape[0] == DYNAMIC,
            'type': 'float16' if taken.kind == FLOAT16 else 'float32',
            'colour': said.colour,
            'range': [0, said.max_value],
            'resize': said.resize,
            'fill': said.fill,
            'corner': said.corner,
        },
        'foot_offset': said.foot_offset,
        'outputs': [
            {'name': tensor.name, 'shape': tensor.shape} for tensor in network.onnx.outputs
        ],
        'labels': said.labels,
        'strides': said.strides,
        'int8': network.onnx.quantised,
        'recognised_by': network.recognised_by,
        'uncertain': network.uncertain,
    }, ensure_ascii=False))


def _known(name: str) -> KnownModel:
    known = read_registry()
    if name not in known:
        raise ConfigurationError(
            f'no network is known as {quoted(name)}; {nearest(name, known)}'
        )
    return known[name]


def _export(args: argparse.Namespace) -> None:
    values = values_of(args, [DetectorConfig])
    _check_export(args, values)
    config = group_of(DetectorConfig, values)
    path, weights = find_model(config.model, config.weights)
    if path.suffix == NCNN_SUFFIX:
        raise ConfigurationError(
            f'model: {shown(path)} is a network of ncnn, no .onnx is made of it'
        )
    if weights is None and args.dynamic:
        raise ConfigurationError(f'--dynamic: {shown(path)} runs at the sizes it was made for')
    wants_dynamic = args.dynamic or config.resize == 'rectangle'
    network = DetectionModel.read(
        path, weights, config.names, config.input_size, wants_dynamic, config.resize,
        config.output_format,
    )
    if args.foot_offset is not None:
        network = network.with_foot_offset(args.foot_offset)
    elif weights is None and KEY in network.onnx.metadata and not args.int8:
        raise ConfigurationError(f'model: {shown(path)} is an .onnx file already')
    dynamic = DYNAMIC in network.onnx.inputs[0].shape[2:]
    out = user_path(args.out)
    facts: dict[str, Any] = {'file': args.out}
    if args.int8:
        facts.update(_export_int8(network, config, out, args))
    else:
        write_whole(out, network.self_described().content)
    content = out.read_bytes()
    print(json.dumps({
        **facts,
        'bytes': len(content),
        'sha256': hashlib.sha256(content).hexdigest(),
        'family': network.family.NAME,
        'input_size': network.conventions.input_size,
        'dynamic': dynamic,
        'resize': network.conventions.resize,
        'classes': len(network.conventions.labels),
    }))


def _check_export(args: argparse.Namespace, values: Mapping[str, Any]) -> None:
    """Refuse what would not act, and to write over what is read."""
    if args.int8 != bool(args.calibration):
        raise ConfigurationError('--int8 and --calibration FOLDER belong together')
    if args.labels and not args.int8:
        raise ConfigurationError('--labels FOLDER needs --int8, whose AP50 it measures')
    acting = set(DetectorConfig.parameters()) - {'confidence'} if args.labels else EXPORTED
    for name in values:
        if name not in acting:
            raise ConfigurationError(
                f'{name}: does not act on this export; leave it out (these do: '
                f'{", ".join(sorted(acting))})'
            )
    read = list(files_read(values))
    if args.calibration:
        read += folder_files(user_path(args.calibration))
    if args.labels:
        read += folder_files(user_path(args.labels), ['.txt'])
    check_outputs({'--out': user_path(args.out)}, read)


def _export_int8(
    network: DetectionModel, config: DetectorConfig, out: Path, args: argparse.Namespace
) -> dict[str, Any]:
    calibration = user_path(args.calibration)
    count = write_int8(network, calibration, out)
    if count < MIN_PICTURES:
        print(
            f'export: only {count} calibration pictures: take {MIN_PICTURES} or more, such as '
            f'the camera will see, or the integers fit these alone', file=sys.stderr,
        )
    facts: dict[str, Any] = {'calibration_pictures': count}
    if args.labels:
        config = config.replace(confidence=MIN_CONFIDENCE)
        after = config.replace(model=str(out), weights='')
        facts['ap50'], facts['ap50_int8'] = (
            round(measure(Detector(config=one), calibration, user_path(args.labels)), 4)
            for one in (config, after)
        )
    return facts
