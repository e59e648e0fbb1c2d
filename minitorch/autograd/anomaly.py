"""`detect_anomaly`: find the operation whose backward made a NaN, and where the forward pass called it.

While it is on, every node notes where it was made, and the walk looks for NaN in all that a node returns.
https://docs.pytorch.org/docs/stable/autograd.html#anomaly-detection
"""

import traceback
import warnings


class State:
    """Whether the search is on, and whether a NaN is an error."""

    on = False
    check_nan = True


state = State()


def origin():
    """The calls that led here, as text, without those inside this package."""
    return "".join(line for line in traceback.format_stack() if "/minitorch/" not in line.split("\n")[0])


def searched_backward(node, gradients):
    """node.backward(gradients); where it fails or gives NaN, a warning says where the node was made."""
    try:
        results = node.backward(gradients)
        for i, g in enumerate(results):
            if state.check_nan and g is not None and g.isnan().any():
                raise RuntimeError(f"Function '{node.name()}' returned nan values in its {i}th output.")
    except RuntimeError:
        where = node.made_at or "No forward pass information available. Enable detect anomaly during forward pass."
        warnings.warn(
            f"Error detected in {node.name()}. Traceback of forward call that caused the error:\n{where}", stacklevel=2
        )
        raise
    return results


class set_detect_anomaly:
    """Turns the search on or off: at once, or, in a `with` statement, until the end of its block.

    check_nan: whether a NaN in a gradient is an error; if not, only the errors of a backward are traced.
    """

    def __init__(self, mode, check_nan=True):
        self.before = state.on, state.check_nan
        state.on, state.check_nan = bool(mode), check_nan

    def __enter__(self):
        pass

    def __exit__(self, *exception):
        state.on, state.check_nan = self.before


class detect_anomaly(set_detect_anomaly):
    """Inside it, a backward that gives NaN is a RuntimeError, and a warning shows the forward call that it is of."""

    def __init__(self, check_nan=True):
        warnings.warn(
            "Anomaly Detection has been enabled. This mode will increase the runtime and should only be enabled for "
            "debugging.",
            stacklevel=2,
        )
        super().__init__(True, check_nan)


def is_anomaly_enabled():
    """Whether the search is on."""
    return state.on


def is_anomaly_check_nan_enabled():
    """Whether a NaN is an error while the search is on."""
    return state.check_nan
