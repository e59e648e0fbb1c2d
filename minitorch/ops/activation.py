"""Activation functions, and softmax with its logarithm.

https://docs.pytorch.org/docs/stable/nn.functional.html#non-linear-activation-functions
"""

import math

from minitorch.autograd.fused import gradients_by_definition
from minitorch.autograd.grad_mode import is_grad_enabled
from minitorch.autograd.op import op
from minitorch.ops.convert import cast
from minitorch.ops.elementwise import refuse_bool, where
from minitorch.promotion import floating
from minitorch.size import normalize_dim


@op
def relu(input):
    """max(x, 0). The gradient passes where the result is above 0."""
    refuse_bool(input, "Boolean inputs not supported for relu")
    return input.kernels.relu(input.array), lambda g, y: where(y <= 0, 0, g)


@op(promote=floating)
def sigmoid(input):
    """1 / (1 + e^-x); its derivative is y (1 - y)."""
    return input.kernels.sigmoid(input.array), lambda g, y: g * (1 - y) * y


# -- gelu --------------------------------------------------------------------------------------------------------------


def gelu_definition(x, approximate):
    """x Phi(x), with Phi the normal distribution function; or with Phi approximated by a tanh."""
    if approximate == "none":
        return x * 0.5 * (1 + (x * math.sqrt(0.5)).erf())
    return x * 0.5 * (1 + (math.sqrt(2 / math.pi) * (x + 0.044715 * x * x * x)).tanh())


@op
def gelu(input, *, approximate="none"):
    """x Phi(x), with Phi the normal distribution function (Hendrycks and Gimpel, arXiv 1606.08415).

    approximate="tanh": x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) / 2
    """
    if approximate not in ("none", "tanh"):
        raise RuntimeError("approximate argument must be either none or tanh.")
    if input.array.dtype.kind != "f":
        raise NotImplementedError(
            f"\"GeluKernelImpl\" not implemented for '{input.dtype.type_name.removesuffix('Tensor')}'"
        )

    def vjp(g):
        if is_grad_enabled():
            return gradients_by_definition(lambda x: gelu_definition(x, approximate), (input,), g)[0]
        return gelu_backward(g, input, approximate=approximate)

    return input.kernels.gelu(input.array, approximate), vjp


@op
def gelu_backward(g, input, *, approximate):
    return input.kernels.gelu_backward(g.array, input.array, approximate)


# -- softmax -----------------------------------------------------------------------------------------------------------


@op(label="SoftmaxBackward0")
def softmax_along(input, *, dim):
    return along(input, input.kernels.softmax, dim), lambda g, y: y * (g - (g * y).sum(dim, keepdim=True))


@op(label="LogSoftmaxBackward0")
def log_softmax_along(input, *, dim):
    return along(input, input.kernels.log_softmax, dim), lambda g, y: g - y.exp() * g.sum(dim, keepdim=True)


def along(input, kernel, dim):
    """The kernel's result along dim; a 0-d tensor counts as a vector of one element."""
    k = input.kernels
    return kernel(input.array, dim) if input.array.ndim else k.reshape(kernel(k.reshape(input.array, (1,)), 0), ())


def softmax(input, dim, dtype=None):
    """e^x / sum of e^x along dim: positive numbers that sum to 1."""
    dim = normalize_dim(dim, input.array.ndim)
    return softmax_along(as_float("softmax", input, dtype), dim=dim)


def log_softmax(input, dim, dtype=None):
    """log(softmax(x)) = x - log(sum of e^x) along dim; stable where softmax itself would be 0."""
    dim = normalize_dim(dim, input.array.ndim)
    return log_softmax_along(as_float("log_softmax", input, dtype), dim=dim)


def as_float(name, input, dtype):
    """input in dtype. NotImplementedError where that is no floating one."""
    input = input if dtype is None else cast(input, dtype.numpy)
    if input.array.dtype.kind != "f" and input.array.size:
        raise NotImplementedError(
            f"\"{name}_lastdim_kernel_impl\" not implemented for '{input.dtype.type_name.removesuffix('Tensor')}'"
        )
    return input
