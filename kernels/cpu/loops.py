"""Compiled loops over the elements of arrays, however these lie in memory."""

import numpy as np

from kernels.cpu.threads import spread

SHORT = 8192  # elements: up to here NumPy takes no longer (7 us), and needs no Numba, which loads in 0.1 to 0.5 s
BLOCK = 4096  # elements: threads get whole blocks, and so whole vectors of the processor
LIBRARY = 8  # nanoseconds that the C library's functions take for an element


def is_long(x, short=SHORT):
    """Whether there is a compiled loop for it that pays."""
    return x.size > short and x.dtype == np.float32


def apply(compiled, *inputs, nanoseconds=LIBRARY):
    """Run a compiled loop over the elements, in the order in which they lie in memory; long ones on all cores.

    The result lies in memory as the first input. float16 is computed in float32. nanoseconds: what an element of
    float32 takes on one core.
    """
    dtype, shape = inputs[0].dtype, np.broadcast_shapes(*[x.shape for x in inputs])
    out = np.empty_like(inputs[0], np.float32 if dtype == np.float16 else dtype, shape=shape)
    flat = [in_order_of(out, x) for x in (*inputs, out)]

    def run(start, stop):
        compiled(*[x[start * BLOCK : stop * BLOCK] for x in flat])

    spread(run, -(-out.size // BLOCK), out.size * (LIBRARY if dtype == np.float64 else nanoseconds))
    return out.astype(dtype, copy=False)


def in_order_of(out, x):
    """The elements of x as a vector, in the order of the memory of out; a view, where they lie in that order."""
    alike = x.strides == out.strides or (x.flags.c_contiguous and out.flags.c_contiguous)
    if not (alike and x.shape == out.shape and x.dtype == out.dtype):
        x, values = np.empty_like(out), x
        x[...] = values
    return x.reshape(-1) if x.flags.c_contiguous else x.ravel("K")
