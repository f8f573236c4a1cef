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


"""Options of the source `arena`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
import re
from typing import Any

import yaml

from yolo_deepsort_ros.config.config import Config
from yolo_deepsort_ros.config.parameter import parameter
from yolo_deepsort_ros.error_text import shown
from yolo_deepsort_ros.errors import ConfigurationError
from yolo_deepsort_ros.files import read_bytes
from yolo_deepsort_ros.simulation.arena.camera import HEIGHT, TILT

MAX_FILE_BYTES = 2**16
REMEDY = 'write arena:NAME=VALUE,NAME=VALUE, or arena:FILE.yaml'
OPTION = re.compile('[A-Za-z_0-9]*=')  #: what is no such thing names a file


@dataclass(frozen=True)
class ArenaConfig(Config):
    """Who is in the arena, how good its camera is, and what is made of it."""

    agents: int = parameter(
        8, 'Moving robots, crates, balls and walkers, in turn', low=1, high=64
    )
    seed: int = parameter(
        0, 'Decides looks and motion; the same seed gives the same frames', low=0, high=2**31 - 1
    )
    noise: float = parameter(
        3.0, 'Standard deviation of the sensor noise', unit='grey levels', low=0.0, high=50.0
    )
    blur: float = parameter(
        0.6, 'Standard deviation of the lens blur; 0 for none', unit='px', low=0.0, high=20.0
    )
    exposure_drift: float = parameter(
        0.08, 'Largest slow change of the brightness, as a share of it', low=0.0, high=0.5
    )
    camera_motion: float = parameter(
        0.0, 'How far the camera sways; 0 stands still', unit='degrees', low=0.0, high=10.0
    )
    camera_height: float = parameter(
        HEIGHT, 'Of the camera above the floor', unit='m', low=0.3, high=10.0
    )
    camera_pitch: float = parameter(
        TILT, 'How far the camera looks down', unit='rad', low=-0.2, high=1.0
    )
    camera_speed: float = parameter(
        0.0, 'At which the camera drives, forth and back with turns; 0 stays where it is',
        unit='m/s', low=0.0, high=3.0,
    )
    depth: bool = parameter(
        True, 'Whether the camera measures depth too, as a long-range stereo camera does'
    )
    ahead: int = parameter(
        0, 'Frames drawn before the first is taken, so that drawing costs no time later; 1000 of '
           '640 x 480 take 0.9 GB', low=0, high=100000,
    )
    truth: str = parameter('', 'File to write as MOT ground truth; empty for none')
    truth_3d: str = parameter('', 'File to write as ground truth in metres; empty for none')


def arena_config(source: str) -> ArenaConfig:
    """
    Return the options in a source: `arena`, `arena:agents=8,seed=3`, `arena:own.yaml,seed=3`.

    Later ones count more. A file of YAML holds names and values.

    Raises
    ------
    ConfigurationError
        For an unknown option (the nearest real one is suggested), a bad value, or a file that
        cannot be read.

    Examples
    --------
    >>> arena_config('arena:agents=3,seed=7').agents
    3

    """
    values: dict[str, Any] = {}
    try:
        for option in filter(None, source.partition(':')[2].split(',')):
            values.update(_one(option) if OPTION.match(option) else _in_file(option))
        return ArenaConfig.from_mapping(values)
    except ConfigurationError as error:
        raise ConfigurationError(f'source: arena: {error}') from None


def arena_source(config: ArenaConfig, path: Path) -> str:
    """Return a source with these options, which are written to a file: a value may be any."""
    path.write_text(yaml.safe_dump(config.given), encoding='utf-8')
    return f'arena:{path}'


def _one(option: str) -> dict[str, Any]:
    name, _, value = option.partition('=')
    known = ArenaConfig.parameters()
    return {name: known[name].parse(value) if name in known else value}


def _in_file(path: str) -> Mapping[str, Any]:
    content = read_bytes(path, MAX_FILE_BYTES, ConfigurationError, REMEDY)
    try:
        found = yaml.safe_load(content)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise ConfigurationError(f'{shown(path)}: not YAML: {shown(error)}') from None
    if not isinstance(found, dict) or not all(isinstance(name, str) for name in found):
        raise ConfigurationError(f'{shown(path)}: holds no names and values')
    return found
