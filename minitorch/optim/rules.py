"""What the update rules share: refusals of bad settings, the learning rate, the step count, the gradient."""

from kernels import steps
from minitorch.creation import tensor
from minitorch.dtype import float32, float64, get_default_dtype
from minitorch.tensor import Tensor


def refuse(condition, name, value):
    """ValueError for a setting out of its range."""
    if condition:
        raise ValueError(f"Invalid {name}: {value}")


def refuse_rates(lr, weight_decay=0.0, eps=0.0):
    """ValueError for settings that most optimizers have and that must not be negative."""
    one_element(lr, "lr")
    refuse(not lr >= 0.0, "learning rate", lr)
    refuse(not eps >= 0.0, "epsilon value", eps)
    refuse(not weight_decay >= 0.0, "weight_decay value", weight_decay)


def refuse_betas(betas):
    """ValueError for rates of averages outside [0, 1)."""
    for i in (0, 1):
        refuse(not 0.0 <= betas[i] < 1.0, f"beta parameter at index {i}", betas[i])


def one_element(x, name):
    """ValueError for a setting that is a tensor of more (or less) than one number."""
    if isinstance(x, Tensor) and x.numel() != 1:
        raise ValueError(f"Tensor {name} must be 1-element")


def rate(group):
    """The learning rate: a number, or a tensor of no dims, with which a rule computes in the tensor's dtype."""
    lr = group["lr"]
    return lr.squeeze() if isinstance(lr, Tensor) else lr


def scalar(value):
    """A tensor of no dims for a state: float32, or float64 where that is the default dtype."""
    return tensor(float(value), dtype=float64 if get_default_dtype() == float64 else float32)


def add(x, y, a):
    """x = x + a y in one pass over memory, which `x.add_(y, alpha=a)` is not."""
    if x.dtype in (float32, float64) and y.dtype is x.dtype:
        take(x.kernels, [(steps.sgd, (x, y), (1, 0, -a))])
    else:
        x.add_(y, alpha=float(a))


def put(x, value):
    """Write a number into a tensor of the state. (fill_ would ask more than a step of a small parameter takes.)"""
    x.kernels.fill(x.array, value)
    changed(x)


def changed(x):
    """Count a write into x, as every operation in place does; tensors made in inference_mode do not count."""
    if x.version is not None:
        x.version[0] += 1


def tick(state):
    """Count the step: t = 1, 2, ..."""
    t = state["step"].item() + 1
    put(state["step"], t)
    return t


def ascent(p, g, group):
    """g = -g to maximize; g = g + weight_decay p."""
    g = -g if group["maximize"] else g
    return g.add(p, alpha=float(group["weight_decay"])) if group["weight_decay"] != 0 else g


def descent(group):
    """(sign, weight_decay): the same for a kernel, as two numbers: g = sign g + weight_decay p."""
    return -1 if group["maximize"] else 1, float(group["weight_decay"])


def take(kernels, taken):
    """Take steps (rule, tensors, numbers), as `Optimizer.fused` gives them, by the kernel of their device."""
    kernels.take_steps([(rule, [t.array for t in tensors], map(float, numbers)) for rule, tensors, numbers in taken])
    for _, (p, _, *kept), _ in taken:
        for written in (p, *kept):
            changed(written)
