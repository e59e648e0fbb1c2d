"""How near two results are, and how near they must be: every tolerance of the suite stands here.

An error is counted in units of the last place. Of an elementwise result the unit is that of the value itself. Where
numbers are added up (reductions, products, all derivatives) terms may cancel, and the unit is that of the largest
magnitude that took part: the inputs' and the result's.
"""

import numpy as np

# float64, ours beside torch's, in the units above.
ELEMENTWISE = 4  # two implementations of exp, tanh, ..., each within 2
SUMS = 64  # sums of a few dozen terms in another order; derivatives chain a few roundings more
SECOND = 2 * SUMS  # and derivatives of those as many again
# float32, ours against the float64 truth: at most twice torch's largest error of the run, or this if that is less.
FLOAT32_FLOOR = 2
# Sums pass through partial sums of up to four times the largest number: each of the last additions rounds by two units.
FLOAT32_FLOOR_OF_SUMS = 4
FLOAT32_FACTOR = 2
# randn: torch's own vectorised form is 2.8 from the truth.
NORMAL = 4


class Mismatch(AssertionError):
    """The two sides disagree; the message says how."""


def leaves(value):
    """A result as a flat list of (array, dtype name) for tensors and plain values for the rest."""
    if hasattr(value, "detach") and hasattr(value, "numpy"):
        return [(value.detach().cpu().numpy(force=True), str(value.dtype).split(".")[-1])]
    if isinstance(value, dict):
        return [leaf for k, v in value.items() for leaf in [k, *leaves(v)]]
    if type(value).__name__ == "Size":
        return [tuple(value)]
    if isinstance(value, (tuple, list)):
        return [len(value), *[leaf for v in value for leaf in leaves(v)]]
    if isinstance(value, str):
        return [value.replace(", device='cuda:0'", "")]  # where tensors live is no part of the comparison
    if isinstance(value, (bool, int, float)) or value is None:
        return [value]
    return [str(value).replace("minitorch", "torch")]


def magnitude(*arrays):
    """The largest finite magnitude in the arrays."""
    largest = 0.0
    for a in arrays:
        a = np.asarray(a)
        if a.dtype.kind in "fiu" and a.size:
            finite = np.abs(a[np.isfinite(a)].astype(np.float64))
            largest = max(largest, finite.max(initial=0.0))
    return largest


def ulps(got, want, dtype, scale):
    """Largest |got - want| in units of the last place of `dtype`, at `want` or at `scale` where that is larger."""
    got, want = np.asarray(got, np.float64), np.asarray(want, np.float64)
    with np.errstate(all="ignore"):
        rounded = want.astype(dtype)
        same = (got == rounded) | (np.isnan(got) & np.isnan(want))
        unit = np.spacing(np.maximum(np.abs(want), scale).astype(dtype)).astype(np.float64)
        error = np.where(same, 0.0, np.abs(got - want) / unit)
    error = np.where(np.isnan(error), np.inf, error)
    return float(error.max(initial=0.0))


def error_between(ours, theirs, scale=None, unit=None):
    """The largest error between two results. Mismatch where shape, dtype, an integer or a plain value differs.

    scale: None for elementwise results; else the magnitude that took part. unit: the dtype of which errors are counted
    in units of the last place, where that is not the result's own.
    """
    ours, theirs = leaves(ours), leaves(theirs)
    if len(ours) != len(theirs):
        raise Mismatch(f"{len(ours)} results beside torch's {len(theirs)}")
    worst = 0.0
    for a, b in zip(ours, theirs, strict=True):
        if is_array(a) and is_array(b):
            worst = max(worst, tensors(a, b, scale, unit))
        else:
            plain(a, b)
    return worst


def is_array(leaf):
    """Whether a leaf is (array, dtype name)."""
    return isinstance(leaf, tuple) and len(leaf) == 2 and isinstance(leaf[0], np.ndarray)


def plain(a, b):
    """Two values that are not tensors are equal, and of one type; floats to rounding."""
    if isinstance(a, float) and isinstance(b, float):
        equal = np.isclose(a, b, rtol=1e-12, atol=0, equal_nan=True)
    else:
        equal = type(a) is type(b) and not is_array(a) and a == b
    if not equal:
        raise Mismatch(f"{a!r}, torch's is {b!r}")


def tensors(a, b, scale, unit=None):
    """The error between two (array, dtype name)."""
    (x, x_type), (y, y_type) = a, b
    if x_type != y_type:
        raise Mismatch(f"dtype {x_type}, torch's is {y_type}")
    if x.shape != y.shape:
        raise Mismatch(f"shape {x.shape}, torch's is {y.shape}")
    if x.dtype.kind != "f":
        if not np.array_equal(x, y):
            raise Mismatch(f"{x.tolist()}, torch's is {y.tolist()}")
        return 0.0
    return ulps(x, y, unit or y.dtype, 0.0 if scale is None else max(scale, magnitude(y)))


def float32_error(value, truth, scale):
    """The largest error of a float32 result against a float64 truth, in float32 units."""
    worst = 0.0
    for a, true in zip(leaves(value), leaves(truth), strict=True):
        if is_array(a) and a[0].dtype == np.float32:
            worst = max(worst, ulps(a[0], true[0], np.float32, scale or 0.0))
    return worst


def first_difference(ours, theirs):
    """The values of two results at the place where they differ most, in words."""
    for a, b in zip(leaves(ours), leaves(theirs), strict=True):
        if is_array(a) and a[0].dtype.kind == "f" and a[0].size:
            x, y = a[0].ravel().astype(np.float64), b[0].ravel().astype(np.float64)
            with np.errstate(all="ignore"):
                gap = np.where((x == y) | (np.isnan(x) & np.isnan(y)), 0, np.nan_to_num(np.abs(x - y), nan=np.inf))
            if gap.any():
                return f"{x[gap.argmax()]}, torch's is {y[gap.argmax()]}"
    return "no difference"
