"""Sequences of different lengths in one tensor: padded to the longest, or packed, without padding.

A packed batch has the rows of step 0 first, then those of step 1 and so on; with the sequences sorted by length, the
longest first, each step has the first so many of them:

    a a a        data        a b c | a b | a
    b b      ->  batch_sizes 3       2     1
    c

https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.rnn.pack_padded_sequence.html
"""

import itertools
from collections import namedtuple
from collections.abc import Iterable

from minitorch.creation import tensor
from minitorch.dtype import int64
from minitorch.ops.join import cat, stack
from minitorch.ops.sorting import argsort, sort
from minitorch.tensor import Tensor


class PackedSequence(namedtuple("PackedSequence", ["data", "batch_sizes", "sorted_indices", "unsorted_indices"])):
    """data (sum of the lengths, features); batch_sizes: how many sequences still run at each step; sorted_indices:
    which sequence became which by sorting, and unsorted_indices the way back (None: they came sorted)."""

    __slots__ = ()

    def __new__(cls, data, batch_sizes=None, sorted_indices=None, unsorted_indices=None):
        if batch_sizes is None:
            data, batch_sizes = data
        if batch_sizes.device.type != "cpu":
            raise ValueError(
                "batch_sizes should always be on CPU. Instances of PackedSequence should never be created manually. "
                "They should be instantiated by functions like pack_sequence and pack_padded_sequences in "
                "nn.utils.rnn."
            )
        if unsorted_indices is None:
            unsorted_indices = invert_permutation(sorted_indices)
        return super().__new__(cls, data, batch_sizes, sorted_indices, unsorted_indices)

    def to(self, *args, **settings):
        """The data in another dtype or on another device."""
        data = self.data.to(*args, **settings)
        if data is self.data:
            return self
        moved = [i if i is None else i.to(data.device) for i in (self.sorted_indices, self.unsorted_indices)]
        return PackedSequence(data, self.batch_sizes, *moved)

    def cpu(self):
        """On the CPU."""
        return self.to("cpu")

    def cuda(self, device=None):
        """On the GPU."""
        return self.to("cuda" if device is None else device)

    def double(self):
        """In float64."""
        return self.to(self.data.double().dtype)

    def float(self):
        """In float32."""
        return self.to(self.data.float().dtype)

    @property
    def is_cuda(self):
        """Whether the data is on a GPU."""
        return self.data.is_cuda


def invert_permutation(permutation):
    """The permutation that undoes it, or None of None."""
    return None if permutation is None else argsort(permutation)


def pack_padded_sequence(input, lengths, batch_first=False, enforce_sorted=True):
    """A PackedSequence of a padded input (T, B, ...), or (B, T, ...) with batch_first, and the sequences' lengths.

    enforce_sorted False: they need not be sorted by length, and are sorted here.
    """
    lengths = lengths.to(int64) if isinstance(lengths, Tensor) else tensor(lengths, dtype=int64)
    order = None
    if batch_first:
        input = input.transpose(0, 1)
    if not enforce_sorted:
        lengths, order = sort(lengths, descending=True)
        order = order.to(input.device)
        input = input.index_select(1, order)
    sizes = lengths.tolist()
    check_lengths(input, sizes)
    running = [sum(length > t for length in sizes) for t in range(sizes[0])]
    rows = cat([input[t, :n] for t, n in enumerate(running)])  # (T, B, ...) -> (sum of lengths, ...)
    return PackedSequence(rows, tensor(running, dtype=int64), order)


def check_lengths(input, lengths):
    """torch's RuntimeErrors for lengths that do not fit."""
    if input.numel() == 0:
        raise RuntimeError("Cannot pack empty tensors.")
    if len(lengths) != input.shape[1]:
        raise RuntimeError(
            f"Expected `len(lengths)` to be equal to batch_size, but got {len(lengths)} (batch_size={input.shape[1]})"
        )
    if lengths[-1] <= 0:
        raise RuntimeError(
            "Length of all samples has to be greater than 0, but found an element in 'lengths' that is <= 0"
        )
    if any(a < b for a, b in itertools.pairwise(lengths)):
        raise RuntimeError(
            "`lengths` array must be sorted in decreasing order when `enforce_sorted` is True. You can pass "
            "`enforce_sorted=False` to pack_padded_sequence and/or pack_sequence to sidestep this requirement."
        )
    if lengths[0] > input.shape[0]:
        raise RuntimeError(f"start (0) + length ({lengths[0]}) exceeds dimension size ({input.shape[0]}).")


def pad_packed_sequence(sequence, batch_first=False, padding_value=0.0, total_length=None):
    """(padded, lengths) of a PackedSequence: the inverse of pack_padded_sequence, in the order before sorting."""
    sizes = sequence.batch_sizes.tolist()
    longest = len(sizes)
    if total_length is not None and total_length < longest:
        raise ValueError(
            "Expected total_length to be at least the length of the longest sequence in input, but got "
            f"total_length={total_length} and max sequence length being {longest}"
        )
    data, batch, start, steps = sequence.data, sizes[0], 0, []
    for n in sizes:
        missing = data.new_full((batch - n, *data.shape[1:]), padding_value)
        steps.append(cat([data[start : start + n], missing]))
        start += n
    nothing = data.new_full((batch, *data.shape[1:]), padding_value)
    padded = stack(steps + [nothing] * ((total_length or longest) - longest))  # (T, B, ...)
    lengths = tensor([sum(n > i for n in sizes) for i in range(batch)], dtype=int64)
    if sequence.unsorted_indices is not None:
        padded = padded.index_select(1, sequence.unsorted_indices)
        lengths = lengths[sequence.unsorted_indices.cpu()]
    return (padded.transpose(0, 1) if batch_first else padded), lengths


def pad_sequence(sequences, batch_first=False, padding_value=0.0, padding_side="right"):
    """Tensors (L, ...) of different lengths L as one (T, B, ...), or (B, T, ...) with batch_first."""
    if not isinstance(sequences, Iterable):
        raise RuntimeError(
            f"pad_sequence: Expected iterable for input sequences, but got arg of type: {type(sequences)}"
        )
    sequences = list(sequences)
    if not sequences:
        raise RuntimeError("received an empty list of sequences")
    if padding_side not in ("left", "right"):
        raise RuntimeError(f"Expected padding_side to be one of left or right, but got {padding_side}.")
    longest = max(s.shape[0] for s in sequences)
    padded = []
    for s in sequences:
        missing = s.new_full((longest - s.shape[0], *s.shape[1:]), padding_value)
        padded.append(cat([s, missing] if padding_side == "right" else [missing, s]))
    return stack(padded, 0 if batch_first else 1)


def unpad_sequence(padded_sequences, lengths, batch_first=False):
    """The tensors that pad_sequence padded, as a list."""
    if not batch_first:
        padded_sequences = padded_sequences.transpose(0, 1)
    return [sequence[:n] for sequence, n in zip(padded_sequences, lengths.tolist(), strict=True)]


def pack_sequence(sequences, enforce_sorted=True):
    """A PackedSequence of a list of tensors (L, ...)."""
    lengths = tensor([s.shape[0] for s in sequences], dtype=int64)
    return pack_padded_sequence(pad_sequence(sequences), lengths, enforce_sorted=enforce_sorted)


def unpack_sequence(packed_sequences):
    """The list of tensors of a PackedSequence."""
    return unpad_sequence(*pad_packed_sequence(packed_sequences, batch_first=True), batch_first=True)
