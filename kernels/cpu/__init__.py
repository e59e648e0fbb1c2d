"""Kernels for the CPU: NumPy and BLAS where they are the best kernels, Numba for what needs a loop.

Begin with elementwise.py (where `maximum` is np.maximum), then conv.py.
"""

from kernels.cpu import blas, heap, stale
from kernels.cpu.activation import (
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
from kernels.cpu.adafactor import adafactor
from kernels.cpu.array import (
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
from kernels.cpu.attention import attention, attention_backward
from kernels.cpu.conv import convolution, convolution_input, convolution_weight
from kernels.cpu.elementwise import (
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
from kernels.cpu.index import first_outside, gather, index, index_put, scatter
from kernels.cpu.lbfgs import add_and_dot, dot, largest
from kernels.cpu.linalg import cholesky, det, eigh, inv, pinv, qr, slogdet, solve, solve_triangular, svd, svdvals
from kernels.cpu.matmul import affine, matmul
from kernels.cpu.norm import standardize, standardize_backward
from kernels.cpu.optim import take_steps
from kernels.cpu.order import kthvalue, median, mode
from kernels.cpu.orthogonal import orthogonal
from kernels.cpu.pool import avg_pool, avg_pool_backward, max_pool
from kernels.cpu.recurrent import gru, gru_backward, lstm, lstm_backward, rnn, rnn_backward
from kernels.cpu.reduce import all, amax, amin, any, argmax, argmin, max, min, prod, sum
from kernels.cpu.resample import resample
from kernels.cpu.scan import cummax, cummin, cumprod, cumsum, logcumsumexp, recurrence
from kernels.cpu.shape import (
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
from kernels.cpu.softmax import log_softmax, log_softmax_backward, nll_of_softmax_backward, softmax, softmax_backward
from kernels.cpu.sort import sort, topk, unique_rows
from kernels.cpu.special import digamma, erf, erfc, erfinv, lgamma, zeta
from kernels.cpu.windows import fold, unfold

blas.use_one_thread()
stale.forget_stale_kernels()
heap.keep_freed_memory()
