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

"""The SROS 2 policies against the topics and services that the nodes really use."""

from __future__ import annotations

from itertools import permutations
from pathlib import Path
import re
import time
from xml.etree import ElementTree

from page_user import PageUser
import pytest
from sensor_msgs.msg import Image

POLICIES = Path(__file__).resolve().parents[2] / 'config' / 'security'
INCLUDE = '{http://www.w3.org/2001/XInclude}include'
PATIENCE = 60.0  #: s
NAMESPACE = '/test'
APART = ('camera', 'detector', 'tracker', 'annotator', 'locator', 'viewer')
ARENA = {'source': 'arena:agents=2,depth=true', 'rate': 5.0}
STANDS = {'camera_height': 2.0, 'camera_pitch': 0.5}
SUBSCRIBES, PUBLISHES = ('topics', 'subscribe'), ('topics', 'publish')
#: What an element of a policy grants, and how the graph tells who uses it.
USES = {
    ('topics', 'publish'): 'get_publisher_names_and_types_by_node',
    ('topics', 'subscribe'): 'get_subscriber_names_and_types_by_node',
    ('services', 'reply'): 'get_service_names_and_types_by_node',
    ('services', 'request'): 'get_client_names_and_types_by_node',
}


def rules(part, node):
    """Return what part of a policy permits, as (kind, use, full name)."""
    return {
        (group.tag, use, full_name(rule.text, node))
        for group in part if group.tag != INCLUDE
        for use, answer in group.items() if answer == 'ALLOW'
        for rule in group
    }


def full_name(name, node):
    if name.startswith('~'):
        return f'/{node}{name[1:]}'
    return name if name.startswith('/') else f'/{name}'


def certain(permits):
    """Leave out the state that is asked of who is silent: it depends on how fast all start."""
    return {use for use in permits if not use[2].endswith('/get_state')}


def common(node):
    return rules(ElementTree.parse(POLICIES / 'managed_node.xml').getroot(), node)


def used(peer, node):
    """Return what a node does, in the same form, as if it had no namespace."""
    if (node, NAMESPACE) not in peer.node.get_node_names_and_namespaces():
        return set()
    return {
        (kind, use, name.removeprefix(NAMESPACE))
        for (kind, use), ask in USES.items()
        for name, _ in getattr(peer.node, ask)(node, NAMESPACE)
        if not name.startswith(f'{NAMESPACE}/peer/')
    }


@pytest.fixture(scope='module')
def policies():
    """Return what each node may do beyond what all may."""
    found = {}
    for enclave in ElementTree.parse(POLICIES / 'policies.xml').getroot().iter('enclave'):
        (profile,) = enclave.iter('profile')
        node = profile.get('node')
        assert (enclave.get('path'), profile.get('ns')) == (f'/{node}', '/')
        assert [each.attrib for each in profile.findall(INCLUDE)] == [
            {'href': 'managed_node.xml', 'xpointer': 'xpointer(/profile/*)'}
        ]
        found[node] = rules(profile, node)
    return found


@pytest.fixture(scope='module')
def seen():
    """Return what has been seen of each node."""
    return {}


@pytest.fixture
def watch(peer, seen, policies):
    """Return what watches these nodes until they have done all that they may, or have had time."""
    peer.listen(Image, 'annotated_image', 1)

    def watch_nodes(*nodes):
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end and not all(
            certain(policies[node]) <= seen.get(node, set()) for node in nodes
        ):
            peer.spin(0.5)
            for node in nodes:
                seen.setdefault(node, set()).update(used(peer, node))

    return watch_nodes


def use_page(user):
    """Do what the page can with each node."""
    def known(message):
        return {f'{NAMESPACE}/{node}' for node in APART} <= message.get('nodes', {}).keys()

    for node, about in user.wait('settings', known)['nodes'].items():
        for setting in about['parameters'][:1]:
            user.ask(do='set', node=node, name=setting['name'], value=setting['value'])
        for action in ('reset', 'pause', 'go on', 'disable', 'enable'):
            if action in about['actions']:
                user.ask(do='call', node=node, action=action)


@pytest.mark.parametrize('transport', ['raw', 'compressed'])
def test_nodes_apart(start, peer, network, watch, transport):
    images = {'image_transport': transport}
    start('camera', **ARENA)
    start('detector', **images, **network)
    start('tracker', **images)
    start('annotator', use_sim_time=transport == 'raw', **images)
    start('locator', **STANDS)
    viewer = start('viewer', web_port=0, **images)
    address = peer.until(lambda: re.search(r'page at (\S+)', viewer.text), 'the page')[1]
    with PageUser(address) as user:
        use_page(user)
        watch(*APART)


def test_all_in_one(start, network, watch):
    start('pipeline', locate=True, **ARENA, **STANDS, **network)
    watch('pipeline')


def test_the_policies_permit_what_was_used_and_nothing_else(seen, policies):
    assert policies.keys() == seen.keys() == {*APART, 'pipeline'}
    for node, permits in policies.items():
        own = seen[node] - common(node)
        assert own <= permits, node
        assert certain(permits) <= own, node
    all_seen = set().union(*seen.values())
    assert set().union(*map(common, policies)) <= all_seen


def test_whoever_waits_for_a_topic_may_ask_who_publishes_it_for_its_state(policies):
    """The doctor does so when nothing comes: on a busy machine it may ask any of them."""
    latched = {'/label_info', '/foot_offset'}  # which nobody waits for
    for node, other in permutations(APART, 2):
        topics = {name for kind, use, name in policies[node] if (kind, use) == SUBSCRIBES}
        published = {name for kind, use, name in policies[other] if (kind, use) == PUBLISHES}
        if (topics & published) - latched:
            assert ('services', 'request', f'/{other}/get_state') in policies[node]
