"""All parameters as one vector, and back.

https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.parameters_to_vector.html
"""

from minitorch.ops.join import cat
from minitorch.tensor import Tensor


def parameters_to_vector(parameters):
    """The elements of all parameters one after another: (sum of numel). Gradients flow back to them."""
    return cat([p.reshape(-1) for p in on_one_device(parameters)])


def vector_to_parameters(vec, parameters):
    """Let every parameter be its part of the vector: they share its memory."""
    if not isinstance(vec, Tensor):
        raise TypeError(f"expected minitorch.Tensor, but got: {type(vec).__name__}")
    start = 0
    for p in on_one_device(parameters):
        p.data = vec[start : start + p.numel()].reshape(p.shape).data
        start += p.numel()


def on_one_device(parameters):
    """The parameters as a list. TypeError where they are on two devices."""
    parameters = list(parameters)
    if len({p.get_device() for p in parameters}) > 1:
        raise TypeError("Found two parameters on different devices, this is currently not supported.")
    return parameters
