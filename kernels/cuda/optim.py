"""The steps of optimizers, in place: each element of a parameter, its gradient and its averages in one pass.

One template for each number of arrays that an optimizer remembers; `rule` in it is a function of kernels/steps.py.
"""

import functools

from kernels import steps
from kernels.cuda.device import cuda, device_function
from kernels.cuda.launch import elements, launch
from kernels.cuda.strides import common_steps, place

gradient = device_function(steps.gradient)


def remembering_nothing(rule):
    @cuda.jit
    def step_kernel(p, p_steps, g, g_steps, shape, n, sign, weight_decay, numbers):
        """A step. Grid: 1-d; one thread an element; global memory only."""
        for i in range(cuda.grid(1), n, cuda.gridsize(1)):
            at = place(i, shape, p_steps)
            d = gradient(p[at], g[place(i, shape, g_steps)], sign, weight_decay)
            p[at] = rule(p[at], d, *numbers)

    return step_kernel


def remembering_one(rule):
    @cuda.jit
    def step_kernel(p, p_steps, g, g_steps, a, a_steps, shape, n, sign, weight_decay, numbers):
        """A step. Grid: 1-d; one thread an element; global memory only."""
        for i in range(cuda.grid(1), n, cuda.gridsize(1)):
            at = place(i, shape, p_steps)
            a_at = place(i, shape, a_steps)
            d = gradient(p[at], g[place(i, shape, g_steps)], sign, weight_decay)
            p[at], a[a_at] = rule(p[at], d, a[a_at], *numbers)

    return step_kernel


def remembering_two(rule):
    @cuda.jit
    def step_kernel(p, p_steps, g, g_steps, a, a_steps, b, b_steps, shape, n, sign, weight_decay, numbers):
        """A step. Grid: 1-d; one thread an element; global memory only."""
        for i in range(cuda.grid(1), n, cuda.gridsize(1)):
            at = place(i, shape, p_steps)
            a_at, b_at = place(i, shape, a_steps), place(i, shape, b_steps)
            d = gradient(p[at], g[place(i, shape, g_steps)], sign, weight_decay)
            p[at], a[a_at], b[b_at] = rule(p[at], d, a[a_at], b[b_at], *numbers)

    return step_kernel


def remembering_three(rule):
    @cuda.jit
    def step_kernel(p, p_steps, g, g_steps, a, a_steps, b, b_steps, c, c_steps, shape, n, sign, weight_decay, numbers):
        """A step. Grid: 1-d; one thread an element; global memory only."""
        for i in range(cuda.grid(1), n, cuda.gridsize(1)):
            at = place(i, shape, p_steps)
            a_at, b_at, c_at = place(i, shape, a_steps), place(i, shape, b_steps), place(i, shape, c_steps)
            d = gradient(p[at], g[place(i, shape, g_steps)], sign, weight_decay)
            p[at], a[a_at], b[b_at], c[c_at] = rule(p[at], d, a[a_at], b[b_at], c[c_at], *numbers)

    return step_kernel


TEMPLATES = {2: remembering_nothing, 3: remembering_one, 4: remembering_two, 5: remembering_three}  # by arrays


@functools.cache
def kernel(rule, arrays):
    """The template for so many arrays, made for a function of kernels/steps.py."""
    return TEMPLATES[arrays](device_function(rule))


def take_steps(steps):
    """Change parameters and what is remembered of them. A step is (rule, arrays, numbers):

    rule      a function of kernels/steps.py, which is done for each element
    arrays    the parameter, its gradient, and what the rule remembers
    numbers   sign and weight_decay, which make of g what the rule is told, sign g + weight_decay p; and the rule's
    """
    for rule, arrays, numbers in steps:
        p = arrays[0]
        shape, *steps_of = common_steps(p.shape, *arrays)
        where = [part for pair in zip(arrays, steps_of, strict=True) for part in pair]
        sign, weight_decay, *numbers = map(p.dtype.type, numbers)
        settings = shape, p.size, sign, weight_decay, tuple(numbers)
        launch(kernel(rule, len(arrays)), elements(p.size), *where, *settings)
