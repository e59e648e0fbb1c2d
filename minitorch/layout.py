"""`minitorch.strided`, the one layout: elements lie in memory at equal distances along each dim. (torch's other ones
are sparse.)

https://docs.pytorch.org/docs/stable/tensor_attributes.html#torch-layout
"""

import functools


class layout:
    """How the elements of a tensor are stored."""

    def __init__(self, name):
        self.name = name

    def __repr__(self):
        return f"minitorch.{self.name}"

    def __reduce__(self):
        return self.name


strided = layout("strided")


def strided_only(make):
    """`make`, a function that makes tensors, with torch's arguments layout (it has one value here) and pin_memory."""

    @functools.wraps(make)
    def function(*args, layout=strided, pin_memory=False, **settings):
        if layout not in (strided, None):
            raise TypeError(f"{make.__name__}(): argument 'layout' must be minitorch.strided, not {layout!r}")
        made = make(*args, **settings)
        return made.pin_memory().requires_grad_(made.requires_grad) if pin_memory else made

    return function
