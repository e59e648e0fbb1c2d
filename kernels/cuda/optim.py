"""One step of an optimizer, in place: each element of a parameter, its gradient and its averages in one pass.

The settings come as `numbers`, in the dtype of the parameter.
"""

import math as python_math

from kernels.cuda.array import in_float32
from kernels.cuda.block import larger
from kernels.cuda.device import cuda, math
from kernels.cuda.launch import elements, launch
from kernels.cuda.strides import common_steps, place


@cuda.jit
def sgd_kernel(p, p_steps, g, g_steps, buf, buf_steps, shape, n, numbers, nesterov, first):
    """p and buf after a step. Grid: 1-d; one thread an element; global memory only."""
    lr, momentum, fresh, weight_decay, sign = numbers
    for i in range(cuda.grid(1), n, cuda.gridsize(1)):
        at = place(i, shape, p_steps)
        step = sign * g[place(i, shape, g_steps)]
        if weight_decay != 0:
            step += weight_decay * p[at]
        if momentum != 0:
            buf_at = place(i, shape, buf_steps)
            average = step if first else momentum * buf[buf_at] + fresh * step
            buf[buf_at] = average
            step = step + momentum * average if nesterov else average
        p[at] -= lr * step


@in_float32
def sgd(p, g, buf, lr, momentum, dampening, weight_decay, nesterov, maximize, first=False):
    """Stochastic gradient descent: p -= lr * buf, with buf = momentum * buf + (1 - dampening) * (g + weight_decay * p).

    first: the first step, where buf becomes the gradient itself. buf None: there is no momentum. nesterov looks ahead:
    the step is g + momentum * buf. https://docs.pytorch.org/docs/stable/generated/torch.optim.SGD.html
    """
    if buf is None:
        buf, momentum = p, 0
    shape, p_steps, g_steps, buf_steps = common_steps(p.shape, p, g, buf)
    numbers = tuple(map(p.dtype.type, (lr, momentum, 1 - dampening, weight_decay, -1 if maximize else 1)))
    launch(
        sgd_kernel, elements(p.size), p, p_steps, g, g_steps, buf, buf_steps, shape, p.size, numbers, nesterov, first
    )


@cuda.jit
def adam_kernel(p, p_steps, g, g_steps, m, m_steps, v, v_steps, vmax, vmax_steps, shape, n, numbers, amsgrad):
    """p, m, v and (amsgrad) vmax after a step. Grid: 1-d; one thread an element; global memory only."""
    step_size, fresh1, beta2, fresh2, eps, correction, weight_decay, sign = numbers
    for i in range(cuda.grid(1), n, cuda.gridsize(1)):
        p_at, m_at = place(i, shape, p_steps), place(i, shape, m_steps)
        v_at, vmax_at = place(i, shape, v_steps), place(i, shape, vmax_steps)
        gradient = sign * g[place(i, shape, g_steps)]
        if weight_decay != 0:
            gradient += weight_decay * p[p_at]
        m[m_at] += fresh1 * (gradient - m[m_at])
        v[v_at] = beta2 * v[v_at] + fresh2 * gradient * gradient
        if amsgrad:
            vmax[vmax_at] = larger(vmax[vmax_at], v[v_at])
        p[p_at] -= step_size * m[m_at] / (math.sqrt(vmax[vmax_at]) / correction + eps)


@in_float32
def adam(p, g, m, v, vmax, step, lr, beta1, beta2, eps, weight_decay, maximize):
    """Adam: p -= lr * m' / (sqrt(v') + eps), with m and v the running averages of g + weight_decay * p and its square.

    m' = m / (1 - beta1^step) and v' = v / (1 - beta2^step) undo that the averages began at 0. vmax (None: without) is
    the AMSGrad variant's: the largest v so far, which then stands for v. Kingma and Ba, Adam, 2015.
    https://docs.pytorch.org/docs/stable/generated/torch.optim.Adam.html
    """
    amsgrad, largest = vmax is not None, v if vmax is None else vmax
    shape, *steps = common_steps(p.shape, p, g, m, v, largest)
    correction = python_math.sqrt(1 - beta2**step)
    numbers = lr / (1 - beta1**step), 1 - beta1, beta2, 1 - beta2, eps, correction, weight_decay, -1 if maximize else 1
    launch(
        adam_kernel, elements(p.size), p, steps[0], g, steps[1], m, steps[2], v, steps[3], largest, steps[4], shape,
        p.size, tuple(map(p.dtype.type, numbers)), amsgrad,
    )  # fmt: skip
