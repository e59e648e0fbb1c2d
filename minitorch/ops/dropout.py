"""Dropout (Srivastava et al., JMLR 15, 2014): each element is 0 with probability p, and the others grow to make up
for it.

https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.dropout.html
"""

from minitorch.autograd.inplace import inplace
from minitorch.generator import default_stream
from minitorch.ops.sampling import draw_like


def dropout(input, p=0.5, training=True, inplace=False):
    """In training x * mask / (1 - p), mask being 1 with probability 1 - p (torch's masks for the same seed); else x.

    The mean stays what it was, so that nothing changes for evaluation. ValueError for a p outside of [0, 1].
    """
    if not 0 <= p <= 1:
        raise ValueError(f"dropout probability has to be between 0 and 1, but got {p}")
    if not training or p == 0 or input.numel() == 0:
        return input
    return dropped_(input, p) if inplace else dropped(input, p)


def dropped(input, p):
    if p == 1:
        return input * input.new_zeros(input.shape)
    if not input.dtype.is_floating_point:
        name = input.dtype.type_name.removesuffix("Tensor")
        raise RuntimeError(f"result type Float can't be cast to the desired output type {name}")
    # Drawn in the order of the input's memory, as torch draws it.
    kept = draw_like(input.array, lambda shape, _: default_stream.bernoulli(shape, input.array.dtype, 1 - p))
    return input * (input.wrap(input.kernels.from_numpy(kept)) / (1 - p))


dropped_ = inplace(dropped)
