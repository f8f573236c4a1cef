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
Feed the recogniser and the decoders of foreign networks with damaged files and odd numbers.

    scripts/run python3 tools/fuzz_families.py recogniser --minutes 20
    scripts/run python3 tools/fuzz_families.py decoders --minutes 20

Files of the test networks are mutated: each must be recognised, or refused by an error of one
line, within a second of processor time and a gigabyte. The decoders get arrays of odd shapes and
values: each must give finite boxes and known classes, or refuse the shape. Ends with one JSON
line: executions, how many were accepted, the kinds of refusal, the slowest. A case that does
otherwise is named by its seed, and the exit status is 1; `--seed N --executions 1` repeats it,
and `test/property/test_family_properties.py` keeps it.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Callable
from itertools import count
import json
from pathlib import Path
import re
import resource
import sys
import tempfile
import time

import numpy as np

sys.path[:0] = [str(Path(__file__).parents[1] / folder) for folder in ('', 'test')]

from foreign_networks import CELLS, FORMS, HEIGHT, WIDTH, write_family  # noqa: E402, I100

from yolo_deepsort_ros.errors import ConfigurationError, ModelError  # noqa: E402
from yolo_deepsort_ros.models.onnx.model import OnnxModel  # noqa: E402
from yolo_deepsort_ros.yolo.detection_model import DetectionModel  # noqa: E402
from yolo_deepsort_ros.yolo.families.family import Family, MISFITS, Recognised  # noqa: E402
from yolo_deepsort_ros.yolo.families.recognise import FAMILIES, recognise  # noqa: E402
from yolo_deepsort_ros.yolo.measured_shapes import with_measured_shapes  # noqa: E402

MEMORY = 2**30  #: bytes beyond what the process has at its start
MAX_SECONDS = 1.0  #: of processor time for one case
FORMATS = ('auto', *(family.NAME for family in FAMILIES))
#: What replaces a part of the metadata, or a number.
TEXTS = (
    b'', b'{', b'[]', b'[-1, 0]', b'[1e999, 4]', b'{0: None}', b'{1: "a"}', b'(' * 300, b'9' * 400,
    b'detect', b'pose', b'\xff\xfe', b'None', b'__import__("os")', b'{0: "a", 0: "b"}', b'true',
)
NUMBERS = (np.nan, np.inf, -np.inf, 0.0, -1.0, 1e38, -1e38, 1e-45, 79.5, 2.0**31, 0.5)


def main() -> int:
    """Run cases until the time is over; return 1 when one did harm."""
    parser = argparse.ArgumentParser(description='Fuzz what understands foreign networks.')
    parser.add_argument('what', choices=('recogniser', 'decoders'))
    parser.add_argument('--minutes', type=float, default=20.0)
    parser.add_argument('--executions', type=int, default=10**6)
    parser.add_argument('--seed', type=int, default=0)
    arguments = parser.parse_args()
    limit = int(Path('/proc/self/statm').read_text().split()[0]) * resource.getpagesize() + MEMORY
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    run = {'recogniser': Recogniser, 'decoders': Decoders}[arguments.what]()
    outcomes: Counter[str] = Counter()
    slowest, end = 0.0, time.perf_counter() + 60 * arguments.minutes
    for seed in count(arguments.seed):
        if seed == arguments.seed + arguments.executions or time.perf_counter() > end:
            break
        before = time.process_time()
        try:
            outcomes[run(seed)] += 1
        except BaseException as error:
            print(f'seed {seed}: {error!r}', file=sys.stderr)
            return 1
        took = time.process_time() - before
        slowest = max(slowest, took)
        if took > MAX_SECONDS:
            print(f'seed {seed}: took {took:.1f} s', file=sys.stderr)
            return 1
    print(json.dumps({
        'executions': outcomes.total(),
        'accepted': outcomes['accepted'],
        'kinds_of_refusal': len(outcomes.keys() - {'accepted'}),
        'slowest_ms': round(1000 * slowest, 1),
    }))
    return 0


class Recogniser:
    """Mutates a file and has it recognised."""

    def __init__(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            self._files = [write_family(Path(folder), form).read_bytes() for form in FORMS]
        self._path = Path(tempfile.mkdtemp(prefix='fuzz_families_')) / 'a.onnx'

    def __call__(self, seed: int) -> str:
        """Return the outcome of a case: accepted, or the kind of refusal."""
        random = np.random.default_rng(seed)
        content = self._files[random.integers(len(self._files))]
        for _ in range(random.integers(1, 4)):
            content = changed(content, random)
        output_format = str(random.choice(FORMATS)) if random.random() < 0.5 else 'auto'
        self._path.write_bytes(content)
        return outcome(lambda: DetectionModel.read(self._path, output_format=output_format))


def outcome(read: Callable[[], object]) -> str:
    """Return accepted, or the kind of the refusal, which must be one short line."""
    try:
        read()
    except (ConfigurationError, ModelError) as error:
        text = str(error)
        if '\n' in text or len(text) > 1000:
            raise AssertionError(f'not one short line: {text!r}') from None
        return re.sub(r"'.*'|\S*\.onnx|-?\d[\d.e+]*", '…', text)[:60]
    return 'accepted'


def changed(content: bytes, random: np.random.Generator) -> bytes:
    """Change some bytes of a file: its end, where shapes and metadata are, most often."""
    near_end = random.random() < 0.7
    at = int(random.integers(max(0, len(content) - 700) if near_end else 0, len(content) + 1))
    noise = random.bytes(int(random.integers(1, 5)))
    text = TEXTS[random.integers(len(TEXTS))]
    names = list(re.finditer(rb'\{0: .*?\}|\[\d+, \d+\]|detect|Ultralytics|32', content))
    kind = random.integers(6)
    if kind == 0:
        return content[:at]
    if kind == 1 and names:  # a text of another length would only cut the file off
        found = names[random.integers(len(names))]
        size = found.end() - found.start()
        return content[:found.start()] + text[:size].ljust(size) + content[found.end():]
    if kind == 2:
        return content[:at] + noise + content[at:]
    if kind == 3:
        return content[:at] + bytes([random.integers(256)]) + content[at + 1:]
    if kind == 4:
        start = int(random.integers(len(content)))
        return content + content[start:start + int(random.integers(200))]
    return content[:at] + noise + content[at + len(noise):]


def known(model: OnnxModel) -> tuple[OnnxModel, Family, Recognised]:
    """Return a network with its family; it may have to run first to tell its shapes."""
    try:
        return model, *recognise(model)
    except ModelError:
        measured = with_measured_shapes(model)
        return measured, *recognise(measured)


class Decoders:
    """Gives a decoder arrays of odd values, and sometimes of odd shapes."""

    def __init__(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            models = [OnnxModel.read(write_family(Path(folder), form)) for form in FORMS]
        self._known = [known(model) for model in models]

    def __call__(self, seed: int) -> str:
        """Return the outcome of a case: accepted, or the kind of refusal."""
        random = np.random.default_rng(seed)
        model, family, found = self._known[random.integers(len(self._known))]
        said = found.conventions
        outputs, as_said = [], True
        for tensor in model.outputs:
            shape = [side or CELLS for side in tensor.shape]
            as_said = as_said and any(tensor.shape)  # else it says no number of classes
            if random.random() < 0.05:
                as_said = False
                shape = [int(side) for side in random.integers(0, 9, random.integers(0, 4))]
            values = random.normal(0, 10.0 ** random.integers(-3, 5), shape).astype(np.float32)
            odd = random.random(shape) < random.choice([0, 0.01, 0.5])
            outputs.append(np.where(odd, random.choice(NUMBERS, shape), values).astype(np.float32))
        confidence = float(random.choice([0.0, 0.005, 0.4, 1.0]))
        with np.errstate(all='ignore'):
            try:
                got = family.decode(outputs, 0, said, (WIDTH, HEIGHT), confidence)
            except MISFITS as error:  # which the detector names
                return type(error).__name__
        if not (np.isfinite(got.tlwh).all() and (got.tlwh[:, 2:] > 0).all()):
            raise AssertionError('boxes that are none')
        if not (got.scores >= confidence).all():
            raise AssertionError('scores below the confidence')
        # Of outputs of another shape than it says the detector refuses the network.
        if as_said and not ((got.class_ids >= 0) & (got.class_ids < found.classes)).all():
            raise AssertionError('classes that have no name')
        return 'accepted'


if __name__ == '__main__':
    sys.exit(main())
