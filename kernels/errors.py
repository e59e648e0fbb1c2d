"""What goes wrong on an accelerator, by torch's names for it."""


class AcceleratorError(RuntimeError):
    """A kernel, or a call of the driver, failed. minitorch.AcceleratorError."""


class OutOfMemoryError(RuntimeError):
    """There is no memory of that size left on the accelerator. minitorch.OutOfMemoryError."""
