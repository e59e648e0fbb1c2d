"""float16 holds no number above 65,504: squares overflow from 256 on, sums of a hundred thousand ones, too, though the
mean or the norm that they are needed for would fit. So what adds up float16 computes in float32, as torch does, and
rounds once at its end. (bfloat16 has the range of float32; see autograd/op.py.)
"""

from minitorch.dtype import float16, float32


def wide(kernels, array):
    """A float16 array as float32; any other as it is."""
    return kernels.cast(array, float32.numpy) if array.dtype == float16.numpy else array


def rounded(kernels, array, dtype):
    """What was computed from wide(), in the dtype of the input."""
    return array if array.dtype == dtype else kernels.cast(array, dtype)
