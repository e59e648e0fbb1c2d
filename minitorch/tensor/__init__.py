"""`Tensor`, and what belongs to it alone.

tensor.py               the class: what a tensor is, and its ways to Python and NumPy
operators.py            x + y, x[0] ...
elementwise_methods.py  the many methods that work element by element
array_methods.py        those that work on whole arrays: sums, shapes, indices, products
printing.py             repr(x), as torch prints it
types.py                FloatTensor, LongTensor ...
named.py                tensors whose dims have names
names.py                what names the result of an operation on them has
"""

from minitorch.tensor.tensor import Tensor

__all__ = ["Tensor"]
