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
What protects from each fault, as an edit that takes it out.

Whether a fault can fail at all is tried in a copy of the tree: `tools/faults.py NAME
--without-protection`.
"""

from __future__ import annotations

from collections.abc import Sequence
import json
import os
from pathlib import Path
import shutil
import subprocess
import sys
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from fault_cases.fault import FAULTS

ROOT = Path(__file__).resolve().parents[2]
COPIED = ('yolo_deepsort_ros', 'tools', 'test')
PACKAGE = 'yolo_deepsort_ros/'


class Edit(NamedTuple):
    """A text of a file, which is there once, and what takes its place."""

    file: str
    old: str
    new: str


class Protection(NamedTuple):
    """What protects, from which faults, and how it is taken out."""

    words: str
    faults: tuple[str, ...]
    edits: tuple[Edit, ...]


_RUNNING = PACKAGE + 'nodes/runtime/running.py'
_NODE = PACKAGE + 'nodes/runtime/managed_node.py'
_COMMANDS = PACKAGE + 'cli/commands.py'
_LIVE = PACKAGE + 'sources/live.py'
_GRABBER = PACKAGE + 'sources/grabber.py'
_RIG = 'tools/fault_cases/rig.py'

PROTECTIONS = (
    Protection(
        'a command ends with one line of what it refuses',
        ('disk-full-out', 'disk-full-bag', 'video-cut-off'),
        (Edit(_COMMANDS, 'except YoloDeepsortError as error', 'except ZeroDivisionError as error'),
         Edit(_COMMANDS, 'except OSError as error', 'except ArithmeticError as error')),
    ),
    Protection(
        'a video is read back', ('disk-full-video',),
        (Edit(PACKAGE + 'visualization/video.py', 'if found < self._count:', 'if False:'),),
    ),
    Protection(
        'a recording says what it could not write', ('disk-full-recording',),
        (Edit(PACKAGE + 'web/recordings.py', 'if recording.error:\n', 'if False:\n'),),
    ),
    Protection(
        'a command ends with one line when memory lacks', ('memory-limit',),
        (Edit(_COMMANDS, 'except MemoryError as error', 'except ZeroDivisionError as error'),
         Edit(_COMMANDS, 'except YoloDeepsortError as error', 'except ArithmeticError as error')),
    ),
    Protection(
        'a node ends with one line of what it refuses', ('network-cut-off', 'network-gone'),
        (Edit(_RUNNING, 'except (YoloDeepsortError, ParameterException) as error',
              'except ZeroDivisionError as error'),),
    ),
    Protection(
        'a message that cannot be used is refused and counted', (
            'image-without-height', 'image-without-width', 'image-60000x60000',
            'image-wrong-step', 'image-truncated', 'image-unknown-encoding', 'jpeg-truncated',
            'jpeg-60000x60000', 'jpeg-garbage', 'jpeg-empty',
        ),
        (Edit(_NODE, 'except YoloDeepsortError as error:\n                self.refuse',
              'except ZeroDivisionError as error:\n                self.refuse'),
         Edit(_NODE, 'except Exception as error:  # a robot must go on whatever a message holds',
              'except ArithmeticError as error:')),
    ),
    Protection(
        'boxes that cannot be used are left out', ('boxes-nan', 'detections-cut-off'),
        (Edit(PACKAGE + 'nodes/messages/conversions.py',
              'is_usable = usable(self.tlwh, self.scores)',
              'is_usable = np.ones(len(self.ids), bool)'),),
    ),
    Protection(
        'of very many boxes the first are read', ('boxes-100000',),
        (Edit(PACKAGE + 'nodes/messages/detection_bytes.py', 'MAX_READ = 10_000',
              'MAX_READ = 10**9'),),
    ),
    Protection(
        'ends of a topic that do not fit are named', ('detections-best-effort',),
        (Edit(PACKAGE + 'nodes/health/qos_doctor.py',
              'if verdict != QoSCompatibility.ERROR:', 'if True:'),),
    ),
    Protection(
        'bytes that are no message are refused', ('detections-of-14-bytes',),
        (Edit(PACKAGE + 'nodes/messages/detection_bytes.py', 'except Exception as error',
              'except ZeroDivisionError as error'),),
    ),
    Protection(
        'a late frame is left out, and drops no track',
        ('stamps-zero', 'stamps-late', 'stamps-equal'),
        (Edit(PACKAGE + 'stamp_order.py', 'return Order.RESTART if is_second else Order.LATE',
              'return Order.RESTART'),
         Edit(PACKAGE + 'nodes/stages/frame_time.py', 'if stamp == 0 and self._has_seen:',
              'if False:')),
    ),
    Protection(
        'arrivals tell that a clock was set', ('clock-set', 'system-clock-set'),
        (Edit(PACKAGE + 'nodes/stages/frame_time.py',
              'self._follow(stamp, arrival, now, *self._last)', 'pass'),),
    ),
    Protection(
        'a node that has died is started again', (
            'camera-killed', 'detector-killed', 'tracker-killed', 'annotator-killed',
            'pipeline-killed', 'locator-killed', 'viewer-killed',
        ),
        (Edit(_RIG, '        self.start(node)\n        self.until(lambda: self.statuses[node][-1]',
              '        self.until(lambda: self.statuses[node][-1]'),
         Edit(_RIG, 'PATIENCE = 60.0', 'PATIENCE = 20.0')),
    ),
    Protection(
        'a message whose image was lost is used without it', ('tracker-stopped',),
        (Edit(PACKAGE + 'nodes/sync/pairing.py',
              '            first.stamp in self._images\n            or any(',
              '            first.stamp in self._images\n        ) or False and (\n'
              '            any('),),
    ),
    Protection(
        'who is started twice is named', ('two-of-everything',),
        (Edit(PACKAGE + 'nodes/health/duplicate_nodes.py',
              'seen = dict(self._namesakes() or self._publishers())',
              'seen: dict[str, _Rival] = {}'),),
    ),
    Protection(
        'a source that is lost is opened again', ('stream-cut', 'camera-unplugged',
                                                  'camera-renumbered', 'camera-busy'),
        (Edit(_LIVE, '                if self._on_change is None:\n                    raise\n',
              '                raise\n'),),
    ),
    Protection(
        'a source that gives no frame is given up', ('stream-frozen', 'camera-stalled'),
        (Edit(_GRABBER, '                self._patience,\n            )', '            )'),),
    ),
    Protection(
        'a frame that came damaged is left out', ('stream-garbage',),
        (Edit(_GRABBER, 'except InputError as error:  # one', 'except KeyError as error:  #'),),
    ),
)


def without_protection(names: Sequence[str]) -> bool:
    """
    Run faults in copies of the tree that lack what protects from them.

    Prints a JSON line for each: what was taken out, and what was seen. Returns whether each of
    them is broken then, as it should be. Those that nothing is known for get a line, too.
    """
    unknown = {name for each in PROTECTIONS for name in each.faults} - set(FAULTS)
    assert not unknown, unknown
    all_fail = True
    for protection in PROTECTIONS:
        for name in protection.faults:
            if name not in names:
                continue
            with TemporaryDirectory(prefix='faults_') as folder:  # nodes that live
                line = _run(protection, name, Path(folder))
            all_fail = all_fail and line['ok'] is False
            print(json.dumps({
                'name': name, 'taken_out': protection.words, 'ok': line['ok'],
                'seen': line['seen'],
            }), flush=True)
    for name in names:
        if not any(name in each.faults for each in PROTECTIONS):
            print(json.dumps({'name': name, 'taken_out': None}), flush=True)
    return all_fail


def _run(protection: Protection, name: str, folder: Path) -> dict[str, Any]:
    for part in COPIED:
        shutil.copytree(ROOT / part, folder / part, ignore=shutil.ignore_patterns('__pycache__'))
    for edit in protection.edits:
        path = folder / edit.file
        path.write_text(edited(path.read_text(encoding='utf-8'), edit), encoding='utf-8')
    path = os.pathsep.join([str(folder), *filter(None, [os.environ.get('PYTHONPATH')])])
    done = subprocess.run(
        [sys.executable, str(folder / 'tools' / 'faults.py'), name, '--json'],
        cwd=folder, env={**os.environ, 'PYTHONPATH': path},
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=False,
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def edited(text: str, edit: Edit) -> str:
    """Return a text with an edit made."""
    if text.count(edit.old) != 1:
        raise ValueError(f'{edit.file}: {edit.old!r} is there {text.count(edit.old)} times')
    return text.replace(edit.old, edit.new)
