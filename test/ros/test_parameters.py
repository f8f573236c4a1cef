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

"""What `config.py` declares is what a node takes, shows and refuses."""

import pytest
from rcl_interfaces.srv import GetParameters
import rclpy
from rclpy.node import Node
from rclpy.parameter import Parameter
from std_msgs.msg import Header
from std_srvs.srv import Trigger
from vision_msgs.msg import Detection2DArray

from yolo_deepsort_ros.config.node_configs import NODES
from yolo_deepsort_ros.detections import Detections
from yolo_deepsort_ros.errors import ConfigurationError
from yolo_deepsort_ros.nodes.messages.conversions import detections_to_message, seconds_to_stamp
from yolo_deepsort_ros.nodes.parameters.node_parameters import NodeParameters, ros_type


@pytest.fixture
def make_node(graph, tmp_path):
    """Return what makes a node from the lines of a YAML file, and declares a group on it."""
    context = rclpy.Context()
    nodes = []

    def make(name, yaml=''):
        file = tmp_path / 'given.yaml'
        file.write_text(f'/**/{name}:\n  ros__parameters:\n{yaml}    use_sim_time: false\n')
        if not context.ok():
            rclpy.init(context=context)
        arguments = ['--ros-args', '--params-file', str(file)]
        nodes.append(Node(name, context=context, cli_args=arguments))
        parameters = NodeParameters(nodes[-1], NODES[name], lambda: True, None)
        return nodes[-1], parameters.read()

    yield make
    for node in nodes:
        node.destroy_node()
    context.try_shutdown()


@pytest.mark.parametrize('name', NODES)
def test_defaults_and_descriptors(make_node, name):
    node, config = make_node(name)
    assert config == NODES[name]()
    for declared in NODES[name].parameters().values():
        value, about = node.get_parameter(declared.name), node.describe_parameter(declared.name)
        assert value.type_ == ros_type(declared)
        own = config.values()[declared.name]  # a group may have another than the declaration
        assert (list(value.value) if declared.is_list else value.value) == (
            list(own) if declared.is_list else own
        )
        assert about.type == value.type_.value
        assert about.description == declared.text
        when = 'live' if declared.is_live else 'unconfigured'
        assert when in about.additional_constraints
        assert declared.unit in about.additional_constraints
        assert all(choice in about.additional_constraints for choice in declared.choices)


def test_ranges(make_node):
    node, _ = make_node('tracker')
    found = node.describe_parameter('max_cosine_distance').floating_point_range[0]
    assert (found.from_value, found.to_value) == (0.0, 2.0)
    found = node.describe_parameter('n_init').integer_range[0]
    assert (found.from_value, found.to_value, found.step) == (1, 1000, 1)


def test_given_values(make_node):
    node, config = make_node('detector', (
        '    confidence: 1\n'  # an integer for a number
        '    classes: [person, car]\n'
        '    input_size: [320, 256]\n'
    ))
    config = config.detection.detector
    assert config.confidence == 1.0
    assert node.get_parameter('confidence').type_ == Parameter.Type.DOUBLE
    assert (config.classes, config.input_size) == (('person', 'car'), (320, 256))


def test_an_empty_list_and_a_bare_device_number(make_node):
    assert make_node('detector', '    classes: []\n')[1].detection.detector.classes == ()
    assert make_node('camera', '    source: 1\n')[1].capture.source.source == '1'


@pytest.mark.parametrize(('name', 'given', 'words'), [
    ('detector', 'confidence: 1.5', 'confidence: 1.5 is out of range 0 … 1'),
    ('detector', 'confidence: high', "confidence: 'high' is not of type float"),
    ('detector', 'classes: person', "classes: 'person' is not a list; write [person]"),
    ('detector', 'class_id_format: word', "class_id_format: 'word' is none of name, index"),
    ('tracker', 'max_age: 0', 'max_age: 0 is out of range 1 … 100000'),
    ('camera', 'autostart: 1', 'autostart: 1 is not of type bool'),
])
def test_a_bad_value_is_named(make_node, name, given, words):
    with pytest.raises(ConfigurationError) as caught:
        make_node(name, f'    {given}\n')
    assert str(caught.value) == words


@pytest.mark.parametrize(('name', 'given', 'words'), [
    ('detector', {'confidence': 1.5}, 'confidence: 1.5 is out of range 0 … 1'),
    ('tracker', {'reid': 'no.onnx'}, 'no.onnx'),
    ('camera', {'source': 'no.mp4'}, 'no.mp4: no such file or folder'),
])
def test_what_cannot_be_used_is_one_line_and_exit_code_2(start, name, given, words):
    node = start(name, **given)
    assert node.wait() == 2
    assert words in node.text
    assert node.text.count('\n') == 1
    assert '[FATAL]' in node.text
    assert f'[test.{name}]: ' in node.text


def test_a_broken_parameter_file_is_one_line_and_exit_code_2(start, tmp_path):
    (tmp_path / 'broken.yaml').write_text('/**:\n  ros__parameters:\n    rate: [1, a]\n')
    node = start('annotator', '--params-file', str(tmp_path / 'broken.yaml'))
    assert node.wait() == 2
    assert node.text.splitlines()[-1].startswith('ROS 2 does not start:')
    assert 'broken.yaml' in node.text
    assert 'Traceback' not in node.text


def test_an_unknown_name_is_reported_with_the_nearest_and_an_old_one_with_that_of_today(start):
    node = start('camera', sauce='0', least_rate=1.0, source='no.mp4')
    assert node.wait() == 2
    assert '[WARN]' in node.text
    assert "unknown parameter 'sauce'; did you mean 'source'?" in node.text
    assert "unknown parameter 'least_rate'; it is min_rate now" in node.text


def test_a_value_set_counts_before_the_profile_and_another_profile_brings_its_own(start, peer):
    start('tracker', profile='strong', image_wait=0.0)
    peer.listen(Detection2DArray, 'tracks')

    def first_shown():
        """Return how many frames it takes until an object that comes has an id."""
        peer.call(Trigger, 'tracker/reset', Trigger.Request())
        seen = Detections([[10, 20, 30, 60]], [0.8])
        for number, found in enumerate([Detections.empty(), *[seen] * 4]):
            stamp = seconds_to_stamp(1 + len(peer.received['tracks']) / 10)
            message = detections_to_message(found, Header(stamp=stamp), ['cat'])
            peer.publish('detections', message)
            if peer.message('tracks', len(peer.received['tracks']) + 1).detections:
                return number
        return None

    def value_shown(name):
        request = GetParameters.Request(names=[name])
        return peer.call(GetParameters, 'tracker/get_parameters', request).values[0].integer_value

    assert first_shown() == value_shown('n_init') == 2
    assert peer.set_parameter('tracker', 'n_init', 3).successful
    assert first_shown() == value_shown('n_init') == 3
    answer = peer.set_parameter('tracker', 'profile', 'deepsort')
    assert 'cannot change at work' in answer.reason
    assert peer.set_parameter('tracker', 'profile', 'fast').successful  # all of it is live
    peer.until(lambda: value_shown('reid_every') == 10, 'what the profile brings')
    for transition in ('deactivate', 'cleanup'):
        assert peer.change('tracker', transition)
    assert peer.set_parameter('tracker', 'profile', 'deepsort').successful
    peer.until(lambda: value_shown('reid_every') == 1, 'what the profile brings')
    for transition in ('configure', 'activate'):
        assert peer.change('tracker', transition)
    assert first_shown() == value_shown('n_init') == 3
