"""dtypes and copies."""

from parity.draw import arrays, broadcasting, case, pick, spread
from parity.harness import Row

x = arrays()
names = pick("float64", "float32", "int64", "int32", "uint8", "bool", "int16", "int8", "float16")
every = pick("float64", "float32", "float16", "bfloat16", "int64", "int32", "int16", "int8", "uint8", "bool")
tame = arrays(style="positive")
CAST = ("float32", "edges")  # a cast to float32 has no float64 truth; nan as an integer is undefined

ROWS = [
    Row("to dtype", lambda lib, x, dtype: x.to(getattr(lib, dtype)), case(tame, names), without=CAST),
    Row(
        "to dtype from dtype",  # of numbers from 0 to 4: those that do not fit an integer dtype are undefined
        lambda lib, x, a, b: x.to(getattr(lib, a)).to(getattr(lib, b)).double(),
        case(tame, every, every),
        "exact",
        without=("edges", "errors", "grad grad"),
    ),
    Row("to copy", lambda lib, x, copy: x.to(x.dtype, copy=copy), case(x, copy=pick(False, True))),
    Row("to other", lambda lib, x, y: x.to(y), spread(broadcasting())),
    Row("type", lambda lib, x: x.type().removeprefix(lib.__name__ + "."), case(x), gpu=False),
    Row("type_as", lambda lib, x, y: x.type_as(y), spread(broadcasting())),
    Row("float", lambda lib, x: x.float(), case(x), "sums", CAST),
    Row("double", lambda lib, x: x.double(), case(x)),
    Row("long", lambda lib, x: x.long(), case(tame), without=CAST),
    Row("int", lambda lib, x: x.int(), case(tame), without=CAST),
    Row("bool", lambda lib, x: x.bool(), case(x)),
    Row("item", lambda lib, x: x.item(), case(x), without=("float32",)),  # a Python number
    Row("tolist", lambda lib, x: x.tolist(), case(x), without=("float32",)),  # a Python number
    Row("float()", lambda lib, x: float(x), case(x), without=("float32",)),  # a Python number
    Row("int()", lambda lib, x: int(x), case(x), without=("float32",)),  # a Python number
    Row("bool()", lambda lib, x: bool(x), case(x)),
    Row("len", lambda lib, x: len(x), case(x)),
    Row("contains", lambda lib, x, n: n in x, case(x, pick(0, 1, 0.5))),
    Row("detach", lambda lib, x: x.detach() * 2, case(x)),
    Row(
        "repr",
        lambda lib, x: repr(x).replace("minitorch", "torch"),
        case(x),
        without=("grad", "grad grad"),  # it is a text
        gpu=False,  # torch's names the CPU's
    ),
    Row("size", lambda lib, x: (x.shape, x.size(), x.ndim, x.dim(), x.numel(), str(x.dtype)[-7:]), case(x)),
    Row("result_type", lambda lib, x, y: str(lib.result_type(x, y)).split(".")[1], spread(broadcasting())),
]
