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
Make the CMake exports of the ROS wheels in this virtual environment name this interpreter.

The exported targets carry the include folders of the machine that built the wheels, of Python
and of NumPy.
"""

from pathlib import Path
import re
import sys
import sysconfig

import numpy as np

PYTHON_INCLUDE = re.compile(r'/[^;"\s]+/include/python3\.\d+(?=[;"])')
NUMPY_INCLUDE = re.compile(r'/[^;"\s]+/numpy/(?:_core|core)/include(?=[;"])')


def main() -> None:
    """Mend every exported target below the environment's prefix."""
    python_include = sysconfig.get_path('include')
    numpy_include = np.get_include()
    mended = 0
    for path in sorted(Path(sys.prefix, 'share').glob('*/cmake/*.cmake')):
        text = path.read_text(encoding='utf-8')
        # The longer path first: NumPy's own may lie below a folder named as Python's.
        fixed = NUMPY_INCLUDE.sub(lambda _: numpy_include, text)
        fixed = PYTHON_INCLUDE.sub(lambda _: python_include, fixed)
        if fixed != text:
            path.write_text(fixed, encoding='utf-8')
            mended += 1
    print(f'{mended} CMake exports name {python_include} and {numpy_include}')


if __name__ == '__main__':
    main()
