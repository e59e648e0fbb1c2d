"""Dropout (Srivastava et al., JMLR 15, 2014): each element is 0 with probability p, and the others grow to make up
for it.

https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.dropout.html
"""

from minitorch.autograd.inplace import inplace


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
    mask = input.new_empty(input.shape).bernoulli_(1 - p)
    return input * mask.div_(1 - p)


dropped_ = inplace(dropped)
