"""The bilinear form of two vectors.

https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.bilinear.html
"""

import math

from minitorch.ops.matmul import matmul
from minitorch.ops.shape import reshape


def bilinear(input1, input2, weight, bias=None):
    """y[..., o] = sum over i, j of x1[..., i] W[o, i, j] x2[..., j] + b[o]."""
    if input1.ndim != input2.ndim:
        raise RuntimeError(
            f"bilinear(): input dimensions do not match: got {input1.ndim} and {input2.ndim} (shapes "
            f"{list(input1.shape)} and {list(input2.shape)})"
        )
    if input1.shape[:-1] != input2.shape[:-1]:
        raise RuntimeError(
            f"bilinear(): input batch dimensions do not match: got {list(input1.shape)} and {list(input2.shape)}"
        )
    if weight.ndim != 3 or (input1.shape[-1:], input2.shape[-1:]) != (weight.shape[1:2], weight.shape[2:]):
        raise RuntimeError(
            f"bilinear(): inputs of shape {list(input1.shape)} and {list(input2.shape)} do not match weight of shape "
            f"{list(weight.shape)}"
        )
    (o, i, j), rows = weight.shape, math.prod(input1.shape[:-1])
    if any(x is not None and x.dtype is not input1.dtype for x in (input2, weight, bias)):
        found = [x.dtype.name for x in (input1, input2, weight, bias) if x is not None]
        raise RuntimeError(f"bilinear(): All tensors must have the same dtype, got {', '.join(found)}")
    if bias is not None and bias.ndim == 0:
        raise IndexError("bilinear(): expected 1 dim of bias, but it has 0")
    if bias is not None and bias.shape[0] != o:
        raise RuntimeError(f"bilinear(): bias of shape {list(bias.shape)} does not match weight size: got {o}")
    y = matmul(input1, reshape(weight.permute(1, 0, 2), i, o * j))  # (..., i) (i, o j) -> (..., o j)
    y = reshape(y, rows, o, j) * reshape(input2, rows, 1, j)  # (..., o j) (..., j) -> (rows, o, j)
    y = reshape(y.sum(-1, dtype=y.dtype), *input1.shape[:-1], o)  # -> (rows, o) -> (..., o)
    return y if bias is None else y + bias
