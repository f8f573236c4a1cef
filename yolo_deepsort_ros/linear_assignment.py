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

"""SciPy's solver of the linear assignment problem, without the rest of SciPy."""

from __future__ import annotations

from importlib.machinery import PathFinder
from importlib.util import find_spec, module_from_spec
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray


class Solver(Protocol):
    """As SciPy's."""

    def __call__(
        self, cost_matrix: NDArray[Any], maximize: bool = False
    ) -> tuple[NDArray[np.intp], NDArray[np.intp]]: ...


def load_solver() -> Solver:
    """
    Return `scipy.optimize.linear_sum_assignment`.

    Importing `scipy.optimize` takes half a second and 48 MB, of which this package needs one
    compiled file of 28 KiB. That file is loaded by itself, where SciPy has it (seen from 1.9
    to 1.17); otherwise the whole is imported.
    """
    package = find_spec('scipy')
    folders = package.submodule_search_locations if package is not None else None
    spec = PathFinder.find_spec('_lsap', [str(Path(each, 'optimize')) for each in folders or ()])
    try:
        if spec is None or spec.loader is None:
            raise ImportError('_lsap')
        module = module_from_spec(spec)
        spec.loader.exec_module(module)
        solver: Solver = module.linear_sum_assignment
    except (ImportError, AttributeError):
        from scipy.optimize import linear_sum_assignment as solver
    return solver


linear_sum_assignment = load_solver()
