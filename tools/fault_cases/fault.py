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

"""What a fault is, what comes of it, and the table and the verdict over all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

MIN_TRUE = 30  #: faults that must have been survived for `--all` to succeed
RECOVERY = 2.0  #: s after the cause's end within which the rate is normal again


class Broken(Exception):
    """A promise that was not kept; the text says what was seen."""


class Skipped(Exception):
    """A fault that cannot be injected here; the text says why."""


def expect(condition: object, text: str) -> None:
    """Raise `Broken` with the text unless the condition holds."""
    if not condition:
        raise Broken(text)


@dataclass(frozen=True)
class Fault:
    """
    One fault: what is promised, and what injects it.

    Attributes
    ----------
    name : str
        As on the command line.
    group : str
        Which nodes it needs; '' for one that starts its own.
    promise : str
        For the table.
    inject : callable
        Takes the rig, returns what it has seen; raises `Broken` or `Skipped`.
    keeps_ids : bool
        Whether ids must stay.
    within : float
        Seconds after the cause's end within which the rate must be normal.
    is_long : bool
        Whether it is left to `--long`.

    """

    name: str
    group: str
    promise: str
    inject: Callable[[Any], str]
    keeps_ids: bool = False
    within: float = RECOVERY
    is_long: bool = False


@dataclass(frozen=True)
class Result:
    """What came of a fault; `ok` is None where it was skipped, and `seen` says why."""

    name: str
    promise: str
    ok: bool | None
    seen: str
    recovered_s: float | None = None
    lost: int | None = None

    def as_json(self) -> dict[str, Any]:
        """Return what is printed."""
        return asdict(self)


FAULTS: dict[str, Fault] = {}


def fault(name: str, group: str, promise: str, **options: Any) -> Callable[..., Any]:
    """Register the function below as the injection of a fault."""
    def register(inject: Callable[[Any], str]) -> Callable[[Any], str]:
        FAULTS[name] = Fault(name, group, promise, inject, **options)
        return inject
    return register


def alone(found: Fault, folder: Path) -> Result:
    """Inject a fault that starts its own processes; it takes an empty folder, not a rig."""
    try:
        ok, seen = True, found.inject(folder)
    except Broken as text:
        ok, seen = False, str(text)
    except Skipped as reason:
        ok, seen = None, str(reason)
    return Result(found.name, found.promise, ok, seen)


def exit_code(results: Sequence[Result], least: int) -> int:
    """Return 1 unless at least `least` are true and none is false."""
    verdicts = [result.ok for result in results]
    return int(False in verdicts or verdicts.count(True) < least)


def table(results: Sequence[Result]) -> str:
    """Return the results as a table in Markdown."""
    words = {True: 'held', False: '**broken**', None: 'skipped'}
    lines = ['| fault | promise | | seen | recovered [s] | lost |', '|---|---|---|---|---|---|']
    for result in results:
        recovered = '' if result.recovered_s is None else f'{result.recovered_s:.1f}'
        lost = '' if result.lost is None else result.lost
        seen = result.seen.replace('|', '/').replace('\n', ' ')
        lines.append(
            f'| `{result.name}` | {result.promise} | {words[result.ok]} | {seen} | {recovered} '
            f'| {lost} |'
        )
    return '\n'.join(lines)
