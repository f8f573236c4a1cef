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
Feed the readers of Darknet definitions and weights with damaged files.

    python3 tools/fuzz_darknet.py cfg --minutes 10
    python3 tools/fuzz_darknet.py weights --minutes 10

Files of the test networks are mutated. Each must be read and written as ONNX, or be refused by a
ModelError of one line, within a second of processor time and a gigabyte. Ends with one JSON line:
executions, how many were accepted, the kinds of refusal, the slowest. A file that does otherwise
is kept and named, and the exit status is 1.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Callable, Iterator
import json
from pathlib import Path
import re
import resource
import sys
import tempfile
import time

import numpy as np

sys.path[:0] = [str(Path(__file__).parents[1] / folder) for folder in ('', 'test')]

from darknet_families import FAMILIES, LAYERS  # noqa: E402, I100
from darknet_files import RANDOM_CFG, random_weights, write_weights  # noqa: E402

from yolo_deepsort_ros.errors import ModelError  # noqa: E402
from yolo_deepsort_ros.models.darknet.cfg import DarknetCfg  # noqa: E402
from yolo_deepsort_ros.models.darknet.graph import trace_layers  # noqa: E402
from yolo_deepsort_ros.models.darknet.layers import Convolution  # noqa: E402
from yolo_deepsort_ros.models.darknet.to_onnx import to_onnx  # noqa: E402
from yolo_deepsort_ros.models.darknet.weights import DarknetModel  # noqa: E402

MEMORY = 2**30  #: bytes beyond what the process has at its start
MAX_SECONDS = 1.0  #: seconds of processor time for one file
MAX_WEIGHTS = 2**20  #: of a mutated definition that is followed to its end
TEXTS = [
    *FAMILIES.values(), *LAYERS.values(),
    RANDOM_CFG.format(filters=16, classes=3, new_coords=0, last_activation='linear'),
]
NUMBERS = (
    '0', '1', '-1', '2', '3', '7', '32', '255', '256', '65535', '65536', '65537', '2147483647',
    '2147483648', '-2147483648', '99999999999999999999', '1e9', '1e999', 'nan', '-inf', '0x10', '',
    '1_000', '٣', '1.5', ' 4', '1,2', ',', '-0', '9' * 5000,
)
WORDS = (
    *FAMILIES, 'convolutional', 'maxpool', 'route', 'shortcut', 'upsample', 'yolo', 'region',
    'net', 'reorg', 'dropout', 'mish', 'softmax', 'groups', 'layers', 'from', 'stride', 'padding',
    'dilation', '[', ']', '=', '#', '\x00', '\u2028', 'é',
)


def main() -> int:
    """Mutate for the time given; return 1 when a file did harm."""
    parser = argparse.ArgumentParser(description='Fuzz the readers of Darknet files.')
    parser.add_argument('reader', choices=('cfg', 'weights'))
    parser.add_argument('--minutes', type=float, default=10.0)
    parser.add_argument('--seed', type=int, default=0)
    arguments = parser.parse_args()
    random = np.random.default_rng(arguments.seed)
    limit = int(Path('/proc/self/statm').read_text().split()[0]) * resource.getpagesize() + MEMORY
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    with tempfile.TemporaryDirectory() as folder:
        cases = {'cfg': damaged_definitions, 'weights': damaged_weights}[arguments.reader]
        return fuzz(cases(random, Path(folder)), 60 * arguments.minutes)


def fuzz(cases: Iterator[tuple[Path, Callable[[], str]]], seconds: float) -> int:
    """Run cases until the time is over; return the exit status."""
    outcomes: Counter[str] = Counter()
    slowest, start = 0.0, time.perf_counter()
    for path, run in cases:
        if time.perf_counter() > start + seconds:
            break
        before = time.process_time()
        try:
            outcome = run()
        except ModelError as error:
            outcome = re.sub(r'.*?\] |\S*\.\w+[:,] ', '', str(error), count=1)
            outcome = re.sub(r"'.*'|=\S*|-?\d[\d.e+]*", '…', outcome)[:60]
            if '\n' in str(error) or len(str(error)) > 1000:
                return keep(path, f'not one short line: {error!r}')
        except BaseException as error:
            return keep(path, repr(error))
        took = time.process_time() - before
        if took > MAX_SECONDS:
            return keep(path, f'took {took:.1f} s')
        slowest = max(slowest, took)
        outcomes[outcome] += 1
    print(json.dumps({
        'executions': outcomes.total(),
        'accepted': outcomes['accepted'],
        'kinds_of_refusal': len(outcomes.keys() - {'accepted'}),
        'slowest_ms': round(1000 * slowest, 1),
    }))
    return 0


def keep(path: Path, reason: str) -> int:
    """Keep the files of a case that did harm."""
    folder = Path(tempfile.mkdtemp(prefix='fuzz_darknet_'))
    for file in path.parent.iterdir():
        (folder / file.name).write_bytes(file.read_bytes())
    print(f'{folder}: {reason}', file=sys.stderr)
    return 1


def damaged_definitions(
    random: np.random.Generator, folder: Path
) -> Iterator[tuple[Path, Callable[[], str]]]:
    """Yield definitions with some lines, numbers, words or bytes changed."""
    path = folder / 'a.cfg'
    while True:
        text = TEXTS[random.integers(len(TEXTS))]
        for _ in range(random.integers(1, 6)):
            text = changed_text(text, random)
        content = text.encode('utf-8', 'surrogateescape')
        if random.random() < 0.1:
            content = changed_bytes(content, random)
        path.write_bytes(content)
        yield path, lambda: read_definition(path)


def read_definition(path: Path) -> str:
    """Follow a definition to its end: as ONNX with random weights, where it is small."""
    cfg = DarknetCfg.read(path)
    operations = [layer.operation for layer in trace_layers(cfg)]
    convolutions = [part for part in operations if isinstance(part, Convolution)]
    if sum(part.weight_count for part in convolutions) > MAX_WEIGHTS:
        return 'accepted'
    content = path.read_bytes().decode('utf-8-sig', errors='replace')
    weights = write_weights(path.with_suffix('.weights'), *random_weights(content))
    to_onnx(DarknetModel.read(path, weights))
    return 'accepted'


def damaged_weights(
    random: np.random.Generator, folder: Path
) -> Iterator[tuple[Path, Callable[[], str]]]:
    """Yield weights that are cut, lengthened, shifted or have some bytes changed."""
    cases = []
    for number, text in enumerate(TEXTS):
        cfg = folder / f'{number}.cfg'
        cfg.write_text(text)
        version = [(0, 1), (0, 2)][number % 2]
        weights = write_weights(folder / 'a.weights', *random_weights(text), version=version)
        cases.append((cfg, weights.read_bytes()))
    while True:
        cfg, content = cases[random.integers(len(cases))]
        for _ in range(random.integers(1, 4)):
            content = changed_bytes(content, random)
        weights.write_bytes(content)
        yield weights, lambda cfg=cfg: read_weights(cfg, weights)


def read_weights(cfg: Path, weights: Path) -> str:
    """Read a network and write it as ONNX."""
    to_onnx(DarknetModel.read(cfg, weights))
    return 'accepted'


def changed_text(text: str, random: np.random.Generator) -> str:
    """Change one thing in a definition."""
    lines = text.split('\n')
    at, other = random.integers(len(lines), size=2)
    kind = random.integers(7)
    if kind == 0:
        del lines[at]
    elif kind == 1:
        lines.insert(at, lines[other])
    elif kind == 2:
        lines[at], lines[other] = lines[other], lines[at]
    elif kind == 3:
        lines[at:at] = lines[min(at, other):max(at, other)] * int(random.integers(1, 20))
    elif kind == 4:
        lines[at] = str(random.choice(WORDS)) + lines[at][random.integers(len(lines[at]) + 1):]
    else:
        numbers = list(re.finditer(r'-?\d+(\.\d+)?', text))
        if numbers:
            found = numbers[random.integers(len(numbers))]
            return text[:found.start()] + str(random.choice(NUMBERS)) + text[found.end():]
    return '\n'.join(lines)


def changed_bytes(content: bytes, random: np.random.Generator) -> bytes:
    """Change some bytes of a file, or its length."""
    at = int(random.integers(len(content) + 1))
    header = int(random.integers(24))
    noise = random.bytes(int(random.integers(1, 9)))
    return [
        lambda: content[:at],
        lambda: content + noise,
        lambda: content[:at] + noise + content[at + len(noise):],
        lambda: content[:header] + noise + content[header + len(noise):],
        lambda: content[:at] + content[at + 4:],
        lambda: content[:at & ~3] + np.float32(np.nan).tobytes() + content[(at & ~3) + 4:],
        lambda: content[:at] + np.array([2**31 - 1], '<i4').tobytes() + content[at + 4:],
    ][random.integers(7)]()


if __name__ == '__main__':
    sys.exit(main())
