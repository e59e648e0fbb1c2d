"""Attention: masks of booleans and numbers, causal, grouped heads, dropout."""

from hypothesis import strategies as st

from parity.draw import Case, Fixed, arrays, masks, pick, salts
from parity.harness import Row

function = lambda lib, *args, **settings: lib.nn.functional.scaled_dot_product_attention(*args, **settings)


@st.composite
def triples(draw, heads=(((2,), (2,)), ((), ())), mask=None):
    """Queries, keys, values; a mask or none."""
    own, shared = draw(pick(*heads))
    batch = draw(pick((), (2,)))
    length, others, width = draw(pick(3, 1)), draw(pick(4, 3, 2, 1)), draw(pick(2, 1))
    shapes = [(*batch, *own, length, width), (*batch, *shared, others, width), (*batch, *shared, others, 2)]
    args = tuple(draw(arrays(shape, "normal")) for shape in shapes)
    settings = {"scale": draw(pick(None, 0.5))}
    if mask is not None:
        shape = draw(pick((length, others), (1, others)))  # torch's fused kernel wants two dims
        return Case((*args, draw(mask(shape))), settings, draw(salts()))
    return Case(args, {"is_causal": draw(pick(True, False)), **settings}, draw(salts()))


def numbers(shape):
    """A mask of numbers, as a learnt one: with it, torch computes by plain operations."""
    return arrays(shape, "normal")


def constant(shape):
    """A mask that no derivative is asked for: with it, or without one, torch takes its fused kernel."""
    return st.one_of(masks(shape), arrays(shape, "normal").map(Fixed))


def grouped(lib, *args, **settings):
    return function(lib, *args, enable_gqa=True, **settings)


def dropped(lib, *args, **settings):
    """Dropout of the weights, after a seed."""
    lib.manual_seed(1)
    return function(lib, *args, dropout_p=0.5, **settings)


# torch's two ways part where there are NaN or inf, and in whether they take a mask of one dim; the fused one has no
# second derivative.
masked, fused = ("edges", "errors"), ("edges", "grad grad")
groups = (((4,), (2,)), ((2,), (1,)), ((3,), (2,)))
ROWS = [
    Row("scaled_dot_product_attention", function, triples(mask=numbers), "sums", masked),
    Row("attention mask", function, triples(mask=constant), "sums", (*masked, "grad grad")),
    Row("attention is_causal", function, triples(), "sums", fused),
    Row("attention enable_gqa", grouped, triples(groups, numbers), "sums", masked),
    # The mask lies in the order of memory of a product: that of torch's follows its inputs'.
    Row("attention dropout", dropped, triples(mask=numbers), "sums", (*masked, "layout"), gpu=False, bernoulli=True),
]
