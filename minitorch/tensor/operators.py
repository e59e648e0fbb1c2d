"""x + y, -x, x @ y, x[0] ...: Python's operators on tensors. What they do stands in ops/."""

import numpy as np

from minitorch import ops
from minitorch.autograd.variable import Variable
from minitorch.dtype import FLOATING

OPERANDS = (Variable, int, float, np.number, np.bool_)  # what an operator takes (bool is an int)


def binary(operation):
    """An operation as a Python operator: NotImplemented for what is neither a tensor nor a number."""

    def method(self, other):
        return operation(self, other) if isinstance(other, OPERANDS) else NotImplemented

    return method


def reflected(operation):
    """The operation with its operands exchanged, for `2 - x`."""

    def method(self, other):
        return operation(other, self) if isinstance(other, OPERANDS) else NotImplemented

    return method


class Operators:
    """What Tensor inherits. (x += y and its kin stand beside the functions that write: elementwise_methods.py.)"""

    __add__ = __radd__ = binary(ops.elementwise.add)
    __sub__ = binary(ops.elementwise.sub)
    __rsub__ = reflected(ops.elementwise.sub)
    __mul__ = __rmul__ = binary(ops.elementwise.mul)
    __truediv__ = binary(ops.elementwise.true_divide)
    __rtruediv__ = __rdiv__ = reflected(ops.elementwise.true_divide)
    __floordiv__ = binary(ops.elementwise.floor_divide)
    __rfloordiv__ = reflected(ops.elementwise.floor_divide)
    __mod__ = binary(ops.elementwise.remainder)
    __rmod__ = reflected(ops.elementwise.remainder)
    __pow__ = binary(ops.elementwise.pow)
    __rpow__ = reflected(ops.elementwise.pow)
    __matmul__ = binary(ops.matmul.matmul)
    __rmatmul__ = reflected(ops.matmul.matmul)
    __neg__ = ops.elementwise.neg
    __pos__ = ops.elementwise.positive
    __abs__ = ops.elementwise.abs
    __eq__ = binary(ops.compare.eq)
    __ne__ = binary(ops.compare.ne)
    __lt__ = binary(ops.compare.lt)
    __le__ = binary(ops.compare.le)
    __gt__ = binary(ops.compare.gt)
    __ge__ = binary(ops.compare.ge)
    __and__ = __rand__ = binary(ops.bits.bitwise_and)
    __or__ = __ror__ = binary(ops.bits.bitwise_or)
    __xor__ = __rxor__ = binary(ops.bits.bitwise_xor)
    __lshift__ = binary(ops.bits.bitwise_left_shift)
    __rlshift__ = reflected(ops.bits.bitwise_left_shift)
    __rshift__ = binary(ops.bits.bitwise_right_shift)
    __rrshift__ = reflected(ops.bits.bitwise_right_shift)

    def __invert__(self):
        if self.array.dtype.kind in FLOATING:
            raise TypeError("~ (operator.invert) is only implemented on integer and Boolean-type tensors")
        return ops.bits.bitwise_not(self)

    __getitem__ = ops.indexing.getitem
    __setitem__ = ops.indexing.setitem
