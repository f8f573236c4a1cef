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

"""The launch file for several cameras, where launch is installed."""

import importlib.util
import itertools
from pathlib import Path
import signal

import cv2
from darknet_files import draw_object, HEIGHT, WIDTH, write_colour_network
import numpy as np
import pytest
import rclpy
from std_msgs.msg import Header
from vision_msgs.msg import Detection2DArray, LabelInfo

from yolo_deepsort_ros.errors import ConfigurationError
from yolo_deepsort_ros.nodes import qos
from yolo_deepsort_ros.nodes.health.stage_lines import read_stage_lines
from yolo_deepsort_ros.nodes.messages.conversions import (
    array_to_image, message_to_objects, seconds_to_stamp,
)
from yolo_deepsort_ros.nodes.stages.image_input_stage import namespaces_of

LAUNCH = Path(__file__).resolve().parents[2] / 'launch'
COLOURS = {'front': 'red', 'left': 'blue'}  #: what each camera sees


def loaded(name):
    spec = importlib.util.spec_from_file_location(f'{name}_launch', LAUNCH / f'{name}.launch.py')
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def launch_file(graph):
    for module in ('launch', 'launch_ros'):
        pytest.importorskip(module, reason=f'no {module}: a robot has it')
    return loaded('multi_camera')


@pytest.fixture
def included(launch_file, monkeypatch):
    """Return what lists the arguments for tracking.launch.py; the machine has 8 cores."""
    from launch import LaunchContext
    monkeypatch.setattr(launch_file, 'usable_cores', lambda: 8)
    monkeypatch.setattr(launch_file, 'track', lambda **arguments: arguments)

    def arguments(**given):
        context = LaunchContext()
        for argument in launch_file.generate_launch_description().get_launch_arguments():
            if argument.default_value is not None:
                argument.visit(context)
        context.launch_configurations.update(given)
        return launch_file.start_cameras(context)
    return arguments


def test_it_takes_the_arguments_of_one_camera_but_for_its_own(launch_file):
    def names(module):
        return [each.name for each in module.generate_launch_description().get_launch_arguments()]
    own = list(launch_file.ARGUMENTS)
    others = [name for name in names(loaded('tracking')) if name not in (*own, *launch_file.OWN)]
    assert names(launch_file) == own + others


@pytest.mark.parametrize(('given', 'expected'), [
    ({'namespaces': 'front'}, [('front', '', '8')]),
    ({'namespaces': 'a,b,c', 'sources': '0,2,x.mp4'}, [
        ('a', '0', '2'), ('b', '2', '2'), ('c', 'x.mp4', '2'),
    ]),
    ({'namespaces': 'a,b', 'threads': '3'}, [('a', '', '3'), ('b', '', '3')]),
    ({'namespaces': 'a,b', 'params_file': '{own}'}, [('a', '', '4'), ('b', '', '')]),
    ({'namespaces': ','.join('abcdefghijk')}, [(name, '', '1') for name in 'abcdefghijk']),
])
def test_sources_and_threads(included, tmp_path, given, expected):
    own = tmp_path / 'own.yaml'
    own.write_text('{a: {detector: {ros__parameters: {model: x.cfg}}}, '
                   'b: {detector: {ros__parameters: {threads: 2}}}}')
    given = {name: value.format(own=own) for name, value in given.items()}
    assert [tuple(each[name] for name in ('namespace', 'source', 'threads'))
            for each in included(**given)] == expected


@pytest.mark.parametrize(('sources', 'source'), [
    ('arena,arena', 'arena'), ('0,arena', ''), ('arena:seed=1,agents=4,arena:own.yaml', 'arena'),
])
def test_a_shared_detector_stands_for_those_of_the_cameras(included, sources, source):
    *cameras, detector = included(
        namespaces='front,left', sources=sources, shared_detector='true'
    )
    assert {each['nodes'] for each in cameras} == {'camera,tracker,annotator'}
    assert detector == {
        'namespace': '', 'source': source, 'cameras': 'front,left', 'nodes': 'detector',
        'composed': 'false', 'rviz': 'false', 'locate': 'false', 'web': 'false',
    }


@pytest.mark.parametrize('shared', ['false', 'true'])
def test_one_page_is_for_all_cameras(included, shared):
    *others, viewer = included(namespaces='front,left', web='true', shared_detector=shared)
    assert {each['web'] for each in others} == {'false'}
    assert viewer == {
        'namespace': '', 'nodes': 'viewer', 'composed': 'false', 'rviz': 'false',
        'locate': 'false',
    }


@pytest.mark.parametrize(('given', 'message'), [
    ({'namespaces': 'a,b', 'sources': '0'}, '^sources: 1 for 2 namespaces; give as many, or none'),
    ({'namespaces': 'a,a'}, '^namespaces: a,a: give each camera its own'),
    ({'namespaces': ''}, '^namespaces: none is given'),
])
def test_lists_that_do_not_fit_are_one_line(included, given, message):
    with pytest.raises(ConfigurationError, match=message):
        included(**given)


@pytest.fixture
def cameras(tmp_path):
    """Return the arguments for two cameras, each with an object of another colour."""
    cfg, weights = write_colour_network(tmp_path)
    for camera, colour in COLOURS.items():
        (tmp_path / camera).mkdir()
        picture = np.full((HEIGHT, WIDTH, 3), 90, np.uint8)
        draw_object(picture, colour, 40, 40)
        cv2.imwrite(str(tmp_path / camera / '1.png'), picture)
    (tmp_path / 'mine.yaml').write_text(
        '/**: {ros__parameters: {loop: true, rate: 10.0, n_init: 1}}\n'
        '/test/left/camera: {ros__parameters: {frame_id: left_lens}}\n'
    )
    return {
        'namespaces': ','.join(f'/test/{camera}' for camera in COLOURS),
        'sources': ','.join(str(tmp_path / camera) for camera in COLOURS),
        'model': cfg, 'weights': weights, 'params_file': tmp_path / 'mine.yaml',
        'annotate': 'false',
    }


def test_each_camera_has_its_tracks(launch, peer, cameras):
    for camera in COLOURS:
        peer.listen(Detection2DArray, f'{camera}/tracks')
    process, log = launch('multi_camera', **cameras, shared_detector='true')
    for camera, colour in COLOURS.items():
        received = peer.received[f'{camera}/tracks']
        peer.until(lambda: any(message.detections for message in received), camera)  # noqa: B023
        found = next(message for message in received if message.detections)
        objects = message_to_objects(found)
        assert (objects.names, objects.ids.tolist()) == ([colour], [1])
        assert (found.header.frame_id == 'left_lens') == (camera == 'left')
    process.send_signal(signal.SIGINT)
    assert process.wait(30) == 0
    said = log.read_text()
    assert said.count('process has finished cleanly') == 5
    assert 'Traceback' not in said


def test_a_shared_detector_looks_at_what_waits_together(start, peer, status, cameras):
    """Each camera has its own detections; one alone waits for nobody."""
    network = {name: str(cameras[name]) for name in ('model', 'weights')}
    detector = start('detector', '--log-level', 'debug', cameras=list(COLOURS), **network)
    sent = {}
    for camera in COLOURS:
        peer.listen(Detection2DArray, f'{camera}/detections')
        peer.listen(LabelInfo, f'{camera}/label_info', qos.LATCHED)
        assert peer.message(f'{camera}/label_info').class_map

    def send(camera, colour, stamp):
        picture = np.full((HEIGHT, WIDTH, 3), 90, np.uint8)
        draw_object(picture, colour, 40, 40)
        header = Header(stamp=seconds_to_stamp(stamp), frame_id=camera)
        peer.publish(f'{camera}/image_raw', array_to_image(picture, header))
        sent[camera] = header

    def all_have_answered():
        return all(
            peer.received[f'{camera}/detections'][-1:] and
            peer.received[f'{camera}/detections'][-1].header == header
            for camera, header in sent.items()
        )

    for camera, colour in COLOURS.items():  # one alone, until all know each other
        stamps = itertools.count(1)
        while not peer.received[f'{camera}/detections']:
            send(camera, colour, float(next(stamps)))
            peer.spin(0.2)
    peer.until(all_have_answered, 'the last ones')
    for number in range(100, 131):
        for camera, colour in COLOURS.items():  # the next ones wait while it looks at one
            send(camera, colour, float(number))
        if number % 3 == 1:
            peer.until(all_have_answered, 'the newest of both')
    for camera, colour in COLOURS.items():
        for message in peer.received[f'{camera}/detections']:
            assert message.header.frame_id == camera
            assert message_to_objects(message).names == [colour]
    count = str(sum(len(peer.received[f'{camera}/detections']) for camera in COLOURS))
    status('/test/detector', lambda _, values: values['processed'] == count, 'the count')
    peer.until(
        lambda: any('forward' not in visit.stages_ms for visit in read_stage_lines(detector.text)),
        'an image that had no run of the network to itself',
    )


@pytest.mark.parametrize(('names', 'line'), [
    (['front', '2nd'], "cameras: '2nd' is no namespace; they look like front or /robot1/left"),
    (['front', 'front'],
     'cameras: front and front both have /test/front/image_raw; name each camera once'),
    (['front', 'left', '/test/front'],
     'cameras: front and /test/front both have /test/front/image_raw; name each camera once'),
    (['front', 'back'],
     'cameras: front and back both have /test/front/image_raw; name each camera once'),
])
def test_names_that_are_no_cameras_are_one_line(detector, names, line):
    with pytest.raises(ConfigurationError) as caught:
        namespaces_of(names, detector.resolve_topic_name)
    assert str(caught.value) == line


def test_cameras_that_differ_are_kept_as_they_are_written(detector):
    names = ('front', '/front', '/test/left')
    assert namespaces_of(names, detector.resolve_topic_name) == names


@pytest.fixture
def detector(graph):
    """Return a node in /test whose topics of one camera are remapped to those of another."""
    context = rclpy.Context()
    rclpy.init(context=context)
    remapped = 'back/image_raw:=front/image_raw'
    node = rclpy.create_node('detector', namespace='/test', context=context,
                             cli_args=['--ros-args', '-r', remapped])
    yield node
    node.destroy_node()
    context.try_shutdown()
