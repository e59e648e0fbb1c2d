"""The steps of optimizers, in place: each element of a parameter, its gradient and its averages in one pass.

Each changes p and what the optimizer remembers, element by element, as kernels/steps.py says under the same name. The
gradient in it is sign g + weight_decay p. One template for each number of arrays that an optimizer remembers.
"""

from kernels import steps
from kernels.cuda.device import cuda, device_function
from kernels.cuda.launch import elements, launch
from kernels.cuda.strides import common_steps, place

gradient = device_function(steps.gradient)


def launched(kernel, arrays, numbers):
    """Run a kernel of this file; the numbers are cast to the dtype of the parameter."""
    p = arrays[0]
    shape, *steps_of = common_steps(p.shape, *arrays)
    where = [part for pair in zip(arrays, steps_of, strict=True) for part in pair]
    sign, weight_decay, *numbers = map(p.dtype.type, numbers)
    launch(kernel, elements(p.size), *where, shape, p.size, sign, weight_decay, tuple(numbers))


def remembering_nothing(body):
    """A function of p, g, sign, weight_decay and the numbers of the body."""
    body = device_function(body)

    @cuda.jit
    def step_kernel(p, p_steps, g, g_steps, shape, n, sign, weight_decay, numbers):
        """A step. Grid: 1-d; one thread an element; global memory only."""
        for i in range(cuda.grid(1), n, cuda.gridsize(1)):
            at = place(i, shape, p_steps)
            d = gradient(p[at], g[place(i, shape, g_steps)], sign, weight_decay)
            p[at] = body(p[at], d, *numbers)

    def function(p, g, *numbers):
        launched(step_kernel, (p, g), numbers)

    return function


def remembering_one(body):
    """A function of p, g, a, sign, weight_decay and the numbers of the body."""
    body = device_function(body)

    @cuda.jit
    def step_kernel(p, p_steps, g, g_steps, a, a_steps, shape, n, sign, weight_decay, numbers):
        """A step. Grid: 1-d; one thread an element; global memory only."""
        for i in range(cuda.grid(1), n, cuda.gridsize(1)):
            at = place(i, shape, p_steps)
            a_at = place(i, shape, a_steps)
            d = gradient(p[at], g[place(i, shape, g_steps)], sign, weight_decay)
            p[at], a[a_at] = body(p[at], d, a[a_at], *numbers)

    def function(p, g, a, *numbers):
        launched(step_kernel, (p, g, a), numbers)

    return function


def remembering_two(body):
    """A function of p, g, a, b, sign, weight_decay and the numbers of the body."""
    body = device_function(body)

    @cuda.jit
    def step_kernel(p, p_steps, g, g_steps, a, a_steps, b, b_steps, shape, n, sign, weight_decay, numbers):
        """A step. Grid: 1-d; one thread an element; global memory only."""
        for i in range(cuda.grid(1), n, cuda.gridsize(1)):
            at = place(i, shape, p_steps)
            a_at, b_at = place(i, shape, a_steps), place(i, shape, b_steps)
            d = gradient(p[at], g[place(i, shape, g_steps)], sign, weight_decay)
            p[at], a[a_at], b[b_at] = body(p[at], d, a[a_at], b[b_at], *numbers)

    def function(p, g, a, b, *numbers):
        launched(step_kernel, (p, g, a, b), numbers)

    return function


def remembering_three(body):
    """A function of p, g, a, b, c, sign, weight_decay and the numbers of the body."""
    body = device_function(body)

    @cuda.jit
    def step_kernel(p, p_steps, g, g_steps, a, a_steps, b, b_steps, c, c_steps, shape, n, sign, weight_decay, numbers):
        """A step. Grid: 1-d; one thread an element; global memory only."""
        for i in range(cuda.grid(1), n, cuda.gridsize(1)):
            at = place(i, shape, p_steps)
            a_at, b_at, c_at = place(i, shape, a_steps), place(i, shape, b_steps), place(i, shape, c_steps)
            d = gradient(p[at], g[place(i, shape, g_steps)], sign, weight_decay)
            p[at], a[a_at], b[b_at], c[c_at] = body(p[at], d, a[a_at], b[b_at], c[c_at], *numbers)

    def function(p, g, a, b, c, *numbers):
        launched(step_kernel, (p, g, a, b, c), numbers)

    return function


sgd = remembering_nothing(steps.sgd)
sgd_momentum = remembering_one(steps.sgd_momentum)
asgd = remembering_one(steps.asgd)
adagrad = remembering_one(steps.adagrad)
rmsprop = remembering_one(steps.rmsprop)
rmsprop_momentum = remembering_two(steps.rmsprop_momentum)
rmsprop_centered = remembering_two(steps.rmsprop_centered)
rmsprop_centered_momentum = remembering_three(steps.rmsprop_centered_momentum)
adadelta = remembering_two(steps.adadelta)
adam = remembering_two(steps.adam)
amsgrad = remembering_three(steps.amsgrad)
adamax = remembering_two(steps.adamax)
nadam = remembering_two(steps.nadam)
radam = remembering_two(steps.radam)
yogi = remembering_two(steps.yogi)
rprop = remembering_two(steps.rprop)
