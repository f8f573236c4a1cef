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

"""The page's part of a node."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from diagnostic_msgs.msg import DiagnosticArray
from rclpy.clock import Clock, ClockType
from std_msgs.msg import Header

from yolo_deepsort_ros.array_types import Pixels
from yolo_deepsort_ros.config.web_config import PageConfig, WebConfig
from yolo_deepsort_ros.errors import YoloDeepsortError
from yolo_deepsort_ros.nodes.health.event_counter import RESETS
from yolo_deepsort_ros.nodes.messages.conversions import Objects, stamp_to_nanoseconds
from yolo_deepsort_ros.nodes.stages.stage import Stage, StageNode
from yolo_deepsort_ros.nodes.viewing.camera_topics import CameraTopics, tracks_of
from yolo_deepsort_ros.nodes.viewing.graph_node import GraphNode, Inbox
from yolo_deepsort_ros.nodes.viewing.node_settings import NodeSettings
from yolo_deepsort_ros.web.camera_view import Keeping
from yolo_deepsort_ros.web.page_operator import Answer, Health, Operator
from yolo_deepsort_ros.web.shown_frame import Picture

LOOK_PERIOD = 1.0  #: s; how soon another camera or node is there
IDLE_TURNS = 5  #: periods between two looks while nobody looks at the page
PAGE = 'page'  #: key of the problem of a page that is not served
PARAMETER_SERVICE = 'rcl_interfaces/srv/SetParameters'


class PageNode(StageNode, GraphNode, Protocol):
    """A node that can have the page."""


class PageStage(Stage[WebConfig], Operator):
    """
    Serves the page, and does what it asks for.

    Frames are handed to it with `show`; of the graph it takes the rest.

    Subscriptions
        `/diagnostics` (diagnostic_msgs/DiagnosticArray) while somebody looks or an id is
        selected: a tracker that is reset says so there; while somebody looks
        `/parameter_events` and of each camera `tracks_3d` (vision_msgs/Detection3DArray),
        reliable.
    Publications, for each camera
        `selected_track` (std_msgs/String), reliable, transient local: the id that somebody has
        clicked, empty for none.
    Services called
        Those of parameters, `~/reset`, `~/set_paused` and `~/set_enabled` of the nodes in its
        namespace.

    A page that cannot be served is an error in the log and in the diagnostics; the node works on.

    Parameters
    ----------
    node : PageNode

    """

    def __init__(self, node: PageNode) -> None:
        self.node = node
        self._inbox = Inbox(node)
        self._settings = NodeSettings(node, self._on_settings)
        self._cameras: dict[str, CameraTopics] = {}
        self.server: Any = None
        self._is_active = False
        self._turn = 0
        self._diagnostics: Any = None
        self._resets: dict[str, str] = {}  # how often each tracker was reset

    def load(self, config: WebConfig) -> None:
        """Serve the page."""
        if isinstance(config, PageConfig) and not config.web:
            return
        logger = self.node.get_logger()
        try:
            # Late: on a robot without aiohttp all else works.
            from yolo_deepsort_ros.web.page_server import PageServer
            self.server = PageServer(config, self)
        except YoloDeepsortError as error:
            logger.error(f'no page: {error}')
            self.node.diagnostics.add_problem(PAGE, f'no page: {error}')
            return
        logger.info(f'page at {self.server.address}')

    def start(self) -> None:
        """Look for cameras from now on."""
        self._is_active = True
        if self.server is not None:
            self.node.until_deactivation(self.node.create_timer(
                LOOK_PERIOD, self._on_timer, clock=Clock(clock_type=ClockType.STEADY_TIME)
            ))
            self._look()

    def stop(self) -> None:
        """Subscribe to nothing any more."""
        self._is_active = False
        self._leave()

    def unload(self) -> None:
        """Serve the page no longer."""
        self.node.diagnostics.end_problem(PAGE)
        if self.server is not None:
            self.server.close()
            self.server = None
        self._cameras.clear()

    @property
    def is_watched(self) -> bool:
        """Whether somebody looks."""
        return self.server is not None and self.server.viewer.is_watched

    def show(self, picture: Pixels, header: Header, objects: Objects) -> None:
        """Show a picture of the node's own camera and what is on it; from any thread."""
        if self.server is not None:
            stamp, (height, width) = stamp_to_nanoseconds(header.stamp), picture.shape[:2]
            self.server.viewer.show(
                self.node.get_namespace(), Picture(stamp, width, height, lambda: picture),
                tracks_of(self.node, objects, header),
            )

    # -- called by the page, in its thread

    def on_watch(self, is_watched: bool) -> None:
        """Subscribe while somebody looks."""
        self._inbox.put(self._look if is_watched else self._leave)

    def on_select(self, camera: str, track: str) -> None:
        """Publish who is followed."""
        def select() -> None:
            if camera in self._cameras:
                self._cameras[camera].select(track)
                said = f'follows id {track}' if track else 'follows nobody'
                self.node.get_logger().info(f'{camera}: the page {said}')
        self._inbox.put(select)

    def on_command(self, command: Mapping[str, Any], answer: Answer) -> None:
        """Set a parameter or call a service of another node."""
        node = command.get('node', '')
        if command['do'] == 'set':
            self._inbox.put(lambda: self._settings.set(
                node, command.get('name', ''), command.get('value'), answer
            ))
        elif command['do'] == 'call':
            self._inbox.put(lambda: self._settings.act(node, command.get('action', ''), answer))
        else:
            answer(False, 'there is no such button')

    # -- in the thread of rclpy

    def _on_timer(self) -> None:
        """Look each second while that matters to somebody, else now and then."""
        self._turn = (self._turn + 1) % IDLE_TURNS
        if self._matters() or not self._turn:
            self._look()

    def _look(self) -> None:
        """See who is there, and subscribe if somebody looks."""
        if not self._is_active or self.server is None:
            return
        viewer = self.server.viewer
        for name in self.camera_names():
            if name not in self._cameras:
                self._cameras[name] = CameraTopics(self.node, name, viewer)
        for name, camera in self._cameras.items():
            if camera.has_new_tracker():
                viewer.restart(name, 'the tracker has been started again')
        self._listen()
        if not viewer.is_watched:
            return
        viewer.set_cameras(self._cameras)
        for camera in self._cameras.values():
            camera.open_places()
            self.open_camera(camera)
        self._settings.follow(self._other_nodes())

    def _listen(self) -> None:
        """Hear what the nodes say of themselves, while that matters to somebody."""
        is_needed = self._is_active and self._matters()
        if is_needed and self._diagnostics is None:
            self._diagnostics = self.node.create_subscription(
                DiagnosticArray, '/diagnostics',
                self.node.guarded(self._on_diagnostics, counts=False), 10,
            )
        elif not is_needed and self._diagnostics is not None:
            self.node.destroy_subscription(self._diagnostics)
            self._diagnostics = None

    def _matters(self) -> bool:
        return self.is_watched or bool(self.server and self.server.viewer.selected)

    def open_camera(self, camera: CameraTopics) -> None:
        """Have what a camera shows come in, if it does not of itself."""

    def _leave(self) -> None:
        """Receive nothing any more, unless somebody looks again."""
        if self._is_active and self.is_watched:
            return
        for camera in self._cameras.values():
            camera.close()
        self._listen()
        self._settings.close()

    def camera_names(self) -> list[str]:
        """Return the namespaces of the cameras that are there."""
        return [self.node.get_namespace()]

    def _other_nodes(self) -> dict[str, list[str]]:
        """Return the nodes that can be set below the namespace of this one, and their services."""
        own, found = self.node.get_namespace(), {}
        for name, namespace in set(self.node.get_node_names_and_namespaces()):
            full = f'{namespace.rstrip("/")}/{name}'
            if not is_below(full, own):
                continue
            try:
                services = self.node.get_service_names_and_types_by_node(name, namespace)
            except RuntimeError:  # it has gone
                continue
            if any(PARAMETER_SERVICE in kinds for _, kinds in services):
                found[full] = [service for service, _ in services]
        return found

    def _on_diagnostics(self, message: DiagnosticArray) -> None:
        if self.server is None:
            return
        own = self.node.get_namespace()
        for status in message.status:
            if is_below(status.name, own):
                level = status.level[0] if isinstance(status.level, bytes) else int(status.level)
                values = {pair.key: pair.value for pair in status.values}
                self.server.viewer.add_health(Health(status.name, level, status.message, values))
                self._note_resets(status.name, values)

    def _note_resets(self, node: str, values: Mapping[str, str]) -> None:
        """Have nobody followed whose id was given before a reset, whoever asked for it."""
        if RESETS not in values:
            return
        before = self._resets.get(node, values[RESETS])
        self._resets[node] = values[RESETS]
        if values[RESETS] != before:
            self.server.viewer.restart(node.rpartition('/')[0] or '/', 'the tracker was reset')

    def _on_settings(self) -> None:
        if self.server is None:
            return
        viewer = self.server.viewer
        viewer.set_settings(self._settings.as_json())
        for node, values in self._settings.values.items():
            if values.get('max_age') is not None:
                viewer.set_keeping(node.rpartition('/')[0] or '/', Keeping(
                    *(values.get(name) or 0 for name in Keeping._fields)
                ))


def is_below(name: str, namespace: str) -> bool:
    """Tell whether a full name lies in a namespace or in one below."""
    return name.startswith(f'{namespace.rstrip("/")}/')
