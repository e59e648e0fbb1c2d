"""What a Tensor has beside its operators: makers, types, settings, refusals; beside torch's."""

import numpy as np
import pytest
import torch

import minitorch

LIBRARIES = pytest.mark.parametrize("lib", [minitorch, torch])
NAMES = {
    "HalfTensor": "float16",
    "BFloat16Tensor": "bfloat16",
    "FloatTensor": "float32",
    "DoubleTensor": "float64",
    "ByteTensor": "uint8",
    "CharTensor": "int8",
    "ShortTensor": "int16",
    "IntTensor": "int32",
    "LongTensor": "int64",
    "BoolTensor": "bool",
}


@pytest.fixture(autouse=True)
def usual_default():
    yield
    for lib in (minitorch, torch):
        lib.set_default_dtype(lib.float32)


# -- makers ----------------------------------------------------------------------------------------------------------


@LIBRARIES
@pytest.mark.parametrize("name", NAMES)
def test_old_names(lib, name):
    make, dtype = getattr(lib, name), getattr(lib, NAMES[name])
    x = make([1, 0, 1])
    assert x.dtype is dtype and x.tolist() == [1, 0, 1]
    assert tuple(make(2, 3).shape) == (2, 3) and make(2, 3).dtype is dtype and make().tolist() == []
    assert isinstance(x, make) and not isinstance(x.to(lib.int16 if name != "ShortTensor" else lib.int32), make)
    assert x.type() == f"{lib.__name__}.{name}"
    assert lib.ones(3).type(make).dtype is lib.ones(3).type(f"torch.{name}").dtype is dtype


@LIBRARIES
def test_old_makers_cut_off_and_share(lib):
    assert lib.LongTensor([1.7, -2.2]).tolist() == [1, -2]
    assert lib.FloatTensor(range(3)).tolist() == [0, 1, 2]
    x = lib.ones(2).long()
    lib.LongTensor(x)[0] = 5
    assert x.tolist() == [5, 1]
    assert tuple(lib.Tensor(lib.Size([2, 3])).shape) == (2, 3)
    assert lib.Tensor((2, 3)).tolist() == [2, 3]


@LIBRARIES
@pytest.mark.parametrize(
    "call, error",
    [
        (lambda lib: lib.Tensor(1.5), TypeError),
        (lambda lib: lib.Tensor("a"), TypeError),
        (lambda lib: lib.Tensor(None), TypeError),
        (lambda lib: lib.Tensor(-1), RuntimeError),
        (lambda lib: lib.LongTensor(lib.ones(2)), TypeError),
        (lambda lib: lib.ones(2).type("foo"), ValueError),
        (lambda lib: lib.ones(2).type(3), TypeError),
        (lambda lib: lib.set_default_tensor_type("torch.LongTensor"), TypeError),
        (lambda lib: lib.set_default_tensor_type(3), TypeError),
        (lambda lib: lib.set_default_dtype(lib.int64), TypeError),
        (lambda lib: lib.set_num_threads(0), RuntimeError),
        (lambda lib: lib.set_num_threads(1.5), RuntimeError),
        (lambda lib: lib.use_deterministic_algorithms(3), TypeError),
        (lambda lib: lib.is_nonzero(lib.ones(2)), RuntimeError),
        (lambda lib: lib.is_complex(3), TypeError),
        (lambda lib: lib.numel(3), TypeError),
        (lambda lib: lib.is_floating_point(3), TypeError),
        (lambda lib: "x" in lib.ones(2), RuntimeError),
        (lambda lib: None in lib.ones(2), RuntimeError),
        (lambda lib: lib.ones(2).pin_memory(), RuntimeError),
        (lambda lib: [1, 2][lib.tensor(1.0)], TypeError),
        (lambda lib: [1, 2][lib.tensor([1, 2])], TypeError),
        (lambda lib: len(lib.tensor(1)), TypeError),
        (lambda lib: list(lib.tensor(1)), TypeError),
        (lambda lib: float(lib.ones(2)), Exception),
        (lambda lib: lib.ones(2).item(), RuntimeError),
    ],
)
def test_refusals(lib, call, error):
    with pytest.raises(error):
        call(lib)


@LIBRARIES
def test_new_tensor(lib):
    x = lib.ones(2, dtype=lib.float64)
    y = x.new_tensor([1, 2])
    assert y.dtype is lib.float64 and y.tolist() == [1, 2]
    assert x.new_tensor([1.5], dtype=lib.int32).tolist() == [1]
    assert x.new_tensor(3, requires_grad=True).requires_grad


# -- default dtype, settings -----------------------------------------------------------------------------------------


@LIBRARIES
@pytest.mark.parametrize("name", ["float64", "float16", "bfloat16"])
def test_the_default_dtype(lib, name):
    dtype = getattr(lib, name)
    lib.set_default_dtype(dtype)
    made = [
        lib.tensor(1.5),
        lib.zeros(2),
        lib.Tensor([1]),
        lib.arange(2.0),
        lib.ones(2, dtype=lib.int64) / 2,
        lib.eye(2),
    ]
    assert {x.dtype for x in made} == {dtype} == {lib.get_default_dtype()}
    assert lib.tensor(2).dtype is lib.int64


@LIBRARIES
def test_the_default_tensor_type(lib):
    for t, dtype in (("torch.DoubleTensor", lib.float64), (lib.HalfTensor, lib.float16)):
        lib.set_default_tensor_type(t)
        assert lib.zeros(2).dtype is lib.get_default_dtype() is dtype


@LIBRARIES
def test_settings(lib):
    before = lib.get_num_threads()
    lib.set_num_threads(1)
    assert lib.get_num_threads() == 1
    lib.set_num_threads(before)
    assert not lib.are_deterministic_algorithms_enabled()
    lib.use_deterministic_algorithms(True, warn_only=True)
    assert lib.are_deterministic_algorithms_enabled() and lib.is_deterministic_algorithms_warn_only_enabled()
    lib.use_deterministic_algorithms(False)
    cudnn = lib.backends.cudnn
    assert cudnn.enabled and not cudnn.benchmark and not cudnn.deterministic and not cudnn.is_available()
    if lib is minitorch:  # torch's are frozen as soon as anybody has imported its test modules
        cudnn.benchmark = True
        assert lib.backends.cudnn.benchmark
        cudnn.benchmark = False
    assert not lib.backends.mps.is_available() and not lib.backends.mps.is_built()


@LIBRARIES
def test_no_accelerator_without_a_gpu(lib):
    if not lib.cuda.is_available():
        assert not lib.accelerator.is_available() and lib.accelerator.device_count() == 0
        assert lib.accelerator.current_accelerator() is None


# -- what it is ------------------------------------------------------------------------------------------------------


@LIBRARIES
def test_memory(lib):
    x = lib.zeros(3, 4, dtype=lib.float64)
    part = x[1:, 2:]
    assert part.storage_offset() == 6 and part.data_ptr() == x.data_ptr() + 6 * 8
    assert (part.element_size(), part.itemsize, part.nbytes, part.ndimension()) == (8, 8, 32, 2)
    assert not x.is_pinned() and x.is_signed() and not lib.ones(2, dtype=lib.uint8).is_signed()
    assert x.is_same_size(lib.ones(3, 4)) and not x.is_same_size(part)
    assert lib.is_tensor(x) and not lib.is_tensor(np.zeros(2)) and lib.numel(x) == 12
    assert lib.is_floating_point(x) and not lib.is_complex(x) and not lib.is_nonzero(x[0, 0])


@LIBRARIES
def test_python(lib):
    x = lib.tensor([1, 5])
    assert 5 in x and 2 not in x and lib.tensor(5) in x
    assert [10, 20, 30][lib.tensor(1)] == 20 and range(9)[lib.tensor(2) : lib.tensor(4)] == range(2, 4)
    assert complex(lib.tensor(2.0)) == 2 and f"{lib.tensor(1.5):.2f}" == "1.50" and bool(lib.tensor([[3]]))


@LIBRARIES
@pytest.mark.parametrize("name", [*NAMES.values(), "uint16", "uint32", "uint64"])
def test_dtypes(lib, name):
    dtype = getattr(lib, name)
    assert repr(dtype) == f"{lib.__name__}.{name}"
    theirs = getattr(torch, name)
    assert (dtype.itemsize, dtype.is_floating_point, dtype.is_complex, dtype.is_signed) == (
        theirs.itemsize,
        theirs.is_floating_point,
        theirs.is_complex,
        theirs.is_signed,
    )
    limits = lib.finfo if dtype.is_floating_point else lib.iinfo
    if name != "bool":
        assert repr(limits(dtype)) == repr(getattr(torch, limits.__name__)(theirs))


@LIBRARIES
def test_nothing_is_copied_that_need_not_be(lib):
    x = lib.ones(2)
    same = [x.to(x.dtype), x.to("cpu"), x.to(x), x.float(), x.type(lib.float32), x.type_as(x), x.contiguous(), x.cpu()]
    assert all(y is x for y in same)
    copies = [x.to(x.dtype, copy=True), x.to("cpu", lib.float32, False, True), x.clone(), x.double()]
    assert all(y.data_ptr() != x.data_ptr() for y in copies)


# -- what is not there -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["complex32", "complex64", "complex128", "cfloat", "qint8", "quint8", "qint32"])
def test_unsupported_dtypes(name):
    dtype = getattr(minitorch, name)
    assert repr(dtype) == repr(getattr(torch, name)).replace("torch", "minitorch")
    for call in (
        lambda: minitorch.zeros(2, dtype=dtype),
        lambda: minitorch.tensor([1.0], dtype=dtype),
        lambda: minitorch.ones(2).to(dtype),
        lambda: minitorch.zeros_like(minitorch.ones(2), dtype=dtype),
        lambda: minitorch.promote_types(dtype, minitorch.float32),
    ):
        with pytest.raises(NotImplementedError, match="dtypes are not supported"):
            call()


@pytest.mark.parametrize(
    "call",
    [
        lambda: minitorch.tensor(1j),
        lambda: minitorch.tensor([1, 2j]),
        lambda: minitorch.as_tensor(np.array([1j])),
        lambda: minitorch.ones(2).to_sparse(),
    ],
)
def test_what_is_not_supported_says_so(call):
    with pytest.raises((NotImplementedError, TypeError), match="supported"):
        call()


@pytest.mark.parametrize("dtype", ["float64", "float32", "bfloat16", "int64", "bool"])
def test_numbers_are_not_rounded_on_the_way_to_a_dtype(both, dtype):
    for data in (0.1, [0.3, 0.9], [[16777217.0], [-1.9]]):
        both(
            lambda lib, data=data: [
                lib.tensor(data, dtype=getattr(lib, dtype)).double().tolist(),
                lib.as_tensor(data, dtype=getattr(lib, dtype)).double().tolist(),
                lib.ones(1).new_tensor(data, dtype=getattr(lib, dtype)).double().tolist(),
                lib.ones(1, dtype=lib.float64).new_tensor(data).tolist(),
            ]
        )
