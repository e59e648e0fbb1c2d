"""Whether operations are recorded: `no_grad`, `enable_grad`, `set_grad_enabled`, `inference_mode`.

The switches are context variables, so each thread has its own, as in torch. Each class works as a context manager and
as a decorator.
https://docs.pytorch.org/docs/stable/generated/torch.no_grad.html
"""

import functools
from contextvars import ContextVar

recording = ContextVar("recording", default=True)  # are operations recorded?
inference = ContextVar("inference", default=False)  # are new tensors inference tensors?


class _Mode:
    """Sets the switches on entry and puts the old values back on exit. One object may be entered again inside."""

    def __init__(self):
        self.previous = []

    def __enter__(self):
        self.previous.append((recording.get(), inference.get()))
        self.switch()

    def __exit__(self, *exception):
        before = self.previous.pop()
        recording.set(before[0])
        inference.set(before[1])

    def __call__(self, function):
        """Decorate `function`: every call runs inside the mode."""

        @functools.wraps(function)
        def inside(*args, **kwargs):
            with self:
                return function(*args, **kwargs)

        return inside


class _BareMode(_Mode):
    """A mode without arguments, which also decorates without parentheses: `@no_grad` is `@no_grad()`."""

    def __new__(cls, function=None):
        mode = super().__new__(cls)
        mode.__init__()
        return mode if function is None else mode(function)


class no_grad(_BareMode):
    """Nothing inside is recorded: results do not require grad."""

    def switch(self):
        recording.set(False)


class enable_grad(_BareMode):
    """Recording is on inside, also within `no_grad`."""

    def switch(self):
        recording.set(True)


class set_grad_enabled(_Mode):
    """Turns recording on or off: at once and for good, or, in a `with` statement, until the end of its block."""

    def __init__(self, mode):
        super().__init__()
        self.mode = bool(mode)
        self.before = recording.get()
        recording.set(self.mode)

    def switch(self):
        recording.set(self.mode)

    def __enter__(self):
        recording.set(self.before)
        super().__enter__()

    def __call__(self, function):
        recording.set(self.before)  # a decorator acts inside the function only
        return super().__call__(function)


class inference_mode(_Mode):
    """`no_grad`, and what is made inside can be no part of a recorded computation. inference_mode(False) ends it."""

    def __init__(self, mode=True):
        super().__init__()
        self.mode = bool(mode)

    def switch(self):
        recording.set(not self.mode)
        inference.set(self.mode)


def is_grad_enabled():
    """True where operations are recorded."""
    return recording.get()


def is_inference_mode_enabled():
    """True inside `inference_mode`."""
    return inference.get()
