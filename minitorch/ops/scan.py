"""Scans: every result is made of the elements up to its own place, along one dim.

    cumsum     y_i = x_1 + ... + x_i            cumprod    y_i = x_1 ... x_i
    cummax     y_i = max(x_1, ..., x_i)         recurrence y_i = a_i y_(i-1) + x_i, with y_0 = 0

Each has a twin that runs from the other end, and the gradient of one is made of the other: of a sum up to i, the sum
from i on. The recurrence is its own twin, and the key to the rest: products and logarithms of sums of e^x have it in
their gradients, which so divide by nothing, are right where elements are 0, and cost one pass. (Martin and Cundy,
arXiv 1709.04057; it is also the heart of a linear recurrent network.)
https://docs.pytorch.org/docs/stable/generated/torch.cumsum.html
"""

import functools

import numpy as np

from minitorch import return_types
from minitorch.autograd.op import numpy_names, op
from minitorch.ops.compare import ne
from minitorch.ops.join import cat
from minitorch.ops.refusals import floating_only
from minitorch.ops.sorting import to_places
from minitorch.size import normalize_dim


def widened(input, dtype):
    """The array that sums and products work on: in `dtype` if given, otherwise integers and booleans as int64."""
    if dtype is None:
        return input.array if input.array.dtype.kind == "f" else input.kernels.cast(input.array, np.dtype(np.int64))
    if not dtype.is_floating_point and input.requires_grad:
        raise RuntimeError(f"Autograd not support dtype: {dtype.word}")
    return input.kernels.cast(input.array, dtype.numpy)


@op(label="CumsumBackward0")
def running_sum(input, *, dim, reverse=False, dtype=None):
    own = input.array.dtype
    array = input.kernels.cumsum(widened(input, dtype), dim, reverse)
    return array, lambda g: running_sum(g.cast(own), dim=dim, reverse=not reverse)


@op
def recurrence(factor, input, *, dim, reverse=False):
    """y_i = factor_i y_(i-1) + input_i along dim; reverse: y_i = factor_i y_(i+1) + input_i."""
    array = factor.kernels.recurrence(factor.array, input.array, dim, reverse)

    def vjp(g, y):
        arriving = recurrence(moved(factor, dim, 0, not reverse), g, dim=dim, reverse=not reverse)
        return arriving * moved(y, dim, 0, reverse), arriving

    return array, vjp


@op(label="CumprodBackward0")
def running_product(input, *, dim, reverse=False, dtype=None):
    """dy_j / dx_i is the product of all up to j but x_i: of those before i, and of those behind i up to j. Summed with
    the gradients of all y_j, the latter is r_i = g_i + x_(i+1) r_(i+1)."""

    def vjp(g):
        behind = recurrence(moved(input, dim, 0, not reverse), g.to(input.dtype), dim=dim, reverse=not reverse)
        return product_before(input, dim, reverse) * behind

    return input.kernels.cumprod(widened(input, dtype), dim, reverse), vjp


@op(label="LogcumsumexpBackward0")
def running_logsumexp(input, *, dim):
    """dy_j / dx_i is e^(x_i - y_j) = e^(x_i - y_i) e^(y_i - y_(i+1)) ... e^(y_(j-1) - y_j), where no factor is above 1.
    Summed with the gradients of all y_j, what stands behind the first is r_i = g_i + e^(y_i - y_(i+1)) r_(i+1)."""

    def vjp(g, y):
        decay = (y - moved(y, dim, 0, reverse=True)).exp()
        return (input - y).exp() * recurrence(decay, g, dim=dim, reverse=True)

    return input.kernels.logcumsumexp(input.array, dim), vjp


def moved(x, dim, edge, reverse=False):
    """x moved by one place along dim, so that each place holds what was before it (reverse: what was behind it), and
    the first (the last) one the number `edge`."""
    shape = x.array.shape
    end = x.new_full([1 if d == dim else n for d, n in enumerate(shape)], edge)
    return cat([x, end] if reverse else [end, x], dim).narrow(dim, int(reverse), shape[dim])


def product_before(x, dim, reverse=False):
    """For each place along dim the product of all elements before it (reverse: behind it)."""
    return running_product(moved(x, dim, 1, reverse), dim=dim, reverse=reverse)


# -- sums and products -------------------------------------------------------------------------------------------------


def along(scan, input, dim, **settings):
    """scan along a dim, which may count from the end; a 0-d tensor counts as a vector of one element."""
    dim = normalize_dim(dim, input.array.ndim)
    if input.array.ndim == 0:
        return scan(input.unsqueeze(0), dim=0, **settings).squeeze(0)
    return scan(input, dim=dim, **settings)


def refuse_bool(name, input, dtype):
    """torch's NotImplementedError where sums are asked for as booleans."""
    if dtype is not None and dtype.numpy.kind == "b" and input.array.ndim and input.array.size:
        raise NotImplementedError(f"\"{name}_out_cpu\" not implemented for 'Bool'")


@numpy_names
def cumsum(input, dim, *, dtype=None):
    """y_i = x_1 + ... + x_i along dim; in int64 for integers and booleans."""
    refuse_bool("cumsum", input, dtype)
    return along(running_sum, input, dim, dtype=dtype)


@numpy_names
def cumprod(input, dim, *, dtype=None):
    """y_i = x_1 ... x_i along dim; in int64 for integers and booleans."""
    refuse_bool("cumprod", input, dtype)
    return along(running_product, input, dim, dtype=dtype)


def in_own_dtype(scan):
    """cumsum or cumprod as it is written in place: in the dtype of input."""

    @functools.wraps(scan)
    def own(input, dim, *, dtype=None):
        if dtype not in (None, input.dtype):
            raise RuntimeError(
                f"Bad in-place call: input tensor dtype {input.dtype.name} and output tensor dtype {dtype.name} should "
                "match"
            )
        return scan(input, dim, dtype=input.dtype)

    return numpy_names(own)


@numpy_names
def logcumsumexp(input, dim):
    """y_i = log(e^x_1 + ... + e^x_i) along dim."""
    floating_only("logcumsumexp_out_cpu", input)
    return along(running_logsumexp, input, dim)


# -- extremes ----------------------------------------------------------------------------------------------------------


@op(label="CummaxBackward0")
def running_max(input, *, dim):
    values, indices = input.kernels.cummax(input.array, dim)
    return (values, indices), to_places(input, indices, dim)


@op(label="CumminBackward0")
def running_min(input, *, dim):
    values, indices = input.kernels.cummin(input.array, dim)
    return (values, indices), to_places(input, indices, dim)


@numpy_names
def cummax(input, dim):
    """(y, indices) with y_i = max(x_1, ..., x_i) along dim. Of equal elements the last is chosen; NaN wins."""
    return return_types.cummax(*extremes("cummax", running_max, input, dim))


@numpy_names
def cummin(input, dim):
    """(y, indices) with y_i = min(x_1, ..., x_i) along dim. Of equal elements the last is chosen; NaN wins."""
    return return_types.cummin(*extremes("cummin", running_min, input, dim))


def extremes(name, scan, input, dim):
    check_int(name, "dim", dim)
    if input.array.ndim == 0:
        if dim not in (0, -1):
            raise IndexError(f"{name}(): Expected reduction dim -1 or 0 for scalar but got {dim}")
        return [y.squeeze(0) for y in scan(input.unsqueeze(0), dim=0)]
    if input.array.size == 0:
        dim = 0  # torch takes any then
    return scan(input, dim=normalize_dim(dim, input.array.ndim))


def check_int(name, argument, value):
    """TypeError for what is no int: before all else, and also where torch takes any int."""
    if not isinstance(value, int):
        raise TypeError(f"{name}(): argument '{argument}' must be int, not {type(value).__name__}")


# -- differences -------------------------------------------------------------------------------------------------------


@numpy_names
def diff(input, n=1, dim=-1, prepend=None, append=None):
    """x_(i+1) - x_i along dim, n times over: what cumsum undoes. prepend and append are put before and behind x first.

    Of booleans: whether the two differ.
    """
    check_int("diff", "n", n)
    check_int("diff", "dim", dim)
    if input.array.ndim == 0:
        raise RuntimeError("diff expects input to be at least one-dimensional")
    if n < 0:
        raise RuntimeError(f"order must be non-negative but got {n}")
    if n == 0:
        return input.clone()
    dim = normalize_dim(dim, input.array.ndim)
    y = cat([x for x in (prepend, input, append) if x is not None], dim)
    for _ in range(min(n, y.array.shape[dim])):
        size = y.array.shape[dim] - 1
        later, earlier = y.narrow(dim, 1, size), y.narrow(dim, 0, size)
        y = ne(later, earlier) if y.array.dtype.kind == "b" else later - earlier
    return y


# -- areas -------------------------------------------------------------------------------------------------------------


def strips(name, y, x, dx, dim):
    """The areas between each two neighbours along dim: their mean height times their distance."""
    if y.array.ndim == 0:
        raise IndexError(f"Dimension specified as {dim} but tensor has no dimensions")
    if y.array.dtype.kind == "b":
        raise RuntimeError(f"{name}: received a bool input for `y`, but bool is not supported")
    if x is not None and dx is not None:
        raise TypeError(f"{name}() takes x, the places, or dx, their distance, not both")
    dim = normalize_dim(dim, y.array.ndim)
    n = y.array.shape[dim]
    if x is not None:
        last = x.array.ndim == 1  # a vector of places lies along dim
        if x.array.shape[0 if last else dim] != n:
            raise RuntimeError(f"{name}: There must be one `x` value for each sample point")
        dx = diff(x, dim=0 if last else dim)
        dx = dx.reshape([-1 if d == dim else 1 for d in range(y.array.ndim)]) if last else dx
    size = n - 1 if n else 0
    return (y.narrow(dim, min(n, 1), size) + y.narrow(dim, 0, size)) * (1 if dx is None else dx) / 2


@numpy_names
def trapezoid(y, x=None, *, dx=None, dim=-1):
    """The area under the line through the points (x, y) along dim; without x, their places are dx (or 1) apart."""
    return strips("trapezoid", y, x, dx, dim).sum(dim)


@numpy_names
def cumulative_trapezoid(y, x=None, *, dx=None, dim=-1):
    """The area under the line through the points (x, y) up to each point but the first."""
    return cumsum(strips("cumulative_trapezoid", y, x, dx, dim), dim)
