"""`FloatTensor`, `LongTensor` and so on: a dtype's old name, which makes tensors and tests for them.

    LongTensor([1, 2])                 tensor([1, 2])
    FloatTensor(2, 3)                  of this size; its values mean nothing yet (they are zeros here)
    isinstance(x, FloatTensor)         x.dtype is float32, on the CPU
    x.type(LongTensor), x.type("torch.LongTensor")

https://docs.pytorch.org/docs/stable/tensors.html
"""

from minitorch.dtype import (
    bfloat16,
    bool,
    dtype,
    float16,
    float32,
    float64,
    from_type_name,
    int8,
    int16,
    int32,
    int64,
    set_default_dtype,
    uint8,
)
from minitorch.tensor import Tensor


class TensorType:
    """The tensors of one dtype on the CPU. Called, it makes one, by the rules of Tensor(...)."""

    def __init__(self, dtype):
        self.dtype = dtype

    def __call__(self, *size, device=None):
        made = Tensor.__new__(Tensor)
        made.fill_in(size, self.dtype, device)
        return made

    def __instancecheck__(self, x):
        return isinstance(x, Tensor) and x.dtype is self.dtype and not x.is_cuda

    def __repr__(self):
        return f"<class 'minitorch.{self.dtype.type_name}'>"


HalfTensor = TensorType(float16)
BFloat16Tensor = TensorType(bfloat16)
FloatTensor = TensorType(float32)
DoubleTensor = TensorType(float64)
ByteTensor = TensorType(uint8)
CharTensor = TensorType(int8)
ShortTensor = TensorType(int16)
IntTensor = TensorType(int32)
LongTensor = TensorType(int64)
BoolTensor = TensorType(bool)


def set_default_tensor_type(t):
    """set_default_dtype by an old name: FloatTensor, 'torch.FloatTensor', 'minitorch.DoubleTensor'."""
    if isinstance(t, str):
        t, cuda = from_type_name(t)
        if cuda:
            raise RuntimeError("set_default_tensor_type: new tensors are made on the CPU unless device= says otherwise")
    elif isinstance(t, TensorType):
        t = t.dtype
    if not isinstance(t, dtype) or not t.is_floating_point:
        raise TypeError("only floating-point types are supported as the default type")
    set_default_dtype(t)
