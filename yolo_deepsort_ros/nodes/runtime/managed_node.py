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

"""What all nodes share: lifecycle, declared parameters, callbacks that never throw."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from functools import wraps
import os
import traceback
from typing import Any, Generic, TypeVar

from rclpy.lifecycle import LifecycleNode, LifecycleState, TransitionCallbackReturn
from rclpy.publisher import Publisher
from rclpy.service import Service
from rclpy.subscription import Subscription
from rclpy.task import Future
from rclpy.timer import Timer

from yolo_deepsort_ros.config.node_configs import NodeConfig
from yolo_deepsort_ros.error_text import memory_line, quoted, shown
from yolo_deepsort_ros.errors import ConfigurationError, YoloDeepsortError
from yolo_deepsort_ros.nodes.health.diagnostics import Diagnostics
from yolo_deepsort_ros.nodes.health.host_memory import HostMemory
from yolo_deepsort_ros.nodes.messages.topics import MessageType, Topics
from yolo_deepsort_ros.nodes.parameters.node_parameters import NodeParameters
from yolo_deepsort_ros.nodes.rclpy_internals import state_of, wrap_change_state
from yolo_deepsort_ros.nodes.runtime import bond
from yolo_deepsort_ros.nodes.runtime.logs import forward_logs
from yolo_deepsort_ros.nodes.stages.stage import Stage

ConfigType = TypeVar('ConfigType', bound=NodeConfig)
EntityType = TypeVar('EntityType', Publisher, Service, Subscription, Timer)
StageType = TypeVar('StageType', bound=Stage[Any])

SUCCESS = TransitionCallbackReturn.SUCCESS
FAILURE = TransitionCallbackReturn.FAILURE
ERROR = TransitionCallbackReturn.ERROR


class ManagedNode(LifecycleNode, Generic[ConfigType]):
    """
    A managed node with the parameters of a group.

    Its transitions drive the stages that it adds, in their order; see `Stage`. What has been
    loaded or started is undone backwards, by its own transition or by an error.

    A `YoloDeepsortError` of a stage fails the transition: the node is as it was
    before and can try again. Shutdown works in every state, and any other error leads back to
    `unconfigured`.

    Parameters
    ----------
    name : str
        The node's name.
    group : type of NodeConfig
        What it declares.

    Attributes
    ----------
    config : NodeConfig
        The parameters' values, as they were when the node was configured; live ones as they are.
    autostart : bool
        Whether the process is to `bring_up` the node.
    ends_with_parent : bool
        Whether the process is to end with the one that has started it.
    diagnostics : Diagnostics
        What the node says of itself on `/diagnostics`.
    topics : Topics
        What makes its subscriptions and publishers.
    finished : Future
        Done when the node has nothing more to do; its exception ends the process.

    """

    config: ConfigType

    def __init__(self, name: str, group: type[ConfigType]) -> None:
        host_memory = HostMemory(os.environ)  # before the node takes its own
        super().__init__(name)
        self._stages: list[tuple[Stage[Any], Callable[[ConfigType], Any]]] = []
        self._on_destruction = ExitStack()
        self._on_destruction.enter_context(forward_logs(self.get_logger()))
        self._declared = NodeParameters(
            self, group, lambda: self.state == 'unconfigured', self._adopt
        )
        self.autostart = self._declared.autostart
        self.ends_with_parent = bool(self.get_parameter('end_with_parent').value)
        self.diagnostics = Diagnostics(self, lambda: self.state)
        self.topics = Topics(self, self.diagnostics, host_memory)
        self.finished = Future()
        self._on_cleanup = ExitStack()
        self._on_deactivation = ExitStack()
        self._error: Exception | None = None  # of the last transition
        self._failure: Exception | None = None  # of the work
        self._failed = self.create_guard_condition(self._on_failed)
        wrap_change_state(self, self._on_change_state)

    @property
    def state(self) -> str:
        """The lifecycle state's name, such as `inactive`."""
        return state_of(self)

    def add_stage(self, stage: StageType, part: Callable[[ConfigType], Any]) -> StageType:
        """
        Have a stage driven after those added before; return it.

        Parameters
        ----------
        stage : Stage
            Driven by the node's transitions.
        part : callable
            Returns the stage's part of the node's configuration.

        """
        self._stages.append((stage, part))
        return stage

    def until_cleanup(self, entity: EntityType) -> EntityType:
        """Have it destroyed when the node is cleaned up; return it."""
        self._on_cleanup.callback(self._destroy, entity)
        return entity

    def until_deactivation(self, entity: EntityType) -> EntityType:
        """Have it destroyed when the node is deactivated; return it."""
        self._on_deactivation.callback(self._destroy, entity)
        return entity

    def guarded(
        self, callback: Callable[[MessageType], None], *, counts: bool = True
    ) -> Callable[[MessageType], None]:
        """Return a callback that logs bad messages instead of raising; it counts both kinds."""
        @wraps(callback)
        def call(message: MessageType) -> None:
            try:
                callback(message)
                self.diagnostics.processed.add(counts)
            except YoloDeepsortError as error:
                self.refuse(str(error))
            except Exception as error:  # a robot must go on whatever a message holds
                if self.context.ok():  # else a signal has shut ROS down under the work
                    self.refuse(f'this is a bug, please report it: {quoted(error)}')
        return call

    def refuse(self, reason: str) -> None:
        """Count and log what cannot be used."""
        self.diagnostics.refused.add()
        self.diagnostics.last_error = reason
        self.get_logger().warning(
            f'{reason} (messages refused so far: {self.diagnostics.refused.total})',
            throttle_duration_sec=1.0,
        )

    def bring_up(self) -> None:
        """
        Configure and activate.

        Raises
        ------
        Exception
            What a transition has failed of.

        """
        for trigger in (self.trigger_configure, self.trigger_activate):
            if trigger() != SUCCESS:
                raise self._error or RuntimeError(f'{self.get_name()}: stays {self.state}')

    def fail(self, error: Exception) -> None:
        """
        Give up the work; called from any thread.

        A node that starts itself ends its process, so that it can be respawned; one under a
        manager goes back to `unconfigured`. A bug ends both.
        """
        if self.autostart or not isinstance(error, YoloDeepsortError):
            self.finished.set_exception(error)
        else:
            self._failure = error
            self._failed.trigger()

    def close(self) -> None:
        """Stop and unload, whatever the state."""
        try:
            self._on_deactivation.close()
        finally:
            self._on_cleanup.close()

    def destroy_node(self) -> None:
        """Destroy the node; nothing is logged through it any more."""
        self._on_destruction.close()
        super().destroy_node()

    def on_configure(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Read the parameters and load."""
        return self._attempt(self._load, self._on_cleanup)

    def on_activate(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Start."""
        return self._attempt(self._start, self._on_deactivation)

    def on_deactivate(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Stop."""
        return self._attempt(self._on_deactivation.close)

    def on_cleanup(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Unload."""
        return self._attempt(self._on_cleanup.close)

    def on_shutdown(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Stop and unload for ever; the process waits for its signal."""
        return self._attempt(self.close)

    def on_error(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Stop and unload what is left, so that the node can be configured again."""
        self.close()
        return SUCCESS

    def _load(self) -> None:
        self._failure = None
        self.config = self.diagnostics.config = self._declared.read()
        for stage, part in self._stages:
            stage.load(part(self.config))
            self._on_cleanup.callback(stage.unload)

    def _adopt(self, config: ConfigType) -> None:
        if self.state not in ('inactive', 'active'):
            raise ConfigurationError(f'the node is {self.state}: start it again')
        for stage, part in self._stages:
            stage.adopt(part(config))
        self.config = self.diagnostics.config = config

    def _start(self) -> None:
        self.diagnostics.begin()
        for stage, _ in self._stages:
            stage.start()
            self._on_deactivation.callback(stage.stop)
        self._form_bond()

    def _form_bond(self) -> None:
        period = self.config.bond_heartbeat_period
        if self.autostart or not period:
            return
        if bond.is_installed():
            self._on_deactivation.callback(bond.Bond(self, period).break_up)
        else:
            self.get_logger().info(bond.NO_BOND, once=True)

    def _attempt(
        self, step: Callable[[], None], undo: ExitStack | None = None
    ) -> TransitionCallbackReturn:
        """Take a step of the lifecycle; rclpy would swallow its exception."""
        self._error = None
        self.diagnostics.end_problem('lifecycle')
        try:
            step()
        except Exception as error:
            if isinstance(error, MemoryError):
                error = ConfigurationError(memory_line(error))
            self._error = error
            self.diagnostics.add_problem('lifecycle', shown(error))
            if undo is None or not isinstance(error, YoloDeepsortError):
                return ERROR
            undo.close()
            return FAILURE
        return SUCCESS

    def _on_change_state(
        self, answer: Callable[[Any, Any], Any], request: Any, response: Any
    ) -> Any:
        """Do as a manager says; rclpy would end the process at what cannot be done."""
        try:
            response = answer(request, response)
        except RuntimeError:
            asked = shown(request.transition.label or request.transition.id)
            self.get_logger().warning(f'no transition {asked} in state {self.state}')
            response.success = False
            return response
        if self._error is not None:
            self._log(self._error)
        return response

    def _on_failed(self) -> None:
        if self._failure is None:  # configured anew in the meantime
            return
        self._log(self._failure)
        if self.state == 'active':
            self.trigger_deactivate()
        if self.state == 'inactive':
            self.trigger_cleanup()
        self.diagnostics.add_problem('lifecycle', shown(self._failure))

    def _log(self, error: Exception) -> None:
        """Log in one line what the user can mend, and all that is known of anything else."""
        is_ours = isinstance(error, YoloDeepsortError)
        text = str(error) if is_ours else ''.join(traceback.format_exception(error))
        self.get_logger().error(text)

    def _destroy(self, entity: EntityType) -> None:
        if isinstance(entity, Publisher):
            self.destroy_publisher(entity)
        elif isinstance(entity, Service):
            self.destroy_service(entity)
        elif isinstance(entity, Subscription):
            self.destroy_subscription(entity)
        elif isinstance(entity, Timer):
            self.destroy_timer(entity)
