"""Connectionist temporal classification: the loss of a sequence of labels whose places in time nobody told.

A network says for each frame how probable each label is, and `blank`, that there is none. A path is one label a frame;
read with repeated labels taken for one, then blanks left out, it spells a sequence: (-, a, a, -, b) spells "ab", and so
does (a, b, b, b, b). The loss is the negative logarithm of the probability of all paths that spell the target.

They are too many to list, but all go through the same S = 2 L + 1 states, the target with blanks around and between
(-, a, -, b, -): a path begins in one of the first two, and from frame to frame stays, goes on by one, or by two where
this skips a blank between different labels. So the probability a[t, s] of being in state s after frame t by any way is

    a[0, s] = p[0, s] for s < 2, else 0
    a[t, s] = p[t, s] (a[t-1, s] + a[t-1, s-1] + a[t-1, s-2] if s may be skipped to)

with p[t, s] of the label of state s. A path must end in one of the last two: loss = -log(a[T-1, S-1] + a[T-1, S-2]).
The same read backwards, from the end of the target at the last frame, gives b[t, s], of getting from there to the end.
Both count p[t, s]; so a b / p is the probability of all paths through s at t, and its share of the whole is how much
the target is owed to that state. All of it in logarithms, for the products soon underflow.

Graves et al. 2006, Connectionist Temporal Classification, https://www.cs.toronto.edu/~graves/icml_2006.pdf
https://docs.pytorch.org/docs/stable/generated/torch.nn.CTCLoss.html
"""

import math

import numpy as np

from minitorch.autograd.grad_mode import no_grad
from minitorch.autograd.op import op
from minitorch.autograd.variable import Variable
from minitorch.creation import tensor
from minitorch.dtype import int64
from minitorch.ops.elementwise import logaddexp, where
from minitorch.ops.gather import gather
from minitorch.ops.join import stack
from minitorch.ops.loss import reduced, reduction_of
from minitorch.ops.pad import pad
from minitorch.ops.scan import check_int
from minitorch.ranges import arange


def ctc_loss(log_probs, targets, input_lengths, target_lengths, blank=0, reduction="mean", zero_infinity=False):
    """The negative log-probability of the targets, for log-probabilities (T, N, C), or (T, C) for a batch of one.

    targets           labels (N, longest), padded with anything; or (sum of target_lengths), one after another
    input_lengths     how many of the T frames each of the batch has
    target_lengths    how many labels
    reduction         "none"; "sum"; "mean": each loss over the number of its labels, then averaged
    zero_infinity     0, also as gradient, for the infinite loss of a target that has not enough frames

    As in torch, the gradient presumes that log_probs comes from log_softmax: that of -log_probs, whose part that
    log_softmax would take away (a multiple of its own output) is taken away here already; and it has no derivative.
    """
    reduction = reduction_of(None, None, reduction)
    frames = lengths_of("input", input_lengths, log_probs)
    lengths = lengths_of("target", target_lengths, log_probs)
    batched = log_probs.ndim != 2
    log_probs = log_probs if batched else log_probs.unsqueeze(1)
    check(log_probs, targets, frames, lengths, blank)
    with no_grad():
        labels = states_of(padded(targets, lengths, blank), lengths, blank, log_probs.shape[2])
        ways = forward(of_states(log_probs, labels), labels, blank)
        total = total_of(ways, frames, lengths)
    loss = aligned(log_probs, total, ways, labels, frames, lengths, blank=blank, zero_infinity=zero_infinity)
    if reduction == "mean":
        loss = loss / lengths.clamp(min=1)
    loss = reduced(loss, reduction)
    return loss if batched or reduction != "none" else loss.squeeze(0)


def lengths_of(what, lengths, log_probs):
    """The lengths as a tensor (N), where log_probs is."""
    if not isinstance(lengths, Variable):
        if not (isinstance(lengths, tuple | list) and all(isinstance(n, int) for n in lengths)):
            raise TypeError(f"ctc_loss(): {what}_lengths must be Tensor or tuple of ints, not {lengths!r}")
        return tensor(lengths, dtype=int64, device=log_probs.device)
    if lengths.array.dtype.kind not in "iu":
        raise RuntimeError(f"{what}_lengths must be integral")
    return lengths.reshape(-1).to(log_probs.device, int64)


def check(log_probs, targets, frames, lengths, blank):
    """torch's errors for what does not fit."""
    check_int("ctc_loss", "blank", blank)
    if log_probs.array.dtype not in (np.float32, np.float64):
        raise NotImplementedError(f"\"ctc_loss_cpu\" not implemented for '{log_probs.dtype.word}'")
    if log_probs.ndim != 3:
        raise RuntimeError(f"ctc_loss: expected log_probs of 3 dims (T, N, C) or 2 (T, C), got {log_probs.ndim}")
    if log_probs.numel() == 0:
        raise RuntimeError("log_probs tensor must not be empty")
    t, n, c = log_probs.shape
    if not 0 <= blank < c:
        raise RuntimeError("blank must be in label range")
    for what, values, most in (("input", frames, t), ("target", lengths, None)):
        if len(values) != n:
            raise RuntimeError(f"{what}_lengths must be of size batch_size")
        for value in values.tolist():
            if value < 0 or (most is not None and value > most):
                bound = f"at least 0, but got value {value}" if value < 0 else f"at most {most}, but got value {value}"
                raise RuntimeError(f"Expected {what}_lengths to have value {bound} (ctc_loss)")
    if targets.ndim not in (1, 2):
        raise RuntimeError(f"Expected 1 to 2 dimensions, but got {targets.ndim}-dimensional tensor for targets")
    fits = targets.shape[0] == lengths.sum().item()
    if targets.ndim == 2:
        fits = targets.shape[0] == n and targets.shape[1] >= lengths.max().item()
    if not fits:
        raise RuntimeError(
            f"ctc_loss: targets of shape {list(targets.shape)} do not hold as many labels as target_lengths says, "
            f"{lengths.tolist()}: they must be (N, longest) or (sum of target_lengths)"
        )


# -- the states that spell the targets ---------------------------------------------------------------------------------


def padded(targets, lengths, blank):
    """The labels (N, longest) as int64, blanks behind those that count."""
    place = arange(lengths.max().item(), device=lengths.device)
    there = place < lengths[:, None]  # (N, longest)
    if targets.ndim == 2:
        return where(there, targets[:, : len(place)].to(int64), blank)
    first = lengths.cumsum(0) - lengths  # where each begins in the row of all
    if not len(targets):
        return targets.new_empty((len(lengths), 0), dtype=int64)
    return where(there, targets.to(int64)[(first[:, None] + place).clamp(max=len(targets) - 1)], blank)


def states_of(labels, lengths, blank, classes):
    """A blank, then after each label another one: (N, L) -> (N, 2 L + 1). RuntimeError for what is no label."""
    if labels.kernels.first_outside(labels.array, 0, classes - 1) is not None:
        raise RuntimeError(f"ctc_loss: targets must be labels from 0 to {classes - 1}, got {labels.tolist()}")
    blanks = labels.new_full(labels.shape, blank)
    pairs = stack([labels, blanks], 2).reshape(len(labels), -1)  # (N, L, 2) -> (N, 2 L)
    return pad(pairs, (1, 0), value=blank)


def of_states(log_probs, labels):
    """The log-probabilities of the states' labels: (T, N, C) -> (T, N, S)."""
    return gather(log_probs, 2, labels.expand(len(log_probs), *labels.shape))


# -- the recursion -----------------------------------------------------------------------------------------------------


def forward(log_p, labels, blank):
    """log a[t, n, s], as above; log_p (T, N, S) are the states' log-probabilities."""
    skips = labels != pad(labels, (2, 0), value=blank)[:, :-2]  # of two blanks, or two equal labels, none is skipped
    a = where(arange(labels.shape[1], device=labels.device) < 2, log_p[0], -math.inf)
    steps = [a]
    for row in log_p[1:]:
        behind = pad(a, (2, 0), value=-math.inf)
        by_two = where(skips, behind[:, :-2], -math.inf)
        a = row + logaddexp(logaddexp(a, behind[:, 1:-1]), by_two)
        steps.append(a)
    return stack(steps)


def total_of(ways, frames, lengths):
    """-log of the probability of all paths, which end in the last blank or the last label; without frames, 1 or 0."""
    last = ways[(frames - 1).clamp(min=0), arange(len(frames), device=frames.device)]  # (T, N, S) -> (N, S)
    blank, label = gather(last, 1, stack([2 * lengths, (2 * lengths - 1).clamp(min=0)], 1)).unbind(1)
    total = -logaddexp(blank, where(lengths > 0, label, -math.inf))
    return where(frames > 0, total, where(lengths > 0, math.inf, 0.0).to(total.dtype))


# -- the gradient ------------------------------------------------------------------------------------------------------


@op(label="CtcLossBackward0")
def aligned(log_probs, total, ways, labels, frames, lengths, *, blank, zero_infinity):
    """The loss, found already, as a function of log_probs."""
    k = log_probs.kernels
    loss = total.array
    if zero_infinity:
        loss = k.where(k.isinf(loss), k.full((), 0, loss.dtype), loss)

    def vjp(g):
        slope = slope_of(log_probs, total, ways, labels, frames, lengths, blank)
        slope = where(total.isinf()[:, None], 0.0, slope) if zero_infinity else slope
        return scaled(g[:, None], slope, log_probs)

    return loss, vjp, None, None, None, None, None


@no_grad()
def slope_of(log_probs, total, ways, labels, frames, lengths, blank):
    """The derivative of the losses: at each frame each label's probability less what the target owes it."""
    time = (frames - 1 - arange(len(log_probs), device=frames.device)[:, None]) % len(log_probs)  # (T, N), backwards
    place = (2 * lengths[:, None] - arange(labels.shape[1], device=labels.device)) % labels.shape[1]  # (N, S), too
    turned = lambda x: gather(x, 0, time[:, :, None].expand(x.shape)).gather(2, place.expand(x.shape))
    log_p = of_states(log_probs, labels)
    back = turned(forward(turned(log_p), gather(labels, 1, place), blank))
    through = where(log_p == -math.inf, -math.inf, ways + back - log_p)  # no way is through what never happens
    there = arange(labels.shape[1], device=labels.device) <= 2 * lengths[:, None]
    share = where(there, (through + total[:, None]).exp(), 0.0)
    owed = log_probs.new_zeros(log_probs.shape).scatter_add(2, labels.expand(share.shape), share)
    slope = where(total.isfinite()[:, None], log_probs.exp() - owed, math.nan)  # as torch's: inf has no direction
    running = arange(len(log_probs), device=frames.device)[:, None] < frames
    return where(running[:, :, None], slope, 0.0)


@op
def scaled(g, slope, log_probs):
    """g times the slope, a function of log_probs that nobody differentiates."""

    def refuse(g):
        raise RuntimeError("derivative for ctc_loss_backward is not implemented: ctc_loss has no second derivative")

    return g.kernels.mul(g.array, slope.array), refuse, None, refuse
