"""Batches: many samples become one.

https://docs.pytorch.org/docs/stable/data.html#torch.utils.data.default_collate
"""

import copy
from collections.abc import Mapping, MutableMapping, MutableSequence, Sequence

import numpy as np

from minitorch.creation import as_tensor, tensor
from minitorch.dtype import float64
from minitorch.ops.join import stack
from minitorch.tensor import Tensor


def default_collate(batch):
    """One batch of many samples, by the type of the first:

        tensors, arrays       stacked: (...) each -> (N, ...)
        numbers               a tensor (N,); Python's floats as float64
        strings, bytes        as they are
        dicts, namedtuples    the same with each part collated
        lists                 a list, tuples too: each place collated
                              RuntimeError where their lengths differ

    TypeError for anything else.
    """
    first = batch[0]
    if isinstance(first, Tensor):
        return stack(batch, 0)
    if isinstance(first, np.ndarray) and first.dtype.kind not in "SUO":
        return stack([as_tensor(x) for x in batch], 0)
    if isinstance(first, np.bool_ | np.number):
        return as_tensor(np.array(batch))
    if isinstance(first, float):
        return tensor(batch, dtype=float64)
    if isinstance(first, int):
        return tensor(batch)
    if isinstance(first, str | bytes):
        return batch
    if isinstance(first, Mapping):
        return like(first, {key: default_collate([sample[key] for sample in batch]) for key in first})
    if isinstance(first, Sequence):
        if any(len(sample) != len(first) for sample in batch):
            raise RuntimeError("each element in list of batch should be of equal size")
        return like(first, [default_collate(part) for part in zip(*batch, strict=True)], tuples=list)
    raise TypeError(
        f"default_collate: batch must contain tensors, numpy arrays, numbers, dicts or lists; found {type(first)}"
    )


def default_convert(data):
    """A sample on its own: arrays become tensors, also those in dicts, tuples and lists; the rest stays as it is."""
    if isinstance(data, np.ndarray | np.bool_ | np.number):
        return data if data.dtype.kind in "SUO" else as_tensor(data)
    if isinstance(data, Mapping):
        return like(data, {key: default_convert(part) for key, part in data.items()})
    if isinstance(data, Sequence) and not isinstance(data, str | bytes):
        return like(data, [default_convert(part) for part in data], tuples=list)
    return data


def pinned(batch):
    """The batch with its tensors, and what else has a method pin_memory, in pinned memory."""
    if hasattr(batch, "pin_memory"):
        return batch.pin_memory()
    if isinstance(batch, Mapping):
        return like(batch, {key: pinned(part) for key, part in batch.items()})
    if isinstance(batch, Sequence) and not isinstance(batch, str | bytes):
        return like(batch, [pinned(part) for part in batch])
    return batch


def like(container, parts, tuples=tuple):
    """The parts, a dict or a list, in a container of the same kind; `tuples` is what stands in a tuple's place."""
    if hasattr(container, "_fields"):  # a namedtuple
        return type(container)(*parts)
    if isinstance(container, tuple):
        return tuples(parts)
    try:
        if isinstance(container, MutableMapping):
            same = copy.copy(container)  # and what else the object has, such as the factory of a defaultdict
            same.update(parts)
            return same
        if isinstance(container, MutableSequence):
            same = copy.copy(container)
            for i, part in enumerate(parts):
                same[i] = part
            return same
        return type(container)(parts)
    except TypeError:  # a kind that can't be made from its parts, such as range
        return parts
