"""`gradcheck`: gradients by backward against gradients by central differences.

For every element x_j of every input that requires grad, with a small step h,

    dy/dx_j  ~  (f(x + h e_j) - f(x - h e_j)) / (2 h),    error O(h^2)

https://docs.pytorch.org/docs/stable/generated/torch.autograd.gradcheck.gradcheck.html
"""

import numpy as np

from minitorch.autograd.gradients import as_tuple, grad
from minitorch.autograd.variable import Variable


class GradcheckError(RuntimeError):
    """Backward and finite differences disagree."""


def gradcheck(func, inputs, *, eps=1e-6, atol=1e-5, rtol=1e-3, raise_exception=True, nondet_tol=0.0):
    """True when the Jacobian of `func` at `inputs` by backward is allclose to the numerical one.

    func      takes the inputs, returns a tensor or a tuple of tensors
    inputs    a tensor or a tuple; those that require grad are checked and should be float64
    eps       the step h
    Raises GradcheckError (a RuntimeError) at a difference, or returns False without raise_exception.
    """
    inputs = as_tuple(inputs)
    checked = [x for x in inputs if isinstance(x, Variable) and x.requires_grad]
    if not checked:
        raise ValueError("gradcheck expects at least one input tensor to require gradient")
    try:
        for number, y in enumerate(differentiable(func(*inputs))):
            for position, x in enumerate(checked):
                analytical = analytical_jacobian(y, x)
                again = analytical_jacobian(differentiable(func(*inputs))[number], x)
                if not np.allclose(analytical, again, rtol=0, atol=nondet_tol, equal_nan=True):
                    raise GradcheckError(f"Backward is not reentrant: output {number}, input {position}")
                numerical = numerical_jacobian(lambda n=number: differentiable(func(*inputs))[n], x, eps)
                if not np.allclose(analytical, numerical, rtol=rtol, atol=atol, equal_nan=True):
                    raise GradcheckError(
                        f"Jacobian mismatch for output {number} with respect to input {position},\n"
                        f"numerical:\n{numerical}\nanalytical:\n{analytical}"
                    )
    except GradcheckError:
        if raise_exception:
            raise
        return False
    return True


def gradgradcheck(func, inputs, grad_outputs=None, *, eps=1e-6, atol=1e-5, rtol=1e-3, raise_exception=True, **kwargs):
    """gradcheck of the gradient: of (inputs, grad_outputs) -> gradients of func's outputs for the inputs."""
    inputs = as_tuple(inputs)
    if grad_outputs is None:
        stream = np.random.default_rng(0)
        outputs = differentiable(func(*inputs))
        grad_outputs = [
            y.wrap(y.kernels.from_numpy(stream.standard_normal(y.array.shape).astype(y.array.dtype))) for y in outputs
        ]
        for g in grad_outputs:
            g.requires_grad_()
    grad_outputs = as_tuple(grad_outputs)

    def gradients(*arguments):
        split = arguments[: len(inputs)]
        wanted = [x for x in split if isinstance(x, Variable) and x.requires_grad]
        outputs = differentiable(func(*split))
        return grad(outputs, wanted, arguments[len(inputs) :], create_graph=True, materialize_grads=True)

    return gradcheck(
        gradients, inputs + grad_outputs, eps=eps, atol=atol, rtol=rtol, raise_exception=raise_exception, **kwargs
    )


def differentiable(outputs):
    """The outputs that a gradient can be asked of."""
    return [y for y in as_tuple(outputs) if isinstance(y, Variable) and y.requires_grad]


def analytical_jacobian(y, x):
    """dy/dx of shape (y.numel(), x.numel()), one backward per element of y."""
    rows = []
    for i in range(y.array.size):
        g = np.zeros(y.array.shape, y.array.dtype)
        g.flat[i] = 1
        (row,) = grad(
            [y], [x], [y.wrap(y.kernels.from_numpy(g))], retain_graph=True, allow_unused=True, materialize_grads=True
        )
        rows.append(row.kernels.to_numpy(row.array).reshape(-1))
    return np.stack(rows) if rows else np.zeros((0, x.array.size))


def numerical_jacobian(function, x, eps):
    """dy/dx of shape (y.numel(), x.numel()) by central differences; x is changed in place and put back."""
    values = x.kernels.to_numpy(x.array).copy()
    columns = []
    for j in range(values.size):
        ends = []
        for step in (eps, -eps):
            moved = values.copy()
            moved.flat[j] += step
            x.kernels.copy_into(x.array, x.kernels.from_numpy(moved))
            y = function()
            ends.append(y.kernels.to_numpy(y.array).reshape(-1).copy())
        x.kernels.copy_into(x.array, x.kernels.from_numpy(values))
        columns.append((ends[0] - ends[1]) / (2 * eps))
    return np.stack(columns, axis=1) if columns else np.zeros((function().array.size, 0))
