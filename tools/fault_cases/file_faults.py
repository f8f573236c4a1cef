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

"""Full disks, files that are cut off, and too little memory: a process of its own each."""

from __future__ import annotations

from importlib.util import find_spec
import os
from pathlib import Path
import re
import resource
import shlex
import shutil
import subprocess
import sys

from fault_cases.fault import expect, fault, Skipped
from fault_cases.pictures import arena_pictures
from fault_cases.rig import ARENA, NAMESPACE, RATE
import yaml

from yolo_deepsort_ros.cli.options import with_source_defaults
from yolo_deepsort_ros.demo.processes import node_commands
from yolo_deepsort_ros.nodes.parameters.parameter_file import overrides

PATIENCE = 120.0  #: s
SCRATCH = re.compile(r'/\S+/(?=[^/\s]+)')  #: the folders of a path, which tell nothing
TRACK = [sys.executable, '-m', 'yolo_deepsort_ros', 'track', 'arena:agents=4', '--set',
         'max_frames=200']
MODEL = ['--set', f'model={with_source_defaults(ARENA)["model"]}']
ONE_LINE = 'ends with exit code 1 or 2 and one line that names the cause; no traceback'
#: A recording of the page: the command says what a user would be told.
RECORD = """
import sys, time
import numpy as np
from yolo_deepsort_ros.errors import OutputError
from yolo_deepsort_ros.images.compressed_image import encoded
from yolo_deepsort_ros.web.recordings import Recordings
from yolo_deepsort_ros.web.shown_frame import Picture, ShownFrame
pixels = np.random.default_rng(0).integers(0, 255, (240, 320, 3), np.uint8)
jpeg, said = encoded(pixels, 90), []
recordings = Recordings(sys.argv[1])
try:
    recording = recordings.begin(said.append)
    for stamp in range(50):
        recording.add('/', ShownFrame(Picture(stamp, 320, 240, lambda: pixels), None), jpeg)
        time.sleep(0.02)
    recording.end()
    recordings.close()
except OutputError as error:
    said.append(str(error))
sys.exit(said[0]) if 'recorded' not in said[0] else 0
"""
#: In a mount namespace of its own: a disk of 20 MB, filled to its last 4 kB.
FULL = (
    'mount -t tmpfs -o size=20m tmpfs "$0" && cat /dev/zero > "$0/filler" 2> /dev/null; '
    'truncate -s -4096 "$0/filler"; '
)


def refused(command: list[str], words: tuple[str, ...], **options: object) -> str:
    """Run a command that must end with one line with one of the words; return that line."""
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True, errors='replace',
            timeout=PATIENCE, check=False, **options,  # type: ignore[call-overload]
        )
    except subprocess.TimeoutExpired:
        return _broken(f'has not ended after {PATIENCE:g} s')
    last = SCRATCH.sub('', (done.stderr.strip().splitlines() or [''])[-1])
    seen = f'exit code {done.returncode}: {last[:240]}'
    expect('Traceback' not in done.stderr, f'a traceback; {seen}')
    expect(done.returncode in (1, 2), seen)
    expect(any(word in last for word in words), seen)
    return seen


def _broken(text: str) -> str:
    expect(False, text)
    return text


def _bag(folder: Path) -> str:
    if not find_spec('rosbags'):
        raise Skipped('needs the library rosbags')
    sys.path.append(str(Path(__file__).resolve().parents[2] / 'test'))
    from bags import image_bag

    return str(image_bag(folder / 'bag', arena_pictures(str(ARENA['source']), RATE), RATE))


def full_disk(name: str, command: list[str], arguments: str) -> None:
    """Register that the disk of an output is full; `$0` is the folder, BAG a bag of the arena."""
    @fault(name, '', ONE_LINE)
    def inject(folder: Path) -> str:
        if os.geteuid() or not shutil.which('unshare'):
            raise Skipped('needs root and unshare, for a mount namespace of its own')
        disk = folder / name
        disk.mkdir()
        words = [_bag(folder) if word == 'BAG' else word for word in command]
        return refused(
            ['unshare', '--mount', 'sh', '-c', f'{FULL}exec {shlex.join(words)} {arguments}',
             str(disk)],
            ('o space left', 'full', 'cannot write', 'cannot be written'),
        )


full_disk('disk-full-out', TRACK, '--out "$0/tracks.txt"')
full_disk('disk-full-video', TRACK, '--video "$0/tracks.mp4"')
full_disk('disk-full-bag', [*TRACK[:4], 'BAG', *TRACK[5:], *MODEL], '--out-bag "$0/tracks"')
full_disk('disk-full-recording', [sys.executable, '-c', RECORD], '"$0"')


@fault('network-cut-off', '', 'the node ends with exit code 2 and one FATAL line')
def network_cut_off(folder: Path) -> str:
    """Start a detector whose network file ends in the middle."""
    values = with_source_defaults(ARENA)
    found = subprocess.run(
        [sys.executable, '-m', 'yolo_deepsort_ros', 'models', 'path', str(values['model'])],
        capture_output=True, text=True, check=True,
    ).stdout.split()
    model = folder / 'cut.onnx'
    content = Path(found[0]).read_bytes()
    model.write_bytes(content[:len(content) // 2])
    return _detector({**values, 'model': str(model)}, folder, ('cut.onnx',))


@fault('network-gone', '', 'the node ends with exit code 2 and one FATAL line')
def network_gone(folder: Path) -> str:
    """Start a detector whose network file is not there."""
    values = with_source_defaults(ARENA)
    return _detector({**values, 'model': str(folder / 'gone.onnx')}, folder, ('gone.onnx',))


def _detector(values: dict[str, object], folder: Path, words: tuple[str, ...]) -> str:
    parameters = folder / 'parameters.yaml'
    parameters.write_text(yaml.safe_dump(overrides(values)), encoding='utf-8')
    (command,) = node_commands(NAMESPACE, parameters, ['detector']).values()
    return refused(command, words)


@fault('video-cut-off', '', ONE_LINE)
def video_cut_off(folder: Path) -> str:
    """Track a video file that holds nothing but noise."""
    video = folder / 'noise.mp4'
    video.write_bytes(os.urandom(100_000))
    return refused([*TRACK[:4], str(video), *MODEL], ('noise.mp4',))


@fault('memory-limit', '', 'ends by itself, and says that memory was lacking')
def memory_limit(folder: Path) -> str:
    """Track with less memory than the network needs, by `ulimit -v` of the one process."""
    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (700 * 2**20,) * 2)
    return refused(
        [*TRACK, '--set', 'width=4000', '--set', 'height=3000'],
        ('memory', 'Memory', 'allocate'), preexec_fn=limit,
    )
