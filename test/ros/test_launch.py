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

"""The launch file, where launch is installed."""

from contextlib import suppress
import importlib.util
from pathlib import Path
import signal
import time

import cv2
from darknet_files import draw_object, HEIGHT, WIDTH, write_colour_network
import numpy as np
import pytest
from vision_msgs.msg import Detection2DArray

from yolo_deepsort_ros.config.arena_settings import ARENA_SETTINGS
from yolo_deepsort_ros.config.node_configs import DetectorNodeConfig, TrackerNodeConfig
from yolo_deepsort_ros.nodes.runtime.environment import PROFILE_VARIABLES
from yolo_deepsort_ros.simulation.arena import camera as arena_camera

NAMESPACE = '/test'
ALWAYS = {'use_sim_time': False, 'end_with_parent': True}  #: what launch sets by itself
FILE = Path(__file__).resolve().parents[2] / 'launch' / 'tracking.launch.py'


@pytest.fixture
def launch_file(graph):
    for module in ('launch', 'launch_ros'):
        pytest.importorskip(module, reason=f'no {module}: a robot has it')
    spec = importlib.util.spec_from_file_location('tracking_launch', FILE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_argument_has_a_default_and_a_text(launch_file):
    arguments = launch_file.generate_launch_description().get_launch_arguments()
    assert [argument.name for argument in arguments] == [
        'namespace', 'source', 'model', 'weights', 'names', 'reid', 'profile', 'cameras',
        'threads', 'web_port', 'web_host', 'web_token', 'web_control', 'web_allowed_hosts',
        'web_recordings', 'camera_height', 'camera_pitch', 'ground_file', 'target_frame',
        'params_file', 'download', 'use_sim_time', 'autostart', 'use_respawn', 'end_with_parent',
        'log_level', 'composed', 'nodes', 'annotate', 'web', 'locate', 'rviz',
    ]
    assert all(argument.default_value is not None for argument in arguments)
    assert all(argument.description for argument in arguments)


@pytest.mark.parametrize(('arguments', 'nodes'), [
    ({}, ['camera', 'detector', 'tracker', 'annotator']),
    ({'annotate': 'false'}, ['camera', 'detector', 'tracker']),
    ({'composed': 'true'}, ['pipeline']),
    ({'nodes': 'camera,tracker'}, ['camera', 'tracker']),
    ({'locate': 'true'}, ['camera', 'detector', 'tracker', 'annotator', 'locator']),
    ({'nodes': 'tracker', 'locate': 'true'}, ['tracker', 'locator']),
    ({'nodes': 'locator'}, ['locator']),
    ({'web': 'true'}, ['camera', 'detector', 'tracker', 'annotator', 'viewer']),
    ({'web': 'true', 'composed': 'true'}, ['pipeline']),
    ({'nodes': 'viewer', 'web': 'true'}, ['viewer']),
])
def test_nodes(start_nodes, arguments, nodes):
    assert [node.node_executable for node in start_nodes(arguments)] == [
        f'{name}_node' for name in nodes
    ]


@pytest.mark.parametrize(('given', 'expected'), [
    ({}, ALWAYS),
    ({'source': '0', 'autostart': 'False'}, {**ALWAYS, 'source': '0', 'autostart': False}),
    ({'end_with_parent': 'false'}, {**ALWAYS, 'end_with_parent': False}),
])
def test_arguments_given_override_the_file(start_nodes, given, expected):
    """A device index stays text, a truth value becomes one."""
    assert parameters_of(start_nodes(given)[0]) == expected


@pytest.mark.parametrize(('given', 'expected'), [
    ({}, ARENA_SETTINGS),
    ({'model': 'mine.cfg'}, {**ARENA_SETTINGS, 'model': 'mine.cfg'}),
    ({'params_file': '{own}'}, {}),
    ({'params_file': '{own}', 'profile': 'strong'}, {'profile': 'strong'}),
    ({'profile': 'strong'}, {**ARENA_SETTINGS, 'profile': 'strong', 'confidence': 0.1}),
])
def test_the_arena_brings_its_own_values_unless_a_file_is_given(
    start_nodes, tmp_path, given, expected
):
    own = tmp_path / 'own.yaml'
    own.write_text('/**/detector: {ros__parameters: {model: arena-tiny}}')
    given = {name: value.format(own=own) for name, value in given.items()}
    _, second, third, _ = start_nodes({'source': 'arena', **given})
    for node, group in ((second, DetectorNodeConfig), (third, TrackerNodeConfig)):
        assert parameters_of(node) == {**ALWAYS, **{
            name: value for name, value in expected.items() if name in group.parameters()
        }}


@pytest.mark.parametrize(('given', 'expected'), [
    ({'source': 'arena'}, {
        'camera_height': arena_camera.HEIGHT, 'camera_pitch': float(arena_camera.TILT),
    }),
    ({'source': 'arena:camera_height=1.2,camera_pitch=0.1,camera_speed=0.5'}, {
        'camera_height': 1.2, 'camera_pitch': 0.1,
    }),
    ({'source': 'arena:camera_height=1.2', 'camera_pitch': '0.3'}, {
        'camera_height': 1.2, 'camera_pitch': 0.3,
    }),
    ({'source': 'arena', 'target_frame': 'map'}, {'target_frame': 'map'}),
    ({'camera_height': '1.2', 'camera_pitch': '0.1'}, {'camera_height': 1.2, 'camera_pitch': 0.1}),
])
def test_the_locator_is_told_how_the_camera_stands(start_nodes, given, expected):
    *_, node = start_nodes({'locate': 'true', **given})
    assert parameters_of(node) == {**ALWAYS, **expected}
    pipeline, = start_nodes({'locate': 'true', 'composed': 'true', **given})
    assert parameters_of(pipeline).items() >= {**expected, 'locate': True}.items()


@pytest.mark.parametrize(('namespace', 'expected'), [
    ('left', {'rate': 5.0, 'classes': ['person', 'car'], 'n_init': 1, 'confidence': 0.3}),
    ('', {'source': 2, 'n_init': 1, 'confidence': 0.4}),
])
def test_the_pipeline_gets_the_sections_of_the_nodes_it_stands_for(
    start_nodes, tmp_path, namespace, expected
):
    own = tmp_path / 'own.yaml'
    own.write_text(
        '/camera: {ros__parameters: {source: 2}}\n'
        '/left/camera: {ros__parameters: {rate: 5.0}}\n'
        '/left/detector: {ros__parameters: {classes: [person, car], confidence: 0.3}}\n'
        '/**/tracker: {ros__parameters: {n_init: 1, classes: []}}\n'
        '/**: {ros__parameters: {confidence: 0.4}}\n'
    )
    pipeline, = start_nodes(
        {'params_file': str(own), 'composed': 'true', 'namespace': namespace}
    )
    assert parameters_of(pipeline) == {**ALWAYS, **expected}


def test_a_params_file_that_is_not_there_is_one_line(start_nodes):
    from yolo_deepsort_ros.errors import ConfigurationError
    with pytest.raises(ConfigurationError, match=r'^no\.yaml: No such file or directory; give'):
        start_nodes({'params_file': 'no.yaml'})


@pytest.mark.parametrize(('given', 'line'), [
    ({'composed': 'maybe'}, "composed: 'maybe' is neither true nor false"),
    ({'autostart': 'often'}, 'autostart: '),
    ({'log_level': 'loud'}, "log_level: 'loud' is none of debug, info, warn, error, fatal"),
])
def test_a_value_that_cannot_be_is_named_at_once(start_nodes, given, line):
    from yolo_deepsort_ros.errors import ConfigurationError
    with pytest.raises(ConfigurationError) as raised:
        start_nodes(given)
    assert str(raised.value).startswith(line)


@pytest.mark.parametrize(('file', 'words'), [
    ('tracking', {'sourc': 'arena'}),
    ('multi_camera', {'namespaces': 'left,right', 'sourc': 'arena'}),
])
def test_an_argument_that_is_none_is_named_at_once(launch, file, words):
    process, log = launch(file, **words)
    assert process.wait(30) == 1
    assert "'sourc' is no argument; did you mean 'source" in log.read_text()
    assert 'process started' not in log.read_text()


def test_arguments_of_another_launch_file_are_left_alone(start_nodes, monkeypatch):
    monkeypatch.setattr('sys.argv', ['ros2', 'launch', 'mine', 'robot.launch.py', 'sourc:=x'])
    assert start_nodes({})
    monkeypatch.setattr('sys.argv', ['ros2', 'launch', 'ours', 'tracking.launch.py', 'source:=0'])
    assert start_nodes({})


@pytest.mark.parametrize('number', [signal.SIGTERM, signal.SIGKILL])
def test_the_nodes_end_with_launch_however_it_ends(launch, peer, number):
    peer.listen(Detection2DArray, 'tracks')
    process, log = launch(namespace=NAMESPACE, source='arena')
    peer.message('tracks')
    nodes = children(process.pid)
    assert len(nodes) == 4
    process.send_signal(number)
    process.wait(30)
    deadline = time.monotonic() + 30
    while left := [node for node in nodes if Path(f'/proc/{node}').exists()]:
        assert time.monotonic() < deadline, f'{left} live on:\n{log.read_text()}'
        time.sleep(0.1)


def children(pid):
    """Return the processes that a process has started."""
    found = []
    for stat in Path('/proc').glob('[0-9]*/stat'):
        with suppress(OSError):
            if int(stat.read_text().rpartition(')')[2].split()[1]) == pid:
                found.append(stat.parent.name)
    return found


@pytest.mark.parametrize(('given', 'networks'), [
    ({}, ['yolov4-tiny']),
    ({'reid': 'osnet_x0_25_msmt17'}, ['yolov4-tiny', 'osnet_x0_25_msmt17']),
    ({'source': 'arena', 'reid': 'mine.onnx'}, []),
    ({'params_file': '{own}', 'namespace': 'left'}, ['osnet_x0_25_msmt17']),
])
def test_downloads_only_when_asked_and_before_the_nodes(start_nodes, tmp_path, given, networks):
    from launch.actions import ExecuteProcess, RegisterEventHandler
    own = tmp_path / 'own.yaml'
    own.write_text('left: {detector: {ros__parameters: {model: mine.cfg}}, '
                   'tracker: {ros__parameters: {reid: osnet_x0_25_msmt17}}}')
    given = {name: value.format(own=own) for name, value in given.items()}
    nodes = [node.node_executable for node in start_nodes(given)]
    first, *others = start_nodes({**given, 'download': 'true'})
    if not networks:
        assert [node.node_executable for node in (first, *others)] == nodes
        return
    assert isinstance(first, RegisterEventHandler)
    assert type(others[0]) is ExecuteProcess
    words = [word[0].text for word in others[0].cmd]
    assert words[1:] == ['-m', 'yolo_deepsort_ros', 'models', 'fetch', *networks]


@pytest.mark.parametrize(('code', 'is_shutdown', 'follows'), [
    (0, False, True), (2, False, 'error'), (130, True, False),
])
def test_what_follows_a_download(launch_file, code, is_shutdown, follows):
    from types import SimpleNamespace
    from yolo_deepsort_ros.errors import DownloadError
    nodes = [object()]
    handler = launch_file.fetch_first(['net'], nodes)[0].event_handler
    event = SimpleNamespace(returncode=code)
    context = SimpleNamespace(is_shutdown=is_shutdown, extend_locals=lambda _: None)
    if follows == 'error':
        with pytest.raises(DownloadError, match='net could not be fetched'):
            handler.handle(event, context)
    else:
        assert handler.handle(event, context) == (nodes if follows else [])


@pytest.mark.parametrize(('environ', 'names'), [
    ({}, list(PROFILE_VARIABLES)),
    ({PROFILE_VARIABLES[0]: 'mine.xml'}, []),
    ({PROFILE_VARIABLES[1]: 'mine.xml'}, []),
])
def test_a_fast_dds_profile_of_the_users_own_is_kept(launch_file, monkeypatch, environ, names):
    from launch import LaunchContext
    from launch.actions import SetEnvironmentVariable
    from launch.utilities import perform_substitutions
    for name in PROFILE_VARIABLES:
        monkeypatch.delenv(name, raising=False)
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    entities = launch_file.generate_launch_description().entities
    settings = [entity for entity in entities if isinstance(entity, SetEnvironmentVariable)]
    assert [perform_substitutions(LaunchContext(), entity.name) for entity in settings] == names
    for entity in settings:
        assert Path(perform_substitutions(LaunchContext(), entity.value)).is_file()


def test_rviz_or_why_there_is_none(start_nodes, monkeypatch, launch_file, tmp_path):
    from launch.actions import LogInfo
    from launch_ros.actions import Node
    monkeypatch.setattr(launch_file, 'get_package_share_directory', lambda _: str(tmp_path))
    shown = start_nodes({'rviz': 'true'})[-1]
    assert isinstance(shown, Node)
    assert shown.node_executable == 'rviz2'

    def find_nothing(_):
        raise launch_file.PackageNotFoundError
    monkeypatch.setattr(launch_file, 'get_package_share_directory', find_nothing)
    assert isinstance(start_nodes({'rviz': 'true'})[-1], LogInfo)


def parameters_of(node):
    """Return what a node gets beside the file."""
    from launch import LaunchContext
    from launch_ros.utilities import evaluate_parameters
    context = LaunchContext()
    context.launch_configurations.update({'params_file': 'x.yaml', 'use_sim_time': 'false'})
    _, *over = evaluate_parameters(context, node._Node__parameters)
    return {name: value for values in over for name, value in values.items()}


@pytest.mark.parametrize(('composed', 'processes'), [('false', 3), ('true', 1)])
def test_it_starts_the_nodes_and_ends_them(launch, peer, tmp_path, composed, processes):
    """The arguments reach the nodes, those of a file too, whose name is spelt wrong once."""
    cfg, weights = write_colour_network(tmp_path)
    pictures = tmp_path / 'pictures'
    pictures.mkdir()
    picture = np.full((HEIGHT, WIDTH, 3), 90, np.uint8)
    draw_object(picture, 'red', 40, 40)
    cv2.imwrite(str(pictures / '1.png'), picture)
    (tmp_path / 'mine.yaml').write_text(
        '/**/camera: {ros__parameters: {loop: true, rate: 10.0, frame_id: lens}}\n'
        '/**/tracker: {ros__parameters: {n_init: 1}}\n'
        '/**/detecter: {ros__parameters: {confidence: 0.3}}\n'
    )
    peer.listen(Detection2DArray, 'tracks')
    process, log = launch(
        namespace=NAMESPACE, source=pictures, model=cfg, weights=weights,
        params_file=tmp_path / 'mine.yaml', annotate='false', composed=composed,
    )
    peer.until(
        lambda: any(message.detections for message in peer.received['tracks']), 'tracks'
    )
    found = next(message for message in peer.received['tracks'] if message.detections)
    assert (found.detections[0].id, found.header.frame_id) == ('1', 'lens')
    process.send_signal(signal.SIGINT)
    assert process.wait(30) == 0
    said = log.read_text()
    words = "the section '/**/detecter' is for no node; did you mean '/**/detector'?"
    assert said.count(words) == 1
    assert said.count('is for no node') == 1
    assert said.count('process has finished cleanly') == processes
    assert 'Traceback' not in said


def test_with_respawn_a_wrong_parameter_is_named_again(launch, tmp_path):
    process, log = launch(source='no.mp4', model='no.cfg', annotate='false', use_respawn='true')
    line = '[camera]: no.mp4: no such file'
    deadline = time.monotonic() + 30
    while not (log.exists() and log.read_text().count(line) > 1):
        assert time.monotonic() < deadline, log.read_text()
        time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    assert process.wait(30) == 0
    assert 'Traceback' not in log.read_text()


@pytest.fixture
def start_nodes(launch_file):
    """Return what starts with these arguments."""
    from launch import LaunchContext

    def actions(arguments):
        context = LaunchContext()
        for argument in launch_file.generate_launch_description().get_launch_arguments():
            argument.visit(context)
        context.launch_configurations.update(arguments)
        return launch_file.start_nodes(context)
    return actions
