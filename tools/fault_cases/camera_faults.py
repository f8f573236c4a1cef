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

"""A webcam that goes, stalls, or changes; its driver is a stand-in, all else is ours."""

from __future__ import annotations

from fault_cases.fault import fault
from fault_cases.rig import now, Rig

WITHIN = 4.0  #: s: 2 between two attempts to open, 2 to be normal
LASTS = 4.0  #: s
BACK = f'nobody dies; it is named in /diagnostics; the normal rate is back within {WITHIN:g} s'


def unplugged(name: str, number: int, seconds: float, promise: str, keeps_ids: bool) -> None:
    """Register that the camera goes for a while and comes back as the device of that number."""
    @fault(name, 'webcam', promise, keeps_ids=keeps_ids, within=WITHIN)
    def inject(rig: Rig) -> str:
        begin, link = now(), rig.webcam / 'by-id' / 'usb-camera'
        device = link.resolve()
        device.unlink()
        link.unlink()
        try:
            rig.pause(seconds)
            text = rig.warned(begin, 'camera', patience=5.0)
        finally:
            back = rig.webcam / f'video{number}'
            back.write_text('good', encoding='utf-8')
            link.symlink_to(back)
            rig.cause_ended = now()
        return f'for {rig.cause_ended - begin:.1f} s, back as {back.name}; {text[:100]}'


unplugged('camera-unplugged', 0, 1.5, f'{BACK}; ids stay', True)


def misbehaves(name: str, word: str, promise: str, *words: str) -> None:
    """Register that the driver does as `webcam.py` says of a word, and is named with others."""
    @fault(name, 'webcam', promise, within=WITHIN)
    def inject(rig: Rig) -> str:
        begin = now()
        device = (rig.webcam / 'by-id' / 'usb-camera').resolve()
        device.write_text(word, encoding='utf-8')
        try:
            rig.pause(LASTS)
            text = rig.warned(begin, *words, patience=15.0) if words else ''
        finally:
            device.write_text('good', encoding='utf-8')
            rig.cause_ended = now()
        rig.read()
        count = sum(begin < time < rig.cause_ended for time, _ in rig.images)
        seconds = rig.cause_ended - begin
        return f'for {seconds:.0f} s; {count / seconds:.1f} images a second; {text[:100]}'


misbehaves('camera-stalled', 'stalls', BACK, 'no frame for')
misbehaves('camera-slow', 'slow', 'nobody dies; the normal rate is back within 4 s')
misbehaves('camera-format-changed', 'small', 'nobody dies; the rate stays')


@fault('camera-busy', 'webcam', BACK, within=WITHIN)
def busy(rig: Rig) -> str:
    """Unplug the camera; when it is back another program has it for a while."""
    begin = now()
    device = (rig.webcam / 'by-id' / 'usb-camera').resolve()
    device.unlink()
    rig.pause(1.0)
    device.write_text('busy', encoding='utf-8')
    try:
        rig.pause(LASTS)
        text = rig.warned(begin, 'in use')
    finally:
        device.write_text('good', encoding='utf-8')
        rig.cause_ended = now()
    return f'for {LASTS:g} s; {text[:120]}'


unplugged('camera-renumbered', 2, LASTS, f'{BACK}, whatever its number', False)
