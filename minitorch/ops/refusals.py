"""Dtypes that torch's kernels refuse, in its words."""

SMALL_INTEGERS = ("int8", "int16", "int32", "uint8")  # where int64 alone is not refused


def floating_only(kernel, x):
    """NotImplementedError, with the name of torch's kernel, for a tensor of integers or booleans."""
    refuse_dtypes(kernel, x, "biu")


def refuse_dtypes(kernel, x, kinds, *names):
    """NotImplementedError, with the name of torch's kernel, for a tensor of those kinds of dtype ("b", "iu", "f"), or
    of the dtypes of those names."""
    if x.array.dtype.kind in kinds or (names and x.array.dtype.name in names):  # (the name takes NumPy 1 us)
        raise NotImplementedError(f"\"{kernel}\" not implemented for '{x.dtype.word}'")


def refuse_bool(x, message, error=RuntimeError):
    """An error for a bool tensor."""
    if x.array.dtype.kind == "b":
        raise error(message)
