"""Type promotion: the one place that decides the dtype in which operands of different dtypes meet.

torch's rule (https://docs.pytorch.org/docs/stable/tensor_attributes.html#type-promotion-doc): operands have a category,
bool < integer < floating, and a priority: tensors with dimensions, then 0-d tensors, then Python numbers. An operand of
lower priority changes the result only where its category is higher. So float32[3] + float64[] is float32[3], but
int64[3] + float64[] is float64[3]. NumPy's rule is another one (0-d arrays count fully, int64 with float32 is float64).
"""

import numpy as np

from kernels.bfloat16 import BFLOAT16
from kernels.cpu import cast
from minitorch import dtype as dtypes
from minitorch.autograd.op import check_tensors, quiet
from minitorch.autograd.variable import Variable
from minitorch.dtype import CATEGORY, FLOATING

NUMBER = (int, float)  # tuples: isinstance is slow with a union
OPERAND = (Variable, int, float, np.number, np.bool_)


def promote_numpy(a, b):
    """The smallest dtype that holds both, as torch sees it: a floating dtype wins over any integer; NumPy dtypes."""
    if CATEGORY[a.kind] == 2 != CATEGORY[b.kind]:
        return a
    if CATEGORY[b.kind] == 2 != CATEGORY[a.kind]:
        return b
    if a is not b and BFLOAT16 in (a, b):  # with float16, too, float32 is the smallest that holds both
        return np.promote_types(np.float32, b if a is BFLOAT16 else a)
    if a != b and "u" in (a.kind, b.kind) and max(d.itemsize for d in (a, b) if d.kind == "u") > 1:
        raise RuntimeError(
            f"Promotion for uint16, uint32, uint64 types is not supported, attempted to promote {a} and {b}"
        )
    return np.promote_types(a, b)


def promote_types(type1, type2):
    """The dtype in which two tensors with dimensions meet: promote_types(int64, float16) is float16."""
    return dtypes.from_numpy(promote_numpy(type1.numpy, type2.numpy))


def number_dtype(number):
    """The NumPy dtype as which a Python number takes part: bool, int64, or the default floating dtype."""
    if isinstance(number, (bool, np.bool_)):
        return np.dtype(bool)
    if isinstance(number, (int, np.integer)):
        return np.dtype(np.int64)
    return dtypes.get_default_dtype().numpy


def common_dtype(operands):
    """The NumPy dtype in which `operands` (tensors and Python numbers) meet."""
    classes = [None, None, None]  # of tensors with dimensions, of 0-d tensors, of numbers
    for x in operands:
        is_tensor = isinstance(x, Variable)
        priority = (0 if x.array.ndim else 1) if is_tensor else 2
        dtype = x.array.dtype if is_tensor else number_dtype(x)
        classes[priority] = dtype if classes[priority] is None else promote_numpy(classes[priority], dtype)
    result = None
    for dtype in classes:
        if result is None or (dtype is not None and CATEGORY[dtype.kind] > CATEGORY[result.kind]):
            result = dtype if result is None or dtype is None else promote_numpy(result, dtype)
    return result


def result_type(tensor1, tensor2):
    """The dtype of an arithmetic operation on the two (tensors or Python numbers)."""
    return dtypes.from_numpy(common_dtype((tensor1, tensor2)))


def can_cast(from_, to):
    """Whether torch lets a result of dtype `from_` be written to a tensor of dtype `to`: the category may not fall."""
    return CATEGORY[from_.numpy.kind] <= CATEGORY[to.numpy.kind]


def number(value, dtype):
    """A Python number as a 0-d array; one that is too large for the dtype wraps around, or is infinite."""
    return quiet.run(cast, np.asarray(value), dtype)


def _cast_all(name, operands, dtype):
    """The operands as tensors of `dtype` on one device. A 0-d tensor on the CPU may meet tensors on another device."""
    tensors = [x for x in operands if isinstance(x, Variable)]
    if not tensors:
        raise TypeError(f"{name}() needs a Tensor among its arguments")
    device = max(tensors, key=lambda x: (x.array.ndim > 0, x.device.type != "cpu"))
    all_cast = []
    for i, x in enumerate(operands):
        target = dtype
        if dtype is BFLOAT16 and i == 1 and name in ("mul", "true_divide") and getattr(x, "ndim", 0) == 0:
            target = dtypes.float32.numpy  # here alone torch does not round a number: the operation runs in float32
        if not isinstance(x, Variable):
            x = device.wrap(device.kernels.from_numpy(number(x, target)))
        elif x.kernels is not device.kernels and x.array.ndim == 0 and x.device.type == "cpu":
            x = x.to(device.device)
        all_cast.append(x if x.array.dtype == target else x.cast(target))
    return check_tensors(name, all_cast)


def _alike(operands):
    """Whether all operands are tensors of one dtype on one device already: the usual case, told quickly."""
    first = operands[0]
    if not isinstance(first, Variable):
        return False
    for x in operands[1:]:
        if not (isinstance(x, Variable) and x.array.dtype is first.array.dtype and x.kernels is first.kernels):
            return False
    return True


def _with_number(operands):
    """A floating tensor and a Python number as two tensors of its dtype, which no number changes; else None. Quick."""
    a, b = operands
    if isinstance(a, Variable) and a.array.dtype.kind == "f" and isinstance(b, NUMBER):
        return a, a.wrap(a.kernels.from_numpy(np.asarray(quiet.run(a.array.dtype.type, b))))
    if isinstance(b, Variable) and b.array.dtype.kind == "f" and isinstance(a, NUMBER):
        return b.wrap(b.kernels.from_numpy(np.asarray(quiet.run(b.array.dtype.type, a)))), b
    return None


def _with_small_integer(operands):
    """A tensor of integers and a number that all of their dtypes hold; else None. Quick, for counts and indices."""
    a, b = operands
    if type(b) is int and isinstance(a, Variable) and a.array.dtype.kind == "i" and -128 <= b < 128:
        return a, a.wrap(a.kernels.from_numpy(np.asarray(b, a.array.dtype)))
    return None


def common(name, operands):
    """Operands for add, mul, maximum, a comparison ...: all in their common dtype."""
    if len(operands) == 2 and (pair := _with_number(operands) or _with_small_integer(operands)):
        return pair
    if _alike(operands):
        return operands
    check_operands(name, operands)
    return _cast_all(name, operands, common_dtype(operands))


def floating(name, operands):
    """Operands for div, exp, sqrt ...: in their common dtype, and integers as the default floating dtype."""
    if len(operands) == 2 and (pair := _with_number(operands)):
        return pair
    if _alike(operands) and operands[0].array.dtype.kind == "f":
        return operands
    check_operands(name, operands)
    dtype = common_dtype(operands)
    if dtype.kind not in FLOATING:
        dtype = dtypes.get_default_dtype().numpy
    return _cast_all(name, operands, dtype)


def check_operands(name, operands):
    """TypeError unless every operand is a tensor or a Python (or NumPy) number."""
    for position, x in enumerate(operands, 1):
        if not isinstance(x, OPERAND):
            raise TypeError(f"{name}(): argument {position} must be Tensor, not {type(x).__name__}")
