"""bfloat16: the upper 16 bits of a float32: its sign, its 8 bits of exponent, 7 of its 23 bits of mantissa. So the
range of float32, and two to three decimal digits. NumPy has no such dtype. Here the bits are stored, in a dtype of one
16-bit field, which NumPy copies, slices and transposes as any other. Arithmetic is float32's: see autograd/op.py.

    value    sign exponent mantissa
    1.0      0    01111111 0000000    0x3F80
    -2.5     1    10000000 0100000    0xC020
    nan      0    11111111 1000000    0x7FC0

https://arxiv.org/abs/1905.12322
"""

import numpy as np

BFLOAT16 = np.dtype([("bfloat16", np.uint16)])  # compared by `is`: every array of it has this very object


def to_float32(array):
    """A bfloat16 array as float32, which holds all its values: 16 bits of zeros more."""
    return (array.view(np.uint16).astype(np.uint32) << np.uint32(16)).view(np.float32)


def from_float32(array):
    """A float32 array rounded to the nearest bfloat16, halfway cases to the even one. NaN is 0x7FC0, as torch's.

    Adding 0x7FFF carries into the upper half if the lower half is above 0x8000; adding the last bit that stays, too,
    if it is 0x8000 and the upper half is odd. A carry out of the mantissa is the next exponent, and at last infinity.
    """
    bits, nan = array.view(np.uint32), np.isnan(array)
    rounded = np.right_shift(bits, np.uint32(16), out=np.empty(array.shape, np.uint32))
    rounded &= np.uint32(1)
    rounded += np.uint32(0x7FFF)
    rounded += bits
    rounded >>= np.uint32(16)
    if nan.any():
        rounded[nan] = 0x7FC0
    return rounded.astype(np.uint16).view(BFLOAT16)
