"""Linear algebra where the parity rows do not go: singular and empty matrices, equal values, refusals, norms at 0."""

import math

import numpy as np
import pytest
import torch

import minitorch
from minitorch import linalg

SINGULAR = [[1.0, 2.0], [2.0, 4.0]]
ORDERS = 0, 0.5, 1, 1.5, 2, 3, -1, math.inf, -math.inf, "fro", "nuc"


def leaf(lib, values):
    return lib.tensor(values, dtype=lib.float64, requires_grad=True)


def gradient(lib, f, values, create_graph=False):
    x = leaf(lib, values)
    return lib.autograd.grad(f(lib, x), x, create_graph=create_graph)[0].detach().numpy()


def message(lib, f):
    with pytest.raises(RuntimeError) as error:
        f(lib)
    assert type(error.value).__name__ in ("_LinAlgError", "RuntimeError", "NotImplementedError")
    return type(error.value).__name__, str(error.value)


# -- refusals ----------------------------------------------------------------------------------------------------------


def test_the_error_has_the_name_that_people_catch():
    assert issubclass(linalg.LinAlgError, RuntimeError)
    with pytest.raises(linalg.LinAlgError):
        linalg.inv(minitorch.zeros(2, 2))


@pytest.mark.parametrize(
    ("f", "words"),
    [
        (lambda lib: lib.linalg.inv(lib.zeros(2, 2)), "could not be completed because the input matrix is singular"),
        (lambda lib: lib.linalg.inv(lib.stack([lib.eye(2), lib.tensor(SINGULAR)])), "linalg.inv: (Batch element 1): "),
        (lambda lib: lib.linalg.solve(lib.tensor([SINGULAR]), lib.ones(1, 2)), "(Batch element 0): The solver failed"),
        (lambda lib: lib.linalg.cholesky(lib.tensor([[1.0, 2], [2, 1]])), "(the leading minor of order 2 is not"),
        (lambda lib: lib.linalg.cholesky(lib.tensor([[math.nan, 0], [0, 1]])), "(the leading minor of order 1 is not"),
        (lambda lib: lib.linalg.cholesky(-lib.eye(3).expand(4, 3, 3)), "linalg.cholesky: (Batch element 0): "),
        (lambda lib: lib.linalg.svd(lib.full((2, 2), math.nan)), "The algorithm failed to converge because the input"),
        (lambda lib: lib.linalg.svdvals(lib.full((2, 2), math.nan)), "The algorithm failed to converge because the"),
        (lambda lib: lib.linalg.det(lib.ones(2, 3)), "A must be batches of square matrices, but they are 2 by 3 matr"),
        (lambda lib: lib.linalg.inv(lib.ones(2)), "The input tensor A must have at least 2 dimensions."),
        (lambda lib: lib.linalg.inv(lib.ones(2, 2, dtype=lib.int64)), "Expected a floating point or complex tensor"),
        (lambda lib: lib.linalg.inv(lib.ones(2, 2, dtype=lib.float16)), "Low precision dtypes not supported. Got Half"),
        (lambda lib: lib.linalg.qr(lib.eye(2).half()), "\"geqrf_cpu\" not implemented for 'Half'"),
        (lambda lib: lib.linalg.eigh(lib.eye(2).long()), "\"linalg_eigh_cpu\" not implemented for 'Long'"),
        (lambda lib: lib.linalg.eigh(lib.eye(2), "X"), "Expected UPLO argument to be 'L' or 'U', but got X"),
        (lambda lib: lib.linalg.qr(lib.eye(2), "X"), "qr received unrecognized mode 'X' but expected one of 'reduced'"),
        (lambda lib: lib.linalg.qr(leaf(lib, [[1.0]]), "r").R.sum().backward(), "depends on Q, which is not computed"),
        (lambda lib: lib.linalg.qr(leaf(lib, [[1.0], [2]]), "complete").R.sum().backward(), "is not differentiable"),
        (lambda lib: lib.linalg.solve(lib.eye(2), lib.ones(3, 1)), "for the equation AX = B (2x2 and 3x1)"),
        (lambda lib: lib.linalg.norm(lib.ones(2, 2, 2), 2), "the input must be 1D or 2D. Got 3D."),
        (lambda lib: lib.linalg.matrix_norm(lib.ones(2, 2), 3), "linalg.matrix_norm: Order 3 not supported."),
        (lambda lib: lib.linalg.matrix_norm(lib.ones(2, 2), 2, (0, 0)), "dims must be different. Got (0, 0)"),
        (lambda lib: lib.linalg.vector_norm(lib.ones(2), dtype=lib.int64), "dtype should be floating point or complex"),
        (lambda lib: lib.linalg.lstsq(lib.eye(2), lib.eye(2), driver="x"), "should be one of (gels, gelsy, gelsd, g"),
        (lambda lib: lib.cdist(lib.ones(2, 2), lib.ones(2, 2), p=-1), "cdist only supports non-negative p values"),
        (
            lambda lib: lib.einsum("ij,jk", lib.ones(2, 3)),
            "fewer operands were provided than specified in the equation",
        ),
        (
            lambda lib: lib.einsum("ii", lib.ones(2, 3)),
            "subscript i is repeated for operand 0 but the sizes don't match",
        ),
        (
            lambda lib: lib.einsum("i1", lib.ones(2, 3)),
            "invalid subscript given at index 1 in the equation string, sub",
        ),
        (lambda lib: lib.einsum("ij->k", lib.ones(2, 3)), "output subscript k does not appear in the equation for any"),
    ],
)
def test_refusals_are_torchs(f, words):
    (ours, said), (theirs, _) = message(minitorch, f), message(torch, f)
    assert ours == theirs
    assert words in said
    assert words in message(torch, f)[1]


# -- singular matrices -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "values",
    [
        SINGULAR,
        np.ones((3, 3)),
        np.zeros((3, 3)),
        np.diag([1.0, 2.0, 0.0]),
        [SINGULAR, [[1.0, 2.0], [3.0, 4.0]], [[0.0, 0.0], [0.0, 1.0]]],
    ],
)
def test_derivative_of_det_is_the_matrix_of_cofactors(values):
    """Also without create_graph, where torch gives 0 for exactly singular matrices."""
    f = lambda lib, x: lib.linalg.det(x).sum()
    expected = gradient(torch, f, values, create_graph=True)
    for create_graph in (False, True):
        np.testing.assert_allclose(gradient(minitorch, f, values, create_graph), expected, atol=1e-12)


def test_second_derivative_of_det_where_some_matrices_are_singular():
    values = np.stack([np.diag([3.0, 2.0, 0.0]), np.array([[1.0, 2, 0], [3, 4, 1], [0, 1, 5]])])

    def second(lib):
        x = leaf(lib, values)
        (g,) = lib.autograd.grad(lib.linalg.det(x).sum(), x, create_graph=True)
        return lib.autograd.grad((g * lib.arange(18.0, dtype=lib.float64).reshape(2, 3, 3)).sum(), x)[0].numpy()

    np.testing.assert_allclose(second(minitorch), second(torch), rtol=1e-10, atol=1e-10)


def test_logarithm_of_a_determinant_that_is_0_or_negative():
    for lib in (minitorch, torch):
        sign, logarithm = lib.linalg.slogdet(lib.tensor(SINGULAR))
        assert (sign.item(), logarithm.item()) == (0, -math.inf)
        assert lib.logdet(lib.tensor(SINGULAR)).item() == -math.inf
        assert math.isnan(lib.logdet(lib.tensor([[-1.0]])).item())


@pytest.mark.parametrize("p", [None, 2, -2, 1, math.inf, "fro", "nuc"])
def test_condition_of_singular_and_empty_matrices(p):
    for values in ([[1.0, 1], [1, 1]], [[[1.0, 0], [0, 1]], [[0, 1], [0, 0]]], np.zeros((0, 0)), np.zeros((2, 0, 0))):
        ours, theirs = (lib.linalg.cond(lib.tensor(values), p).numpy() for lib in (minitorch, torch))
        large = (theirs > 1e6) & (ours > 1e6)  # some rounding over some other
        np.testing.assert_allclose(np.where(large, 0, ours), np.where(large, 0, theirs), rtol=1e-5)


@pytest.mark.parametrize(("hermitian", "tol"), [(False, 1.5), (True, 1.5), (True, 0.0)])
def test_rank_by_eigenvalues_and_by_a_tolerance(hermitian, tol):
    values = np.stack([np.diag([3.0, -2.0, 0.0]), np.diag([-1.0, 1.0, 2.0])])
    ranks = [lib.linalg.matrix_rank(lib.tensor(values), tol, hermitian).tolist() for lib in (minitorch, torch)]
    assert ranks[0] == ranks[1]


# -- equal values ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "f",
    [
        lambda lib, x: lib.linalg.svd(x).S.prod(),
        lambda lib, x: lib.linalg.svdvals(x).prod(),
        lambda lib, x: lib.linalg.eigh(x).eigenvalues.prod(),
        lambda lib, x: lib.linalg.matrix_norm(x, "nuc"),
        lambda lib, x: lib.linalg.matrix_norm(x, 2),
    ],
)
def test_values_have_derivatives_also_where_they_are_equal(f):
    """The vectors' gradients are not used, and so nothing is divided by the gaps."""
    ours, theirs = (gradient(lib, f, 2 * np.eye(3)) for lib in (minitorch, torch))
    np.testing.assert_allclose(ours, theirs, atol=1e-15)


@pytest.mark.parametrize("p", ORDERS)
@pytest.mark.parametrize("values", [np.zeros((2, 3)), [[0.0, 3, 0], [0, 4, 0]], [[1.0, -1, 1], [1, 1, -1]]])
def test_derivative_of_a_norm_at_0_and_at_ties(p, values):
    f = lambda lib, x: lib.norm(x, p)
    if p == 0:  # a count has none
        for lib in (minitorch, torch):
            with pytest.raises(RuntimeError, match="appears to not have been used in the graph"):
                gradient(lib, f, values)
        return
    ours, theirs = (gradient(lib, f, values) for lib in (minitorch, torch))
    if p == "nuc" and np.linalg.matrix_rank(values) < 2:  # the missing vectors are free
        ours, theirs = ours[:, 1], theirs[:, 1]
    np.testing.assert_allclose(ours, theirs, atol=1e-15)


# -- sizes -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", [(0, 0), (2, 0, 0), (0, 2, 2)])
def test_empty_square_matrices(shape):
    for name in ("inv", "det", "slogdet", "cholesky", "eigh", "eigvalsh"):
        ours, theirs = (getattr(lib.linalg, name)(lib.zeros(shape)) for lib in (minitorch, torch))
        for a, b in zip(ours, theirs, strict=True) if isinstance(ours, tuple) else ((ours, theirs),):
            assert a.tolist() == b.tolist()
            assert tuple(a.shape) == tuple(b.shape)


@pytest.mark.parametrize("shape", [(0, 0), (0, 3), (2, 0), (2, 3)])
def test_empty_rectangles(shape):
    for name in ("qr", "svd", "svdvals", "pinv", "matrix_rank"):
        ours, theirs = (getattr(lib.linalg, name)(lib.zeros(shape)) for lib in (minitorch, torch))
        for a, b in zip(ours, theirs, strict=True) if isinstance(ours, tuple) else ((ours, theirs),):
            assert tuple(a.shape) == tuple(b.shape)


def test_distances_by_a_product_where_there_are_many_points():
    x, y = np.random.default_rng(0).standard_normal((2, 30, 4))

    def distances(lib):
        a, b = leaf(lib, x), leaf(lib, y)
        d = lib.cdist(a, b)
        first = lib.autograd.grad(d.sum(), (a, b), create_graph=True)
        second = lib.autograd.grad((first[0] * first[1].flip(0)).sum(), (a, b))
        return [t.detach().numpy() for t in (d, *first, *second)]

    for ours, theirs in zip(distances(minitorch), distances(torch), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-9, atol=1e-9)


# -- in place, views ---------------------------------------------------------------------------------------------------


def test_addbmm_grows_what_it_is_written_into():
    """torch does so, though addmm_, addmv_ and baddbmm_ refuse."""

    def run(lib):
        start = leaf(lib, [1.0, 2.0])
        x = start * 1
        y = x.addbmm_(lib.ones(2, 3, 4, dtype=lib.float64), lib.ones(2, 4, 2, dtype=lib.float64), beta=3)
        assert y is x
        assert x._version == 1
        x.sum().backward()
        return x.tolist(), start.grad.tolist()

    assert run(minitorch) == run(torch)
    with pytest.raises(RuntimeError, match="a leaf Variable that requires grad"):
        leaf(minitorch, [1.0]).addbmm_(minitorch.ones(2, 3, 4), minitorch.ones(2, 4, 2))
    with pytest.raises(RuntimeError):
        minitorch.ones(1).addmm_(minitorch.ones(3, 4), minitorch.ones(4, 2))


def test_einsum_of_one_operand_is_a_view_where_it_can_be():
    x = minitorch.ones(2, 3, 3)
    assert minitorch.einsum("aij->jai", x)._base is x
    assert minitorch.einsum("...ii->i...", x)._base is x


# -- arguments ---------------------------------------------------------------------------------------------------------


def test_arguments_have_torchs_names():
    def run(lib):
        x = lib.arange(12, dtype=lib.float64).reshape(3, 4)
        square = x[:, :3] @ x[:, :3].T + lib.eye(3, dtype=lib.float64)
        results = [
            lib.linalg.vector_norm(x=x, ord=1, axis=0, keepdims=True),
            lib.linalg.matrix_norm(input=x, axis=(0, 1), keepdims=True),
            lib.linalg.norm(input=x, axis=1),
            lib.linalg.cross(input=square, other=x[:, 1:], axis=0),
            lib.linalg.vecdot(x=x, y=x, axis=0),
            lib.linalg.inv(A=square),
            lib.inverse(input=square),
            lib.linalg.det(A=square),
            lib.det(input=square),
            lib.linalg.cholesky(input=square),
            lib.linalg.solve(A=square, B=x),
            lib.linalg.solve_triangular(input=square, B=x, upper=False),
            lib.cholesky_solve(input=x, input2=square),
            lib.linalg.lstsq(input=square, b=x).solution,
            lib.linalg.multi_dot(tensors=[square, square, x]),
            lib.tensordot(x, x, dims=lib.tensor([[0, 1], [0, 1]])),
            lib.tensordot(x, x.T, dims=lib.tensor(1)),
        ]
        return [r.numpy() for r in results]

    for ours, theirs in zip(run(minitorch), run(torch), strict=True):
        assert ours.shape == theirs.shape
        np.testing.assert_allclose(ours, theirs, rtol=1e-9, atol=1e-12)
