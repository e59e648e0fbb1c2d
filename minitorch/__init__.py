"""minitorch: PyTorch that a person can read.

A reverse-mode autograd engine on NumPy arrays with torch's names, errors, printed forms and random numbers. Start with
tensor.py and autograd/op.py; minitorch.nn, .optim and .utils.data are built on them.
"""

import math as _math

from minitorch import autograd
from minitorch.autograd import (
    enable_grad,
    inference_mode,
    is_grad_enabled,
    is_inference_mode_enabled,
    no_grad,
    set_grad_enabled,
)
from minitorch.creation import arange, as_tensor, empty, eye, from_numpy, full, linspace, ones, tensor, zeros
from minitorch.device import device
from minitorch.dtype import (
    bool,
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
    set_default_dtype,
    short,
    uint8,
)
from minitorch.tensor import Tensor
