"""What several distributions need: broadcasting, and the two ways to write probabilities.

https://github.com/pytorch/pytorch/blob/main/torch/distributions/utils.py
"""

import functools

from minitorch.autograd import enable_grad
from minitorch.creation import tensor
from minitorch.dtype import finfo, get_default_dtype
from minitorch.ops.activation import sigmoid, softmax
from minitorch.ops.elementwise import log, log1p
from minitorch.ops.expand import broadcast_tensors
from minitorch.tensor import Tensor

NUMBERS = (bool, int, float)


class lazy_property(functools.cached_property):
    """A property computed when first asked for, in the graph even under no_grad; then an attribute as any other."""

    def __get__(self, instance, owner=None):
        with enable_grad():
            return super().__get__(instance, owner)


def broadcast_all(*values):
    """Tensors of one shape. A number becomes one of the dtype and the device of the first tensor."""
    if not all(isinstance(v, (Tensor, *NUMBERS)) for v in values):
        raise ValueError("Input arguments must all be instances of Number, minitorch.Tensor.")
    first = next((v for v in values if isinstance(v, Tensor)), None)
    place = {"dtype": get_default_dtype()} if first is None else {"dtype": first.dtype, "device": first.device}
    return broadcast_tensors(*(v if isinstance(v, Tensor) else tensor(v, **place) for v in values))


def clamp_probs(probs):
    """Probabilities of the open interval (0, 1): from eps to 1 - eps."""
    eps = finfo(probs.dtype).eps
    return probs.clamp(eps, 1 - eps)


def logits_to_probs(logits, is_binary=False):
    """softmax(logits) along the last dim; is_binary: sigmoid(logits), each for itself."""
    return sigmoid(logits) if is_binary else softmax(logits, -1)


def probs_to_logits(probs, is_binary=False):
    """log p; is_binary: log p - log(1 - p)."""
    probs = clamp_probs(probs)
    return log(probs) - log1p(-probs) if is_binary else log(probs)
