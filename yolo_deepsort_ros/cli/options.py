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

"""Command-line options that are parameters: their names and texts come from `config`."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Mapping, Sequence
import sys
from typing import Any, NoReturn, TypeVar

from yolo_deepsort_ros.config.config import Config
from yolo_deepsort_ros.config.node_configs import FlowConfig, PARAMETERS
from yolo_deepsort_ros.config.parameter import Parameter
from yolo_deepsort_ros.config.parameter_names import unknown_name
from yolo_deepsort_ros.config.web_config import DEFAULT_PORT, WebConfig
from yolo_deepsort_ros.error_text import quoted
from yolo_deepsort_ros.errors import ConfigurationError

WEB = '--web'  #: the option, whose port may be left out
GroupType = TypeVar('GroupType', bound=Config)


class OneLineParser(argparse.ArgumentParser):
    """A parser whose errors are one line on stderr."""

    def error(self, message: str) -> NoReturn:
        """Exit with status 2 and one line that says what is wrong and where help is."""
        self.exit(2, f'{self.prog}: {message} (see {self.prog} --help)\n')

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> tuple[Any, list[str]]:
        """Leave no word to the parser above, whose help says nothing of this command."""
        words = with_port(sys.argv[1:] if args is None else args)
        known, left = super().parse_known_args(words, namespace)
        if left:
            hint = '' if left[0].startswith('-') else '; several names go in one word: a,b'
            self.error(f'unknown arguments: {" ".join(left)}{hint}')
        return known, left


def file_name(text: str) -> str:
    """Return the name of a file or folder; an empty one comes from a variable that is not set."""
    if not text:
        raise argparse.ArgumentTypeError('the name is empty; give one or leave the option out')
    return text


def add_parameters(parser: argparse.ArgumentParser, *names: str) -> None:
    """Add an option for each parameter named, and `--set` for all the others."""
    for name in names:
        option = f'--{name.replace("_", "-")}'
        parser.add_argument(option, help=_help(PARAMETERS[name]))
    parser.add_argument(
        '--set', action='append', default=[], metavar='NAME=VALUE', dest='settings',
        help='any parameter by its name; may be given several times',
    )


def add_web_option(
    parser: argparse._ActionsContainer, what: str = 'show the tracks on a page in a browser'
) -> None:
    """Add `--web`, whose port may be left out."""
    parser.add_argument(
        WEB, metavar='PORT', type=_port,
        help=f'{what}, at this port; 0: one that is free; without a number {DEFAULT_PORT}',
    )


def with_port(words: Sequence[str]) -> list[str]:
    """Write out the port that `--web` has where no number stands behind it."""
    after = [*words[1:], '']
    return [
        f'{WEB}={DEFAULT_PORT}' if word == WEB and not following.isdecimal() else word
        for word, following in zip(words, after, strict=False)
    ]


def _port(text: str) -> int:
    try:
        return int(WebConfig.parameters()['web_port'].parse(text))
    except ConfigurationError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def values_of(args: argparse.Namespace, groups: Iterable[type[Config]]) -> dict[str, Any]:
    """
    Return the parameters that were given, by name, each in its own type.

    Parameters
    ----------
    args : argparse.Namespace
        Parsed options of a parser that `add_parameters` has filled.
    groups : iterable of Config classes
        What the command uses; `--set` reaches the parameters of these.

    Raises
    ------
    ConfigurationError
        For an unknown name, a value that is not allowed, or two different ones.

    """
    known = {name for group in groups for name in group.parameters()}
    texts = {name: text for name, text in vars(args).items() if name in known and text is not None}
    for setting in args.settings:
        name, equals, text = setting.partition('=')
        if not equals:
            raise ConfigurationError(f'--set {quoted(setting)}: write NAME=VALUE')
        if name not in known:
            raise ConfigurationError(unknown_name(name, sorted(known)))
        if texts.setdefault(name, text) != text:
            both = f'{quoted(texts[name])} and {quoted(text)}'
            raise ConfigurationError(f'{name}: given twice, as {both}; give it once')
    return {name: PARAMETERS[name].parse(text) for name, text in texts.items()}


def with_source_defaults(values: Mapping[str, Any]) -> dict[str, Any]:
    """Add what suits the source and the profile, where no value says otherwise."""
    flow = group_of(FlowConfig, values)
    in_force = flow.values()
    return {**{name: in_force[name] for name in flow.brings()}, **values}


def group_of(group: type[GroupType], values: Mapping[str, Any]) -> GroupType:
    """Make a parameter group from those values that belong to it."""
    return group.from_mapping({n: v for n, v in values.items() if n in group.parameters()})


def _help(declared: Parameter) -> str:
    notes = [text for text in (declared.unit, declared.range_text) if text]
    suffix = f' [{", ".join(notes)}]' if notes else ''
    default = ','.join(declared.default) if declared.is_list else declared.default
    shown = f' (default: {default})' if default not in ('', None) else ''
    return f'{declared.text}{suffix}{shown}'.replace('%', '%%')
