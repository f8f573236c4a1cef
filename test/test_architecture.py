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

"""The walls of the house, read from the syntax tree: imports point down only."""

import ast
from pathlib import Path
import re
import subprocess
import sys

import pytest

import yolo_deepsort_ros

PACKAGE = Path(yolo_deepsort_ros.__file__).parent
NAME = PACKAGE.name

#: Floors from the ground up; a module imports from lower floors, and from its own folder.
FLOORS = [
    {'array_types', 'errors', 'error_text', 'boxes', 'linear_assignment', 'stage_timer',
     'stamp_order', 'tracks'},
    {'config', 'detections', 'files', 'viewpoint'},
    {'images', 'calibration', 'evaluation', 'models', 'simulation'},
    {'inference', 'sources', 'visualization'},
    {'yolo', 'appearance', 'deepsort'},
    {'pipeline', 'locating', 'web'},
    {'cli'},
    {'nodes'},
    {'__main__', 'demo'},
]
#: The same inside `nodes/`.
NODE_FLOORS = [
    {'qos', 'rclpy_internals'},
    {'health', 'parameters', 'sync'},
    {'messages'},
    {'viewing'},
    {'stages'},
    {'runtime'},
    {'annotator_node', 'camera_node', 'detector_node', 'locator_node', 'pipeline_node',
     'tracker_node', 'viewer_node'},
    {'executables', 'launching'},
]
FLOOR_OF = {room: floor for floor, rooms in enumerate(FLOORS) for room in rooms}
NODE_FLOOR_OF = {room: floor for floor, rooms in enumerate(NODE_FLOORS) for room in rooms}
#: What makes code of data.
CODE_MODULES = {'pickle', 'cPickle', 'dill', 'marshal', 'shelve', 'joblib', 'code'}
CODE_CALLS = {
    'eval', 'exec', 'compile', '__import__', 'os.system', 'os.popen', 'subprocess.getoutput',
    'yaml.load', 'yaml.full_load', 'yaml.unsafe_load', 'yaml.full_load_all',
    'yaml.unsafe_load_all',
}
CODE_KEYWORDS = {'shell', 'allow_pickle'}
#: What may know of ROS.
ROS_ROOMS = ('nodes', 'demo')
MODULES = sorted(path.relative_to(PACKAGE) for path in PACKAGE.rglob('*.py'))


def imports(path):
    """Yield the dotted names that a file imports, those for type checkers too."""
    for node in ast.walk(ast.parse((PACKAGE / path).read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f'{path}: relative import'
            yield from (f'{node.module}.{alias.name}' for alias in node.names)


def room_of(path):
    return path.parts[0].removesuffix('.py')


def rooms_imported(path):
    for name in imports(path):
        parts = name.split('.')
        if parts[0] == NAME and len(parts) > 1 and parts[1] in FLOOR_OF:
            yield parts[1]


@pytest.mark.parametrize('path', [m for m in MODULES if m != Path('__init__.py')], ids=str)
def test_imports_point_down(path):
    room = room_of(path)
    assert room in FLOOR_OF, f'{room} has no floor: give it one in FLOORS'
    for other in set(rooms_imported(path)) - {room}:
        assert FLOOR_OF[other] < FLOOR_OF[room], f'{path} imports {other}, which is not below it'


@pytest.mark.parametrize(
    'path', [m for m in MODULES if m.parts[0] == 'nodes' and m.name != '__init__.py'], ids=str
)
def test_imports_inside_the_nodes_point_down(path):
    room = path.parts[1].removesuffix('.py')
    assert room in NODE_FLOOR_OF, f'{room} has no floor: give it one in NODE_FLOORS'
    for name in imports(path):
        parts = name.split('.')
        if parts[:2] == [NAME, 'nodes'] and parts[2] != room:
            other = NODE_FLOOR_OF[parts[2]]
            assert other < NODE_FLOOR_OF[room], f'{path} imports {name}, which is not below it'


def test_no_two_modules_share_a_name():
    names = [m.stem for m in MODULES if m.name not in ('__init__.py', '__main__.py')]
    assert sorted(names) == sorted(set(names))


def test_no_two_classes_share_a_name():
    found = [node.name for path in MODULES for node in ast.parse((PACKAGE / path).read_text()).body
             if isinstance(node, ast.ClassDef) and not node.name.startswith('_')]
    assert sorted(found) == sorted(set(found))


@pytest.mark.parametrize('path', MODULES, ids=str)
def test_bounds_are_called_max_and_min(path):
    names = [node.id for node in ast.walk(ast.parse((PACKAGE / path).read_text()))
             if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)]
    other = {'LARGEST', 'SMALLEST', 'MOST', 'LEAST', 'LONGEST', 'SHORTEST', 'OLDEST', 'FEWEST'}
    assert not [name for name in names if name.isupper() and other & set(name.split('_'))]


@pytest.mark.parametrize('name', sorted(NODE_FLOORS[-2]))
def test_a_node_is_wiring(name):
    assert (PACKAGE / 'nodes' / f'{name}.py').read_text().count('\n') <= 80


def test_the_drawing_shows_all_floors_in_their_order():
    text = (Path(__file__).parents[1] / 'docs' / 'architecture.md').read_text(encoding='utf-8')
    drawing = text.split('```')[1].strip('\n').splitlines()
    drawn = [re.split(' {3,}', line.strip())[0].split() for line in drawing]
    assert all(set(names) <= set(FLOOR_OF) for names in drawn)
    order = [FLOOR_OF[name] for names in drawn for name in names]
    assert order == sorted(order, reverse=True)
    assert len(order) == len(FLOOR_OF)


@pytest.mark.parametrize('path', MODULES, ids=str)
def test_only_the_nodes_know_of_ros(path):
    ros = {'rclpy', 'cv_bridge', 'vision_msgs', 'sensor_msgs', 'std_msgs', 'std_srvs', 'launch',
           'diagnostic_msgs', 'rcl_interfaces', 'ament_index_python', 'builtin_interfaces'}
    used = {name.split('.')[0] for name in imports(path)} & ros
    assert not used or room_of(path) in ROS_ROOMS


@pytest.mark.parametrize('path', [m for m in MODULES if room_of(m) in ROS_ROOMS], ids=str)
def test_only_conversions_turns_messages_into_arrays(path):
    if path.name != 'conversions.py':
        used = {name.split('.')[0] for name in imports(path)}
        assert 'cv_bridge' not in used
        assert 'frombuffer' not in (PACKAGE / path).read_text()


@pytest.mark.parametrize('path', MODULES, ids=str)
def test_nothing_that_is_read_becomes_code(path):
    """As SECURITY.md says: no pickle, no evaluation, no shell, no objects of YAML."""
    assert not {name.partition('.')[0] for name in imports(path)} & CODE_MODULES
    for node in ast.walk(ast.parse((PACKAGE / path).read_text())):
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            assert called not in CODE_CALLS, f'{path}:{node.lineno}: {called}'
            names = {keyword.arg for keyword in node.keywords}
            assert not names & CODE_KEYWORDS, f'{path}:{node.lineno}: {names}'


@pytest.mark.parametrize('path', MODULES, ids=str)
def test_files_stay_small(path):
    lines = (PACKAGE / path).read_text().count('\n')
    assert lines <= 320, f'{path} has {lines} lines: split it'


@pytest.mark.parametrize(('module', 'heavy'), [
    (NAME, {'rclpy', 'cv2', 'scipy'}),
    (f'{NAME}.cli.commands', {
        'rclpy', 'scipy.optimize', 'aiohttp', 'matplotlib', 'onnxruntime', 'openvino',
        'trackeval',
    }),
])
def test_importing_loads_no_more_than_it_needs(module, heavy):
    code = f'import sys, {module}; print(sorted({heavy} & set(sys.modules)))'
    done = subprocess.run([sys.executable, '-c', code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == '[]'
