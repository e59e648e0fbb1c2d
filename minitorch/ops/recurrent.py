"""Recurrent layers: the same step again and again, along a sequence, with a state that is carried on.

A *cell* is one step, as the book writes it; it is the definition. A layer is a cell over a whole sequence. That is one
op here: what the inputs of all steps give to the gates is one matrix product, before the first step; then each step
adds the product with the state and is one pass over the gates (kernels/cpu/recurrent.py). Backward runs the steps the
other way round (backpropagation through time; detach the state to cut it off, as truncated backpropagation does), and
the gradients of the input, of its weight and bias are, again, products and a sum over all steps.

Sequences of different lengths come sorted, the longest first, the rows of all steps one below the other (a
PackedSequence): step t has the rows of those that are still running.
https://docs.pytorch.org/docs/stable/nn.html#recurrent-layers
"""

from itertools import accumulate

from minitorch.autograd.fused import gradients_by_definition
from minitorch.autograd.grad_mode import is_grad_enabled
from minitorch.autograd.op import op
from minitorch.ops.activation import relu, sigmoid
from minitorch.ops.dropout import dropout
from minitorch.ops.elementwise import tanh
from minitorch.ops.join import cat
from minitorch.ops.matmul import linear, product, row_products, same_dtype

# -- cells -------------------------------------------------------------------------------------------------------------


def rnn_step(x, h, weight, nonlinearity=tanh):
    """h' = tanh(x + W h), where x is already W_x x + b (Elman, Finding structure in time, 1990)."""
    return (nonlinearity(x + linear(h, weight)),)


def lstm_step(x, h, c, weight, projection=None):
    """One step of long short-term memory (Hochreiter and Schmidhuber, 1997); x is already W_x x + b, for four gates:

    i = sigmoid(x_i + W_i h)    the input gate: how much of the candidate is let in
    f = sigmoid(x_f + W_f h)    the forget gate: how much of the memory is kept
    g = tanh(x_g + W_g h)       the candidate
    o = sigmoid(x_o + W_o h)    the output gate: how much of the memory is shown
    c' = f c + i g
    h' = o tanh(c')             (with a projection P: P o tanh(c'); Sak et al., arXiv 1402.1128)
    """
    i, f, g, o = (x + linear(h, weight)).chunk(4, -1)
    c = sigmoid(f) * c + sigmoid(i) * tanh(g)
    h = sigmoid(o) * tanh(c)
    return (h if projection is None else linear(h, projection)), c


def gru_step(x, h, weight, bias=None):
    """One step of a gated recurrent unit (Cho et al., arXiv 1406.1078); x is already W_x x + b, for three gates:

    r = sigmoid(x_r + W_r h + b_r)        the reset gate: how much of the state the candidate may see
    z = sigmoid(x_z + W_z h + b_z)        the update gate: how much of the state stays
    n = tanh(x_n + r (W_n h + b_n))       the candidate
    h' = (1 - z) n + z h

    The textbook's reset gate acts before the product, n = tanh(x_n + W_n (r h)); torch's (and cuDNN's) acts after it,
    which makes one product of all three, and is what stands here.
    """
    r, z, n = x.chunk(3, -1)
    hidden_r, hidden_z, hidden_n = linear(h, weight, bias).chunk(3, -1)
    r, z = sigmoid(r + hidden_r), sigmoid(z + hidden_z)
    n = tanh(n + r * hidden_n)
    return ((1 - z) * n + z * h,)


def unrolled(step, x, states, steps):
    """A cell over a sequence: (all h, one below the other, and the last states). x (N, gates): see `steps_of`."""
    outputs = {}
    for start, n in steps:
        new = step(x[start : start + n], *(s[:n] for s in states))
        outputs[start] = new[0]
        states = [cat([fresh, old[n:]]) for fresh, old in zip(new, states, strict=True)]  # shorter ones have ended
    return cat([outputs[start] for start in sorted(outputs)]), *states


def steps_of(sizes, reverse):
    """(first row, number of rows) of each step of these sizes, in the order in which the layer goes through them."""
    steps = list(zip(accumulate(sizes, initial=0), sizes, strict=False))
    return steps[::-1] if reverse else steps


# -- layers over a sequence, fused -------------------------------------------------------------------------------------


def of_input(x, w_ih, bias):
    """What the inputs of all steps give to the gates, W_ih x + b, as an array: one product of matrices."""
    same_dtype("linear", x, w_ih, bias)
    if bias is None:
        return x.kernels.matmul(x.array, x.kernels.permute(w_ih.array, (1, 0)))
    return x.kernels.affine(x.array, w_ih.array, bias.array)


@op
def rnn_sequence(x, h, w_ih, w_hh, bias, *, steps, relu_):
    """(all h, the last ones)."""
    y, last, before = x.kernels.rnn(of_input(x, w_ih, bias), h.array, w_hh.array, steps, relu_)
    before, inner = x.wrap(before), x.edge is not None

    def vjp(g, result):
        if is_grad_enabled():
            function = relu if relu_ else tanh
            definition = lambda x, h, w_ih, w_hh, bias: unrolled(
                lambda x, h: rnn_step(x, h, w_hh, function), linear(x, w_ih, bias), [h], steps
            )
            return gradients_by_definition(definition, (x, h, w_ih, w_hh, bias), g)
        g, gh, g_hh = rnn_backward(g[0], g[1], result[0], before, w_hh, steps=steps, relu_=relu_)
        g_bias = None if bias is None else g.sum(0)
        return product(g, w_ih) if inner else None, gh, row_products(g, x), g_hh, g_bias

    return (y, last), vjp


@op
def rnn_backward(gy, gh, y, before, weight, *, steps, relu_):
    """Gradients (of the gates, of h, of the weight)."""
    kernel = gy.kernels.rnn_backward
    return (kernel(gy.array, gh.array, y.array, before.array, weight.array, steps, relu_),)


@op
def lstm_sequence(x, h, c, w_ih, w_hh, bias, projection, *, steps):
    """(all h, the last ones, the last c)."""
    matrix = None if projection is None else projection.array
    y, last_h, last_c, saved = x.kernels.lstm(of_input(x, w_ih, bias), h.array, c.array, w_hh.array, matrix, steps)
    inner = x.edge is not None

    def vjp(g):
        if is_grad_enabled():
            definition = lambda x, h, c, w_ih, w_hh, bias, projection: unrolled(
                lambda x, h, c: lstm_step(x, h, c, w_hh, projection), linear(x, w_ih, bias), [h, c], steps
            )
            return gradients_by_definition(definition, (x, h, c, w_ih, w_hh, bias, projection), g)
        g, gh, gc, g_hh, *last = lstm_backward(*g, w_hh, projection, saved=saved, steps=steps)
        gx, g_bias = product(g, w_ih) if inner else None, None if bias is None else g.sum(0)
        return gx, gh, gc, row_products(g, x), g_hh, g_bias, *(last or [None])

    return (y, last_h, last_c), vjp


@op
def lstm_backward(gy, gh, gc, weight, projection, *, saved, steps):
    """Gradients (of the gates, of h, of c, of the weight, and, where there is one, of the projection)."""
    matrix = None if projection is None else projection.array
    gradients = gy.kernels.lstm_backward(gy.array, gh.array, gc.array, saved, weight.array, matrix, steps)
    return (tuple(x for x in gradients if x is not None),)


@op
def gru_sequence(x, h, w_ih, w_hh, b_ih, b_hh, *, steps):
    """(all h, the last ones)."""
    vector = None if b_hh is None else b_hh.array
    y, last, saved = x.kernels.gru(of_input(x, w_ih, b_ih), h.array, w_hh.array, vector, steps)
    inner, size = x.edge is not None, h.array.shape[1]

    def vjp(g):
        if is_grad_enabled():
            definition = lambda x, h, w_ih, w_hh, b_ih, b_hh: unrolled(
                lambda x, h: gru_step(x, h, w_hh, b_hh), linear(x, w_ih, b_ih), [h], steps
            )
            return gradients_by_definition(definition, (x, h, w_ih, w_hh, b_ih, b_hh), g)
        g, g_hidden, gh, g_hh = gru_backward(*g, w_hh, saved=saved, steps=steps)
        gx, g_ih = product(g, w_ih) if inner else None, row_products(g, x)
        if b_ih is None:
            return gx, gh, g_ih, g_hh, None, None
        g_bias = g.sum(0)
        return gx, gh, g_ih, g_hh, g_bias, cat([g_bias[: 2 * size], g_hidden.sum(0)])

    return (y, last), vjp


@op
def gru_backward(gy, gh, weight, *, saved, steps):
    """Gradients (of the gates, of W_n h + b_n, of h, of the weight)."""
    return (gy.kernels.gru_backward(gy.array, gh.array, saved, weight.array, steps),)


# -- one direction of one layer ----------------------------------------------------------------------------------------


def rnn_layer(x, states, weights, steps, relu_=False):
    """weights: W_ih, W_hh and, with biases, b_ih, b_hh."""
    w_ih, w_hh, *biases = weights
    return rnn_sequence(x, *states, w_ih, w_hh, total(biases), steps=steps, relu_=relu_)


def relu_layer(x, states, weights, steps):
    """rnn_layer with relu in the place of tanh."""
    return rnn_layer(x, states, weights, steps, relu_=True)


def lstm_layer(x, states, weights, steps):
    """weights: W_ih, W_hh, with biases b_ih, b_hh, and with a projection W_hr."""
    w_ih, w_hh, *rest = weights
    projection = rest.pop() if len(rest) % 2 else None
    return lstm_sequence(x, *states, w_ih, w_hh, total(rest), projection, steps=steps)


def gru_layer(x, states, weights, steps):
    """weights: W_ih, W_hh and, with biases, b_ih, b_hh (which stay apart: r acts on the second)."""
    w_ih, w_hh, *biases = weights
    return gru_sequence(x, *states, w_ih, w_hh, *(biases or [None, None]), steps=steps)


def total(biases):
    """The sum of the two biases, or None: two are kept because torch (for cuDNN's sake) keeps two."""
    return biases[0] + biases[1] if biases else None


# -- several layers ----------------------------------------------------------------------------------------------------


def layers(layer, x, sizes, states, weights, directions, p, training):
    """Layers on top of each other, each in one or two directions: (the output of the top one, all last states).

    x (N, features): the rows of all steps; sizes: how many each step has. states: of each kind a list of tensors
    (B, H), and weights a list of lists, one for each layer and direction. Between layers goes dropout with
    probability p.
    """
    if x.dtype.itemsize == 2:  # half precision is computed in float32
        states, weights = ([[t.float() for t in tensors] for tensors in lists] for lists in (states, weights))
        y, last = layers(layer, x.float(), sizes, states, weights, directions, p, training)
        return y.to(x.dtype), [s.to(x.dtype) for s in last]
    finals = []
    for number in range(0, len(weights), directions):
        if number and p:
            x = dropout(x, p, training)
        outputs = []
        for d in range(directions):
            steps = steps_of(sizes, reverse=d == 1)
            y, *last = layer(x, [s[number + d] for s in states], weights[number + d], steps)
            outputs.append(y)
            finals.append(last)
        x = outputs[0] if directions == 1 else cat(outputs, -1)  # (N, H), (N, H) -> (N, 2 H)
    return x, [stacked(kind) for kind in zip(*finals, strict=True)]


def stacked(tensors):
    """(B, H) of each layer and direction -> (layers * directions, B, H)."""
    return cat([t.unsqueeze(0) for t in tensors])
