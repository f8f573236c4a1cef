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
Feed what reads foreign input with damaged input, led by what code it reaches.

    scripts/run pip install atheris
    scripts/run python3 tools/fuzz.py cfg                    # 20 minutes or 10^6 executions
    scripts/run python3 tools/fuzz.py --all --seconds 30

Each input must be taken, or be refused in one short line, within a second of processor time and
two gigabytes. Prints one JSON line a target: executions, edges of the package's code that were
reached, inputs that reached something new. An input that did otherwise is named, and the exit code
is 1; put into `test/fuzz/TARGET`, a test reads it from then on. `--keep N` puts the N shortest
of those that reached something new there.
"""

from __future__ import annotations

import argparse
from importlib.util import find_spec
import json
from pathlib import Path
import re
import shutil
import subprocess
import sys
from tempfile import mkdtemp, TemporaryDirectory

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / folder) for folder in ('test', 'tools')]
KEPT = ROOT / 'test' / 'fuzz'
EXECUTIONS, SECONDS = 10**6, 20 * 60
MEMORY_MB = 2048
HANGS = 1200  #: s of wall time; what takes long by its own doing is found by processor time
PROGRESS = re.compile(r'^#(\d+)\s+\w+\s+cov: (\d+) ft: (\d+) corp: (\d+)', re.MULTILINE)


def main() -> int:
    """Run what is asked for."""
    from fuzz_targets import TARGETS

    from yolo_deepsort_ros.error_text import pip_install

    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('targets', metavar='TARGET', nargs='*', help=', '.join(TARGETS))
    parser.add_argument('--all', action='store_true', help='each target')
    parser.add_argument('--seconds', type=int, default=SECONDS, help='for each target')
    parser.add_argument('--executions', type=int, default=EXECUTIONS)
    parser.add_argument('--seed', type=int, default=1)
    parser.add_argument('--keep', metavar='N', type=int, default=0)
    arguments = parser.parse_args()
    chosen = arguments.targets or list(TARGETS)
    if unknown := [name for name in chosen if name not in TARGETS]:
        parser.error(f'no target {unknown[0]}: {", ".join(TARGETS)}')
    if not (arguments.targets or arguments.all):
        parser.error('give targets, or --all')
    if find_spec('atheris') is None:
        parser.error(f'no atheris here: {pip_install("atheris")}')
    results = []
    for name in chosen:
        results.append(fuzz(name, arguments))
        print(json.dumps(results[-1]), flush=True)
    return int(not all(result['ok'] for result in results))


def fuzz(name: str, arguments: argparse.Namespace) -> dict[str, object]:
    """Run a target in a process of its own; return what came of it."""
    from fuzz_targets import target_of

    with TemporaryDirectory(prefix='fuzz_') as scratch:
        folder = Path(scratch)
        work, corpus = folder / 'work', folder / 'corpus'
        work.mkdir()
        corpus.mkdir()
        target = target_of(name, work)
        for number, seed in enumerate(target.seeds):
            (corpus / f'seed{number}').write_bytes(seed)
        if (KEPT / name).is_dir():
            shutil.copytree(KEPT / name, corpus, dirs_exist_ok=True)
        given = {path.name for path in corpus.iterdir()}
        words = folder / 'words'
        words.write_text('# none is no file to it\na="a"\n' + ''.join(
            f'"{"".join(f"{chr(92)}x{byte:02x}" for byte in word)}"\n' for word in target.words))
        log = folder / 'log'
        with open(log, 'wb') as file:
            code = subprocess.run([
                sys.executable, '-c', CHILD, name, str(work), str(corpus), f'-dict={words}',
                f'-max_len={target.max_bytes}', f'-max_total_time={arguments.seconds}',
                f'-runs={arguments.executions}', f'-seed={arguments.seed}',
                f'-rss_limit_mb={MEMORY_MB}', f'-timeout={HANGS}', f'-artifact_prefix={folder}/',
            ], cwd=ROOT, stdin=subprocess.DEVNULL, stdout=file, stderr=file).returncode
        text = log.read_text(errors='replace')
        found = PROGRESS.findall(text)
        executions, edges, _, inputs = map(int, found[-1] if found else (0, 0, 0, 0))
        result: dict[str, object] = {
            'target': name, 'ok': code == 0, 'executions': executions, 'edges': edges,
            'inputs': inputs,
        }
        harmful = [path for path in folder.iterdir()
                   if path.name.startswith(('crash-', 'timeout-', 'oom-', 'slow-'))]
        if code:
            kept = Path(mkdtemp(prefix=f'fuzz_{name}_'))
            for path in (log, *harmful):
                shutil.copy(path, kept)
            lines = [line for line in text.splitlines() if 'Error' in line]
            result['harm'] = f'{kept}: {(lines or ["see log"])[-1].strip()[:200]}'
        elif arguments.keep:
            new = sorted((path for path in corpus.iterdir() if path.name not in given),
                         key=lambda path: path.stat().st_size)
            (KEPT / name).mkdir(parents=True, exist_ok=True)
            for path in new[:arguments.keep]:
                shutil.copy(path, KEPT / name / path.name[:12])
        return result


#: The fuzzer counts branches of what is imported under its eyes, and ends the process.
CHILD = """
import sys
sys.path[:0] = ['test', 'tools']
from pathlib import Path
import atheris
with atheris.instrument_imports(include=['yolo_deepsort_ros']):
    from fuzz_targets import check, target_of
    target = target_of(sys.argv[1], Path(sys.argv[2]))
atheris.Setup([sys.argv[0], *sys.argv[3:]], lambda data: check(target, data))
atheris.Fuzz()
"""

if __name__ == '__main__':
    sys.exit(main())
