"""Every row once, on few draws; and the harness itself: it catches what it should."""

import json
import subprocess
import sys

import numpy as np
import pytest
import torch

import minitorch
import parity
from minitorch.autograd import Function
from parity import programs
from parity.__main__ import chosen, main
from parity.rows import all_rows

ROWS = all_rows()


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name.replace(" ", "_"))
def test_row(row):
    result = parity.check_row(row, examples=8, seed=1)
    assert result.passed, "\n\n".join(f.snippet for f in result.failures)


def test_names_are_unique():
    assert len({row.name for row in ROWS}) == len(ROWS)


def test_every_row_is_deterministic_under_a_seed():
    row = next(r for r in ROWS if r.name == "matmul")
    first, second, other = (parity.check_row(row, examples=10, seed=s) for s in (3, 3, 4))
    assert (first.tried, first.worst, first.float32) == (second.tried, second.worst, second.float32)
    assert (first.tried, first.worst, first.float32) != (other.tried, other.worst, other.float32)


# Planted faults -------------------------------------------------------------------------------------------------------


class Exp(Function):
    """exp with a first derivative that is a hundredth too large."""

    @staticmethod
    def forward(ctx, x):
        y = x.exp()
        ctx.save_for_backward(y)
        return y

    @staticmethod
    def backward(ctx, g):
        return g * ctx.saved_tensors[0] * 1.01


class Square(Function):
    """x * x whose derivative is right, but forgets that it depends on x."""

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x * x

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return g * 2 * x.detach()


def wrong_class(x):
    """exp that refuses negative numbers."""
    if x.numel() and bool((x < 0).any()):
        raise ValueError("no")
    return x.exp()


def off_by_ulps(n):
    """exp, n ulp too large."""

    def exp(x):
        y = x.exp().numpy()
        for _ in range(n):
            y = np.nextafter(y, y.dtype.type(np.inf))
        return minitorch.tensor(y)

    return exp


def forgetful(x):
    """A copy that forgets the layout of what it is given."""
    return x.clone() if x.is_contiguous() else x + 1


tame = parity.draw.arrays(style="normal")
forward_only = [c for c in parity.harness.COLUMNS if c not in ("forward", "float32")]
FAULTS = {
    "gradient": (Exp.apply, torch.exp, {"grad"}, {}),
    "second derivative": (Square.apply, torch.square, {"grad grad"}, {}),
    "dtype": (lambda x: x.exp().float(), torch.exp, {"forward"}, {}),
    "shape": (lambda x: x.exp().unsqueeze(0), torch.exp, {"forward", "dtypes"}, {}),
    "error class": (wrong_class, torch.exp, {"forward", "float32"}, {}),
    "9 ulp": (off_by_ulps(9), torch.exp, {"forward"}, {"without": [*forward_only, "float32"]}),
    "float32": (off_by_ulps(3), torch.exp, {"float32"}, {"without": forward_only}),
    "layout": (forgetful, lambda x: x.clone(), {"layout"}, {"without": ("grad", "grad grad", "dtypes")}),
    "nan": (lambda x: minitorch.where(x == x, x * 1, 0), lambda x: x * 1, {"edges"}, {}),
    "integers": (lambda x: x * 1 + (not x.is_floating_point()), lambda x: x * 1, {"dtypes"}, {}),
    "refusal": (lambda x: x.view(x.numel()), lambda x: x.reshape(x.numel()), {"layout"}, {}),
}


@pytest.mark.parametrize("name", FAULTS)
def test_planted_fault_is_caught(name):
    ours, theirs, columns, settings = FAULTS[name]
    row = parity.Row(name, None, tame, without=tuple(settings.get("without", ())))
    sides = parity.harness.Side(minitorch, ours), parity.harness.Side(torch, theirs)
    result = parity.harness.run(row, *sides, examples=40, seed=0, shrink=False)
    assert columns <= result.failed
    if name in ("gradient", "second derivative", "float32", "9 ulp", "layout", "nan", "integers"):
        assert "forward" not in result.failed or "forward" in columns


def test_check_passes_what_is_right():
    assert parity.check(minitorch.tanh, torch.tanh, tame).passed
    two = parity.draw.broadcasting()
    assert parity.check(lambda x, y: x * y, lambda x, y: x * y, two, examples=10).cases == 10


def test_check_shrinks_to_a_runnable_snippet(tmp_path):
    with pytest.raises(AssertionError) as caught:
        parity.check(lambda x: x * 1.5, lambda x: x * 2.0, tame)
    text = str(caught.value)
    assert "forward failed" in text or "forward" in text.splitlines()[0]
    code = text.split("\n\n# ", 1)[1].split("\n\n# ")[0]
    file = tmp_path / "snippet.py"
    file.write_text("# " + code)
    done = subprocess.run([sys.executable, str(file)], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert "1.5" in code and "2.0" in code and len(done.stdout.splitlines()) >= 2


# Random programs ------------------------------------------------------------------------------------------------------


def test_random_programs_agree():
    assert programs.check(40, seed=1) is None


def test_a_program_that_parts_from_torch_is_shown_and_runs(monkeypatch, tmp_path):
    monkeypatch.setattr(minitorch.Tensor, "mul_", lambda self, other: self.add_(0.5))  # the planted fault
    text = programs.check(300, seed=0)
    assert ".mul_(" in text and text.count("\n") < 16
    file = tmp_path / "program.py"
    file.write_text(text)
    done = subprocess.run([sys.executable, str(file)], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr


# The command line -----------------------------------------------------------------------------------------------------


def test_command_writes_what_it_prints(tmp_path, capsys):
    files = {end: tmp_path / f"report.{end}" for end in ("json", "html", "svg")}
    options = [part for end, file in files.items() for part in (f"--{end}", str(file))]
    assert main(["--only", "exp,argm*", "--examples", "3", *options]) == 0
    out = capsys.readouterr().out
    assert "argmax" in out and "all agree with torch" in out
    written = json.loads(files["json"].read_text())
    assert written["passed"] and {"exp", "argmin"} <= {row["name"] for row in written["rows"]}
    assert files["html"].read_text().lstrip().startswith("<!DOCTYPE html>") and "<svg" in files["svg"].read_text()


def test_failure_gives_status_1(monkeypatch, capsys):
    def wrong(lib, x):
        return x.tanh() * (1 if lib is torch else 1.001)

    row = parity.Row("wrong tanh", wrong, parity.draw.case(tame))
    monkeypatch.setattr("parity.rows.all_rows", lambda: [row])
    assert main(["--examples", "5"]) == 1
    assert "1 failed" in capsys.readouterr().out


@pytest.mark.parametrize(
    "options",
    [["--only", "no such row"], ["--examples", "0"], ["--device", "tpu"], ["--json", "/no/such/folder/x.json"]],
)
def test_bad_usage_gives_status_2(options, capsys):
    with pytest.raises(SystemExit) as caught:
        main(options)
    assert caught.value.code == 2
    assert "usage" in capsys.readouterr().err


def test_names_choose_rows():
    def names(text):
        return {row.name for row in chosen(ROWS, text)}

    assert names("exp") == {"exp"}
    assert names("sum*") >= {"sum", "sum dim"}
    assert names("pool") == {row.name for row in ROWS if row.family == "pool"}
    assert "max_pool2d" in names("max_p")
    assert names(None) == {row.name for row in ROWS}


def test_the_command_line_on_the_simulator():
    pytest.importorskip("numba_cuda", reason="the extra `cuda` is not installed")
    command = [sys.executable, "-m", "parity", "--device", "cuda-sim", "--only", "mul,argmax", "--examples", "1"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0 and "all agree with torch" in done.stdout, done.stdout + done.stderr
