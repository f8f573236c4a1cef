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
How fast the detector is beside what a newcomer writes, and what the machine could do.

    scripts/run python3 benchmarks/bench_detector.py --json

Every variant runs in a process of its own; they are measured in turns, so that a machine that
drifts does so for all. Figures are medians in milliseconds of whole calls on one 640 x 480
picture. With real data beside the project (`../shared/data`) AP50 stands beside each: the mean
over those classes that the network knows and the pictures show.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Iterable
import json
import os
from pathlib import Path
from statistics import median
import subprocess
import sys
import tempfile
from typing import Any

import cv2
from measured_process import MeasuredProcess
from networks import DATA, find_foreign, find_network, gigaflop_of, operations, say
import numpy as np

from yolo_deepsort_ros.detections import Detections
from yolo_deepsort_ros.evaluation.average_precision import (
    average_precision, MIN_CONFIDENCE, read_yolo_labels, TrueBoxes,
)
from yolo_deepsort_ros.evaluation.mot import read_mot
from yolo_deepsort_ros.evaluation.tracking_metrics import considered
from yolo_deepsort_ros.simulation.arena import Arena
from yolo_deepsort_ros.simulation.arena.arena_config import ArenaConfig

Labelled = tuple[list[Path], list[TrueBoxes]]

HERE = Path(__file__).resolve().parent
OLD_PYTHON = HERE.parent / '.venv-old' / 'bin' / 'python3'  # scripts/setup --tests makes it
TURNS, CALLS = 10, 5  #: each variant has its turn ten times, for five calls
CALIBRATION_PICTURES = 100

#: The COCO classes that the network of the real data knows: those of PASCAL VOC.
KNOWN = (0, 1, 2, 3, 4, 5, 6, 8, 14, 15, 16, 17, 18, 19, 39, 56, 57, 58, 60, 62)
#: Networks of another exporter: how the names of their variants begin, and their own.
FOREIGN = {'yolox_nano': 'yolox-nano', 'yolox_tiny': 'yolox-tiny'}
LIBRARIES = {'opencv': {'backend': 'opencv'}, 'onnxruntime': {'backend': 'onnxruntime'}}
#: Parameters of each variant; those in int8 get a network of their own.
VARIANTS: dict[str, dict[str, str]] = {
    **LIBRARIES,
    **{
        f'openvino_{precision}{suffix}': {
            'backend': 'openvino', 'precision': precision, 'resize': resize,
        }
        for precision in ('float32', 'auto', 'int8')
        for suffix, resize in (
            ('_stretch' if precision == 'int8' else '', 'stretch'), ('_rectangle', 'rectangle'),
            ('_letterbox', 'letterbox'),
        )
    },
    **{f'{name}_{library}': parameters
       for name in FOREIGN for library, parameters in LIBRARIES.items()},
    **{f'{name}_openvino_{precision}': {'backend': 'openvino', 'precision': precision}
       for name in FOREIGN for precision in ('float32', 'auto', 'int8')},
}
#: The columns of the table of networks: heading, and how the names of their variants end.
COLUMNS = {
    'OpenCV': ('opencv',), 'ONNX Runtime': ('onnxruntime',),
    'OpenVINO float32': ('openvino_float32',), 'bfloat16': ('openvino_auto',),
    'int8': ('openvino_int8', 'openvino_int8_stretch'),
}


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[1])
    parser.add_argument('--json', action='store_true', help='print one line of JSON, no table')
    parser.add_argument('--threads', type=int, default=2)
    parser.add_argument('--variants', help='names to measure, comma-separated; empty: all')
    parser.add_argument('--old-python', type=Path, default=OLD_PYTHON, metavar='PYTHON',
                        help='of an environment with OpenCV 4.6, for the older baseline')
    arguments = parser.parse_args()
    for library in ('OMP', 'OPENBLAS'):  # before NumPy of the processes to come
        os.environ[f'{library}_NUM_THREADS'] = str(arguments.threads)
    paths = [str(HERE.parent), os.environ.get('PYTHONPATH', '')]
    os.environ['PYTHONPATH'] = os.pathsep.join(filter(None, paths))
    with tempfile.TemporaryDirectory() as folder:
        figures = measure(arguments, Path(folder))
    if not arguments.json:
        print_table(figures)
    print(json.dumps(figures))


def measure(arguments: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """Return all figures."""
    threads = arguments.threads
    cfg, weights = find_network(folder)
    frame = folder / 'frame.npy'
    np.save(frame, find_frame())
    wanted = arguments.variants.split(',') if arguments.variants else list(VARIANTS)
    gigaflop = {'': operations(cfg, weights) / 1e9}
    given = {'': [str(cfg), '--weights', str(weights), '--dynamic']}
    models = {'': {'model': str(cfg), 'weights': str(weights)}}
    for network, known in FOREIGN.items():
        if network in map(network_of, wanted) and (path := find_foreign(network, known)):
            gigaflop[network], given[network] = gigaflop_of(path), [str(path)]
            models[network] = {'model': str(path)}
    integers = {
        network: export_int8(given[network], folder / f'int8_{network}')
        for network in {network_of(name) for name in wanted if 'int8' in name} & set(given)
    }
    processes = {'floor': MeasuredProcess(python('matrix_product.py', threads))}
    for name, interpreter in (('46', arguments.old_python), ('4', sys.executable)):
        if Path(interpreter).exists():
            command = python('detector_baseline.py', cfg, weights, frame, threads)
            start(processes, f'baseline_opencv{name}', [str(interpreter), *command[1:]])
    for name in wanted:
        network = (integers if 'int8' in name else models).get(network_of(name), {})
        parameters = {**VARIANTS[name], **network}
        if 'model' in parameters:
            text = json.dumps({**parameters, 'threads': threads})
            start(processes, name, python('detector_variant.py', frame, text))
    times = take_turns(processes)
    ms = {name: round(1e3 * median(seconds), 3) for name, seconds in times.items()}
    product = processes.pop('floor').facts['operations'] / median(times['floor'])
    figures = {
        **{f'{name}_ms': ms[name] for name in processes if name.startswith('baseline')},
        'ours_ms': {name: ms[name] for name in processes if name in VARIANTS},
        'floor_float32_ms': round(1e12 * gigaflop[''] / product, 3),
        'gigaflops_float32': round(product / 1e9, 1),
        'gigaflop': {name: round(each, 2) for name, each in gigaflop.items()},
        'peak_rss_mb': {n: round(p.ask('peak_rss_mb'), 1) for n, p in processes.items()},
        'threads': threads,
        'names': {name: process.facts['name'] for name, process in processes.items()},
    }
    stages = {
        name: {stage: round(1e3 * median(seconds), 3) for stage, seconds in found.items()}
        for name, found in (
            (name, processes[name].ask('stages')) for name in figures['ours_ms']
        )
    }
    figures['stages_ms'] = stages.get('openvino_float32') or next(iter(stages.values()), {})
    figures['stages_ms_by_variant'] = stages
    figures['ratios'] = ratios(figures)
    if DATA.is_dir():
        figures.update(ap50(processes))
    for process in processes.values():
        process.close()
    return figures


def ratios(figures: dict[str, Any]) -> dict[str, dict[str, float]]:
    """Return how many times faster each variant is than each baseline, and than the floor."""
    bases = {
        name.removesuffix('_ms'): figures[name]
        for name in ('baseline_opencv46_ms', 'baseline_opencv4_ms', 'floor_float32_ms')
        if name in figures
    }
    return {
        base: {name: round(value / ours, 2) for name, ours in figures['ours_ms'].items()}
        for base, value in bases.items()
    }


def take_turns(processes: dict[str, MeasuredProcess]) -> dict[str, list[float]]:
    """Return the seconds of each call of each process."""
    times: defaultdict[str, list[float]] = defaultdict(list)
    for turn in range(TURNS):
        say(f'turn {turn + 1} of {TURNS}')
        for name, process in processes.items():
            times[name] += process.ask('seconds', CALLS)
    return times


def ap50(processes: dict[str, MeasuredProcess]) -> dict[str, dict[str, float]]:
    """Return AP50 of each process, on COCO and, of people, on every fifth of TUD-Stadtmitte."""
    data = {'ap50': coco(), 'ap50_tud_stadtmitte': street()}
    figures: defaultdict[str, dict[str, float]] = defaultdict(dict)
    for key, (pictures, truth) in data.items():
        for name, process in processes.items():
            say(f'{key} of {name}')
            rows = process.ask('found', list(map(str, pictures)), MIN_CONFIDENCE)
            by_class = average_precision(truth, map(detections, rows))
            known = [by_class[kind] for kind in KNOWN if kind in by_class]
            figures[key][name] = round(float(np.mean(known)), 4)
    return figures


def coco() -> Labelled:
    """Return pictures of COCO and what they show."""
    pictures = sorted((DATA / 'coco' / 'images').glob('*.jpg'))
    truth = []
    for path in pictures:
        height, width = cv2.imread(str(path)).shape[:2]
        file = DATA / 'coco' / 'labels' / f'{path.stem}.txt'
        truth.append(read_yolo_labels(file, (width, height)))
    return pictures, truth


def street() -> Labelled:
    """Return pictures of a street and the people on them."""
    folder = DATA / 'mot' / 'TUD-Stadtmitte'
    people = considered(read_mot(folder / 'gt' / 'gt.txt'))
    pictures = sorted((folder / 'img1').glob('*.jpg'))[::5]
    boxes = [people.tlwh[people.frames == int(path.stem)] for path in pictures]
    return pictures, [TrueBoxes(tlwh, np.zeros(len(tlwh), np.int64)) for tlwh in boxes]


def detections(rows: list[list[float]]) -> Detections:
    """Return what a process has found on a picture."""
    table = np.array(rows, float).reshape(-1, 6)
    table = table[(table[:, 2:4] > 0).all(axis=1)]
    return Detections(table[:, :4], table[:, 4].astype(np.float32), table[:, 5].astype(np.int64))


def find_frame() -> np.ndarray:
    """Return a picture of 640 x 480."""
    street = DATA / 'mot' / 'TUD-Stadtmitte' / 'img1' / '000001.jpg'
    if street.is_file():
        return cv2.imread(str(street))
    return Arena(ArenaConfig()).render(0)[0]


def calibration_pictures() -> Iterable[np.ndarray]:
    """Yield pictures of the kinds that are measured; their labels have no say."""
    streets = sorted((DATA / 'mot').glob('*/img1/*.jpg'))
    if streets:
        others = sorted((DATA / 'coco' / 'images').glob('*.jpg'))
        count = CALIBRATION_PICTURES - len(others)
        for path in [*streets[::-(-len(streets) // count)], *others]:
            yield cv2.imread(str(path))
        return
    arena = Arena(ArenaConfig())
    for index in range(CALIBRATION_PICTURES):
        yield arena.render(10 * index)[0]


def network_of(variant: str) -> str:
    """Return the network of another exporter that a variant runs, empty for YOLOv4-tiny."""
    return next((name for name in FOREIGN if variant.startswith(name)), '')


def export_int8(given: list[str], folder: Path) -> dict[str, str]:
    """Return the parameters of a network in int8; empty where no library makes it."""
    say(f'quantising {given[0]}')
    pictures, out = folder / 'calibration', folder / 'int8.onnx'
    pictures.mkdir(parents=True)
    for number, picture in enumerate(calibration_pictures()):
        cv2.imwrite(str(pictures / f'{number}.png'), picture)
    done = subprocess.run(
        [sys.executable, '-m', 'yolo_deepsort_ros', 'export', *given, '--int8', '--calibration',
         str(pictures), '--out', str(out)],
        stdout=subprocess.DEVNULL, check=False,
    )
    if done.returncode:
        say('the variants in int8 are left out')
        return {}
    return {'model': str(out)}


def start(processes: dict[str, MeasuredProcess], name: str, command: list[str]) -> None:
    """Start a process, or say that it does not run here."""
    say(f'starting {name}')
    try:
        processes[name] = MeasuredProcess(command)
    except RuntimeError:
        say(f'{name} does not run here and is left out')


def python(script: str, *arguments: object) -> list[str]:
    """Return the command that runs a script beside this one."""
    return [sys.executable, str(HERE / script), *map(str, arguments)]


def print_table(figures: dict[str, Any]) -> None:
    """Print what a person wants to see."""
    for name, ms in figures['ours_ms'].items():
        found = figures.get('ap50', {}).get(name, float('nan'))
        ratios = '  '.join(f'{ratio[name]:5.2f}' for ratio in figures['ratios'].values())
        print(f'{name:28} {ms:7.2f} ms  {ratios}  AP50 {found:.4f}  {figures["names"][name]}')
    print('the ratios are to', ', '.join(figures['ratios']))
    print_networks(figures)


def print_networks(figures: dict[str, Any]) -> None:
    """Print milliseconds and AP50 of each network, as docs/models.md has them."""
    print('| network | GFLOP |', ' | '.join(COLUMNS), '| AP50 | of int8 |')
    print('|---' * (len(COLUMNS) + 4) + '|')
    for network, gigaflop in figures['gigaflop'].items():
        prefix = f'{network}_' if network else ''
        variants = [
            next((prefix + end for end in ends if prefix + end in figures['ours_ms']), '')
            for ends in COLUMNS.values()
        ]
        ms = [f'{figures["ours_ms"][name]:.1f}' if name else '–' for name in variants]
        found = [figures.get('ap50', {}).get(name) for name in (variants[1], variants[-1])]
        shown = [f'{each:.3f}' if each else '–' for each in found]
        name = FOREIGN.get(network, 'yolov4-tiny')
        print(f'| `{name}` | {gigaflop:.1f} |', ' | '.join([*ms, *shown]), '|')


if __name__ == '__main__':
    main()
