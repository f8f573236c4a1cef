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

"""Who may see the page."""

import socket

from hypothesis import given, strategies as st
import pytest

from yolo_deepsort_ros.config.web_config import WebConfig
from yolo_deepsort_ros.web.access import Access, is_loopback

NAME = socket.gethostname().lower()


@pytest.mark.parametrize('host', [
    'localhost', 'localhost:8080', 'LOCALHOST:1', '127.0.0.1:9', '127.8.8.8', '[::1]:8080',
    NAME, f'{NAME}:8080', f'{NAME.partition(".")[0]}.local:8080',
])
def test_the_names_of_this_machine_are_accepted(host):
    assert Access(WebConfig()).refusal({'Host': host}) == ''


@pytest.mark.parametrize('host', [
    '', 'evil.example', 'localhost.evil.example:8080', '192.0.2.7', '0.0.0.0:8080', '[::]',
    '127.0.0.1.evil.example', 'evil.example:127.0.0.1', '224.0.0.1', '[', ']', '[x]',
])
def test_a_foreign_host_is_refused_by_the_name_of_the_parameter(host):
    assert 'web_allowed_hosts' in Access(WebConfig()).refusal({'Host': host})


@pytest.mark.parametrize('allowed', ['robot.example', 'robot.example:80', 'Robot.Example'])
def test_further_names_are_accepted(allowed):
    access = Access(WebConfig(web_allowed_hosts=(allowed,)))
    assert access.refusal({'Host': 'robot.example:80'}) == ''
    assert access.refusal({'Host': 'robots.example:80'})


@pytest.mark.parametrize('origin', [
    'http://evil.example', 'null', '', 'http://localhost', 'http://localhost:8081',
    'http://localhost:8080.evil.example', 'http://[', 'http://evil.example/localhost:8080',
])
def test_a_page_of_another_site_is_refused(origin):
    reason = Access(WebConfig()).refusal({'Host': 'localhost:8080', 'Origin': origin})
    assert 'is not this page' in reason


def test_our_own_page_is_accepted():
    headers = {'Host': 'localhost:8080', 'Origin': 'http://localhost:8080'}
    assert Access(WebConfig()).refusal(headers) == ''


@given(st.text(), st.text())
def test_whatever_the_headers_hold_there_is_an_answer(host, origin):
    assert isinstance(Access(WebConfig()).refusal({'Host': host, 'Origin': origin}), str)


@pytest.mark.parametrize(('host', 'token', 'control', 'needs_token', 'may_control'), [
    ('127.0.0.1', '', 'auto', False, True),
    ('localhost', '', 'auto', False, True),
    ('127.0.0.1', 'word', 'false', True, False),
    ('0.0.0.0', '', 'auto', True, False),
    ('::', '', 'auto', True, False),
    ('192.0.2.7', 'word', 'true', True, True),
])
def test_beyond_this_machine_a_token_is_needed(host, token, control, needs_token, may_control):
    access = Access(WebConfig(web_host=host, web_token=token, web_control=control))
    assert bool(access.token) is needs_token
    assert access.may_control is may_control
    for wrong in (None, '', 'wrong', f'{access.token}x', access.cookie[1:]):
        assert access.has_token(wrong, wrong) is not needs_token
    assert access.has_token(access.token)
    assert access.has_token(None, access.cookie)
    assert not needs_token or len(access.token) >= (4 if token else 20)


@given(st.text())
def test_no_other_text_is_the_token(text):
    access = Access(WebConfig(web_token='secret'))
    assert access.has_token(text) is (text == 'secret')


@pytest.mark.parametrize(('host', 'is_ours'), [
    ('127.0.0.1', True), ('127.1.2.3', True), ('::1', True), ('localhost', True),
    ('0.0.0.0', False), ('', False), ('robot', False), ('::', False),
])
def test_loopback(host, is_ours):
    assert is_loopback(host) is is_ours
