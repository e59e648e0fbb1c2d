"""Recurrent layers: RNN, LSTM, GRU over whole sequences, and their cells for one step.

The formulas and the kernels are in minitorch/ops/recurrent.py.
https://docs.pytorch.org/docs/stable/nn.html#recurrent-layers
"""

import math
import numbers
import warnings

from minitorch.creation import empty, zeros
from minitorch.nn import init
from minitorch.nn.module import Module
from minitorch.nn.parameter import Parameter
from minitorch.nn.utils.rnn import PackedSequence
from minitorch.ops import recurrent
from minitorch.ops.activation import relu
from minitorch.ops.elementwise import tanh
from minitorch.ops.matmul import linear


class RNNBase(Module):
    """Layers on top of each other, each forward in time, or (bidirectional) one forward and one backward.

    input      (T, B, I); (B, T, I) with batch_first; (T, I) for one sequence; or a PackedSequence
    hx         the first state of every layer and direction, (layers * directions, B, H), zeros if left out; an LSTM has
               two: (h, c)
    returns    the outputs of the top layer at every step, (T, B, directions * H), and the last states

    The parameters are weight_ih_l0, weight_hh_l0, bias_ih_l0, bias_hh_l0, then _l0_reverse, _l1, ...; all begin as
    U(-k, k), k = 1 / sqrt(H). In training, dropout acts on the outputs of all layers but the top one.
    """

    layer = staticmethod(recurrent.rnn_layer)  # one direction of one layer
    gates = 1
    states = ("hx",)

    def __init__(
        self, input_size, hidden_size, num_layers=1, bias=True, batch_first=False, dropout=0.0, bidirectional=False,
        proj_size=0, device=None, dtype=None,
    ):  # fmt: skip
        super().__init__()
        check_settings(input_size, hidden_size, num_layers, bias, batch_first, dropout, proj_size)
        self.input_size, self.hidden_size, self.num_layers, self.bias = input_size, hidden_size, num_layers, bias
        self.batch_first, self.dropout = batch_first, float(dropout)
        self.bidirectional, self.proj_size = bidirectional, proj_size
        out, where = proj_size or hidden_size, {"device": device, "dtype": dtype}
        self._names = []  # of the weights, one list for each layer and direction
        for number in range(num_layers):
            for end in ("", "_reverse")[: self.directions]:
                inner = input_size if number == 0 else out * self.directions
                rows = self.gates * hidden_size
                shapes = {"weight_ih": (rows, inner), "weight_hh": (rows, out)}
                if bias:
                    shapes |= {"bias_ih": (rows,), "bias_hh": (rows,)}
                if proj_size:
                    shapes["weight_hr"] = (proj_size, hidden_size)
                self._names.append([f"{name}_l{number}{end}" for name in shapes])
                for name, shape in zip(self._names[-1], shapes.values(), strict=True):
                    setattr(self, name, Parameter(empty(*shape, **where)))
        self.reset_parameters()

    @property
    def directions(self):
        """1 or 2."""
        return 2 if self.bidirectional else 1

    @property
    def all_weights(self):
        """The parameters, one list for each layer and direction."""
        return [[getattr(self, name) for name in names] for names in self._names]

    def reset_parameters(self):
        """Draw new first values."""
        bound = 1 / math.sqrt(self.hidden_size)
        for weight in self.parameters():
            init.uniform_(weight, -bound, bound)

    def flatten_parameters(self):
        """Nothing to do: cuDNN wants its parameters in one piece, ours may lie anywhere."""

    def forward(self, input, hx=None):
        packed = isinstance(input, PackedSequence)
        x = input.data if packed else input
        states = states_of(type(self).__name__, hx, len(self.states))
        single = not packed and x.ndim == 2
        if not packed:
            x, states = self.batched(x, states, single)
        sizes = input.batch_sizes.tolist() if packed else [x.shape[1]] * x.shape[0]
        if packed and states is not None:
            states = [in_order(s, input.sorted_indices) for s in states]
        self.check(x, states, sizes, packed)
        if states is None:
            first = [zeros(sizes[0], width, dtype=x.dtype, device=x.device) for width in self.widths]
            states = [[state] * len(self._names) for state in first]
        else:
            states = [s.unbind() for s in states]  # (layers * directions, B, H) -> (B, H) of each
        rows = x if packed else x.reshape(x.shape[0] * x.shape[1], x.shape[2])  # (T, B, I) -> (T B, I)
        y, last = recurrent.layers(
            self.layer, rows, sizes, states, self.all_weights, self.directions, self.dropout, self.training
        )
        if packed:
            y = PackedSequence(y, input.batch_sizes, input.sorted_indices, input.unsorted_indices)
            last = [in_order(s, input.unsorted_indices) for s in last]
        else:
            y = y.reshape(*x.shape[:2], y.shape[-1])  # (T B, H) -> (T, B, H)
            y = y.squeeze(1) if single else y.transpose(0, 1) if self.batch_first else y
            last = [s.squeeze(1) for s in last] if single else last
        return y, last[0] if len(last) == 1 else tuple(last)

    def batched(self, x, states, single):
        """Input as (T, B, I), and states as (layers * directions, B, H) or None. Errors for other numbers of dims."""
        name = type(self).__name__
        if x.ndim not in (2, 3):
            raise ValueError(f"{name}: Expected input to be 2D or 3D, got {x.ndim}D instead")
        if states is not None and any(s.ndim != x.ndim for s in states):
            kind, got = "unbatched" if single else "batched", ", ".join(f"{s.ndim}-D" for s in states)
            raise RuntimeError(f"For {kind} {x.ndim}-D input, hx should also be {x.ndim}-D but got {got} tensor")
        if single:
            return x.unsqueeze(1), states and [s.unsqueeze(1) for s in states]
        return (x.transpose(0, 1) if self.batch_first else x), states

    @property
    def widths(self):
        """The sizes of the states."""
        return (self.proj_size or self.hidden_size, self.hidden_size)[: len(self.states)]

    def check(self, x, states, sizes, packed):
        """Errors for another dtype or size than the layer's."""
        weight = getattr(self, self._names[0][0])
        if x.dtype is not weight.dtype:
            raise ValueError(
                f"RNN input dtype ({x.dtype}) does not match weight dtype ({weight.dtype}). Convert input: "
                f"input.to({weight.dtype}), or convert model: model.to({x.dtype})"
            )
        if x.ndim != (2 if packed else 3):
            raise RuntimeError(f"input must have {2 if packed else 3} dimensions, got {x.ndim}")
        if x.shape[-1] != self.input_size:
            raise RuntimeError(
                f"input.size(-1) must be equal to input_size. Expected {self.input_size}, got {x.shape[-1]}"
            )
        if not sizes:
            raise RuntimeError("Expected sequence length to be larger than 0 in RNN")
        if states is None:
            return
        for state, width, name in zip(states, self.widths, self.states, strict=True):
            expected = len(self._names), sizes[0], width
            if tuple(state.shape) != expected:
                what = "hidden" if name == "hx" else name
                raise RuntimeError(f"Expected {what} size {expected}, got {list(state.shape)}")

    def extra_repr(self):
        parts = [f"{self.input_size}, {self.hidden_size}"]
        usual = {
            "proj_size": 0, "num_layers": 1, "bias": True, "batch_first": False, "dropout": 0, "bidirectional": False,
        }  # fmt: skip
        parts += [f"{name}={getattr(self, name)}" for name, value in usual.items() if getattr(self, name) != value]
        return ", ".join(parts)


def check_settings(input_size, hidden_size, num_layers, bias, batch_first, dropout, proj_size):
    """torch's TypeErrors and ValueErrors for the arguments of a recurrent layer."""
    if not isinstance(dropout, numbers.Number) or isinstance(dropout, bool) or not 0 <= dropout <= 1:
        raise ValueError(
            "dropout should be a number in range [0, 1] representing the probability of an element being zeroed"
        )
    if dropout > 0 and num_layers == 1:
        warnings.warn(
            "dropout option adds dropout after all but last recurrent layer, so non-zero dropout expects num_layers "
            f"greater than 1, but got dropout={dropout} and num_layers={num_layers}",
            stacklevel=3,
        )
    for name, value, kind in (
        ("bias", bias, bool), ("batch_first", batch_first, bool),
        ("input_size", input_size, int), ("hidden_size", hidden_size, int),
    ):  # fmt: skip
        if not isinstance(value, kind):
            raise TypeError(f"{name} should be of type {kind.__name__}, got: {type(value).__name__}")
    for name, value in (("input_size", input_size), ("hidden_size", hidden_size), ("num_layers", num_layers)):
        if value <= 0:
            raise ValueError(f"{name} must be greater than zero")
    if proj_size < 0:
        raise ValueError("proj_size should be a positive integer or zero to disable projections")
    if proj_size >= hidden_size:
        raise ValueError("proj_size has to be smaller than hidden_size")


def states_of(name, hx, count):
    """The states given to a layer or cell, as a tuple, or None. TypeError for another number of them."""
    if hx is None or count == 1:
        return hx if hx is None else (hx,)
    if not isinstance(hx, tuple | list) or len(hx) != count:
        raise TypeError(f"{name}: hx must be a tuple of two tensors, (h, c), got {type(hx).__name__}")
    return tuple(hx)


def in_order(state, indices):
    """The sequences of a state (L, B, H) in another order."""
    return state if indices is None else state.index_select(1, indices)


def without_projection(settings):
    if "proj_size" in settings:
        raise ValueError("proj_size argument is only supported for LSTM, not RNN or GRU")


class RNN(RNNBase):
    """h' = tanh(W_ih x + b_ih + W_hh h + b_hh), or relu: `nonlinearity`, which stands fourth among the arguments.

    https://docs.pytorch.org/docs/stable/generated/torch.nn.RNN.html
    """

    def __init__(self, input_size, hidden_size, num_layers=1, nonlinearity="tanh", *args, **settings):
        without_projection(settings)
        if nonlinearity not in ("tanh", "relu"):
            raise ValueError(f"Unknown nonlinearity '{nonlinearity}'. Select from 'tanh' or 'relu'.")
        super().__init__(input_size, hidden_size, num_layers, *args, **settings)
        self.nonlinearity = nonlinearity
        self.layer = recurrent.rnn_layer if nonlinearity == "tanh" else recurrent.relu_layer


class LSTM(RNNBase):
    """Long short-term memory: what is kept in c passes through no matrix, so that its gradient lasts.

    i, f, o = sigmoid(W x + b + U h + d), with weights of their own     what is let in, kept and shown
    g = tanh(W_g x + b_g + U_g h + d_g)                                 the candidate
    c' = f c + i g
    h' = o tanh(c')                                                     with proj_size: P o tanh(c')

    W is weight_ih, U weight_hh, b and d bias_ih and bias_hh, in the order i, f, g, o; P is weight_hr. hx is (h, c).
    https://docs.pytorch.org/docs/stable/generated/torch.nn.LSTM.html
    """

    layer = staticmethod(recurrent.lstm_layer)
    gates = 4
    states = ("hidden[0]", "hidden[1]")


class GRU(RNNBase):
    """Gated recurrent units: a gate z between the old state and a candidate n.

    r, z = sigmoid(W x + b + U h + d), with weights of their own
    n = tanh(W_n x + b_n + r (U_n h + d_n))
    h' = (1 - z) n + z h

    W is weight_ih, U weight_hh, b and d bias_ih and bias_hh, in the order r, z, n. In the textbook the reset gate r
    acts before the product, U_n (r h) + d_n; torch's (and cuDNN's) acts after it. Weights trained for the one do not
    suit the other.
    https://docs.pytorch.org/docs/stable/generated/torch.nn.GRU.html
    """

    layer = staticmethod(recurrent.gru_layer)
    gates = 3

    def __init__(self, *args, **settings):
        without_projection(settings)
        super().__init__(*args, **settings)


# -- one step ----------------------------------------------------------------------------------------------------------


class RNNCellBase(Module):
    """One step: input (B, I) or (I), state (B, H) or (H), zeros if left out; returns the new state."""

    gates = 1

    def __init__(self, input_size, hidden_size, bias=True, device=None, dtype=None):
        super().__init__()
        self.input_size, self.hidden_size, self.bias = input_size, hidden_size, bias
        rows, where = self.gates * hidden_size, {"device": device, "dtype": dtype}
        self.weight_ih = Parameter(empty(rows, input_size, **where))
        self.weight_hh = Parameter(empty(rows, hidden_size, **where))
        for name in ("bias_ih", "bias_hh"):
            self.register_parameter(name, Parameter(empty(rows, **where)) if bias else None)
        self.reset_parameters()

    def reset_parameters(self):
        """Draw new first values."""
        bound = 1 / math.sqrt(self.hidden_size) if self.hidden_size > 0 else 0
        for weight in self.parameters():
            init.uniform_(weight, -bound, bound)

    def step(self, x, *states):
        """The new states, as a tuple."""
        raise NotImplementedError

    def forward(self, input, hx=None):
        name, count = type(self).__name__, 2 if isinstance(self, LSTMCell) else 1
        if input.ndim not in (1, 2):
            raise ValueError(f"{name}: Expected input to be 1D or 2D, got {input.ndim}D instead")
        states = states_of(name, hx, count)
        for number, state in enumerate(states or ()):
            if state.ndim not in (1, 2):
                what = f"hx[{number}]" if count == 2 else "hidden"
                raise ValueError(f"{name}: Expected {what} to be 1D or 2D, got {state.ndim}D instead")
        single = input.ndim == 1
        x = input.unsqueeze(0) if single else input
        if states is None:
            states = [zeros(x.shape[0], self.hidden_size, dtype=x.dtype, device=x.device)] * count
        elif single:
            states = [s.unsqueeze(0) for s in states]
        self.check(x, states)
        new = self.step(x, *states)
        new = tuple(s.squeeze(0) for s in new) if single else tuple(new)
        return new if count == 2 else new[0]

    def check(self, x, states):
        """RuntimeError for other sizes than the cell's."""
        if x.shape[1] != self.input_size:
            raise RuntimeError(f"input has inconsistent input_size: got {x.shape[1]} expected {self.input_size}")
        for state in states:
            if state.ndim != 2 or state.shape[1] != self.hidden_size or state.shape[0] != x.shape[0]:
                raise RuntimeError(
                    f"hidden state of shape {list(state.shape)} does not fit input of shape {list(x.shape)}: expected "
                    f"{[x.shape[0], self.hidden_size]}"
                )

    def extra_repr(self):
        parts = [f"{self.input_size}, {self.hidden_size}"]
        usual = {"bias": True, "nonlinearity": "tanh"}
        parts += [f"{n}={getattr(self, n)}" for n, value in usual.items() if getattr(self, n, value) != value]
        return ", ".join(parts)


class RNNCell(RNNCellBase):
    """h' = tanh(W_ih x + b_ih + W_hh h + b_hh), or relu.

    https://docs.pytorch.org/docs/stable/generated/torch.nn.RNNCell.html
    """

    def __init__(self, input_size, hidden_size, bias=True, nonlinearity="tanh", device=None, dtype=None):
        super().__init__(input_size, hidden_size, bias, device, dtype)
        self.nonlinearity = nonlinearity

    def step(self, x, h):
        functions = {"tanh": tanh, "relu": relu}
        if self.nonlinearity not in functions:
            raise RuntimeError(f"Unknown nonlinearity: {self.nonlinearity}")
        bias = recurrent.total([self.bias_ih, self.bias_hh] if self.bias else [])
        return recurrent.rnn_step(linear(x, self.weight_ih, bias), h, self.weight_hh, functions[self.nonlinearity])


class LSTMCell(RNNCellBase):
    """One step of an LSTM: hx and the result are (h, c).

    https://docs.pytorch.org/docs/stable/generated/torch.nn.LSTMCell.html
    """

    gates = 4

    def step(self, x, h, c):
        bias = recurrent.total([self.bias_ih, self.bias_hh] if self.bias else [])
        return recurrent.lstm_step(linear(x, self.weight_ih, bias), h, c, self.weight_hh)


class GRUCell(RNNCellBase):
    """One step of a GRU.

    https://docs.pytorch.org/docs/stable/generated/torch.nn.GRUCell.html
    """

    gates = 3

    def step(self, x, h):
        return recurrent.gru_step(linear(x, self.weight_ih, self.bias_ih), h, self.weight_hh, self.bias_hh)
