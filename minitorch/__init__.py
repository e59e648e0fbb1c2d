"""minitorch: PyTorch that a person can read.

A reverse-mode autograd engine on NumPy arrays, with torch's names, errors, printed forms and random numbers. Start
reading at tensor/tensor.py and autograd/op.py; minitorch.nn, minitorch.optim and minitorch.utils.data build on them.
"""

from math import e, inf, nan, pi

from kernels.errors import AcceleratorError, OutOfMemoryError
from minitorch import accelerator, autograd, backends, cuda, distributions, hub, linalg, nn, optim, utils, viz
from minitorch.autograd import (
    enable_grad,
    inference_mode,
    is_grad_enabled,
    is_inference_mode_enabled,
    no_grad,
    set_grad_enabled,
)
from minitorch.autograd.anomaly import is_anomaly_check_nan_enabled, is_anomaly_enabled
from minitorch.creation import (
    as_tensor,
    empty,
    empty_strided,
    eye,
    from_numpy,
    full,
    ones,
    tensor,
    tril_indices,
    triu_indices,
    zeros,
)
from minitorch.device import device
from minitorch.dtype import (
    bfloat16,
    bool,
    cdouble,
    cfloat,
    chalf,
    complex32,
    complex64,
    complex128,
    double,
    dtype,
    finfo,
    float,
    float16,
    float32,
    float64,
    get_default_dtype,
    half,
    iinfo,
    int,
    int8,
    int16,
    int32,
    int64,
    long,
    qint8,
    qint32,
    quint8,
    set_default_dtype,
    short,
    uint8,
    uint16,
    uint32,
    uint64,
)
from minitorch.layout import layout, strided
from minitorch.memory_format import channels_last, channels_last_3d, contiguous_format, memory_format, preserve_format
from minitorch.nn.functional import celu_, relu_, rrelu, rrelu_, selu_, threshold, threshold_
from minitorch.ops.activation import celu, log_softmax, relu, selu, sigmoid, softmax
from minitorch.ops.adaptive_pool import adaptive_avg_pool1d, adaptive_max_pool1d
from minitorch.ops.bits import (
    bitwise_and,
    bitwise_left_shift,
    bitwise_not,
    bitwise_or,
    bitwise_right_shift,
    bitwise_xor,
    gcd,
    lcm,
)
from minitorch.ops.compare import (
    allclose,
    eq,
    equal,
    ge,
    gt,
    isclose,
    isfinite,
    isinf,
    isnan,
    isneginf,
    isposinf,
    isreal,
    le,
    logical_and,
    logical_not,
    logical_or,
    logical_xor,
    lt,
    ne,
    signbit,
)
from minitorch.ops.conv import conv1d, conv2d, conv3d, conv_transpose1d, conv_transpose2d, conv_transpose3d
from minitorch.ops.convert import clone, detach
from minitorch.ops.diagonal import diag, diag_embed, diagflat, diagonal, diagonal_scatter, tril, triu
from minitorch.ops.distance import cdist, dist
from minitorch.ops.draw import bernoulli, binomial, multinomial, poisson
from minitorch.ops.einsum import einsum
from minitorch.ops.elementwise import (
    abs,
    acos,
    acosh,
    add,
    addcdiv,
    addcmul,
    asin,
    asinh,
    atan,
    atan2,
    atanh,
    ceil,
    clamp,
    clamp_max,
    clamp_min,
    copysign,
    cos,
    cosh,
    deg2rad,
    digamma,
    div,
    erf,
    erfc,
    erfinv,
    exp,
    exp2,
    expm1,
    float_power,
    floor,
    floor_divide,
    fmax,
    fmin,
    fmod,
    frac,
    heaviside,
    hypot,
    lerp,
    lgamma,
    log,
    log1p,
    log2,
    log10,
    logaddexp,
    logaddexp2,
    logit,
    masked_fill,
    maximum,
    minimum,
    mul,
    nan_to_num,
    neg,
    polygamma,
    positive,
    pow,
    rad2deg,
    reciprocal,
    remainder,
    round,
    rsqrt,
    rsub,
    sgn,
    sign,
    sin,
    sinc,
    sinh,
    sqrt,
    square,
    sub,
    tan,
    tanh,
    true_divide,
    trunc,
    where,
    xlogy,
)
from minitorch.ops.expand import broadcast_shapes, broadcast_tensors, broadcast_to, meshgrid, repeat_interleave, tile
from minitorch.ops.extremes import amax, amin, aminmax, argmax, argmin, max, min
from minitorch.ops.flip import flip, fliplr, flipud, roll, rot90
from minitorch.ops.gather import gather, scatter, scatter_add, scatter_reduce, take_along_dim
from minitorch.ops.index import index_add, index_copy, index_fill, index_reduce, index_select
from minitorch.ops.indexing import index_put, put, take
from minitorch.ops.join import block_diag, cat, column_stack, dstack, hstack, stack, vstack
from minitorch.ops.legacy_linalg import cholesky, det, inverse, pinverse, qr, slogdet, svd
from minitorch.ops.like import empty_like, full_like, ones_like, zeros_like
from minitorch.ops.masks import argwhere, masked_scatter, masked_select, nonzero
from minitorch.ops.matmul import bmm, dot, matmul, mm, mv, outer
from minitorch.ops.matrix_norm import norm
from minitorch.ops.order import kthvalue, median, mode, nanmedian, nanquantile, quantile
from minitorch.ops.parts import (
    chunk,
    dsplit,
    hsplit,
    narrow,
    select,
    select_scatter,
    slice_scatter,
    split,
    split_with_sizes,
    tensor_split,
    unbind,
    vsplit,
)
from minitorch.ops.permute import adjoint, movedim, permute, t, transpose
from minitorch.ops.piecewise import hardshrink, prelu
from minitorch.ops.pool import avg_pool1d, max_pool1d, max_pool2d, max_pool3d
from minitorch.ops.products import (
    addbmm,
    addmm,
    addmv,
    addr,
    baddbmm,
    cross,
    inner,
    kron,
    tensordot,
    trace,
    vdot,
)
from minitorch.ops.reduce import all, any, count_nonzero, logsumexp, mean, nanmean, nansum, prod, sum
from minitorch.ops.scan import cummax, cummin, cumprod, cumsum, cumulative_trapezoid, diff, logcumsumexp, trapezoid
from minitorch.ops.shape import (
    atleast_1d,
    atleast_2d,
    atleast_3d,
    flatten,
    ravel,
    reshape,
    squeeze,
    unflatten,
    unsqueeze,
)
from minitorch.ops.solve import logdet, matrix_power
from minitorch.ops.sorting import argsort, bucketize, msort, searchsorted, sort, topk
from minitorch.ops.strides import as_strided
from minitorch.ops.triangular import cholesky_inverse, cholesky_solve
from minitorch.ops.unique import bincount, histc, isin, unique, unique_consecutive
from minitorch.ops.variance import corrcoef, cov, std, std_mean, var, var_mean
from minitorch.promotion import can_cast, promote_types, result_type
from minitorch.random import (
    Generator,
    default_generator,
    get_rng_state,
    initial_seed,
    manual_seed,
    normal,
    rand,
    rand_like,
    randint,
    randint_like,
    randn,
    randn_like,
    randperm,
    seed,
    set_rng_state,
)
from minitorch.ranges import arange, linspace, logspace
from minitorch.serialization import load, save
from minitorch.settings import (
    are_deterministic_algorithms_enabled,
    get_num_threads,
    is_deterministic_algorithms_warn_only_enabled,
    set_num_threads,
    use_deterministic_algorithms,
)
from minitorch.size import Size
from minitorch.tensor import Tensor
from minitorch.tensor.printing import set_printoptions
from minitorch.tensor.types import (
    BFloat16Tensor,
    BoolTensor,
    ByteTensor,
    CharTensor,
    DoubleTensor,
    FloatTensor,
    HalfTensor,
    IntTensor,
    LongTensor,
    ShortTensor,
    set_default_tensor_type,
)

# Other names of the same things.
trapz = trapezoid
multiply, subtract, divide, negative, absolute, clip, fix = mul, sub, div, neg, abs, clamp, trunc
arccos, arcsin, arctan, arctan2, arccosh, arcsinh, arctanh = acos, asin, atan, atan2, acosh, asinh, atanh
concat = concatenate = cat
row_stack = vstack
moveaxis = movedim
swapaxes = swapdims = transpose
not_equal, less, less_equal, greater, greater_equal = ne, lt, le, gt, ge
newaxis = None
ger = outer

# The methods that write into their tensor and that torch has as functions, too.
abs_, acos_, acosh_, arccos_, arccosh_ = Tensor.abs_, Tensor.acos_, Tensor.acosh_, Tensor.arccos_, Tensor.arccosh_
arcsin_, arcsinh_, arctan_, arctanh_ = Tensor.arcsin_, Tensor.arcsinh_, Tensor.arctan_, Tensor.arctanh_
asin_, asinh_, atan_, atanh_, ceil_ = Tensor.asin_, Tensor.asinh_, Tensor.atan_, Tensor.atanh_, Tensor.ceil_
clamp_, clamp_max_, clamp_min_, clip_ = Tensor.clamp_, Tensor.clamp_max_, Tensor.clamp_min_, Tensor.clip_
cos_, cosh_, deg2rad_, erf_, erfc_ = Tensor.cos_, Tensor.cosh_, Tensor.deg2rad_, Tensor.erf_, Tensor.erfc_
exp2_, exp_, expm1_, fix_, floor_ = Tensor.exp2_, Tensor.exp_, Tensor.expm1_, Tensor.fix_, Tensor.floor_
frac_, gcd_, lcm_, log10_, log1p_ = Tensor.frac_, Tensor.gcd_, Tensor.lcm_, Tensor.log10_, Tensor.log1p_
log2_, log_, logit_, nan_to_num_, neg_ = Tensor.log2_, Tensor.log_, Tensor.logit_, Tensor.nan_to_num_, Tensor.neg_
negative_, rad2deg_, reciprocal_, round_ = Tensor.negative_, Tensor.rad2deg_, Tensor.reciprocal_, Tensor.round_
rsqrt_, sigmoid_, sin_, sinc_, sinh_ = Tensor.rsqrt_, Tensor.sigmoid_, Tensor.sin_, Tensor.sinc_, Tensor.sinh_
sqrt_, square_, tan_, tanh_, trunc_ = Tensor.sqrt_, Tensor.square_, Tensor.tan_, Tensor.tanh_, Tensor.trunc_
xlogy_ = Tensor.xlogy_

__version__ = "0.1.0"


def is_tensor(obj):
    """Whether obj is a Tensor."""
    return isinstance(obj, Tensor)


def is_floating_point(input):
    """Whether the dtype of input is a floating one."""
    return checked("is_floating_point", input).is_floating_point()


def is_complex(input):
    """False: complex dtypes are not supported."""
    return checked("is_complex", input).is_complex()


def is_nonzero(input):
    """Whether the one element is not 0."""
    return checked("is_nonzero", input).is_nonzero()


def numel(input):
    """The number of elements."""
    return checked("numel", input).numel()


def checked(name, input):
    """input, or TypeError where it is no Tensor."""
    if not isinstance(input, Tensor):
        raise TypeError(f"{name}(): argument 'input' (position 1) must be Tensor, not {type(input).__name__}")
    return input
