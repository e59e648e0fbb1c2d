"""Kernels for NVIDIA GPUs, written with numba-cuda: the twin of kernels.cpu, with the same names.

Begin with launch.py (how a kernel is run), layout.py (what an array is) and elementwise.py; block.py and matmul.py show
shared memory. Importing this needs the package numba-cuda; running it needs a GPU, or the simulator (device.py).
"""

from kernels.cuda.activation import (
    gelu,
    gelu_backward,
    relu_backward,
    sigmoid,
    sigmoid_backward,
    silu,
    silu_backward,
    softplus,
    softplus_backward,
    tanh_backward,
)
from kernels.cuda.adafactor import adafactor
from kernels.cuda.array import (
    address,
    arange,
    cast,
    copy,
    copy_into,
    empty,
    empty_strided,
    fill,
    from_numpy,
    full,
    is_contiguous,
    may_overlap,
    to_numpy,
)
from kernels.cuda.attention import attention, attention_backward
from kernels.cuda.conv import convolution, convolution_input, convolution_weight
from kernels.cuda.device import device_count, require_gpu
from kernels.cuda.elementwise import (
    abs,
    acos,
    acosh,
    add,
    asin,
    asinh,
    atan,
    atan2,
    atanh,
    bitwise_and,
    bitwise_not,
    bitwise_or,
    bitwise_xor,
    blend,
    ceil,
    clamp,
    copysign,
    cos,
    cosh,
    div,
    eq,
    exp,
    exp2,
    expm1,
    floor,
    floor_divide,
    fmax,
    fmin,
    fmod,
    gcd,
    ge,
    gt,
    hypot,
    isfinite,
    isinf,
    isnan,
    le,
    log,
    log1p,
    log2,
    log10,
    logaddexp,
    logaddexp2,
    logical_and,
    logical_not,
    logical_or,
    logical_xor,
    lt,
    maximum,
    minimum,
    mul,
    ne,
    neg,
    pow,
    relu,
    remainder,
    round,
    shift_left,
    shift_right,
    sign,
    signbit,
    sin,
    sinh,
    sqrt,
    sub,
    tan,
    tanh,
    trunc,
    trunc_divide,
    where,
)
from kernels.cuda.fault import first_outside
from kernels.cuda.index import gather, index, index_put, scatter
from kernels.cuda.lbfgs import add_and_dot, dot, largest
from kernels.cuda.linalg import cholesky, det, eigh, inv, pinv, qr, slogdet, solve, solve_triangular, svd, svdvals
from kernels.cuda.matmul import affine, matmul
from kernels.cuda.memory import empty_cache
from kernels.cuda.norm import standardize, standardize_backward
from kernels.cuda.optim import take_steps
from kernels.cuda.order import kthvalue, median, mode
from kernels.cuda.orthogonal import orthogonal
from kernels.cuda.pool import avg_pool, avg_pool_backward, max_pool
from kernels.cuda.recurrent import gru, gru_backward, lstm, lstm_backward, rnn, rnn_backward
from kernels.cuda.reduce import all, amax, amin, any, argmax, argmin, max, min, prod, sum
from kernels.cuda.resample import resample
from kernels.cuda.scan import cummax, cummin, cumprod, cumsum, logcumsumexp, recurrence
from kernels.cuda.shape import (
    cat,
    diagonal,
    expand,
    getitem,
    is_shared,
    memory,
    offset,
    permute,
    reshape,
    sliding,
    split,
    strided,
    view,
)
from kernels.cuda.softmax import log_softmax, log_softmax_backward, nll_of_softmax_backward, softmax, softmax_backward
from kernels.cuda.sort import sort, topk, unique_rows
from kernels.cuda.special import digamma, erf, erfc, erfinv, lgamma, zeta
from kernels.cuda.windows import fold, unfold
