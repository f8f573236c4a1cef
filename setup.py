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

from glob import glob

from setuptools import find_packages, setup

package_name = 'yolo_deepsort_ros'
# models.yaml there is a link to what is package data.
config = sorted(set(glob('config/*.*')) - {'config/models.yaml'})
nodes = [
    'camera_node', 'detector_node', 'tracker_node', 'annotator_node', 'locator_node',
    'viewer_node', 'pipeline_node',
]

setup(
    name=package_name,
    version='0.1.0',
    description='YOLOv4-tiny detections and DeepSORT tracks with persistent ids, as vision_msgs.',
    maintainer='The yolo_deepsort_ros maintainers',
    maintainer_email='maintainers@yolo-deepsort-ros.dev',
    license='Apache-2.0',
    packages=find_packages(include=[package_name, f'{package_name}.*']),
    package_data={package_name: ['py.typed', 'models/data/*', 'web/page/*']},
    data_files=[
        ('share/ament_index/resource_index/packages', [f'resource/{package_name}']),
        (f'share/{package_name}', ['package.xml']),
        (f'share/{package_name}/config', config),
        (f'share/{package_name}/config/security', glob('config/security/*.xml')),
        (f'share/{package_name}/examples', sorted(glob('examples/*.py'))),
        (f'share/{package_name}/launch', sorted(glob('launch/*.launch.*'))),
    ],
    python_requires='>=3.10',
    install_requires=['setuptools'],
    extras_require={
        'without-ros': ['numpy', 'opencv-python', 'PyYAML', 'scipy', 'tqdm'],
        'openvino': ['openvino'],
        'onnxruntime': ['onnxruntime'],
        'int8': ['nncf', 'onnx', 'openvino', 'pycocotools'],
        'threads': ['threadpoolctl'],
        'bags': ['rosbags>=0.11'],
        'test': ['hypothesis', 'pytest'],
        'training': ['pycocotools', 'torch', 'tqdm'],
    },
    zip_safe=True,
    entry_points={
        'console_scripts': [f'{node} = {package_name}.nodes.executables:{node}' for node in nodes],
    },
)
