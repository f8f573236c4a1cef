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

"""From a configuration to the source it names."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
import time

from yolo_deepsort_ros.config.source_config import is_arena, SourceConfig
from yolo_deepsort_ros.error_text import public_url, shown
from yolo_deepsort_ros.errors import ConfigurationError, SourceError
from yolo_deepsort_ros.files import reading, user_path
from yolo_deepsort_ros.sources.bag import Bag, BagSource
from yolo_deepsort_ros.sources.bag_files import is_bag, METADATA
from yolo_deepsort_ros.sources.devices import Device, is_device
from yolo_deepsort_ros.sources.grabber import OnDamage
from yolo_deepsort_ros.sources.limited import LimitedSource
from yolo_deepsort_ros.sources.live import LiveCamera, LiveSource, OnChange
from yolo_deepsort_ros.sources.opencv_capture import CaptureFactory
from yolo_deepsort_ros.sources.pictures import open_folder, Pictures, SUFFIXES
from yolo_deepsort_ros.sources.recorded import RecordedSource, Recording
from yolo_deepsort_ros.sources.source import Source
from yolo_deepsort_ros.sources.video_file import VideoFile

ROS1_START = b'#ROSBAG V'

_REMEDY = 'give a device index or path, a video file, a picture folder, a bag, a URL or arena'


def open_source(
    config: SourceConfig,
    *,
    paced: bool,
    clock: Callable[[], float] = time.time,
    capture: CaptureFactory | None = None,
    on_change: OnChange | None = None,
    on_damage: OnDamage | None = None,
    waits: bool = False,
) -> Source:
    """
    Open what `config.source` names.

    =======================  ====================================================
    digits, or `/dev/…`      camera: live
    `scheme://…`             stream: live
    folder or file of a bag  its images, by their own stamps: recorded
    folder                   its pictures in natural order: recorded
    file                     video or single picture: recorded
    `arena`, `arena:…`       synthetic camera without an end: recorded
    =======================  ====================================================

    Parameters
    ----------
    config : SourceConfig
        What to open and how.
    paced : bool
        Whether a recording keeps its rate and is stamped by the clock, as a camera would
        be; otherwise it goes as fast as it is consumed, stamped with its own time from 0, or,
        a bag, as its messages are.
    clock : callable
        Returns the present in seconds.
    capture : callable, optional
        What to call instead of `cv2.VideoCapture`.
    on_change : callable, optional
        Told when a live source is lost, and when it is back: it is opened again until then.
        Without, a loss is an error.
    on_damage : callable, optional
        Told, in a thread, of each frame of a live source that came damaged and is left out.
    waits : bool
        Whether a live source that is not there at first is waited for as a lost one is.

    Raises
    ------
    SourceError
        When there is nothing there, or nothing that yields frames.
    ConfigurationError
        For a topic that is not one of the bag's images, or of no bag.

    """
    name = config.source
    recording = _open_recording(config, capture) if names_a_file(name) else None
    if config.topic and not isinstance(recording, Bag):
        raise ConfigurationError(f'topic: {shown(public_url(name))} is no bag; leave it out')
    if is_device(name) or '://' in name:
        patience = config.frame_timeout
        source: Source = LiveSource(
            Device(config, capture) if is_device(name) else _stream(name, patience, capture),
            clock=clock, patience=patience, rate=config.rate, on_change=on_change,
            on_damage=on_damage, waits=waits,
        )
    elif isinstance(recording, Bag) and not paced:
        source = BagSource(recording, rate=config.rate, loop=config.loop)
    else:
        kind: type[RecordedSource] = RecordedSource
        calibration = None
        if recording is None:
            # What few sources need is imported with them: each node starts sooner.
            from yolo_deepsort_ros.sources.arena_source import ArenaRecording, ArenaSource
            recording = arena = ArenaRecording(config)
            kind, calibration = ArenaSource, arena.calibration
        source = kind(
            recording, calibration=calibration,
            rate=config.rate, paced=paced, clock=clock, loop=config.loop,
        )
    if config.duration or config.max_frames:
        source = LimitedSource(source, config.duration, config.max_frames)
    return source


def names_a_file(source: str) -> bool:
    """Tell whether a source is a file or folder: no device, stream or arena."""
    return not (is_device(source) or '://' in source or is_arena(source))


def _stream(name: str, patience: float, capture: CaptureFactory | None) -> LiveCamera:
    from yolo_deepsort_ros.sources.streams import Stream
    return Stream(name, patience, capture)


def _open_recording(config: SourceConfig, capture: CaptureFactory | None) -> Recording:
    name = config.source
    path = user_path(name)
    try:
        is_folder, is_file = bool(name) and path.is_dir(), path.is_file()
        holds_bag = (is_folder or is_file) and is_bag(path)
    except OSError as error:
        raise SourceError(f'{shown(name)}: {error.strerror}; {_REMEDY}') from None
    if holds_bag:
        return Bag(path, config.topic)
    if is_folder:
        return open_folder(path)
    if not is_file:
        is_there = bool(name) and path.exists()
        what = 'a pipe or device, not a file' if is_there else 'no such file or folder'
        raise SourceError(f'{shown(name) or "an empty name"}: {what}; {_REMEDY}')
    if path.suffix.lower() in SUFFIXES:
        return Pictures(str(path), [path])
    _check_is_video(path)
    return VideoFile(path, capture, config.rate)


def _check_is_video(path: Path) -> None:
    """Refuse files of bags that are none themselves."""
    if path.name == METADATA:
        raise SourceError(f'{shown(path)}: describes a bag; give its folder: {shown(path.parent)}')
    with reading(path, SourceError, _REMEDY) as file:
        is_ros1 = file.read(len(ROS1_START)) == ROS1_START
    if is_ros1:
        raise SourceError(
            f'{shown(path)}: a bag of ROS 1; convert it and give the folder: '
            f'rosbags-convert --src {shown(path)} --dst {shown(path.with_suffix(""))}'
        )
