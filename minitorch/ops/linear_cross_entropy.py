"""The cross-entropy of a linear layer's scores, in chunks of the batch, so that they are never all in memory.

The last layer of a language model makes of 4096 words of 1024 features each 4096 x 50,000 scores, forty times what it
was given, and the loss needs them for two numbers a word. In chunks of the batch, each chunk's scores are made, give
their part of the loss and of the gradients at once, and are dropped before the next.

https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.linear_cross_entropy.html
"""

import dataclasses
import math
import warnings

from minitorch.autograd.grad_mode import enable_grad, is_grad_enabled, no_grad
from minitorch.autograd.gradients import grad
from minitorch.autograd.op import op
from minitorch.dtype import bfloat16, dtype, float16, float32, float64, int64
from minitorch.ops.cross_entropy import cross_entropy
from minitorch.ops.elementwise import where
from minitorch.ops.join import cat
from minitorch.ops.matmul import linear, same_dtype


@dataclasses.dataclass(slots=True, frozen=True)
class LinearCrossEntropyOptions:
    """How linear_cross_entropy goes in chunks.

    allow_retain_graph   whether backward may be called again, with retain_graph (with reduction "none" it always may)
    batch_chunk_size     so many rows of the batch at once; None: as chunking_method says, or else all
    chunking_method      "aspect_ratio": as many as make the scores as large as the input (to a power of 2);
                         "aspect_ratio:n": an n-th of that; "auto": the first for float16 and bfloat16, else with n = 2
    acc_policy           for torch's kernels, which sums to keep in acc_dtype; here all are
    acc_dtype            in which to compute: None with acc_policy "auto" float32 for float16 and bfloat16, else theirs
    """

    allow_retain_graph: bool = False
    batch_chunk_size: int | None = None
    chunking_method: str | None = "auto"
    acc_policy: str = "auto"
    acc_dtype: dtype | None = None

    def __post_init__(self):
        if self.acc_policy not in ("auto", "accurate", "balanced", "compact"):
            raise ValueError(f"invalid acc_policy: {self.acc_policy!r}")
        if self.chunking_method not in (None, "auto"):
            name, colon, parts = self.chunking_method.partition(":")
            if name != "aspect_ratio" or (colon and not (parts.isdigit() and int(parts) > 0)):
                raise ValueError(f"invalid chunking_method: {self.chunking_method!r}")
        size = self.batch_chunk_size
        if size is not None and not (isinstance(size, int) and size > 0):
            raise ValueError(f"batch_chunk_size must be positive int or None, got {size!r}")
        if self.acc_dtype is not None:
            check_floating(self.acc_dtype)

    def rows(self, batch, features, classes, dtype):
        """How many rows at once. ValueError where batch_chunk_size and chunking_method disagree."""
        method, size = self.chunking_method, self.batch_chunk_size
        if method == "auto":
            method = None if size is not None else "aspect_ratio" if dtype in (float16, bfloat16) else "aspect_ratio:2"
        if method is None:
            return max(1, batch if size is None else min(size, batch))
        even = -(-batch // -(-classes // max(features, 1)))  # batch / (classes / features), both rounded up
        rows = min((1 << (even - 1).bit_length()) // int(method.partition(":")[2] or 1), batch)
        if size not in (None, rows):
            raise ValueError(
                f"batch_chunk_size (={size}) and chunking_method ('{method}') give different chunk sizes ({size} vs "
                f"{rows}); pass only one."
            )
        return max(1, rows)

    def dtype_for(self, dtype):
        """In which dtype to compute."""
        check_floating(dtype)
        low = dtype in (float16, bfloat16)
        chosen = self.acc_dtype or (float32 if low and self.acc_policy == "auto" else dtype)
        if chosen is not dtype and not (low and chosen is float32):
            raise RuntimeError(
                f"linear_cross_entropy supports float32 acc_dtype with float16/bfloat16 inputs, but got {chosen} "
                f"acc_dtype and {dtype} inputs."
            )
        return chosen


def check_floating(dtype):
    """ValueError for a dtype in which there are no logarithms."""
    if dtype not in (float16, bfloat16, float32, float64):
        raise ValueError(f"acc_dtype must be None or a floating dtype, got {dtype!r} (linear_cross_entropy)")


def linear_cross_entropy(
    input,
    linear_weight,
    target,
    *,
    linear_bias=None,
    weight=None,
    reduction="mean",
    ignore_index=None,
    label_smoothing=0.0,
    options=None,
):
    """cross_entropy(linear(input, linear_weight, linear_bias), target, ...), with options in chunks of the batch.

    input          (N, features) or (features)
    linear_weight  (C, features), or (C, d1, ..., dK, features) for scores (N, C, d1, ..., dK)
    linear_bias    (C) or (C, d1, ..., dK)
    target         as cross_entropy has it for these scores; ignore_index (None: -100) not with probabilities

    The chunked way is for classes, scores (N, C) and no smoothing; for others the options are ignored, with a warning.
    It has no second derivatives, and its backward can be called once, unless options.allow_retain_graph.
    """
    check(input, linear_weight, linear_bias)
    classes, *places, features = linear_weight.shape
    scores_shape = (*input.shape[:-1], classes, *places)
    if target.shape == scores_shape and ignore_index is not None:
        raise RuntimeError("ignore_index cannot be specified when target contains probabilities")
    settings = {"weight": weight, "ignore_index": -100 if ignore_index is None else ignore_index}
    chunked = reduction in ("mean", "sum", "none") and not label_smoothing and target.dtype is int64 and not places
    if options is not None and chunked:
        return in_chunks(input, linear_weight, linear_bias, target, reduction, options, settings)
    if options is not None:
        warnings.warn(
            "linear_cross_entropy: ``options`` ignored; chunked path needs reduction in {'mean','sum','none'}, "
            f"label_smoothing == 0, target.dtype == int64, out_features == (). Got reduction={reduction!r}, "
            f"label_smoothing={label_smoothing}, target.dtype={target.dtype}, out_features={tuple(places)}.",
            stacklevel=2,
        )
    matrix = linear_weight.reshape(-1, features)  # (C, d1, ..., dK, features) -> (C d1 ... dK, features)
    bias = None if linear_bias is None else linear_bias.reshape(-1)
    scores = linear(input, matrix, bias).reshape(scores_shape)
    return cross_entropy(scores, target, **settings, reduction=reduction, label_smoothing=label_smoothing)


def check(input, linear_weight, linear_bias):
    """torch's RuntimeErrors for shapes that do not fit."""
    if input.ndim not in (1, 2):
        raise RuntimeError(f"expected input with dimensionality 1 or 2, got {input.ndim}")
    if linear_weight.ndim < 2:
        raise RuntimeError(f"expected linear_weight with dimensionality at least 2, got {linear_weight.ndim}")
    if input.shape[-1] != linear_weight.shape[-1]:
        raise RuntimeError(
            "expected equal input and linear_weight last dimensions (in_features), got "
            f"{input.shape[-1]} and {linear_weight.shape[-1]}, respectively"
        )
    if linear_bias is not None and linear_bias.shape != linear_weight.shape[:-1]:
        raise RuntimeError(
            f"expected linear_bias shape {tuple(linear_weight.shape[:-1])}, got {tuple(linear_bias.shape)}"
        )
    if linear_weight.ndim > 2 and input.ndim == 1:
        raise RuntimeError(
            f"K-dimensional loss defined by linear_weight shape {tuple(linear_weight.shape)} requires batched input, "
            f"(N, {input.shape[0]}), got unbatched input with shape {tuple(input.shape)}"
        )


# -- in chunks ---------------------------------------------------------------------------------------------------------


def in_chunks(input, matrix, bias, target, reduction, options, settings):
    """linear_cross_entropy by chunks: computed in the dtype that the options say, the loss in that of the input."""
    if target.shape != input.shape[:-1]:
        raise RuntimeError(
            f"linear_cross_entropy: an input of shape {list(input.shape)} needs a target of shape "
            f"{list(input.shape[:-1])}, got {list(target.shape)}"
        )
    result = input.dtype
    working = options.dtype_for(result)
    same_dtype("linear_cross_entropy", input, matrix)
    size = options.rows(input.shape[0] if input.ndim == 2 else 1, *matrix.shape[::-1], result)
    if input.ndim == 1:
        input, target = input.unsqueeze(0), target.unsqueeze(0)
        loss = in_chunks(input, matrix, bias, target, reduction, options, settings)
        return loss.squeeze(0) if reduction == "none" else loss
    inputs = [None if x is None else x.to(working) for x in (input, matrix, bias)]
    if settings["weight"] is not None:
        settings = {**settings, "weight": settings["weight"].detach().to(working)}
    sweep = Sweep(target, size, settings)
    needed = is_grad_enabled() and any(x is not None and x.requires_grad for x in inputs)
    if reduction == "none":
        loss = of_each(*inputs, sweep.losses(*inputs), sweep=sweep)
    else:
        factor = 1 / sweep.total(inputs[0]) if reduction == "mean" else inputs[0].new_ones(())
        losses, slopes = sweep.gradients(inputs, factor.expand(len(target))) if needed else (sweep.losses(*inputs), [])
        loss = of_all(*inputs, losses.sum() * factor, slopes=slopes, again=options.allow_retain_graph)
    return loss.to(result)


@dataclasses.dataclass
class Sweep:
    """One way through the batch, `size` rows at a time."""

    target: object
    size: int
    settings: dict

    def loss(self, x, matrix, bias, target):
        """The losses of one chunk."""
        return cross_entropy(linear(x, matrix, bias), target, **self.settings, reduction="none")

    @no_grad()
    def losses(self, input, matrix, bias):
        """All losses (N)."""
        chunks = zip(input.split(self.size), self.target.split(self.size), strict=True)
        return cat([self.loss(x, matrix, bias, target) for x, target in chunks])

    @no_grad()
    def total(self, input):
        """The sum of the weights of the classes that count; NaN where none does."""
        weight, counted = self.settings["weight"], self.target != self.settings["ignore_index"]
        weights = counted if weight is None else where(counted, weight[where(counted, self.target, 0)], 0)
        total = weights.sum().to(input.dtype)
        return where(total == 0, math.nan, total)

    @no_grad()
    def gradients(self, inputs, g):
        """(the losses, the gradients of their sum with factors g for the inputs), None for what needs none."""
        losses, of_input, sums = [], [], [None, None]
        matrix, bias = (x if x is None else x.detach().requires_grad_(x.requires_grad) for x in inputs[1:])
        for x, target, factors in zip(*(t.split(self.size) for t in (inputs[0], self.target, g)), strict=True):
            x = x.detach().requires_grad_(inputs[0].requires_grad)
            with enable_grad():
                loss = self.loss(x, matrix, bias, target)
            asked = [y for y in (x, matrix, bias) if y is not None and y.requires_grad]
            found = iter(grad(loss, asked, factors))
            losses.append(loss.detach())
            if x.requires_grad:
                of_input.append(next(found))
            for i, y in enumerate((matrix, bias)):
                if y is not None and y.requires_grad:
                    sums[i] = next(found) if sums[i] is None else sums[i].add_(next(found))
        return cat(losses), [cat(of_input) if of_input else None, *sums]


@op(label="LinearCrossEntropyBackward0")
def of_each(input, matrix, bias, losses, *, sweep):
    """The losses, found already; their gradients come by another way through the batch."""

    def vjp(g):
        _, slopes = sweep.gradients((input, matrix, bias), g.detach())
        return *(s if s is None else final(s, g, input, matrix, bias) for s in slopes), None

    return losses.array, vjp


@op(label="LinearCrossEntropyBackward0")
def of_all(input, matrix, bias, loss, *, slopes, again):
    """The sum or mean, found already, with its gradients: backward uses them up, unless it may come again."""

    def vjp(g):
        if not slopes:
            raise RuntimeError(
                "linear_cross_entropy: backward of the chunked path was called twice; for that, pass "
                "LinearCrossEntropyOptions(allow_retain_graph=True)"
            )
        found = tuple(s if s is None else final(s, input, matrix, bias) * g for s in slopes)
        if not again:
            slopes.clear()
        return *found, None

    return loss.array, vjp


@op
def final(slope, *inputs):
    """The slope, which is a function of the inputs that nobody differentiates."""

    def refuse(g):
        raise RuntimeError("linear_cross_entropy with options has no second derivatives; without options, it has")

    return slope.array, refuse
