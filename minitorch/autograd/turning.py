"""Views in place: x.t_(), x.squeeze_(), ... change the shape and strides of x itself; the memory stays.

The version goes up, as by any write, and the history becomes that of the view. Views that x had before stay what they
are. So that their history can still be made from that of x, x keeps for each such change the function that undoes it
(Variable.turned), and each view knows how many changes there were before it.
"""

import functools

from minitorch.autograd.grad_mode import recording
from minitorch.autograd.graph import AccumulateGrad
from minitorch.autograd.inplace import check_kind, check_writable


def turning(operation, undo):
    """The in-place twin of a view operation: t_ = turning(t, ...). undo(other, shape, *settings) is a view of `other`,
    which the operation made, in the shape that it had before."""
    name = operation.__name__ + "_"

    @functools.wraps(operation)
    def turn(input, *settings, **named):
        check_writable(input, name)
        if input.base is not None and recording.get() and input.requires_grad:
            check_kind(input)
        shape, before = input.array.shape, input.replay
        view = operation(input, *settings, **named)
        input.array = view.array
        if input.version is not None:
            input.version[0] += 1
        input.turned = (*input.turned, lambda other: undo(other, shape, *settings, **named))
        if input.base is not None:
            input.replay = lambda other: operation(before(other), *settings, **named)
            input.seen = input.version[0]
        if view.edge is not None:
            input.follow(view.edge)
        elif input.edge is not None and type(input.edge[0]) is AccumulateGrad:  # under no_grad
            input.edge[0].outputs = ((input.array.shape, input.array.dtype),)
        return input

    turn.__name__ = turn.__qualname__ = name
    return turn
