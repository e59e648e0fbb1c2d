"""`Tensor`, and what belongs to it alone.

tensor.py               the class: where its methods and operators stand
elementwise_methods.py  the many methods that work element by element
printing.py             repr(x), as torch prints it
types.py                FloatTensor, LongTensor ...
named.py                tensors whose dims have names
"""

from minitorch.tensor.tensor import Tensor

__all__ = ["Tensor"]
