"""In-place operations: on a copy, on a view of it (its base must follow), with history."""

from hypothesis import strategies as st

from parity.draw import Case, arrays, broadcasting, case, dims, masks, pick, salts, shapes, spread, whole
from parity.harness import Row
from parity.rows.shape import laid


def on_copy(change):
    """The row's function: change(copy of x, ...), and what the copy then is."""

    def call(lib, x, *args, **settings):
        y = x * 1
        z = change(y, *args, **settings)
        return (y, z, z is y)

    return call


def on_view(change):
    """The row's function: change a row of a copy of x; the copy, and the view."""

    def call(lib, x, *args):
        base = x.clone()
        part = base[0]
        change(part, *args)
        return (base * 2, part)

    return call


def through(view):
    """The row's function: multiply a view of a copy of x; the copy, and the view."""

    def call(lib, x, v):
        base = x.clone()
        part = view(base)
        part.mul_(v)
        return (base * base, part * v)

    return call


VIEWS = {
    "diagonal": lambda x: x.diagonal(1),
    "unfold": lambda x: x.unfold(1, 1, 2),
    "as_strided": lambda x: x.as_strided((2, 2), (3, 1), 1),
    "tensor_split": lambda x: x.tensor_split(2, 1)[1],
    "hsplit": lambda x: x.hsplit(3)[1],
    "swapdims": lambda x: x.swapdims(0, 1)[1:],
    "movedim": lambda x: x.movedim(0, 1)[0],
    "mH": lambda x: x.mH[2],
    "atleast_3d": lambda x: x[1].view(3).expand(1, 3)[0],
    "unflatten": lambda x: x.view(6).unflatten(0, (3, 2))[:, 1],
    "narrow of diagonal": lambda x: x.t().diagonal().narrow(0, 1, 1),
}


def turned(change):
    """The row's function: a view in place of a copy of x; what the copy then is, and its strides and version."""

    def call(lib, x, *args):
        y = x * 1
        z = change(y, *args)
        return (y, laid(z * 1), laid(y), z is y, y._version)

    return call


def turned_with_views(lib, x, v):
    """Views of a tensor from before and after its own shape was changed, all of them written."""
    y = x * 1
    before = y[0]
    y.t_().unsqueeze_(0)
    after = y[0, 1:]
    after.mul_(v)
    before.add_(v)
    return (y * y, before * v, after * v)


def turned_view(lib, x, v):
    """A view whose own shape is changed, and views of it from before and after."""
    y = x * 1
    z = y[:, 1:]
    before = z[0]
    z.transpose_(0, 1)
    after = z[0]
    after.mul_(v)
    before.mul_(v)
    z.squeeze_().add_(v)
    return (y * y, z, before * v, after * v)


@st.composite
def same(draw):
    """Two arrays, the second broadcasts to the first; and whole numbers, for ties."""
    shape = draw(pick((2, 3), (3,), (), (0, 3), (2, 2, 3)))
    other = draw(pick(shape, shape[1:], ()))
    return Case(
        (draw(arrays(shape, ("normal", "whole"))), draw(arrays(other, ("normal", "whole")))), salt=draw(salts())
    )


@st.composite
def three(draw):
    """Three arrays, of which the second and the third broadcast to the first."""
    shape = draw(pick((2, 3), (3,), (), (0, 3), (2, 2, 3)))
    others = [draw(arrays(draw(pick(shape, shape[1:], ())), ("normal", "whole"))) for _ in range(2)]
    return Case((draw(arrays(shape, ("normal", "whole"))), *others), salt=draw(salts()))


def method(name, *settings):
    """y.name(...), for either library's tensor."""
    return on_copy(lambda y, *args: getattr(y, name)(*args, *settings))


one = case(arrays(style=("positive", "normal", "whole")))
quarters = arrays(style="whole").map(lambda x: x / 4)
few = case(arrays(shapes(max_dims=1), style=("unit", "whole")))  # see parity/rows/functions.py

FUNCTIONS = (
    "sign_", "sgn_", "floor_", "ceil_", "trunc_", "frac_", "round_", "square_", "reciprocal_", "rsqrt_", "exp2_",
    "expm1_", "log2_", "log10_", "log1p_", "sin_", "cos_", "tan_", "asin_", "acos_", "atan_", "sinh_", "cosh_", "erf_",
    "erfc_", "deg2rad_", "rad2deg_", "nan_to_num_",
)  # fmt: skip
OF_TWO = (
    "fmod_", "atan2_", "hypot_", "copysign_", "heaviside_", "xlogy_", "clamp_min_", "clamp_max_", "float_power_",
    "true_divide_", "eq_", "ne_", "lt_", "le_", "gt_", "ge_", "logical_and_", "logical_or_", "logical_xor_",
)  # fmt: skip
BITS = (
    "bitwise_and_", "bitwise_or_", "bitwise_xor_", "bitwise_left_shift_", "bitwise_right_shift_", "gcd_", "lcm_",
)  # fmt: skip
WITHOUT_DERIVATIVE = ("grad", "grad grad")

ROWS = [
    Row("add_", on_copy(lambda y, v: y.add_(v)), same()),
    Row("sub_", on_copy(lambda y, v: y.sub_(v)), same()),
    Row("mul_", on_copy(lambda y, v: y.mul_(v)), same()),
    Row("div_", on_copy(lambda y, v: y.div_(v)), same()),
    Row("remainder_", on_copy(lambda y, v: y.remainder_(v)), same()),
    Row("floor_divide_", on_copy(lambda y, v: y.floor_divide_(v)), same()),
    Row("pow_", on_copy(lambda y, n: y.pow_(n)), case(arrays(style="positive"), pick(2, 0.5, 3, -1))),
    Row("add_ grows", on_copy(lambda y, v: y.add_(v)), spread(broadcasting())),
    Row("add_ number", on_copy(lambda y, n: y.add_(n)), case(arrays(), pick(1, 0.5, True))),
    Row(
        "masked_fill_",
        on_copy(lambda y, m, n: y.masked_fill_(m, n)),
        case(arrays((2, 3)), masks(pick((3,), (2, 3), ())), pick(0, 0.5)),
    ),
    Row(
        "clamp_", on_copy(lambda y, low, high: y.clamp_(low, high)), case(arrays(), pick(-1, None), pick(1, 0.5, None))
    ),
    Row("relu_", on_copy(lambda y: y.relu_()), one),
    Row("exp_", on_copy(lambda y: y.exp_()), one),
    Row("log_", on_copy(lambda y: y.log_()), one),
    Row("sqrt_", on_copy(lambda y: y.sqrt_()), one),
    Row("tanh_", on_copy(lambda y: y.tanh_()), one),
    Row("sigmoid_", on_copy(lambda y: y.sigmoid_()), one),
    Row("neg_", on_copy(lambda y: y.neg_()), one),
    Row("abs_", on_copy(lambda y: y.abs_()), one),
    *[Row(name, method(name), one) for name in FUNCTIONS],
    *[Row(name, method(name), same()) for name in OF_TWO],
    # torch refuses to differentiate these in place.
    *[Row(name, method(name), one, without=WITHOUT_DERIVATIVE) for name in ("asinh_", "acosh_", "atanh_")],
    Row("sinc_", method("sinc_"), case(quarters), "sums"),
    Row("logit_", method("logit_"), few),
    Row("logical_not_", method("logical_not_"), one),
    Row("addcmul_", on_copy(lambda y, a, b: y.addcmul_(a, b, value=2)), three(), "sums"),
    Row("addcdiv_", on_copy(lambda y, a, b: y.addcdiv_(a, b, value=0.5)), three(), "sums"),
    Row("lerp_", method("lerp_"), three(), "sums"),
    Row("clamp_ tensors", method("clamp_"), three()),
    # As the functions, in parity/rows/functions.py.
    Row("erfinv_", method("erfinv_"), case(arrays(style="unit").map(lambda x: x * 0.75))),
    Row("lgamma_", method("lgamma_"), case(arrays(style="positive")), "sums", ("grad grad",)),
    Row("digamma_", method("digamma_"), case(arrays(style="positive")), "sums", WITHOUT_DERIVATIVE),
    Row("polygamma_", method("polygamma_", 2), case(arrays(style="positive")), "sums", ("edges",)),
    *[Row(name, method(name), case(whole((2, 3), -9, 10), whole(pick((3,), (2, 1), ()), 0, 5))) for name in BITS],
    Row("bitwise_not_", method("bitwise_not_"), case(whole((2, 3), -9, 10))),
    Row("zero_", on_copy(lambda y: y.zero_()), one),
    Row("fill_", on_copy(lambda y, n: y.fill_(n)), case(arrays(), pick(1, -0.5, True))),
    Row("copy_", on_copy(lambda y, v: y.copy_(v)), same()),
    Row(
        "view add_",
        on_view(lambda part, v: part.add_(v)),
        case(arrays(pick((2, 3), (1, 3), (3,))), arrays(pick((3,), (), (1,)))),
    ),
    Row(
        "view mul_",
        on_view(lambda part, v: part.mul_(v)),
        case(arrays(pick((2, 3), (1, 3))), arrays(pick((3,), (), (1,)))),
    ),
    Row(
        "view copy_",
        on_view(lambda part, v: part.copy_(v)),
        case(arrays(pick((2, 3), (1, 3))), arrays(pick((3,), (), (2,)))),
    ),
    Row("view zero_", on_view(lambda part: part.zero_()), case(arrays(pick((2, 3), (3,), (1, 0))))),
    Row(
        "setitem add",
        on_view(lambda part, v: part.__setitem__(slice(1, None), v)),
        case(arrays((2, 3)), arrays(pick((2,), (), (1,)))),
    ),
    *[
        Row(f"through {name}", through(view), case(arrays((2, 3), "normal"), arrays(pick((), (1,)), "normal")))
        for name, view in VIEWS.items()
    ],
    Row(
        "squeeze_",
        turned(lambda y, d: y.squeeze_(d)),
        case(arrays(shapes(0, 3, 1, 2)), pick(0, (0, 1), -1, 3, (0, -1))),
    ),
    Row("squeeze_ all", turned(lambda y: y.squeeze_()), case(arrays(shapes(0, 3, 1, 2)))),
    Row("unsqueeze_", turned(lambda y, d: y.unsqueeze_(d)), case(arrays(style="normal"), dims)),
    Row("transpose_", turned(lambda y, a, b: y.transpose_(a, b)), case(arrays(style="normal"), dims, dims)),
    Row("swapaxes_", turned(lambda y, a, b: y.swapdims_(a, b).swapaxes_(0, b)), case(arrays((2, 3, 2)), dims, dims)),
    Row("t_", turned(lambda y: y.t_()), case(arrays(style="normal"))),
    Row("turned with views", turned_with_views, case(arrays((2, 3), "normal"), arrays(pick((), (1,)), "normal"))),
    Row("turned view", turned_view, case(arrays((2, 3), "normal"), arrays(pick((), (1,)), "normal"))),
    Row("tril_", on_copy(lambda y, k: y.tril_(k)), case(arrays(shapes(2, 3)), pick(0, 1, -1))),
    Row("triu_", on_copy(lambda y, k: y.triu_(k)), case(arrays(shapes(2, 3)), pick(0, 1, -1))),
]
