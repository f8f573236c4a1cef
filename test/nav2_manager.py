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
A stand-in for the lifecycle manager of Nav2, as its documentation describes it.

It configures and activates the nodes named, in that order, waits for a bond with each for
`bond_timeout` seconds, and watches: when a node's heartbeats stay away for that long, or its
bond is broken, it takes all nodes down, in the opposite order. On SIGINT it does so too.
Prints a line for each event.
"""

import argparse
import signal
import time
from uuid import uuid4

from bond.msg import Status
from lifecycle_msgs.msg import Transition
from lifecycle_msgs.srv import ChangeState
import rclpy
from rclpy.node import Node
from rclpy.signals import SignalHandlerOptions

PERIOD = 0.1
SERVICE_WAIT = 30.0
BRING_UP = (Transition.TRANSITION_CONFIGURE, Transition.TRANSITION_ACTIVATE)


class Manager(Node):

    def __init__(self, names, namespace, timeout):
        super().__init__('lifecycle_manager', namespace=namespace)
        self.names, self.timeout = names, timeout
        self.instances = {name: str(uuid4()) for name in names}
        self.seen = {}
        self.active = []
        self.publisher = self.create_publisher(Status, 'bond', 5)
        self.create_subscription(Status, 'bond', self.on_status, 100)
        self.create_timer(PERIOD, self.beat)
        self.is_broken = False

    def beat(self):
        for name in self.active:
            self.say(name, True)

    def say(self, name, is_active):
        self.publisher.publish(Status(
            id=name, instance_id=self.instances[name], active=is_active,
            heartbeat_timeout=self.timeout, heartbeat_period=PERIOD,
        ))

    def on_status(self, status):
        if status.instance_id == self.instances.get(status.id):
            return
        if status.active:
            self.seen[status.id] = time.monotonic()
        elif status.id in self.active:
            print(f'{status.id} has broken its bond', flush=True)
            self.is_broken = True

    def until(self, condition, seconds):
        end = time.monotonic() + seconds
        while not condition() and time.monotonic() < end:
            rclpy.spin_once(self, timeout_sec=0.05)
        return condition()

    def change(self, name, transition):
        client = self.create_client(ChangeState, f'{name}/change_state')
        wait = SERVICE_WAIT if transition in BRING_UP else 1.0  # else it may have died
        if not client.wait_for_service(wait):
            return False
        future = client.call_async(ChangeState.Request(transition=Transition(id=transition)))
        rclpy.spin_until_future_complete(self, future, timeout_sec=wait)
        return bool(future.result() and future.result().success)

    def bring_up(self):
        for transition in BRING_UP:
            for name in self.names:
                if not self.change(name, transition):
                    print(f'{name} cannot be brought up', flush=True)
                    return False
                if transition == Transition.TRANSITION_ACTIVATE and self.timeout:
                    self.active.append(name)
                    if not self.until(lambda name=name: name in self.seen, self.timeout):
                        print(f'{name} was unable to be reached by bond', flush=True)
                        return False
        print('all are active', flush=True)
        return True

    def watch(self):
        while not self.is_broken:
            rclpy.spin_once(self, timeout_sec=0.1)
            for name in self.active:
                if time.monotonic() - self.seen[name] > self.timeout:
                    print(f'{name} has not been heard for {self.timeout:g} s', flush=True)
                    return

    def take_down(self):
        self.active = []
        for transition in (Transition.TRANSITION_DEACTIVATE, Transition.TRANSITION_CLEANUP):
            for name in reversed(self.names):
                self.change(name, transition)
        print('all are down', flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('names')
    parser.add_argument('--namespace', default='')
    parser.add_argument('--bond-timeout', type=float, default=4.0)
    args, _ = parser.parse_known_args()  # what follows is of ROS
    rclpy.init(signal_handler_options=SignalHandlerOptions.NO)
    manager = Manager(args.names.split(','), args.namespace, args.bond_timeout)
    try:
        if manager.bring_up():
            manager.watch()
    except KeyboardInterrupt:
        print('interrupted', flush=True)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    manager.take_down()
    rclpy.shutdown()


if __name__ == '__main__':
    main()
