"""What the engine promises: depth, memory, modes, hooks, Function, gradcheck."""

import gc
import os
import threading
import weakref

import numpy as np
import pytest

import minitorch


def leaf(*values):
    return minitorch.tensor(list(values), dtype=minitorch.float64, requires_grad=True)


def test_a_chain_of_100000_operations():
    x = leaf(1.0)
    y = x
    for _ in range(100_000):
        y = y + 1
    y.backward()
    assert x.grad.item() == 1
    del y  # and it dies without recursion


def test_a_diamond_of_many_paths_is_walked_once_per_node():
    x = leaf(1.0)
    y = x
    for _ in range(200):
        y = y + y  # 2^200 paths
    y.backward()
    assert x.grad.item() == 2.0**200


def programs_that_must_not_leave_cycles():
    x = leaf(1.0, 2.0, 3.0)
    yield "exp saves its output", lambda: [(x * 2).exp()]
    yield "backward", lambda: [y := (x * x).sum(), y.backward()]
    yield "create_graph", lambda: list(minitorch.autograd.grad((x**3).sum(), x, create_graph=True))

    def written():
        y = x * 2
        z = x * y
        y.mul_(z)  # y's history now holds the node that saved y
        return [y, z]

    def written_through_a_view():
        y = x * 2
        v = y[1:]
        v.mul_(y[:2].exp())
        return [y, v]

    def function():
        class Square(minitorch.autograd.Function):
            @staticmethod
            def forward(ctx, a):
                y = a * a
                ctx.save_for_backward(a, y)
                return y

            @staticmethod
            def backward(ctx, g):
                return 2 * ctx.saved_tensors[0] * g

        return [Square.apply(x * 1)]

    yield "in place", written
    yield "in place through a view", written_through_a_view
    yield "max along a dim", lambda: [(x * 1).max(0).values]
    yield "split", lambda: list((x * 1).split(2))


@pytest.mark.parametrize("name,program", list(programs_that_must_not_leave_cycles()), ids=lambda value: str(value)[:24])
def test_tensors_die_by_reference_counting(name, program):
    gc.collect()
    gc.disable()
    try:
        alive = [weakref.ref(t) for t in program() if t is not None]
        nodes = [weakref.ref(r().grad_fn) for r in alive if r() is not None and r().grad_fn is not None]
        del r
    except NameError:
        nodes = []
    finally:
        gc.enable()
    assert all(r() is None for r in alive + nodes)


def resident_bytes():
    """What the process holds in memory. (tracemalloc miscounts what NumPy allocates for shapes.)"""
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def test_a_thousand_training_steps_leave_memory_flat():
    w = minitorch.full((10_000,), 0.1, requires_grad=True)
    data = minitorch.ones(10_000)

    def step():
        loss = ((w * data).tanh() ** 2).sum()
        loss.backward()
        with minitorch.no_grad():
            w.sub_(0.1 * w.grad)
        w.grad = None

    for _ in range(50):
        step()
    gc.collect()
    gc.disable()
    try:
        before = resident_bytes()
        for _ in range(1000):
            step()
        grown = resident_bytes() - before
    finally:
        gc.enable()
    assert grown < 4_000_000  # one array leaked per step would be 40,000,000 bytes


def test_gradients_add_up_and_do_not_share_memory():
    a, b = leaf(1.0, 2.0), leaf(3.0, 4.0)
    (a + b).sum().backward()
    a.grad.mul_(10)
    assert b.grad.tolist() == [1, 1]
    g = minitorch.tensor([5.0, 6.0], dtype=minitorch.float64)
    (a * 1 + b).backward(g)
    assert a.grad.tolist() == [15, 16]
    for program in (
        lambda: (a + b).backward(g),
        lambda: (a * 1 + b).backward(g),
        lambda: (a.view(2) + b.reshape(1, 2)).backward(g.view(1, 2)),
        lambda: minitorch.stack([a, b]).sum(0).backward(g),
        lambda: minitorch.where(g > 0, a, b).backward(g),
        lambda: Pass.apply(a, b).backward(g),
    ):
        a.grad = b.grad = None
        program()
        before = b.grad.tolist()
        a.grad.fill_(100)
        assert b.grad.tolist() == before
        b.grad.fill_(100)
        assert g.tolist() == [5, 6]
    seen = []
    a.grad = None
    handle = a.register_hook(seen.append)
    (a * a).sum().backward()
    a.grad.zero_()
    handle.remove()
    assert seen[0].tolist() == [2, 4]


class Pass(minitorch.autograd.Function):
    """a + b, whose backward gives both the gradient that it was given."""

    @staticmethod
    def forward(ctx, a, b):
        return a + b

    @staticmethod
    def backward(ctx, g):
        return g, g


def test_backward_visits_only_what_inputs_ask_for():
    x, y = leaf(2.0), leaf(3.0)
    z = x * y
    z.backward(inputs=[x])
    assert x.grad.item() == 3
    assert y.grad is None


def test_grad_of_a_middle_tensor_and_unused_ones():
    x, unused = leaf(2.0), leaf(1.0)
    y = x * 3
    gx, gy, none = minitorch.autograd.grad(y * y, [x, y, unused], allow_unused=True)
    assert (gx.item(), gy.item(), none) == (36, 12, None)
    (zeros,) = minitorch.autograd.grad(x * 2, unused, materialize_grads=True)
    assert zeros.item() == 0


def test_third_derivative():
    x = leaf(2.0)
    y = x**5
    for expected in (80, 160, 240):
        (y,) = minitorch.autograd.grad(y, x, create_graph=True)
        assert y.item() == expected


def test_modes_nest_and_decorate():
    x = leaf(1.0)

    @minitorch.no_grad()
    def double(v):
        return v * 2

    @minitorch.no_grad
    def bare(v):
        return v * 2

    assert not double(x).requires_grad and not bare(x).requires_grad
    with minitorch.no_grad():
        with minitorch.enable_grad():
            assert (x * 2).requires_grad
        assert not (x * 2).requires_grad
        with pytest.raises(ZeroDivisionError), minitorch.enable_grad():
            raise ZeroDivisionError
        assert not minitorch.is_grad_enabled()
    assert minitorch.is_grad_enabled()
    minitorch.set_grad_enabled(False)
    assert not (x * 2).requires_grad
    with minitorch.set_grad_enabled(True):
        assert (x * 2).requires_grad
    assert not minitorch.is_grad_enabled()
    minitorch.set_grad_enabled(True)
    with minitorch.inference_mode():
        y = x * 2
        assert y.is_inference() and not y.requires_grad
        with minitorch.inference_mode(False):
            assert (x * 2).requires_grad


def test_grad_mode_belongs_to_the_thread():
    seen = []
    with minitorch.no_grad():
        thread = threading.Thread(target=lambda: seen.append(minitorch.is_grad_enabled()))
        thread.start()
        thread.join()
    assert seen == [True]


def test_operations_in_many_threads_at_once():
    x = leaf(*range(1000))
    results = []

    def work():
        for _ in range(50):
            (g,) = minitorch.autograd.grad((x.exp() / x.exp() * x).sum(), x)
            results.append(g.isnan().any().item())

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 200


def test_numpy_settings_are_the_users_own():
    with np.errstate(all="raise"):
        assert (minitorch.tensor([1.0]) / 0).item() == float("inf")
        assert minitorch.tensor([0.0]).log().item() == float("-inf")
        with pytest.raises(FloatingPointError):
            np.array([1.0]) / 0


def test_hooks_replace_gradients_and_can_be_removed():
    x = leaf(1.0, 2.0)
    handle = x.register_hook(lambda g: g * 10)
    y = x * 3
    y.register_hook(lambda g: g + 1)
    y.sum().backward()
    assert x.grad.tolist() == [60, 60]
    handle.remove()
    handle.remove()
    x.grad = None
    (x * 3).sum().backward()
    assert x.grad.tolist() == [3, 3]
    seen = []
    x.register_post_accumulate_grad_hook(lambda t: seen.append(t.grad.tolist()))
    (x * 1).sum().backward()
    assert seen == [[4, 4]]


def test_retain_grad():
    x = leaf(1.0, 2.0)
    y = x * 3
    y.retain_grad()
    (y * y).sum().backward()
    assert y.grad.tolist() == [6, 12]
    with pytest.warns(UserWarning, match="not a leaf"):
        assert (x * 2).grad is None


class Cube(minitorch.autograd.Function):
    @staticmethod
    def forward(ctx, x, scale):
        ctx.save_for_backward(x)
        ctx.scale = scale
        return x * x * x * scale

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        assert ctx.needs_input_grad == (True, False)
        return 3 * ctx.scale * x * x * g, None


def test_function_to_second_order():
    x = leaf(2.0, 3.0)
    assert minitorch.autograd.gradcheck(lambda v: Cube.apply(v, 2.0), x)
    assert minitorch.autograd.gradgradcheck(lambda v: Cube.apply(v, 2.0), x)


def test_function_that_saves_its_output_and_refuses_a_changed_one():
    class Exp(minitorch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            y = x.exp()
            ctx.save_for_backward(y)
            return y

        @staticmethod
        def backward(ctx, g):
            return g * ctx.saved_tensors[0]

    x = leaf(1.0)
    assert minitorch.autograd.gradgradcheck(Exp.apply, x)
    y = Exp.apply(x)
    y.add_(1)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        y.backward()


def test_function_with_several_outputs_one_of_them_unused():
    class Both(minitorch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x * 2, x * 3

        @staticmethod
        def backward(ctx, g2, g3):
            return g2 * 2 + g3 * 3

    x = leaf(1.0, 1.0)
    _, triple = Both.apply(x)
    triple.sum().backward()
    assert x.grad.tolist() == [3, 3]


def test_function_that_writes_in_place():
    class AddOne(minitorch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            x.add_(1)
            ctx.mark_dirty(x)
            return x

        @staticmethod
        def backward(ctx, g):
            return g

    x = leaf(1.0)
    y = x * 2
    z = AddOne.apply(y)
    assert z is y
    (z * z).backward()
    assert x.grad.item() == 12


def test_once_differentiable():
    class Square(minitorch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x * x

        @staticmethod
        @minitorch.autograd.function.once_differentiable
        def backward(ctx, g):
            return 2 * ctx.saved_tensors[0] * g

    x = leaf(3.0)
    (g,) = minitorch.autograd.grad(Square.apply(x), x, grad_outputs=leaf(1.0), create_graph=True)
    assert g.item() == 6
    with pytest.raises(RuntimeError, match="once_differentiable"):
        g.backward()


def test_function_returns_too_few_gradients():
    class Wrong(minitorch.autograd.Function):
        @staticmethod
        def forward(ctx, a, b):
            return a * b

        @staticmethod
        def backward(ctx, g):
            return g

    with pytest.raises(RuntimeError, match="incorrect number of gradients"):
        Wrong.apply(leaf(1.0), leaf(2.0)).backward()


def test_gradcheck_finds_a_wrong_gradient():
    class Wrong(minitorch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x * x

        @staticmethod
        def backward(ctx, g):
            return 2.02 * ctx.saved_tensors[0] * g

    x = leaf(1.0, 2.0)
    with pytest.raises(minitorch.autograd.GradcheckError, match="Jacobian mismatch"):
        minitorch.autograd.gradcheck(Wrong.apply, x)
    assert not minitorch.autograd.gradcheck(Wrong.apply, x, raise_exception=False)
    assert x.tolist() == [1, 2]


def test_import_takes_neither_numba_nor_torch_nor_pictures():
    import subprocess
    import sys

    code = "import minitorch, sys; assert not {'numba', 'torch', 'PIL', 'minitorch.vision'} & sys.modules.keys()"
    subprocess.run([sys.executable, "-c", code], check=True)
