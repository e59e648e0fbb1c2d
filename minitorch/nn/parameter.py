"""`Parameter`: a tensor that a module counts among its own, to be trained."""

from minitorch.creation import empty
from minitorch.tensor import Tensor


class Parameter(Tensor):
    """A tensor on the memory of `data` that requires grad; assigned to a module, it appears in its parameters().

    https://docs.pytorch.org/docs/stable/generated/torch.nn.parameter.Parameter.html
    """

    def __new__(cls, data=None, requires_grad=True):
        parameter = super().__new__(cls)
        source = empty(0) if data is None else data
        parameter.array, parameter.kernels, parameter.version = source.array, source.kernels, source.version
        parameter.edge = parameter.base = None
        parameter.requires_grad = requires_grad
        return parameter

    def __init__(self, data=None, requires_grad=True):
        pass  # all is done in __new__, as for a tensor

    def __repr__(self):
        return "Parameter containing:\n" + super().__repr__()

    def __deepcopy__(self, memo):
        if id(self) not in memo:
            memo[id(self)] = type(self)(self.data.clone(), self.requires_grad)
        return memo[id(self)]
