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
How benchmarks and labelling tools write their ground truth: one declaration a format.

The rows are those of `mot`; what the columns from the seventh on mean differs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from yolo_deepsort_ros.error_text import nearest, quoted, shown
from yolo_deepsort_ros.errors import ConfigurationError, InputError
from yolo_deepsort_ros.evaluation.mot import MotRows
from yolo_deepsort_ros.files import read_bytes

MAX_LABEL_BYTES = 2**20  #: bytes of a labels.txt

#: Classes of MOT16, MOT17 (Milan 2016, table 5) and MOT20 (Dendorfer 2020, table 3), from 1.
MOT_CLASSES = dict(enumerate((
    'pedestrian', 'person on vehicle', 'car', 'bicycle', 'motorbike', 'non motorized vehicle',
    'static person', 'distractor', 'occluder', 'occluder on the ground', 'occluder full',
    'reflection', 'crowd',
), 1))
#: Classes of VisDrone's object tracks (Zhu 2018), from 0.
VISDRONE_CLASSES = dict(enumerate((
    'ignored region', 'pedestrian', 'people', 'bicycle', 'car', 'van', 'truck', 'tricycle',
    'awning-tricycle', 'bus', 'motor', 'others',
)))


class Roles(NamedTuple):
    """What part each row of a ground truth plays, three masks of shape (N,)."""

    counts: NDArray[np.bool_]  #: an object to track
    is_neutral: NDArray[np.bool_]  #: a track on it is neither right nor wrong
    is_region: NDArray[np.bool_]  #: so is a track most of which lies inside it


@dataclass(frozen=True)
class TruthFormat:
    """
    One way to write ground truth, and the rows of it that count.

    Attributes
    ----------
    name : str
        As `--format` takes it.
    columns : int or None
        How many a file has; None for any number, of which those from the eighth are ignored.
    fits : callable
        Tells whether rows are of this format, where the columns are right.
    class_names : mapping of int to str
        The classes of column 8, as far as they have names.
    counting : frozenset of int
        Classes that count; empty for all.
    neutral : frozenset of int or None
        Classes on which a track is neither right nor wrong; None for all that do not count.
    has_regions : bool
        Whether rows of score 0 are regions to ignore; else they are as if not there.

    """

    name: str
    columns: int | None
    fits: Callable[[MotRows], bool] = field(repr=False)
    class_names: Mapping[int, str] = field(default_factory=dict)
    counting: frozenset[int] = frozenset()
    neutral: frozenset[int] | None = frozenset()
    has_regions: bool = False

    @property
    def has_classes(self) -> bool:
        """Whether column 8 is a class."""
        return self.columns is not None

    def roles(self, truth: MotRows) -> Roles:
        """Say of each row what it is."""
        is_marked = truth.scores != 0
        nothing = np.zeros(len(truth), dtype=np.bool_)
        if not self.has_classes:
            return Roles(is_marked, nothing, nothing)
        classes = truth.others[:, 0].astype(np.int64)
        wanted = np.isin(classes, list(self.counting)) if self.counting else ~nothing
        counts = is_marked & wanted
        if self.neutral is None:
            is_neutral = is_marked & ~wanted
        else:
            is_neutral = np.isin(classes, list(self.neutral - self.counting))
        return Roles(counts, is_neutral, ~is_marked if self.has_regions else nothing)

    def with_classes(self, classes: Iterable[str]) -> TruthFormat:
        """
        Return the format with other classes that count, given by name or number.

        Raises
        ------
        ConfigurationError
            For a name that is not known, or when the format has no classes.

        """
        if not self.has_classes:
            raise ConfigurationError(f'--classes: ground truth of {self.name} has no classes')
        numbers = {name: number for number, name in self.class_names.items()}
        chosen = set()
        for word in map(str.strip, classes):
            if not word.isdecimal() and word not in numbers:
                known = nearest(word, numbers) if numbers else 'give its number in column 8'
                raise ConfigurationError(f'--classes: no class {quoted(word)}; {known}')
            chosen.add(numbers[word] if word in numbers else int(word))
        return replace(self, counting=frozenset(chosen))

    def named(self, number: int) -> str:
        """Return the name of a class, or its number where it has none."""
        return self.class_names.get(number, str(number))


def _is_cvat(truth: MotRows) -> bool:
    return (truth.path.parent / 'labels.txt').is_file()


def _is_mot20(truth: MotRows) -> bool:
    """Tell by a folder's name, else by the classes: MOT20 has few, 6 or 13 among them."""
    for part in reversed(truth.path.absolute().parts):
        if part.startswith(('MOT16', 'MOT17', 'MOT20')):
            return part.startswith('MOT20')
    found = set(truth.others[:, 0].tolist())
    return bool(found & {6, 13}) and found <= {1, 6, 7, 9, 10, 11, 13}


def _is_visdrone(truth: MotRows) -> bool:
    """Tell by whole numbers where MOT15 has metres, and a use of its classes or regions."""
    kinds, truncation, occlusion = truth.others.T
    return bool(
        len(truth) and np.isin(truth.scores, (0, 1)).all()
        and np.isin(kinds, list(VISDRONE_CLASSES)).all() and (kinds > 0).any()
        and np.isin(truncation, (0, 1)).all() and np.isin(occlusion, (0, 1, 2)).all()
    )


def _is_anything(_: MotRows) -> bool:
    return True


#: In the order in which `auto` tries them.
FORMATS = (
    TruthFormat('visdrone', 10, _is_visdrone, VISDRONE_CLASSES, frozenset(range(1, 11)), None,
                has_regions=True),
    TruthFormat('cvat', 9, _is_cvat, neutral=None, has_regions=True),
    # A non motorized vehicle is a distractor in MOT20 alone (Dendorfer 2020, sec. 4.1).
    TruthFormat('mot20', 9, _is_mot20, MOT_CLASSES, frozenset({1}), frozenset({2, 6, 7, 8, 12})),
    TruthFormat('mot17', 9, _is_anything, MOT_CLASSES, frozenset({1}), frozenset({2, 7, 8, 12})),
    TruthFormat('mot15', None, _is_anything),
)
AUTO = 'auto'
FORMAT_NAMES = (AUTO, *sorted(form.name for form in FORMATS))


def find_format(truth: MotRows, name: str = AUTO) -> TruthFormat:
    """
    Return the format of a ground truth.

    Parameters
    ----------
    truth : MotRows
        The rows.
    name : str
        One of `FORMAT_NAMES`; `auto` goes by the columns, their values, the folder's name and
        a `labels.txt` beside the file, as CVAT writes it.

    Raises
    ------
    InputError
        When the named format has another number of columns.

    """
    columns = 7 + truth.others.shape[1]
    found = next(
        form for form in FORMATS
        if form.name == name
        or (name == AUTO and form.columns in (None, columns) and form.fits(truth))
    )
    if found.columns not in (None, columns):
        raise InputError(
            f'{shown(truth.path)}: has {columns} columns; {name} has {found.columns}'
        )
    return replace(found, class_names=_labels(truth)) if found.name == 'cvat' else found


def _labels(truth: MotRows) -> dict[int, str]:
    """Return the names in CVAT's `labels.txt`, one a line, for classes from 1."""
    path = truth.path.parent / 'labels.txt'
    if not path.is_file():
        return {}
    content = read_bytes(path, MAX_LABEL_BYTES, InputError, 'give a label a line')
    lines = content.decode('utf-8-sig', errors='replace').splitlines()
    return dict(enumerate((line.strip() for line in lines), 1))
