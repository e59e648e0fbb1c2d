"""`python -m parity opinfo`: every operator of the first tier on the samples that PyTorch ships for it.

PyTorch tests itself with a database of its operators (op_db): for each a list of inputs to try and of bad inputs that
it must refuse. Here both libraries get them all. An entry passes where every sample agrees in every column:

    forward    float64: values, shapes, dtypes, and whether the result shares memory with the input
    grad       first derivatives, random cotangents; which results require a gradient
    grad2      derivatives of those
    float32, int64, bool    forward in that dtype, where torch has it
    method     the same by the tensor's method
    in place   by the method that writes: the value and its derivatives
    errors     where torch refuses a bad input, so do we, with the same class

Whatever is not compared stands in parity/reasons.py.
"""

import functools
import warnings
from dataclasses import dataclass

import numpy as np
import torch

import minitorch
from minitorch.stream import default_streams
from parity import compare, reasons
from parity.compare import Mismatch
from parity.database import Judge, Result
from parity.harness import FOUND_LATE, says
from parity.samples import Sample, Unsupported, function_of, places, rebound, variant_of
from parity.side import Side, attempt, say, tensors_of
from parity.surface import families

COLUMNS = ("forward", "grad", "grad2", "float32", "int64", "bool", "method", "in place", "errors")
DTYPES = {"float32": torch.float32, "int64": torch.int64, "bool": torch.bool}
torch.set_num_threads(1)


@functools.cache
def entries():
    """The database's entries of the first tier, as a list; the same operator may have several."""
    from torch.testing._internal.common_methods_invocations import op_db  # takes seconds

    known = families()
    return [entry for entry in op_db if entry.name in known]


def title(entry):
    """An entry's name, with its variant."""
    return f"{entry.name} {entry.variant_test_name}".strip()


@dataclass
class Pair:
    """An entry's function, or one of its variants, in both libraries."""

    entry: object
    ours: object
    theirs: object

    def both(self, do, sample):
        """(ours, theirs) of do(side, sample, inputs), the same in both; None where both raise the same class."""
        outcomes = []
        for lib, call in ((minitorch, self.ours), (torch, self.theirs)):
            grad = do is not forward
            changed, inputs = sample.on(lib, grad)
            lib.manual_seed(sample.number)
            outcomes.append(attempt(functools.partial(do, inputs=inputs), Side(lib, call, places[lib]), changed))
        ours, theirs = outcomes
        if places[minitorch] == "cuda" and default_streams["cuda"].drawn:
            raise Unsupported("a GPU draws other random numbers")
        if says(ours, ("on CUDA is not implemented",)) and not isinstance(theirs, Exception):
            raise Unsupported("a GPU does not average integers, in torch neither")
        if type(ours) is minitorch.AcceleratorError and says(theirs, FOUND_LATE):
            return None
        if do is grad2 and isinstance(theirs, RuntimeError) and "is not implemented" in str(theirs):
            raise Unsupported("torch has no second derivative there")
        if do is written and "derivative for 'inplace version" in str(theirs):
            raise Unsupported("torch has no derivative for acosh_, asinh_ and atanh_")
        if isinstance(ours, Exception) or isinstance(theirs, Exception):
            if type(ours).__name__ != type(theirs).__name__:
                raise Mismatch(f"{say(ours)}; torch: {say(theirs)}")
            return None
        return ours, theirs

    def agree(self, do, sample):
        """Mismatch where do's results differ by more than the limit."""
        pair = self.both(do, sample)
        if pair is None:
            if do in (forward, grad):
                raise Mismatch("torch refuses its own sample")
            return
        if self.entry.name in reasons.NO_VALUES:
            pair = [[(tuple(t.shape), str(t.dtype).split(".")[-1]) for t in tensors_of(side)] for side in pair]
        if self.entry.name in reasons.TIES and do is forward and not sample.settings.get("stable"):
            pair = [named_elements(side, sample) for side in pair]
        if places[minitorch] == "cuda" and self.entry.name == "topk" and do is forward:
            pair = [side[0][0] for side in pair]  # which of equal elements a GPU names is free
        scale = self.scale(do, sample, pair)
        error, limit = compare.error_between(*pair, scale=scale), self.limit(do)
        if error > limit and not (do is forward and self.nearer_than_torch(sample, pair, scale, limit)):
            raise Mismatch(f"{compare.first_difference(*pair)}: off by {error:.3g} ulp, allowed are {limit}")

    def limit(self, do):
        """How many ulp the results may differ."""
        if self.entry.name in reasons.LIMITS:
            return reasons.LIMITS[self.entry.name][0]
        if self.entry.name in ("randn", "normal"):
            return compare.NORMAL
        return compare.ELEMENTWISE if self.elementwise and do is forward else compare.SUMS

    @property
    def elementwise(self):
        """Whether each value of the result is a function of one value of the input."""
        return families()[self.entry.name] == "elementwise_unary"

    def scale(self, do, sample, pair):
        """The magnitude that errors are measured by (see parity/compare.py)."""
        if self.elementwise and do is forward:
            return None
        arrays = [leaf[0] for side in pair for leaf in compare.leaves(side) if compare.is_array(leaf)]
        arrays += [x.detach().numpy() for x in tensors_of([list(sample.args), sample.settings])]
        return max(compare.magnitude(*arrays), 1.0 if do is not forward else 0.0)

    def nearer_than_torch(self, sample, pair, scale, limit):
        """Whether a float32 result is no further from the float64 truth than twice torch's own, or the limit."""
        if not any(is_float32(x) for x in tensors_of(list(sample.args))):
            return False
        exact = sample.map(lambda x: x.double() if is_float32(x) else x)
        truth = attempt(functools.partial(forward, inputs=()), Side(torch, self.theirs), exact.on(torch, False)[0])
        if isinstance(truth, Exception):
            return False
        errors = [compare.float32_error(side, truth, scale) for side in pair]
        return errors[0] <= max(limit, compare.FLOAT32_FACTOR * errors[1])


def is_float32(x):
    return isinstance(x, torch.Tensor) and x.dtype == torch.float32


def forward(side, sample, inputs):
    """The result, made comparable, and which of its tensors share memory with the first argument."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        out = side.call(*sample.args, **sample.settings)
        shown = sample.process(out) if sample.free else out
        return [shown, [shares_memory(t, sample.args) for t in tensors_of(out)]]


def named_elements(result, sample):
    """The forward result of a sort, with the elements that its indices name, and which indices there are."""
    x, *rest = sample.args
    dim = rest[0] if rest else sample.settings.get("dim", -1)
    *values, indices = tensors_of(result[0])
    indices = torch.from_numpy(indices.cpu().numpy())
    x = x.detach().cpu()
    elements = x.take_along_dim(indices, dim) if x.ndim else x
    return [[tuple(v.shape) for v in values], values, elements, indices.sort(dim).values, result[1]]


def shares_memory(x, args):
    """Whether a result lies in the memory of the first argument; None where there is nothing to share."""
    first = next(iter(tensors_of(list(args))), None)
    if first is None or not x.numel() or not first.numel():
        return None
    if x.is_cuda or first.is_cuda:
        return memory_of(x) == memory_of(first)
    return np.may_share_memory(x.numpy(force=True), first.numpy(force=True))


def memory_of(x):
    """The address where the memory begins that x lies in."""
    if isinstance(x, torch.Tensor):
        return x.untyped_storage().data_ptr()
    return x.kernels.address(x.kernels.memory(x.array))


def grad(side, sample, inputs, second=False):
    """The derivatives of the result, and which of its tensors require a gradient."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        out = sample.process(side.call(*sample.args, **sample.settings))
        asks = [t.requires_grad for t in tensors_of(out)]
        return [asks, side.differentiate(out, inputs, np.random.default_rng(sample.number), second)]


grad2 = functools.partial(grad, second=True)


def written(side, sample, inputs):
    """The function that writes, on a copy of the first argument: the result and the derivatives."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        x = sample.args[0].clone()
        out = side.call(x, *sample.args[1:], **sample.settings)
        return [out is x, x.detach(), side.differentiate(out, inputs, np.random.default_rng(sample.number))]


def check_entry(entry, draw):
    """Every column of one entry: a Result."""
    result = Result(title(entry), families()[entry.name])
    try:
        plain = Pair(entry, function_of(entry), entry.op)
    except AttributeError as error:
        result.fail("forward", f"minitorch has no {entry.name}: {error}")
        return result
    for column, dtype in {"float64": torch.float64, **DTYPES}.items():
        if dtype not in entry.dtypes:
            continue
        torch.manual_seed(draw.seed)
        leaf = entry.supports_autograd and dtype.is_floating_point
        for number, drawn in draw.of(entry.sample_inputs("cpu", dtype, requires_grad=leaf)):
            sample = Sample.of(drawn, number, free=entry.name in reasons.FREE)
            if column == "float64":
                float64(result, entry, plain, sample, number)
            else:
                result.note(column, number, lambda s=sample: plain.agree(forward, s))
    if entry.error_inputs_func:
        for number, bad in draw.of(entry.error_inputs("cpu")):
            result.note("errors", number, lambda bad=bad: refused(plain, Sample.of(bad.sample_input)))
    return result


def float64(result, entry, plain, sample, number):
    """The columns of one float64 sample."""
    result.note("forward", number, lambda: plain.agree(forward, sample))
    if entry.supports_autograd:
        outer = wrapped(entry, plain)
        result.note("grad", number, lambda: outer.agree(grad, sample))
        result.note("grad2", number, lambda: outer.agree(grad2, sample))
    for column, variant, do in (
        ("method", entry.method_variant, forward),
        ("in place", entry.inplace_variant, written),
    ):
        if variant is not None:
            try:
                pair = Pair(entry, variant_of(variant), variant)
            except AttributeError as error:
                result.note(column, number, functools.partial(missing, error))
                continue
            result.note(column, number, lambda pair=pair, do=do: pair.agree(do, sample))


def missing(error):
    raise Mismatch(str(error))


def wrapped(entry, pair):
    """The pair as the database differentiates it: eigh and cholesky of x + x', so that nudged inputs stay symmetric."""
    wrapper = entry.gradcheck_wrapper
    ours = functools.partial(rebound(wrapper), pair.ours)
    return Pair(entry, ours, functools.partial(wrapper, pair.theirs))


def refused(pair, sample):
    """Mismatch unless both refuse with the same class."""
    on_cpu = sample.on(torch, False, "cpu")[0]
    theirs = attempt(functools.partial(forward, inputs=()), Side(torch, pair.theirs), on_cpu)
    if places[torch] == "cuda" and says(theirs, FOUND_LATE):
        raise Unsupported("torch's GPU would stop at it for the whole process")
    for words, reason in reasons.ACCIDENTS.items():
        if words in say(theirs):
            raise Unsupported(reason)
    pair.both(forward, sample)


def check_number(number, draw):
    """One entry by its number in the list."""
    return check_entry(entries()[number], draw)


def names():
    """(name, family) of each entry, in order."""
    return [(entry.name, families()[entry.name]) for entry in entries()]


JUDGE = Judge("torch's operator database", COLUMNS, names, check_number, on_gpu=True)


def main(argv=None):
    """Run and print. The exit status: 0 all agree, 1 some do not, 2 bad usage."""
    return JUDGE.main("opinfo", __doc__.split("\n")[0].split(": ")[1], argv)
