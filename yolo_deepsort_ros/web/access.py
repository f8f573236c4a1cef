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

"""Who may see the page, and what a browser may do with it."""

from __future__ import annotations

from collections.abc import Mapping
import hashlib
import hmac
import ipaddress
import secrets
import socket
from urllib.parse import urlsplit

from yolo_deepsort_ros.config.web_config import WebConfig
from yolo_deepsort_ros.error_text import quoted

LOOPBACK_NAMES = ('localhost', 'ip6-localhost')
#: Sent with every answer: nothing but our own files runs, and no other site shows the page.
HEADERS = {
    'Content-Security-Policy': (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    'X-Content-Type-Options': 'nosniff',
    'Referrer-Policy': 'no-referrer',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cache-Control': 'no-store',
}


class Access:
    """
    Decides about requests by their headers.

    Parameters
    ----------
    config : WebConfig

    Attributes
    ----------
    token : str
        What a request must hold; '' where none is required.
    may_control : bool
        Whether the page may do more than look.

    Examples
    --------
    >>> from yolo_deepsort_ros.config.web_config import WebConfig
    >>> access = Access(WebConfig())
    >>> access.refusal({'Host': 'localhost:8080'})
    ''
    >>> access.refusal({'Host': 'localhost:8080', 'Origin': 'http://elsewhere.example'})
    "Origin 'http://elsewhere.example' is not this page"

    """

    def __init__(self, config: WebConfig) -> None:
        is_alone = is_loopback(config.web_host)
        self.token = config.web_token or ('' if is_alone else secrets.token_urlsafe(16))
        self.may_control = (
            is_alone if config.web_control == 'auto' else config.web_control == 'true'
        )
        self._allowed = {name.lower() for name in config.web_allowed_hosts}

    def refusal(self, headers: Mapping[str, str]) -> str:
        """Return why a request with these headers is refused, '' if it is not."""
        host = headers.get('Host', '').lower()
        if not self._is_host_ours(host):
            return (
                f'Host {quoted(host)} is no name of this machine; if it is, add it to the '
                f'parameter web_allowed_hosts'
            )
        origin = headers.get('Origin')
        if origin is not None and _netloc(origin) != host:
            return f'Origin {quoted(origin)} is not this page'
        return ''

    @property
    def cookie(self) -> str:
        """What a browser that has had the token once holds from then on."""
        return hashlib.sha256(self.token.encode()).hexdigest()

    def has_token(self, token: str | None, cookie: str | None = None) -> bool:
        """Tell whether what a request holds is the token; that takes the same time for any."""
        pairs = (token, self.token), (cookie, self.cookie)
        found = [hmac.compare_digest(_bytes(given), _bytes(wanted)) for given, wanted in pairs]
        return not self.token or any(found)

    def _is_host_ours(self, host: str) -> bool:
        name = _without_port(host)
        if not name:
            return False
        if host in self._allowed or name in self._allowed or name in _own_names():
            return True
        try:
            address = ipaddress.ip_address(name.strip('[]').partition('%')[0])
        except ValueError:
            return False
        return address.is_loopback or _is_own(address)


def _bytes(text: str | None) -> bytes:
    return (text or '').encode('utf-8', 'surrogatepass')


def is_loopback(host: str) -> bool:
    """Tell whether an address to serve at is reached from this machine alone."""
    if host.lower() in LOOPBACK_NAMES:
        return True
    try:
        return ipaddress.ip_address(host.strip('[]')).is_loopback
    except ValueError:
        return False


def shown_host(host: str) -> str:
    """Return the host that others write in an address for what is served at `host`."""
    try:
        address = ipaddress.ip_address(host.strip('[]'))
    except ValueError:
        return host
    if address.is_unspecified:
        return _outward_address() or socket.gethostname()
    return f'[{address}]' if address.version == 6 else str(address)


def _own_names() -> set[str]:
    name = socket.gethostname().lower()
    short = name.partition('.')[0]
    names = {name, name.removesuffix('.local'), short, f'{short}.local', *LOOPBACK_NAMES}
    return names - {''}


def _is_own(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    """Tell whether an address is one of this machine's: only those can be bound."""
    if address.is_unspecified or address.is_multicast:
        return False
    family = socket.AF_INET6 if address.version == 6 else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.bind((str(address), 0))
    except OSError:
        return False
    return True


def _outward_address() -> str:
    """Return the address of the network that leads to others; nothing is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(('192.0.2.1', 9))
        except OSError:
            return ''
        return str(probe.getsockname()[0])


def _without_port(host: str) -> str:
    if host.startswith('['):
        return host.partition(']')[0] + ']'
    return host.partition(':')[0]


def _netloc(origin: str) -> str:
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:
        return ''
