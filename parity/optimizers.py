"""`python -m parity optim`: every optimizer of torch.optim with the settings that PyTorch ships for it.

PyTorch tests its optimizers with a database of them (optim_db): for each a list of settings, and of bad ones. Both
libraries start from the same parameters in two groups with different settings (one where an optimizer takes one only),
and go 20 steps: along gradients drawn at random, of which some are missing, and every fourth time along those that a
closure computes. Of the settings that choose an implementation, foreach and fused are tried too where torch takes them.

    steps        float64: the losses, and all parameters after each step
    float32      the same in float32
    state        names, shapes, dtypes and values of the state_dict after each step, and the settings in it
    checkpoint   after 10 steps, torch's state_dict goes on in ours and ours in torch: to the same parameters
    repr         the printed form
    errors       where torch refuses a bad argument or input, so do we, with the same class

The table's last columns are the largest differences seen, in units of the last place (parity/compare.py); of Muon,
which computes in bfloat16, in units of 2^-8 of a step. Without further arguments the rows follow, whose settings
hypothesis draws: of all optimizers, and of all schedulers.
"""

import functools
import warnings
from dataclasses import dataclass

import numpy as np
import torch

import minitorch
from parity import compare, reasons
from parity.compare import Mismatch
from parity.database import Judge, Result
from parity.samples import Unsupported, places
from parity.side import attempt, say

COLUMNS = ("steps", "float32", "state", "checkpoint", "repr", "errors")
STEPS = 20
MATRICES = (4, 3), (2, 5), (3, 3), (1, 2)
SHAPES = (*MATRICES, (3,), (), (2, 1, 3))


@functools.cache
def entries():
    """The database's entries, as a list; without SparseAdam, as there are no sparse tensors."""
    from torch.testing._internal.common_optimizers import optim_db  # takes seconds

    return [e for e in optim_db if short(e) != "SparseAdam"]


def short(entry):
    """The optimizer's name, such as Adam."""
    return entry.optim_cls.__name__


def moved(value, lib, memo=None):
    """A value whose tensors are fresh ones of `lib`, equal to those in it: one for each, wherever it stands."""
    memo = {} if memo is None else memo
    if isinstance(value, (torch.Tensor, minitorch.Tensor)):
        if id(value) not in memo:
            x = lib.from_numpy(value.detach().numpy().copy())
            memo[id(value)] = x.requires_grad_() if value.requires_grad else x
        return memo[id(value)]
    if isinstance(value, dict):
        return {k: moved(v, lib, memo) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(moved(v, lib, memo) for v in value)
    return value


@dataclass(frozen=True)
class Sample:
    """An optimizer and its settings."""

    name: str
    settings: dict
    seed: tuple

    def rng(self, *more):
        return np.random.default_rng([*self.seed, *more])

    def parameters(self, lib, dtype):
        """The parameters. The last never gets a gradient. The second does not lie row by row, but where torch itself
        goes wrong with that: LBFGS refuses it, and fused steps take the memory as it lies."""
        out, lies_otherwise = [], None if self.name == "LBFGS" or self.settings.get("fused") else 1
        for i, shape in enumerate(MATRICES if self.name == "Muon" else SHAPES):
            x = lib.from_numpy(np.asarray(self.rng(i).standard_normal(shape)).astype(dtype)).to(places[lib])
            out.append((x.t().contiguous().t() if i == lies_otherwise else x).requires_grad_())
        return out

    def optimizer(self, lib, params):
        """The optimizer, of two groups where it may have them."""
        groups, settings = params, moved(self.settings, lib)
        if self.name != "LBFGS":
            other = {} if isinstance(settings.get("lr"), lib.Tensor) else {"lr": 0.05}  # a tensor for lr is for all
            other |= {} if self.name == "Rprop" else {"weight_decay": 0.02}
            groups = [{"params": params[::2]}, {"params": params[1::2], **other}]
        return getattr(lib.optim, self.name)(groups, **settings)

    def step(self, lib, optimizer, params, n):
        """Step number n: what it returns. (torch's fused SGD fails where a momentum begins later than others.)"""

        def closure():
            optimizer.zero_grad()
            # Products only: that gradients differ by a rounding at every call is what LBFGS makes most of.
            loss = sum((p * p * 0.5 + p * 0.25).sum() for p in params[:-1])
            if self.name == "LBFGS":  # it would be there at once; others, at high rates, would leave for infinity
                loss = loss + sum((p * p * p * p * 0.125).sum() for p in params[:-1])
            loss.backward()
            return loss

        if self.name == "LBFGS" or n % 4 == 3:
            return optimizer.step(closure).detach()
        for i, p in enumerate(params):
            gradient = np.asarray(self.rng(n, i).standard_normal(tuple(p.shape)))
            absent = i == len(params) - 1 or ((i + n) % 5 == 4 and not self.settings.get("fused"))
            p.grad = None if absent else lib.from_numpy(gradient).to(p)
        return optimizer.step()


class Race:
    """Both libraries' optimizer and parameters, side by side."""

    def __init__(self, sample, dtype="float64"):
        self.sample, self.dtype, self.worst = sample, dtype, 0.0
        outcomes = [attempt(self.begin, lib, sample) for lib in (minitorch, torch)]
        if any(isinstance(o, Exception) for o in outcomes):
            raise Mismatch(f"{say(outcomes[0])}; torch: {say(outcomes[1])}")
        (self.our_params, self.ours), (self.their_params, self.theirs) = outcomes

    def begin(self, lib, sample):
        params = sample.parameters(lib, self.dtype)
        return params, sample.optimizer(lib, params)

    def step(self, n):
        """Step number n of both: their losses."""
        losses = [
            attempt(lambda lib, s, o=o, p=p: s.step(lib, o, p, n), lib, self.sample)
            for lib, o, p in (
                (minitorch, self.ours, self.our_params),
                (torch, self.theirs, self.their_params),
            )
        ]
        if any(isinstance(o, Exception) for o in losses):
            raise Mismatch(f"step {n}: {say(losses[0])}; torch: {say(losses[1])}")
        return losses

    def close(self, ours, theirs, n, limit=compare.SUMS):
        """Mismatch where the two results of step n differ. Parameters and gradients, which took part, are about 1."""
        error = compare.error_between(ours, theirs, scale=1.0)
        if self.sample.name in reasons.IN_BFLOAT16:
            lr = max(float(group["lr"]) for group in self.theirs.param_groups)
            error, limit = error * np.finfo(self.dtype).eps / (lr * 2.0**-8), reasons.IN_BFLOAT16[self.sample.name][0]
        self.worst = max(self.worst, error)
        if error > limit:
            difference = compare.first_difference(ours, theirs)
            raise Mismatch(f"step {n}: {difference}: off by {error:.3g} ulp, allowed are {limit:.3g}")

    def close_states(self, ours, theirs, n):
        """The same for states."""
        limit = reasons.STATE_LIMITS.get(self.sample.name, (compare.SUMS,))[0]
        self.close(plain(ours.state_dict()["state"]), plain(theirs.state_dict()["state"]), n, limit)

    def equal_steps(self):
        """The largest error of losses and parameters after any step; Mismatch where it is too large."""
        for n in range(STEPS):
            ours, theirs = self.step(n)
            self.close([ours, self.our_params], [theirs, self.their_params], n)
        return self.worst

    def equal_states(self):
        """The largest error of state_dicts after any step; Mismatch where it is too large."""
        for n in range(-1, STEPS):  # -1: before the first
            if n >= 0:
                self.step(n)
            groups = [plain(optimizer.state_dict()["param_groups"]) for optimizer in (self.ours, self.theirs)]
            self.close(*groups, n)
            self.close_states(self.ours, self.theirs, n)
        self.close(plain(self.ours.defaults), plain(self.theirs.defaults), STEPS)
        return self.worst

    def equal_reprs(self):
        """Mismatch unless both print alike."""
        ours, theirs = repr(self.ours).replace("minitorch", "torch"), repr(self.theirs)
        if ours != theirs:
            raise Mismatch(f"{ours!r}, torch's is {theirs!r}")

    def carried(self):
        """Halfway each state_dict is loaded into a fresh optimizer of the other library. Both go on as a fresh one of
        torch that was given torch's own (which may differ a little from the old one: loading casts states)."""
        for n in range(STEPS // 2):
            self.step(n)
        reference = self.reloaded(torch, self.their_params, self.theirs)
        ours = self.reloaded(minitorch, self.their_params, self.theirs)
        theirs = self.reloaded(torch, self.our_params, self.ours)
        for n in range(STEPS // 2, STEPS):
            for lib, params, optimizer in (reference, ours, theirs):
                loss = attempt(lambda lib, s, o=optimizer, p=params, n=n: s.step(lib, o, p, n), lib, self.sample)
                if isinstance(loss, Exception):
                    raise Mismatch(f"step {n} of {lib.__name__}, loaded: {say(loss)}")
                self.close(params, reference[1], n)
                self.close_states(optimizer, reference[2], n)

    def reloaded(self, lib, params, optimizer):
        """(lib, parameters, optimizer): fresh ones of lib, that were given these parameters and this state."""
        params = moved(params, lib)
        other = self.sample.optimizer(lib, params)
        other.load_state_dict(moved(optimizer.state_dict(), lib))
        return lib, params, other


def plain(value):
    """A state_dict with its keys in words and in order (torch adds names to a state when they are first needed), and
    tensors for floats, which are results too: the loss in LBFGS's state."""
    if isinstance(value, dict):
        return {str(k): plain(value[k]) for k in sorted(value, key=str)}
    if isinstance(value, (list, tuple)):
        return [plain(v) for v in value]
    return torch.tensor(value, dtype=torch.float64) if isinstance(value, float) else value


def settings_of(entry):
    """The settings of the database, then each with the implementations that torch has for a CPU."""
    drawn = [given.kwargs for given in entry.optim_inputs_func(device="cpu")]
    implementations = [name for name in ("foreach", "fused") if name in entry.supported_impls]
    if "cpu" not in entry.supports_fused_on and "fused" in implementations:
        implementations.remove("fused")
    chosen = [{**s, name: True} for name in implementations for s in drawn]
    tensor_rates = [s for s in chosen if s.get("foreach") and isinstance(s.get("lr"), torch.Tensor)]
    return drawn + [s for s in chosen if s not in tensor_rates]


def check_entry(entry, draw):
    """Every column of one optimizer: a Result."""
    name = short(entry)
    result = Result(name, name)
    if not hasattr(minitorch.optim, name):
        result.fail("steps", f"minitorch.optim has no {name}")
        return result
    torch.manual_seed(draw.seed)
    for number, settings in draw.of(settings_of(entry)):
        sample = Sample(name, settings, (draw.seed, number))
        result.note("repr", number, lambda s=sample: Race(s).equal_reprs())
        result.note("float32", number, lambda s=sample: Race(s, "float32").equal_steps())
        if settings.get("foreach") and name in reasons.FOREACH_APART:
            result.skipped[reasons.FOREACH_APART[name]] += 3
            continue
        result.note("steps", number, lambda s=sample: Race(s).equal_steps())
        result.note("state", number, lambda s=sample: Race(s).equal_states())
        result.note("checkpoint", number, lambda s=sample: Race(s).carried())
    for number, bad in draw.of(entry.optim_error_inputs_func(device="cpu", dtype=torch.float32)):
        result.note("errors", number, lambda b=bad: refused(name, b))
    return result


def refused(name, bad):
    """Mismatch unless both refuse, in the constructor or in the step, with the same class."""
    given = bad.optimizer_error_input
    params = [torch.nn.Parameter(torch.ones(2, 3))] if given.params is None else given.params
    if any(isinstance(p, torch.Tensor) and p.is_complex() for p in params):
        raise Unsupported("minitorch has no complex tensors")

    def begin_and_step(lib, sample):
        memo = {}
        with warnings.catch_warnings():
            warnings.simplefilter("error", UserWarning)  # the database counts one warning as an error
            optimizer = getattr(lib.optim, name)(moved(params, lib, memo), **moved(given.kwargs, lib, memo))
            optimizer.step()

    ours, theirs = (attempt(begin_and_step, lib, None) for lib in (minitorch, torch))
    if type(theirs) is not bad.error_type:
        raise Mismatch(f"torch does not refuse its own bad input: {say(theirs)}")
    if type(ours).__name__ != type(theirs).__name__:
        raise Mismatch(f"{say(ours)}; torch: {say(theirs)}")


def check_number(number, draw):
    """One entry by its number in the list."""
    return check_entry(entries()[number], draw)


def names():
    """(name, family) of each entry, in order: each is a family, and has a row in the table."""
    return [(short(e), short(e)) for e in entries()]


JUDGE = Judge("torch's optimizer database", COLUMNS, names, check_number, measured=("steps", "float32", "state"))


def main(argv=None):
    """Run and print. The exit status: 0 all agree, 1 some do not, 2 bad usage."""
    return JUDGE.main("optim", __doc__.split("\n")[0].split(": ")[1], argv)
