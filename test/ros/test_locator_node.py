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

"""The locator node: tracks, calibration, depth and tf2 in, places out."""

from importlib.util import find_spec
import math
import sys
from types import ModuleType

from geometry_msgs.msg import TransformStamped
import numpy as np
import pytest
import rclpy
from rclpy.parameter import Parameter
from sensor_msgs.msg import Image
from std_msgs.msg import Float64, Header, String
from vision_msgs.msg import Detection2D, Detection2DArray, ObjectHypothesisWithPose
from visualization_msgs.msg import Marker

from yolo_deepsort_ros.calibration import Calibration
from yolo_deepsort_ros.errors import YoloDeepsortError
from yolo_deepsort_ros.locating.camera_pose import quaternion
from yolo_deepsort_ros.locating.floor_view import FloorView, tilted
from yolo_deepsort_ros.locating.frame_locator import FrameLocator
from yolo_deepsort_ros.locating.ground_file import Ground
from yolo_deepsort_ros.nodes.locator_node import LocatorNode
from yolo_deepsort_ros.nodes.messages.camera_info import CameraInfos
from yolo_deepsort_ros.nodes.messages.conversions import seconds_to_stamp, stamp_to_nanoseconds
from yolo_deepsort_ros.nodes.stages.locating_stage import LocatingStage
from yolo_deepsort_ros.nodes.stages.locator_input_stage import LocatorInputStage
from yolo_deepsort_ros.tracks import Tracks

SIZE = (640, 480)
HEIGHT, PITCH = 1.2, 0.1
CAMERA = Calibration.ideal(*SIZE, (500.0, 0, 319.5, 0, 500.0, 239.5, 0, 0, 1))
VIEW = FloorView.from_pose(CAMERA, HEIGHT, PITCH)
STANDS = {'camera_height': HEIGHT, 'camera_pitch': PITCH}
TALL, WIDE = 1.0, 0.5  #: m
OUTLETS = ('tracks', 'marked', 'points', 'pose', 'twist', 'static')


class Outlet:
    """Stands where a publisher is, in front of somebody who subscribes or not."""

    def __init__(self):
        self.published, self.readers = [], 1

    def get_subscription_count(self):
        return self.readers

    def publish(self, message):
        self.published.append(message)

    @property
    def last(self):
        return self.published[-1]


class Located:
    """A locator node in this process, whose callbacks are called as an executor would."""

    def __init__(self, **parameters):
        self.node = LocatorNode()
        results = self.node.set_parameters(
            [Parameter(name, value=value) for name, value in parameters.items()]
        )
        assert all(result.successful for result in results), results
        self.stamp = 100.0

    def bring_up(self):
        self.node.bring_up()
        self.locating = self.stage(LocatingStage)
        for name in OUTLETS:
            setattr(self, name, Outlet())
            setattr(self.locating, f'_{name}', getattr(self, name))
        return self

    def stage(self, kind):
        return next(each for each, _ in self.node._stages if isinstance(each, kind))

    def info(self, calibration=CAMERA, **changes):
        message = CameraInfos(calibration, '').message(Header(frame_id='lens'), *SIZE)
        for name, value in changes.items():
            setattr(message, name, value)
        self.stage(LocatorInputStage)._on_info(message)

    def depth(self, pixels, encoding='32FC1', after=0.0):
        height, width = pixels.shape
        message = Image(
            header=Header(stamp=seconds_to_stamp(self.stamp + after)), encoding=encoding,
            height=height, width=width, step=width * pixels.itemsize,
        )
        message.data.frombytes(np.ascontiguousarray(pixels).tobytes())
        self.locating._depth._on_image(message)

    def select(self, text):
        self.locating._on_selected(String(data=text))

    def see(self, *objects, step=0.1):
        """Return the last message of tracks_3d after a frame with these objects."""
        header = Header(stamp=seconds_to_stamp(self.stamp), frame_id='lens')
        self.stage(LocatorInputStage)._on_tracks(
            Detection2DArray(header=header, detections=[*objects])
        )
        self.locating.drain(20.0)
        self.stamp += step
        assert self.tracks.last.header.stamp == header.stamp
        return self.tracks.last

    def status(self):
        """Return level, message and values of the diagnostics."""
        outlet, kept = Outlet(), self.node.diagnostics._publisher
        self.node.diagnostics._publisher = outlet
        self.node.diagnostics.publish()
        self.node.diagnostics._publisher = kept
        status, = outlet.last.status
        return status.level, status.message, {pair.key: pair.value for pair in status.values}

    def value(self, key):
        return self.status()[2][key]

    def close(self):
        self.node.close()
        self.node.destroy_node()


@pytest.fixture(scope='module')
def context(graph):
    rclpy.init()
    yield
    rclpy.shutdown()


@pytest.fixture
def locator(context):
    """Return what brings up a node with these parameters."""
    made = []

    def make(**parameters):
        made.append(Located(**parameters))
        return made[-1].bring_up()

    yield make
    for each in made:
        each.close()


def box(x, y, number=1, name='robot', tall=TALL, wide=WIDE, view=VIEW):
    """Return the track of an upright object that stands there."""
    points = np.array([[x, y, 0.0], [x, y, tall]])
    (u, bottom), (_, top) = view.project(points)[0]
    depth = view.project(points)[2][0]
    width = 500 * wide / depth
    return track(u - width / 2, top, width, bottom - top, number, name)


def track(left, top, width, height, number=1, name='robot'):
    message = Detection2D(id=str(number), results=[ObjectHypothesisWithPose()])
    message.results[0].hypothesis.class_id = name
    message.results[0].hypothesis.score = 0.9
    message.bbox.center.position.x, message.bbox.center.position.y = (
        float(left + width / 2), float(top + height / 2)
    )
    message.bbox.size_x, message.bbox.size_y = float(width), float(height)
    return message


def places(message):
    return {
        found.id: (found.results[0].pose.pose.position.x, found.results[0].pose.pose.position.y)
        for found in message.detections
    }


def points_of(message):
    """Return the points of a cloud by the names of their fields."""
    kinds = {7: 'f4', 6: 'u4', 5: 'i4'}
    kind = np.dtype({
        'names': [field.name for field in message.fields],
        'formats': [kinds[field.datatype] for field in message.fields],
        'offsets': [field.offset for field in message.fields], 'itemsize': message.point_step,
    })
    return np.frombuffer(message.data.tobytes(), kind)


def test_a_frame_says_where_things_stand(locator):
    node = locator(**STANDS)
    node.info()
    for number in range(20):
        said = node.see(box(3.0 + 0.05 * number, 0.5), box(5.0, -1.0, 7, 'crate'))
    assert said.header.frame_id == 'lens_floor'
    first, second = said.detections
    assert (first.id, second.id) == ('1', '7')
    assert first.results[0].hypothesis.class_id, first.results[0].hypothesis.score == ('robot', .9)
    pose = first.results[0].pose
    np.testing.assert_allclose(
        [pose.pose.position.x, pose.pose.position.y, pose.pose.position.z], [3.95, 0.5, 0],
        atol=0.05)
    assert places(said)['7'] == pytest.approx((5.0, -1.0), abs=0.03)
    centre, size = first.bbox.center.position, first.bbox.size
    assert (centre.x, centre.y) == (pose.pose.position.x, pose.pose.position.y)
    assert centre.z == pytest.approx(size.z / 2)
    assert (size.x, size.y, size.z) == pytest.approx((WIDE, WIDE, TALL), abs=0.05)
    covariance = np.reshape(pose.covariance, (6, 6))
    assert np.linalg.eigvalsh(covariance).min() > 0
    heading = 2 * math.atan2(pose.pose.orientation.z, pose.pose.orientation.w)
    assert heading == pytest.approx(0, abs=0.3), 'it goes away along x'
    assert second.results[0].pose.pose.orientation.w == 1.0, 'it stands still'


def test_the_topic_says_what_the_rows_of_the_command_line_say(locator):
    node = locator(**STANDS)
    node.info()
    rows = FrameLocator(['robot'], Ground(height=HEIGHT, pitch=PITCH), CAMERA)
    for number in range(20):
        seen = box(3.0 + 0.05 * number, 0.5 - 0.02 * number)
        stamp, middle, size = node.stamp, seen.bbox.center.position, seen.bbox
        tlwh = np.array([[
            middle.x - size.size_x / 2, middle.y - size.size_y / 2, size.size_x, size.size_y,
        ]])
        said = node.see(seen).detections[0].results[0].pose
        row = rows.locate(stamp, Tracks.seen(np.array([1]), tlwh), SIZE)
        assert (said.pose.position.x, said.pose.position.y) == pytest.approx(tuple(row.places[0]))
        covariance = np.reshape(said.covariance, (6, 6))[:2, :2]
        np.testing.assert_allclose(covariance, row.covariances[0, :2, :2], rtol=1e-6)


def test_the_cloud_has_rings(locator):
    node = locator(**STANDS)
    node.info()
    node.locating.name_classes({'robot': 4})
    for _ in range(10):
        node.see(box(3.0, 0.5), box(5.0, -1.0, 7, 'crate'))
    points = points_of(node.points.last)
    assert points.dtype.names == ('x', 'y', 'z', 'vx', 'vy', 'vz', 'id', 'class', 'score')
    ring = points[points['id'] == 1]
    x, y = places(node.tracks.last)['1']
    radius = node.tracks.last.detections[0].bbox.size.x / 2
    np.testing.assert_allclose(np.hypot(ring['x'] - x, ring['y'] - y), radius, rtol=1e-4)
    turned = np.stack([ring['x'], ring['y']]) - np.roll(np.stack([ring['x'], ring['y']]), 1, 1)
    assert np.hypot(*turned).max() <= 0.1 + 1e-6
    assert (ring['class'] == 4).all() and (points['class'][points['id'] == 7] == -1).all()
    np.testing.assert_allclose(ring['score'], 0.9)
    np.testing.assert_allclose(ring['z'], node.tracks.last.detections[0].bbox.center.position.z,
                               rtol=1e-4)


def test_markers_come_while_somebody_looks_and_go_with_their_track(locator):
    node = locator(**STANDS)
    node.info()
    node.marked.readers = 0
    node.see(box(3.0, 0.5))
    assert node.marked.published == []
    node.marked.readers = 1
    for _ in range(3):
        node.see(box(3.0, 0.5), box(5.0, -1.0, 7))
    first, *_, last = node.marked.published
    assert first.markers[0].action == Marker.DELETEALL
    shown = {(marker.ns, marker.id) for marker in last.markers}
    kinds = {'box', 'id', 'velocity', 'uncertainty', 'trail'}
    assert shown == {(kind, number) for kind in kinds for number in (1, 7)}
    assert {marker.action for marker in last.markers} == {Marker.ADD}
    assert len(next(m for m in last.markers if m.ns == 'trail').points) == 3
    node.see(box(3.0, 0.5))
    gone = {(m.ns, m.id) for m in node.marked.last.markers if m.action == Marker.DELETE}
    assert gone == {(kind, 7) for kind in kinds}
    node.locating.stop()
    assert [marker.action for marker in node.marked.last.markers] == [Marker.DELETEALL]


def test_the_selected_track_has_pose_and_twist_of_its_own(locator):
    node = locator(**STANDS)
    node.info()
    node.select('7')
    for number in range(15):
        node.see(box(3.0, 0.5), box(4.0, -1.0 + 0.1 * number, 7))
    x, y = places(node.tracks.last)['7']
    pose, twist = node.pose.last, node.twist.last
    assert pose.header == twist.header == node.tracks.last.header
    assert (pose.pose.position.x, pose.pose.position.y, pose.pose.position.z) == (x, y, 0.0)
    assert twist.twist.twist.linear.y == pytest.approx(1.0, abs=0.15)
    assert np.reshape(twist.twist.covariance, (6, 6))[1, 1] > 0
    count = len(node.pose.published)
    node.see(box(3.0, 0.5))
    node.select('')
    node.see(box(3.0, 0.5), box(4.0, 0.5, 7))
    assert len(node.pose.published) == count, 'neither while hidden nor unselected'


def test_every_message_has_an_answer(locator):
    node = locator(**STANDS)
    assert node.see(box(3.0, 0.5)).detections == []
    level, text, _ = node.status()
    assert (level, text[:14]) == (b'\x02', 'no camera_info')
    node.info()
    assert node.see().detections == []
    assert len(node.see(box(3.0, 0.5)).detections) == 1
    assert node.status()[0] != b'\x02'
    assert node.see(box(3.0, 0.5), step=0.0).detections
    assert node.see(box(3.0, 0.5)).detections == [], 'of a stamp that was there before'
    assert node.value('late') == '1'


def test_a_bag_that_loops_starts_anew(locator):
    node = locator(**STANDS)
    node.info()
    for _ in range(5):
        node.see(box(3.0, 0.5))
    node.stamp = 10.0
    assert [len(node.see(box(8.0, 0.5)).detections) for _ in range(2)] == [0, 1]
    assert places(node.tracks.last)['1'] == pytest.approx((8.0, 0.5), abs=0.1)


def surface(x, y, background=20.0):
    """Return a depth image of a box that stands there, before a wall."""
    found = box(x, y).bbox
    depth = np.full(SIZE[::-1], background, np.float32)
    left, top = (found.center.position.x - found.size_x / 2,
                 found.center.position.y - found.size_y / 2)
    distance = VIEW.project(np.array([[x, y, 0.5]]))[2][0] - WIDE / 2
    depth[int(top):int(top + found.size_y), int(left):int(left + found.size_x)] = distance
    return depth


@pytest.mark.parametrize('as_sent', [
    lambda depth: (depth, '32FC1'),
    lambda depth: ((1000 * depth).astype(np.uint16), '16UC1'),
], ids=['metres', 'millimetres'])
def test_depth_is_used_where_it_is_there(locator, as_sent):
    node = locator(**STANDS)
    node.info()
    for _ in range(10):
        node.depth(*as_sent(surface(4.0, 0.5)), after=0.03)
        said = node.see(box(4.0, 0.5))
    assert places(said)['1'] == pytest.approx((4.0, 0.5), abs=0.15)
    assert node.value('located by depth') == '10'


def test_depth_that_comes_a_moment_after_the_tracks_is_waited_for(locator):
    node = locator(**STANDS, depth_wait=10.0)
    node.node.count_publishers = lambda _: 1
    node.info()
    for _ in range(5):
        header = Header(stamp=seconds_to_stamp(node.stamp), frame_id='lens')
        node.depth(surface(9.0, 0.5), after=-0.033)  # of the frame before
        node.stage(LocatorInputStage)._on_tracks(
            Detection2DArray(header=header, detections=[box(4.0, 0.5)])
        )
        node.depth(surface(4.0, 0.5))
        node.locating.drain(20.0)
        assert node.tracks.last.header.stamp == header.stamp
        node.stamp += 0.1
    assert places(node.tracks.last)['1'] == pytest.approx((4.0, 0.5), abs=0.15)
    assert node.value('located by depth') == '5'
    assert node.value('frames without a depth image') == '0'


def test_depth_that_never_comes_costs_one_wait_and_is_counted(locator):
    node = locator(**STANDS, depth_wait=0.01)
    node.node.count_publishers = lambda _: 1
    node.info()
    assert places(node.see(box(4.0, 0.5)))['1'] == pytest.approx((4.0, 0.5), abs=0.05)
    assert node.value('frames without a depth image') == '1'


def holes(value, encoding):
    kind = np.float32 if encoding == '32FC1' else np.uint16
    return np.full(SIZE[::-1], value, kind)


@pytest.mark.parametrize('pixels, encoding, after, counter, said', [
    (holes(0.0, '32FC1'), '32FC1', 0, '', ''),
    (holes(math.nan, '32FC1'), '32FC1', 0, '', ''),
    (holes(math.inf, '32FC1'), '32FC1', 0, '', ''),
    (holes(65535, '16UC1'), '16UC1', 0, '', ''),
    (holes(0, '16UC1'), '16UC1', 0, '', ''),
    (surface(4.0, 0.5)[:240, :320], '32FC1', 0, 'unusable depth images', '320 x 240'),
    (holes(4000, '16UC1'), 'mono16', 0, 'unusable depth images', "'mono16' is not 16UC1"),
    (holes(4000, '16UC1'), '32FC1', 0, 'unusable depth images', 'step is 1280'),
    (surface(9.0, 0.5), '32FC1', 0.5, '', ''),
], ids=['zero', 'nan', 'inf', '65535', 'zero mm', 'size', 'encoding', 'short', 'stamp'])
def test_depth_that_tells_nothing_leaves_the_floor(
    locator, pixels, encoding, after, counter, said
):
    node = locator(**STANDS)
    node.info()
    for _ in range(5):
        node.depth(pixels, encoding, after)
        found = node.see(box(4.0, 0.5))
    assert places(found)['1'] == pytest.approx((4.0, 0.5), abs=0.05)
    _, _, values = node.status()
    assert values['located by depth'] == '0'
    if counter:
        assert values[counter] == '5'
        assert said in values['last error']


@pytest.mark.parametrize('changes, said', [
    ({'k': np.full(9, math.nan)}, 'camera_matrix'),
    ({'k': np.array([500.0, 0, 320, 0, -500, 240, 0, 0, 1])}, 'camera_matrix'),
    ({'distortion_model': 'kannala'}, 'distortion_model'),
    ({'d': [0.1, 0.2]}, 'distortion_coefficients'),
    ({'height': 0}, 'image_height'),
    ({'k': np.zeros(9)}, 'no camera_info'),
    ({'binning_x': 2}, 'binning_x'),
    ({'binning_x': 640, 'binning_y': 640}, 'binning'),
])
def test_a_camera_info_that_is_none_is_one_line(locator, changes, said):
    node = locator(**STANDS)
    node.info(**changes)
    assert node.see(box(3.0, 0.5)).detections == []
    level, text, _ = node.status()
    assert level == b'\x02' and said in text and '\n' not in text
    node.info()
    assert node.see(box(3.0, 0.5)).detections, 'the right one is taken when it comes'


@pytest.mark.parametrize('calibration', [
    Calibration(*SIZE, 'plumb_bob', (-0.25, 0.08, 0.001, -0.001, 0.0), *CAMERA_PARTS)
    for CAMERA_PARTS in [(CAMERA.k, CAMERA.r, CAMERA.p)]
] + [
    Calibration(*SIZE, 'rational_polynomial', (0.1, -0.2, 0, 0, 0.01, 0.4, -0.1, 0.02),
                CAMERA.k, CAMERA.r, CAMERA.p),
    Calibration(*SIZE, 'equidistant', (-0.02, 0.01, -0.003, 0.0), CAMERA.k, CAMERA.r, CAMERA.p),
], ids=lambda calibration: calibration.model)
def test_distortion_is_undone(locator, calibration):
    cv2 = pytest.importorskip('cv2')
    node = locator(**STANDS)
    node.info(calibration)
    rays = (np.array([[4.0, 1.2, 0.0], [4.0, 1.2, TALL]]) - [0, 0, HEIGHT]) @ tilted(PITCH, 0)
    lens = cv2.fisheye if calibration.model == 'equidistant' else cv2
    pixels, _ = lens.projectPoints(
        rays.reshape(-1, 1, 3), np.zeros(3), np.zeros(3), np.reshape(calibration.k, (3, 3)),
        np.array(calibration.d),
    )
    (u, bottom), (_, top) = pixels.reshape(-1, 2)
    assert abs(u - box(4.0, 1.2).bbox.center.position.x) > 1, 'the lens does something'
    for _ in range(10):
        said = node.see(track(u - 30, top, 60, bottom - top))
    assert places(said)['1'] == pytest.approx((4.0, 1.2), abs=0.03)


def test_a_ray_above_the_horizon_has_no_place(locator):
    node = locator(**STANDS)
    node.info()
    flying = track(300, 20, 40, 60, number=9)
    for _ in range(3):
        said = node.see(box(3.0, 0.5), flying)
    assert list(places(said)) == ['1']
    assert node.value('tracks without a place') == '3'


def test_boxes_that_cannot_be_used_leave_the_others_theirs(locator):
    node = locator(**STANDS)
    node.info()
    bad = [box(3.0, 0.5, 2), box(3.0, 1.5, 3), box(4.0, 0.5, 'chair'), box(6.0, 0.5)]
    bad[0].bbox.size_x, bad[1].bbox.center.position.y = -4.0, math.nan
    said = node.see(box(3.0, 0.5), *bad)
    assert list(places(said)) == ['1']
    assert places(said)['1'] == pytest.approx((3.0, 0.5), abs=0.05), 'the first of two'
    _, _, values = node.status()
    assert (values['unusable boxes'], values['boxes without an id of their own']) == ('2', '2')


CORNERS = [(3.0, 1.0), (3.0, -1.0), (8.0, 2.0), (8.0, -2.0)]


def ground_points(corners=CORNERS, shift=0.0):
    pixels = VIEW.project(np.array([[x, y, 0.0] for x, y in corners]))[0]
    return [
        float(number) for (u, v), (x, y) in zip(pixels, corners, strict=True)
        for number in (u, v, x + shift, y)
    ]


def test_points_of_the_floor_need_no_calibration(locator):
    node = locator(ground_points=ground_points(shift=100.0), target_frame='map')
    for _ in range(5):
        said = node.see(box(5.0, 0.5))
    assert said.header.frame_id == 'map', 'the frame of their metres'
    assert places(said)['1'] == pytest.approx((105.0, 0.5), abs=0.02)
    size = said.detections[0].bbox.size
    assert (size.x, size.z) == (0.0, 0.0), 'heights are not known'
    assert node.static.published == []
    node.info(calibration=None)
    said = node.see(box(5.0, 0.5))
    assert said.detections[0].bbox.size.z == pytest.approx(TALL, abs=0.1), 'its size is enough'


@pytest.mark.parametrize('parameters, said', [
    ({}, 'how the camera stands is not known'),
    ({'ground_points': ground_points()[:-1]}, 'ground_points: 15 numbers'),
    ({'ground_points': ground_points()[:12]}, 'ground_points: 12 numbers'),
    ({'ground_points': ground_points([(3.0, 0.0), (4.0, 0.0), (5.0, 0.0), (6.0, 1.0)])}, 'line'),
    ({'ground_points': ground_points([(3.0, 0.0)] * 4)}, 'ground_points'),
    ({**STANDS, 'ground_points': ground_points()}, 'either'),
    ({**STANDS, 'class_heights': ['person']}, 'class_heights'),
    ({'ground_file': '/nowhere/ground.yaml'}, '/nowhere/ground.yaml'),
])
def test_what_cannot_be_is_named_at_the_start(context, parameters, said):
    node = Located(**parameters)
    try:
        with pytest.raises(YoloDeepsortError, match=said) as error:
            node.bring_up()
        assert '\n' not in str(error.value)
    finally:
        node.close()


def test_the_ground_file_holds_what_parameters_do(locator, tmp_path):
    path = tmp_path / 'ground.yaml'
    path.write_text(
        f'camera_height: {HEIGHT}\ncamera_pitch: {PITCH}\nfoot_offset: 0.1\n'
        f"class_heights: ['robot={TALL}±0.01']\n", encoding='utf-8')
    node = locator(ground_file=str(path), foot_offset=0.0)
    node.info()
    assert (node.locating._locator.foot_offset, list(node.locating._locator.class_heights)) == (
        0.0, ['robot']
    ), 'a parameter that is given counts more'
    for _ in range(5):
        said = node.see(cut(4.0, 0.5))
    assert places(said)['1'] == pytest.approx((4.0, 0.5), abs=0.2), 'by its height alone'
    assert node.value('located by ground') == '0'
    assert node.value('located by height') == '5'


def test_the_ground_file_is_read_once(locator, tmp_path):
    path = tmp_path / 'ground.yaml'
    path.write_text(f'camera_height: {HEIGHT}\ncamera_pitch: {PITCH}\n', encoding='utf-8')
    node = locator(ground_file=str(path))
    node.info()
    path.unlink()
    node.stage(LocatorInputStage)._on_foot_offset(Float64(data=0.05))  # of a detector that starts
    assert node.locating._locator.foot_offset == 0.05
    (result,) = node.node.set_parameters([Parameter('depth_slop', value=0.02)])
    assert result.successful, result.reason
    for _ in range(5):
        said = node.see(box(4.0, 0.5))
    assert places(said)['1'][1] == pytest.approx(0.5, abs=0.2)


def cut(x, y):
    """Return a track whose foot is cut by the picture's border, with its true head."""
    message = box(x, y)
    top = message.bbox.center.position.y - message.bbox.size_y / 2
    message.bbox.size_y = SIZE[1] - top
    message.bbox.center.position.y = top + message.bbox.size_y / 2
    return message


def test_the_frame_of_the_floor_is_told_to_tf2(locator):
    node = locator(**STANDS)
    node.info()
    for _ in range(3):
        node.see(box(3.0, 0.5))
    message, = node.static.published
    transform, = message.transforms
    assert (transform.header.frame_id, transform.child_frame_id) == ('lens', 'lens_floor')
    q, t = transform.transform.rotation, transform.transform.translation
    turn = rotation_of(q.x, q.y, q.z, q.w)
    point = turn @ [3.0, 0.5, 0.0] + [t.x, t.y, t.z]
    expected = tilted(PITCH, 0).T @ (np.array([3.0, 0.5, 0.0]) - [0, 0, HEIGHT])
    np.testing.assert_allclose(point, expected, atol=1e-9)


def rotation_of(x, y, z, w):
    return np.array([
        [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
        [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
        [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
    ])


def test_what_coasts_is_not_measured(locator):
    """A part whose own header is older than the message's was matched last then."""
    node = locator(**STANDS)
    node.info()
    for _ in range(10):
        node.see(box(3.0, 0.5))
    before = np.reshape(node.tracks.last.detections[0].results[0].pose.covariance, (6, 6))[0, 0]
    for number in range(1, 5):
        hidden = box(3.0, 3.0)
        hidden.header.stamp = seconds_to_stamp(node.stamp - 0.1 * number)
        said = node.see(hidden)
    assert places(said)['1'] == pytest.approx((3.0, 0.5), abs=0.1), 'where its motion took it'
    after = np.reshape(said.detections[0].results[0].pose.covariance, (6, 6))[0, 0]
    assert after > before
    assert node.value('located by motion') == '4'


class StandIn(ModuleType):
    """Answers as tf2_ros does, from what the test says."""

    class TransformException(Exception):
        """As that of tf2."""

    def __init__(self):
        super().__init__('tf2_ros')
        self.answer = lambda target, source, nanoseconds: np.eye(4)
        self.asked, self.listening = [], 0
        module = self

        class Buffer:

            def lookup_transform(self, target, source, time):
                module.asked.append((target, source, time.nanoseconds))
                pose = module.answer(*module.asked[-1])
                if isinstance(pose, str):
                    raise module.TransformException(pose)
                return transform(pose)

        class TransformListener:

            def __init__(self, buffer, node, *, spin_thread):
                assert not spin_thread, 'it would spin the node twice'
                module.listening += 1

            def unregister(self):
                module.listening -= 1

        self.Buffer, self.TransformListener = Buffer, TransformListener


def transform(pose):
    message = TransformStamped()
    shift, turn = message.transform.translation, message.transform.rotation
    shift.x, shift.y, shift.z = pose[:3, 3].tolist()
    turn.x, turn.y, turn.z, turn.w = quaternion(pose[:3, :3]).tolist()
    return message


def camera_at(x=0.0, y=0.0, z=HEIGHT, yaw=0.0):
    """Return the pose of the lens, tilted as it is, on a robot that stands there."""
    turn = np.array([
        [math.cos(yaw), -math.sin(yaw), 0], [math.sin(yaw), math.cos(yaw), 0], [0, 0, 1]
    ])
    pose = np.eye(4)
    pose[:3, :3], pose[:3, 3] = turn @ tilted(PITCH, 0.0), (x, y, z)
    return pose


@pytest.fixture
def tf2(monkeypatch):
    stand_in = StandIn()
    monkeypatch.setitem(sys.modules, 'tf2_ros', stand_in)
    return stand_in


@pytest.mark.parametrize(('given', 'z', 'floor'), [
    ({}, HEIGHT, 0.0), (STANDS, 0.5, 0.5 - HEIGHT),
], ids=['all by tf2', 'height and tilt by parameters'])
def test_places_are_in_the_target_frame(locator, tf2, given, z, floor):
    """A robot drives and turns by something that stands; both are known at each stamp."""
    node = locator(target_frame='map', **given)
    node.info()
    tf2.answer = lambda target, source, ns: camera_at(*robot(ns / 1e9), z, 0.3 * (ns / 1e9 - 100))
    for _ in range(20):
        x, y = robot(node.stamp)
        yaw = 0.3 * (node.stamp - 100)
        ahead, left = 14.0 - x, 2.0 - y
        said = node.see(box(
            ahead * math.cos(yaw) + left * math.sin(yaw),
            left * math.cos(yaw) - ahead * math.sin(yaw),
        ))
    assert said.header.frame_id == 'map'
    assert tf2.asked[-1] == ('map', 'lens', round(1e9 * (node.stamp - 0.1)))
    assert places(said)['1'] == pytest.approx((14.0, 2.0), abs=0.05)
    pose = said.detections[0].results[0].pose.pose
    assert pose.position.z == pytest.approx(floor)
    assert pose.orientation.w == 1.0, 'it stands'
    assert node.static.published == []


def robot(stamp):
    return 10.0 + 0.5 * (stamp - 100), 1.0


@pytest.mark.parametrize('answer', [
    'Lookup would require extrapolation into the future.',
    'The tf tree is invalid because it contains a loop.',
    '"map" passed to lookupTransform argument target_frame does not exist.',
    camera_at(z=-0.2), camera_at(x=math.nan), camera_at(z=math.inf),
], ids=['late', 'loop', 'missing', 'below', 'nan', 'infinite'])
def test_without_a_transform_there_is_no_place_and_one_line(locator, tf2, answer):
    node = locator(target_frame='map', transform_wait=0.0)
    node.info()
    tf2.answer = lambda *_: answer
    assert node.see(box(3.0, 0.5)).detections == []
    level, text, values = node.status()
    assert level == b'\x02' and 'map' in text and '\n' not in text
    assert values['frames without a floor'] == '1'
    if isinstance(answer, str):
        assert answer in text
    tf2.answer = lambda *_: camera_at()
    assert places(node.see(box(3.0, 0.5)))['1'] == pytest.approx((3.0, 0.5), abs=0.05)
    assert node.status()[0] != b'\x02'


def test_a_transform_that_comes_a_moment_later_is_waited_for(locator, tf2):
    node = locator(target_frame='map', transform_wait=10.0)
    node.info()
    answers = [*['not yet'] * 3, camera_at()]
    tf2.answer = lambda *_: answers.pop(0)
    assert list(places(node.see(box(3.0, 0.5)))) == ['1']
    assert answers == []


def test_frames_that_queue_wait_no_longer_than_one(locator, tf2):
    """Each has waited since it came: a transform that never comes costs one wait, not many."""
    node = locator(target_frame='map', transform_wait=0.4)
    node.info()
    tf2.answer = lambda *_: 'never'
    stamps = [seconds_to_stamp(node.stamp + number / 10) for number in range(8)]
    for stamp in stamps:
        node.stage(LocatorInputStage)._on_tracks(
            Detection2DArray(header=Header(stamp=stamp, frame_id='lens'), detections=[box(3, 0)])
        )
    node.locating.drain(20.0)
    assert [message.header.stamp for message in node.tracks.published] == stamps
    first, last = (
        tf2.asked.count(('map', 'lens', stamp_to_nanoseconds(stamp)))
        for stamp in (stamps[0], stamps[-1])
    )
    assert last < first, 'it waited while the first one did'


def test_tf2_is_let_go_of(locator, tf2):
    node = locator(target_frame='map')
    assert tf2.listening == 1
    node.node.close()
    assert tf2.listening == 0


def test_without_tf2_a_target_frame_is_refused_in_one_line(context, monkeypatch):
    monkeypatch.setitem(sys.modules, 'tf2_ros', None)
    node = Located(target_frame='map')
    try:
        with pytest.raises(YoloDeepsortError, match=r'target_frame needs tf2_ros.*apt') as error:
            node.bring_up()
        assert '\n' not in str(error.value)
    finally:
        node.close()


@pytest.mark.skipif(not find_spec('tf2_ros'), reason='no tf2_ros: a robot has it')
def test_the_real_tf2_tells_the_same(locator):
    node = locator(target_frame='map')
    node.info()
    for number in range(3):
        pose = transform(camera_at(x=10.0 + 0.05 * number))
        pose.header = Header(stamp=seconds_to_stamp(node.stamp), frame_id='map')
        pose.child_frame_id = 'lens'
        node.locating._transforms._buffer.set_transform(pose, 'test')
        said = node.see(box(3.0 - 0.05 * number, 0.5))
    assert places(said)['1'] == pytest.approx((13.0, 0.5), abs=0.05)


def test_a_box_as_wide_as_the_world_is_left_out(locator):
    """Its ring of points would fill the memory."""
    node = locator(**STANDS)
    node.info()
    wide, huge = box(3.0, 0.5), box(4.0, 0.5, 2)
    wide.bbox.size_x, huge.bbox.size_x = 2000.0, 1e9
    assert list(places(node.see(wide, huge))) == ['1']
    assert node.points.last.width == 315, 'of the widest ring'
    assert node.value('unusable boxes') == '1'


@pytest.mark.parametrize('depth', [1e30, 3e38])
def test_a_depth_beyond_all_measure_is_a_hole(locator, depth):
    node = locator(**STANDS)
    node.info()
    for _ in range(3):
        node.depth(holes(depth, '32FC1'))
        said = node.see(box(4.0, 0.5))
    assert places(said)['1'] == pytest.approx((4.0, 0.5), abs=0.05)
    assert node.value('refused') == '0'


def test_the_offset_of_the_network_counts_where_nothing_else_is_said(locator):
    unsaid, said = locator(**STANDS), locator(**STANDS, foot_offset=0.0)
    for node in (unsaid, said):
        for offset in (0.05, math.nan, 0.6, -math.inf):  # the last ones are none
            node.stage(LocatorInputStage)._on_foot_offset(Float64(data=offset))
    assert unsaid.locating._locator.foot_offset == 0.05
    assert said.locating._locator.foot_offset == 0.0
    unsaid.node.set_parameters([Parameter('camera_height', value=1.3)])
    assert unsaid.locating._locator.foot_offset == 0.05, 'nor does a live parameter change it'
