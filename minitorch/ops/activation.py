"""Smooth activation functions, and softmax with its logarithm. (Those made of straight pieces: piecewise.py.)

https://docs.pytorch.org/docs/stable/nn.functional.html#non-linear-activation-functions
"""

import math
import warnings

import numpy as np

from minitorch.autograd.fused import gradients_by_definition
from minitorch.autograd.grad_mode import is_grad_enabled
from minitorch.autograd.op import op
from minitorch.dtype import check_fits
from minitorch.ops.convert import cast
from minitorch.ops.elementwise import where
from minitorch.ops.join import cat
from minitorch.ops.refusals import floating_only, refuse_bool
from minitorch.promotion import floating
from minitorch.size import normalize_dim


def number(input, value):
    """A number as a 0-d array of the dtype of input; integers cut its fraction off. RuntimeError if it is too large."""
    check_fits(value, input.array.dtype)
    return input.kernels.from_numpy(np.asarray(value).astype(input.array.dtype))


@op
def relu(input):
    """max(x, 0). The gradient passes where the result is above 0."""
    refuse_bool(input, "Boolean inputs not supported for relu")
    return input.kernels.relu(input.array), (
        lambda g, y: where(y <= 0, 0, g) if is_grad_enabled() else relu_backward(g, y)
    )


@op
def relu_backward(g, y):
    return g.kernels.relu_backward(g.array, y.array)


@op(promote=floating)
def sigmoid(input):
    """1 / (1 + e^-x); its derivative is y (1 - y)."""
    return input.kernels.sigmoid(input.array), (
        lambda g, y: g * (1 - y) * y if is_grad_enabled() else sigmoid_backward(g, y)
    )


@op
def sigmoid_backward(g, y):
    return g.kernels.sigmoid_backward(g.array, y.array)


@op
def silu(input):
    """x sigmoid(x), also called swish (Elfwing et al., arXiv 1702.03118)."""
    floating_only("silu_cpu", input)

    def vjp(g):
        if not is_grad_enabled():
            return silu_backward(g, input)
        s = sigmoid(input)
        return g * (s * (1 + input * (1 - s)))

    return input.kernels.silu(input.array), vjp


@op
def silu_backward(g, input):
    return g.kernels.silu_backward(g.array, input.array)


@op
def softplus(input, *, beta=1, threshold=20):
    """log(1 + e^(beta x)) / beta, a smooth relu; x itself where beta x > threshold.

    Its derivative is sigmoid(beta x); the second one is 0 from the threshold on.
    """
    floating_only("softplus_cpu", input)
    check_fits(beta, input.array.dtype)
    check_fits(threshold, input.array.dtype)

    def vjp(g):
        if not is_grad_enabled():
            return softplus_backward(g, input, beta=beta, threshold=threshold)
        x = input * beta
        curve = sigmoid(where(x >= threshold, threshold, x))
        return g * where(x > threshold, 1.0, curve)

    return input.kernels.softplus(input.array, beta, threshold), vjp


@op
def softplus_backward(g, input, *, beta, threshold):
    return g.kernels.softplus_backward(g.array, input.array, beta, threshold)


@op(label="LogSigmoidBackward0")
def logsigmoid(input):
    """log(sigmoid(x)) = min(x, 0) - log(1 + e^-|x|), which overflows nowhere. Its derivative is sigmoid(-x)."""
    floating_only("log_sigmoid_cpu", input)
    k = input.kernels
    return k.sub(
        k.minimum(input.array, number(input, 0)), k.log1p(k.exp(k.neg(k.abs(input.array))))
    ), lambda g: g * sigmoid(-input)


@op
def mish(input):
    """x tanh(softplus(x)) (Misra, arXiv 1908.08681)."""
    floating_only("mish_cpu", input)
    k = input.kernels

    def vjp(g):
        t = softplus(input).tanh()
        return g * (t + input * sigmoid(input) * (1 - t * t))

    return k.mul(input.array, k.tanh(k.log1p(k.exp(input.array)))), vjp


def softsign(input):
    """x / (1 + |x|): between -1 and 1, as tanh, but slower to get there."""
    return input / (input.abs() + 1)


def tanhshrink(input):
    """x - tanh(x)."""
    return input - input.tanh()


@op
def glu(input, *, dim=-1):
    """a sigmoid(b), for the two halves a and b of x along dim (Dauphin et al., arXiv 1612.08083)."""
    if input.array.ndim == 0:
        raise RuntimeError("glu does not support scalars because halving size must be even")
    dim = normalize_dim(dim, input.array.ndim)
    size = input.array.shape[dim]
    if size % 2:
        raise RuntimeError(f"Halving dimension must be even, but dimension {dim} is size {size}")
    floating_only("glu_cpu", input)
    k = input.kernels
    a, b = (
        k.getitem(input.array, (*[slice(None)] * dim, half)) for half in (slice(0, size // 2), slice(size // 2, size))
    )

    def vjp(g):
        a, b = input.chunk(2, dim)
        s = sigmoid(b)
        return cat([g * s, g * (a * s * (1 - s))], dim)

    return k.mul(a, k.sigmoid(b)), vjp


# -- the exponential linear units --------------------------------------------------------------------------------------


@op
def elu(input, *, alpha=1.0):
    """x where x > 0, alpha (e^x - 1) elsewhere (Clevert et al., arXiv 1511.07289)."""
    return exponential_linear(input, 1.0, alpha, 1.0)


@op
def celu(input, *, alpha=1.0):
    """x where x > 0, alpha (e^(x / alpha) - 1) elsewhere: elu with slope 1 on both sides of 0 (arXiv 1704.07483)."""
    if alpha == 0:
        raise RuntimeError("ZeroDivisionError: alpha cannot be 0 for CELU")
    return exponential_linear(input, 1.0, alpha, 1 / alpha)


SELU_ALPHA = 1.6732632423543772
SELU_SCALE = 1.0507009873554805


@op(label="EluBackward0")
def selu(input):
    """scale x where x > 0, scale alpha (e^x - 1) elsewhere. With these two constants, layers keep a mean of 0 and a
    variance of 1 (Klambauer et al., arXiv 1706.02515)."""
    return exponential_linear(input, SELU_SCALE, SELU_SCALE * SELU_ALPHA, 1.0)


def exponential_linear(input, slope, height, rate):
    """The array of slope x where x > 0, height (e^(rate x) - 1) elsewhere, and its VJP.

    At 0 the first derivative is that of the left side, the second one is 0.
    """
    floating_only("elu_cpu", input)
    k, x, zero = input.kernels, input.array, number(input, 0)
    curve = k.mul(number(input, height), k.expm1(k.mul(k.minimum(x, zero), number(input, rate))))

    def vjp(g):
        left = where(input < 0, input, 0.0)  # so that e^x does not overflow where it is not chosen
        return g * where(input <= 0, height * rate * (left * rate).exp(), slope)

    return k.where(k.le(x, zero), curve, k.mul(number(input, slope), x)), vjp


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
    floating_only("GeluKernelImpl", input)

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
    return along(
        input.kernels.softmax, dim, input
    ), lambda g, y: y * (g - (g * y).sum(dim, keepdim=True)) if is_grad_enabled() else softmax_backward(g, y, dim=dim)


@op
def softmax_backward(g, y, *, dim):
    return along(g.kernels.softmax_backward, dim, g, y)


@op(label="LogSoftmaxBackward0")
def log_softmax_along(input, *, dim):
    return along(
        input.kernels.log_softmax, dim, input
    ), lambda g, y: g - y.exp() * g.sum(dim, keepdim=True) if is_grad_enabled() else log_softmax_backward(g, y, dim=dim)


@op
def log_softmax_backward(g, y, *, dim):
    return along(g.kernels.log_softmax_backward, dim, g, y)


def along(kernel, dim, *inputs):
    """The kernel's result along dim; a 0-d tensor counts as a vector of one element."""
    k = inputs[0].kernels
    # torch's result is contiguous, whatever the input is
    arrays = [x.array if k.is_contiguous(x.array) else k.copy(x.array) for x in inputs]
    if arrays[0].ndim:
        return kernel(*arrays, dim)
    return k.reshape(kernel(*[k.reshape(x, (1,)) for x in arrays], 0), ())


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
    if input.array.size:
        floating_only(f"{name}_lastdim_kernel_impl", input)
    return input


def softmin(input, dim=None, _stacklevel=3, dtype=None):
    """softmax(-x): the smallest element gets the largest share. Without dim, torch's choice, with a warning."""
    return softmax(-input, legacy_dim("softmin", input.array.ndim, _stacklevel) if dim is None else dim, dtype)


def legacy_dim(name, ndim, stacklevel):
    """The dim that softmax was along before it had to be given."""
    warnings.warn(
        f"Implicit dimension choice for {name} has been deprecated. Change the call to include dim=X as an argument.",
        stacklevel=stacklevel,
    )
    return 0 if ndim in (0, 1, 3) else 1
