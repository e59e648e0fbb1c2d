"""`python -m parity modules`: every module of torch.nn on the settings and inputs that PyTorch ships for it.

PyTorch tests its modules with a database of them (module_db): for each a list of constructor arguments with inputs to
call the module on, and of bad ones. Both libraries build the module from the same seed, and are compared in training
and in evaluation:

    weights    names, shapes, dtypes and values of the fresh state_dict; for lazy modules also after the first call
    repr       the printed form, before and after the first call
    forward    float64, from equal weights: the result, and the buffers that the call changed
    grad       its derivatives for the inputs and all parameters
    grad2      derivatives of those
    float32    forward in float32
    state      a state_dict carried from torch's module to ours and back, then both forward again
    errors     where torch refuses a bad constructor argument or input, so do we, with the same class
"""

import functools
import warnings
from collections import OrderedDict
from contextlib import nullcontext
from dataclasses import asdict, dataclass

import numpy as np
import torch
from torch.nn.attention import SDPBackend, sdpa_kernel

import minitorch
from parity import compare, reasons
from parity.compare import Mismatch
from parity.database import Judge, Result
from parity.samples import Unsupported, laid_out, mapped, translated
from parity.side import Side, attempt, say, tensors_of

COLUMNS = ("weights", "repr", "forward", "grad", "grad2", "float32", "state", "errors")
NORMAL = ("Embedding", "EmbeddingBag")  # modules whose weights begin as normal_ draws them


@functools.cache
def entries():
    """The database's entries, as a list."""
    from torch.testing._internal.common_modules import module_db  # takes seconds

    return module_db


def short(entry):
    """The module's name, such as Linear."""
    return entry.module_cls.__name__


@dataclass(frozen=True)
class Sample:
    """One module and one call of it: two (args, settings), and the mode."""

    name: str
    made_of: tuple
    called_with: tuple
    training: bool
    number: int

    def made(self, lib):
        """The module, from the sample's seed."""
        lib.manual_seed(self.number)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            args, settings = mapped(self.made_of, functools.partial(value_for, lib))
            return getattr(lib.nn, self.name)(*args, **settings)

    def inputs(self, lib, dtype, leaf=False):
        """(args, settings, leaves): fresh tensors; leaves are those that ask for a gradient."""
        leaves = []

        def change(value):
            if not isinstance(value, torch.Tensor):
                return value_for(lib, value)
            x = lib.from_numpy(laid_out(value))
            x = x.to(getattr(lib, dtype)) if x.is_floating_point() else x
            if leaf and value.requires_grad:
                leaves.append(x.requires_grad_())
            return x

        args, settings = mapped(self.called_with, change)
        return args, settings, leaves

    def side(self, lib, module, do, dtype="float64", **how):
        """do(side, module, args, settings, leaves) after the sample's seed, or the exception it raised."""
        leaf = do is differentiated
        args, settings, leaves = self.inputs(lib, dtype, leaf)
        lib.manual_seed(self.number)
        call = functools.partial(do, module=module, args=args, settings=settings, leaves=leaves, **how)
        return attempt(lambda side, sample: call(side=side, number=sample.number), Side(lib, module), self)


def value_for(lib, value):
    """A plain value, a torch tensor, module, function or settings object as the library wants it."""
    if lib is torch:
        return value
    if isinstance(value, torch.Tensor):
        return minitorch.from_numpy(laid_out(value))
    if isinstance(value, complex):  # a bad argument of HuberLoss, to be refused by it
        return value
    if isinstance(value, torch.nn.TransformerEncoderLayer):
        return encoder_layer(value)
    if callable(value) and hasattr(minitorch.nn.functional, getattr(value, "__name__", "")):
        return getattr(minitorch.nn.functional, value.__name__)
    if type(value).__name__ == "LinearCrossEntropyOptions":
        return minitorch.nn.LinearCrossEntropyOptions(**mapped(asdict(value), translated))
    return translated(value)


def encoder_layer(theirs):
    """Our TransformerEncoderLayer with the settings and weights of torch's."""
    ours = minitorch.nn.TransformerEncoderLayer(
        theirs.self_attn.embed_dim,
        theirs.self_attn.num_heads,
        theirs.linear1.out_features,
        theirs.dropout.p,
        getattr(minitorch.nn.functional, theirs.activation.__name__),
        theirs.norm1.eps,
        theirs.self_attn.batch_first,
        theirs.norm_first,
        theirs.linear1.bias is not None,
    )
    ours.to(translated(theirs.linear1.weight.dtype))
    carry(theirs, ours, minitorch)
    return ours


def forward(side, module, args, settings, leaves, number):
    """The result, and the buffers after it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return [module(*args, **settings), [(k, v) for k, v in module.named_buffers() if v is not None]]


def differentiated(side, module, args, settings, leaves, number, second=False):
    """The derivatives of the result for inputs and parameters."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        out = module(*args, **settings)
        return side.differentiate(out, leaves + list(module.parameters()), np.random.default_rng(number), second)


def twice_differentiable(second):
    """Where torch's second derivatives are asked for, its attention in plain operations: its fast one has none."""
    return sdpa_kernel(SDPBackend.MATH) if second else nullcontext()


def state_of(module):
    """The state_dict as (name, tensor) pairs; of a parameter without a shape yet only its name."""
    return [
        (name, name if "Uninitialized" in type(t).__name__ else t)
        for name, t in module.state_dict(keep_vars=True).items()
    ]


def carry(source, target, lib):
    """Load the state_dict of `source`, of the other library, into `target`, of `lib`."""
    numbers = OrderedDict((name, t.detach().numpy()) for name, t in source.state_dict().items())
    target.load_state_dict(OrderedDict((name, lib.from_numpy(a.copy())) for name, a in numbers.items()))


class Twins:
    """The same module of both libraries, from one sample."""

    def __init__(self, sample):
        self.sample = sample
        self.ours, self.theirs = (attempt(lambda lib, s: s.made(lib), lib, sample) for lib in (minitorch, torch))
        self.same_class(self.ours, self.theirs)
        if isinstance(self.theirs, Exception):
            raise Mismatch(f"torch refuses its own sample: {say(self.theirs)}")

    def same_class(self, ours, theirs):
        """Mismatch where one raised and the other did not, or another class."""
        raised = isinstance(ours, Exception) or isinstance(theirs, Exception)
        if raised and type(ours).__name__ != type(theirs).__name__:
            raise Mismatch(f"{say(ours)}; torch: {say(theirs)}")

    def prepared(self, dtype):
        """Both in the sample's mode and dtype, with torch's weights (a lazy module gets its shapes by a call)."""
        for lib, module in ((torch, self.theirs), (minitorch, self.ours)):
            module.to(getattr(lib, dtype)).train(self.sample.training)
            if self.sample.name.startswith("Lazy"):
                outcome = self.sample.side(lib, module, forward, dtype)
                if isinstance(outcome, Exception):
                    raise Mismatch(f"first call of {lib.__name__}: {say(outcome)}")
        self.equal_states()
        carry(self.theirs, self.ours, minitorch)

    def equal_states(self):
        """Mismatch unless both state_dicts agree: in every bit, but for weights that are drawn by normal_."""
        limit = compare.NORMAL if self.sample.name in NORMAL else 0
        self.close(state_of(self.ours), state_of(self.theirs), limit, scale=None)

    def close(self, ours, theirs, limit, scale):
        error = compare.error_between(ours, theirs, scale)
        if error > limit:
            raise Mismatch(f"{compare.first_difference(ours, theirs)}: off by {error:.3g} ulp, allowed are {limit}")

    def equal_reprs(self):
        """Mismatch unless both print alike."""
        ours, theirs = repr(self.ours).replace("minitorch", "torch"), repr(self.theirs)
        if ours != theirs:
            raise Mismatch(f"{ours!r}, torch's is {theirs!r}")

    def agree(self, do, dtype="float64", **how):
        """Mismatch where do's results differ."""
        self.prepared(dtype)
        ours = self.sample.side(minitorch, self.ours, do, dtype, **how)
        with twice_differentiable(how.get("second")):
            theirs = self.sample.side(torch, self.theirs, do, dtype, **how)
        if how.get("second") and isinstance(theirs, RuntimeError) and "is not implemented" in str(theirs):
            raise Unsupported("torch has no second derivative there")
        if how.get("second") and isinstance(ours, RuntimeError) and self.sample.made_of[1].get("options") is not None:
            raise Unsupported("torch has no second derivative by chunks, and mostly says 0 instead of that")
        self.same_class(ours, theirs)
        if isinstance(theirs, Exception):
            raise Mismatch(f"torch refuses its own sample: {say(theirs)}")
        leaves = [leaf[0] for side in (ours, theirs) for leaf in compare.leaves(side) if compare.is_array(leaf)]
        taken = tensors_of([list(self.sample.called_with), list(self.theirs.parameters())])
        scale = compare.magnitude(*leaves, *(x.detach().numpy() for x in taken))
        self.close(ours, theirs, reasons.MODULE_LIMITS.get(self.sample.name, (compare.SUMS,))[0], max(scale, 1.0))

    def carried(self):
        """Weights of another seed go from torch's to ours and back: both still agree."""
        self.prepared("float64")
        carry(self.ours, self.theirs, torch)
        self.equal_states()
        self.agree(forward)


def check_entry(entry, draw):
    """Every column of one module: a Result."""
    name = short(entry)
    result = Result(name, entry.module_cls.__module__.rpartition(".")[2])
    if not hasattr(minitorch.nn, name):
        result.fail("forward", f"minitorch.nn has no {name}")
        return result
    for training in (True, False):
        torch.manual_seed(draw.seed)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            drawn = entry.module_inputs_func(
                entry, device="cpu", dtype=torch.float64, requires_grad=True, training=training
            )
        for number, given in draw.of(drawn):
            sample = sample_of(name, given, training, number)
            result.note("weights", number, lambda s=sample: Twins(s).equal_states())
            result.note("repr", number, lambda s=sample: Twins(s).equal_reprs())
            result.note("forward", number, lambda s=sample: Twins(s).agree(forward))
            result.note("grad", number, lambda s=sample: Twins(s).agree(differentiated))
            if entry.supports_gradgrad:
                result.note("grad2", number, lambda s=sample: Twins(s).agree(differentiated, second=True))
            result.note("float32", number, lambda s=sample: Twins(s).agree(forward, "float32"))
            result.note("state", number, lambda s=sample: Twins(s).carried())
        if entry.module_error_inputs_func:
            bad = entry.module_error_inputs_func(
                entry, device="cpu", dtype=torch.float64, requires_grad=False, training=training
            )
            for number, given in draw.of(bad):
                sample = sample_of(name, given.module_error_input, training, number)
                result.note("errors", number, lambda s=sample: refused(s))
    return result


def sample_of(name, given, training, number):
    """The database's ModuleInput as a Sample."""
    made, called = given.constructor_input, given.forward_input
    called = ((), {}) if called is None else (called.args, called.kwargs)
    return Sample(name, (tuple(made.args), dict(made.kwargs)), (tuple(called[0]), dict(called[1])), training, number)


def refused(sample):
    """Mismatch unless both refuse, in the constructor or in the call, with the same class."""
    outcomes = []
    for lib in (minitorch, torch):
        outcome = attempt(lambda lib, s: s.made(lib).to(lib.float64).train(s.training), lib, sample)
        if not isinstance(outcome, Exception) and any(sample.called_with):
            outcome = sample.side(lib, outcome, forward)
        outcomes.append(outcome)
    ours, theirs = outcomes
    if type(ours).__name__ != type(theirs).__name__ and isinstance(theirs, Exception):
        raise Mismatch(f"{say(ours)}; torch: {say(theirs)}")


def check_number(number, draw):
    """One entry by its number in the list."""
    return check_entry(entries()[number], draw)


def names():
    """(name, family) of each entry, in order; a family is torch's source file."""
    return [(short(e), e.module_cls.__module__.rpartition(".")[2]) for e in entries()]


JUDGE = Judge("torch's module database", COLUMNS, names, check_number)


def main(argv=None):
    """Run and print. The exit status: 0 all agree, 1 some do not, 2 bad usage."""
    return JUDGE.main("modules", __doc__.split("\n")[0].split(": ")[1], argv)
