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

"""The commands `models list`, `models fetch` and `models path`."""

from __future__ import annotations

import argparse
import json
from typing import Any

from yolo_deepsort_ros.errors import ConfigurationError
from yolo_deepsort_ros.models.download import fetch
from yolo_deepsort_ros.models.registry import KnownModel, read_registry
from yolo_deepsort_ros.wording import nearest, shown


def add_models_command(commands: argparse._SubParsersAction[Any]) -> None:
    """Add `models` to the parsers of the other commands."""
    about = 'networks known by name: which there are, get one, where it is'
    parser = commands.add_parser('models', help=about, description=about.capitalize() + '.')
    actions = parser.add_subparsers(dest='action', required=True, metavar='ACTION')

    shows = actions.add_parser('list', help='a line for each, and whether it is here')
    shows.add_argument('--json', action='store_true', help='a JSON object a line, for programs')
    shows.set_defaults(run=_list)

    fetches = actions.add_parser('fetch', help='download what is not here, and print where it is')
    fetches.add_argument('names', metavar='NAME', nargs='+')
    fetches.set_defaults(run=_fetch)

    finds = actions.add_parser('path', help='print the .cfg or .onnx file; what else it has lies '
                               'beside it')
    finds.add_argument('name', metavar='NAME')
    finds.set_defaults(run=_path)


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


def _known(name: str) -> KnownModel:
    known = read_registry()
    if name not in known:
        raise ConfigurationError(
            f'no network is known as {shown(name)!r}; {nearest(name, known)}'
        )
    return known[name]
