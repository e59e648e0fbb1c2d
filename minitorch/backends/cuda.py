"""Whether CUDA can be used at all."""

from importlib.util import find_spec


def is_built():
    """Whether the package numba-cuda is there, which compiles the kernels; not whether there is a GPU."""
    return find_spec("numba_cuda") is not None
