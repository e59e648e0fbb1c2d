"""Devices: their names, what is refused without a GPU, and whole tensors on numba's CUDA simulator."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import minitorch

ON_THE_SIMULATOR = """
import minitorch
from minitorch import nn

assert minitorch.cuda.is_available() and minitorch.cuda.device_count() == 1

def losses(device):
    minitorch.manual_seed(0)
    net = nn.Sequential(
        nn.Conv2d(1, 2, 3, padding=1), nn.BatchNorm2d(2), nn.GELU(), nn.MaxPool2d(2), nn.Flatten(),
        nn.Linear(8, 3),
    ).to(device)
    optimizer = minitorch.optim.Adam(net.parameters(), lr=0.05)
    x, y = minitorch.randn(3, 1, 4, 4), minitorch.tensor([0, 1, 2])
    for _ in range(2):
        loss = nn.functional.cross_entropy(net(x.to(device)), y.to(device))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        yield loss.item()

for a, b in zip(list(losses("cpu")), list(losses("cuda")), strict=True):
    assert abs(a - b) < 1e-5 * abs(a), (a, b)

x = minitorch.tensor([[3.0, 1.0], [2.0, 4.0]], requires_grad=True)
y = x.cuda() * 1
y[0] = y[1] * 2  # in place, through a view, on the device
(g,) = minitorch.autograd.grad((y.exp() * y).sum(), x, create_graph=True)
g.sum().backward()  # and back to the CPU
z = minitorch.tensor([2.0, 4.0], requires_grad=True)
once = minitorch.autograd.grad(((2 * z).exp() * 2 * z).sum() + (z.exp() * z).sum(), z, create_graph=True)[0]
twice = minitorch.autograd.grad(once.sum(), z)[0]
assert g.device.type == "cpu" and g[1].allclose(once) and x.grad[1].allclose(twice)
assert x.grad[0].tolist() == [0, 0]

print(repr(y.detach()))
assert repr(y.detach()) == "tensor([[4., 8.],\\n        [2., 4.]], device='cuda:0')"
for wrong, error in (
    (lambda: y.numpy(), TypeError),
    (lambda: y + minitorch.ones(2), RuntimeError),
    (lambda: minitorch.ones(2).to("cuda:1"), RuntimeError),
):
    try:
        wrong()
    except error:
        continue
    raise SystemExit(f"{wrong} was not refused")
assert (y + minitorch.tensor(1.0)).device.type == "cuda"
minitorch.cuda.synchronize()
"""


def python(code, **environment):
    """Run code in a new Python; what it prints."""
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env={**os.environ, **environment}
    )
    assert result.returncode == 0, result.stderr
    return result.stdout


def test_training_on_the_simulator_equals_training_on_the_cpu():
    pytest.importorskip("numba_cuda", reason="the extra `cuda` is not installed")
    python(ON_THE_SIMULATOR, NUMBA_ENABLE_CUDASIM="1")


def test_who_waits_in_the_example():
    """examples/async.py, on the simulator where there is no GPU."""
    pytest.importorskip("numba_cuda", reason="the extra `cuda` is not installed")
    example = Path(__file__).parent.parent / "examples" / "async.py"
    command = [sys.executable, str(example), "--quick"]
    environment = {**os.environ, "PYTHONPATH": str(example.parent.parent)}  # this tree, not an installed one
    done = subprocess.run(command, capture_output=True, text=True, env=environment)
    assert done.returncode == 0, done.stderr
    lines = [line.strip() for line in done.stdout.splitlines()]
    waiting = [line.rsplit("  ", 1)[0].strip() for line in lines if line.endswith("  waits")]
    assert waiting[0] == "x.item()" and waiting[-1] == "x.unique()" and len(waiting) == 8
    assert sum(line.endswith("returns at once") for line in lines) == 8


REFUSED = """
import sys
{before}
import minitorch
assert not minitorch.cuda.is_available() and minitorch.cuda.device_count() == 0
x = minitorch.ones(2)
try:
    x.to("cuda")
except {error} as error:
    print(error)
assert x.device.type == "cpu"
"""


def test_cuda_without_the_package():
    assert "not installed with CUDA" in python(
        REFUSED.format(before="sys.modules['numba_cuda'] = None", error="AssertionError")
    )


def test_cuda_without_a_driver():
    pytest.importorskip("numba_cuda", reason="the extra `cuda` is not installed")
    if minitorch.cuda.is_available():
        pytest.skip("there is a GPU here")
    assert "driver" in python(REFUSED.format(before="", error="RuntimeError"))


@pytest.mark.parametrize("program", [
    lambda lib: [str(lib.device(d)) for d in ("cpu", "cuda", "cuda:0")],
    lambda lib: repr(lib.device("cuda", 1)),
    lambda lib: lib.device("cuda:1") == lib.device("cuda", 1),
    lambda lib: lib.device("cuda") == lib.device("cuda:0"),
    lambda lib: hash(lib.device("cpu")) == hash(lib.device(lib.device("cpu"))),
    lambda lib: str(lib.ones(1).device),
    lambda lib: lib.device("cuda:x"),
    lambda lib: lib.device("gpu"),
    lambda lib: lib.device("cuda:0", 1),
    lambda lib: str(lib.ones(2).to("cpu", lib.float64).dtype).split(".")[1],
    lambda lib: lib.ones(2).to("nowhere"),
])  # fmt: skip
def test_names_as_torchs(both, program):
    both(program)
