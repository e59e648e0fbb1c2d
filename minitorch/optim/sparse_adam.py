"""SparseAdam, which there is not."""

from minitorch.optim.optimizer import Optimizer


class SparseAdam(Optimizer):
    """torch's Adam for sparse gradients. minitorch has no sparse tensors, so this raises NotImplementedError."""

    def __init__(self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, maximize=False):
        raise NotImplementedError("SparseAdam is for sparse gradients, and minitorch has no sparse tensors: use Adam")
