"""python -m benchmarks: its command line, its figures, and that a wrong result is found out."""

import json

import numpy as np
import pytest

import minitorch
from benchmarks import picture, report, turns
from benchmarks.__main__ import arguments, main
from benchmarks.cases import CASES, GROUPS
from benchmarks.cases.case import Side
from benchmarks.worker import prepare, turn, wall_clock

MACHINE = {
    "date": "2026-01-01", "processor": "one", "device": "cpu", "threads": 2, "copy": 1e10, "sgemm": 1e11,
    "versions": {"torch": "2.13.0"},
}  # fmt: skip


def result(case, group, ours, theirs):
    """A result whose rounds took so many seconds."""
    rounds = [[{"least": t, "median": t, "calls": 1} for t in times] for times in (ours, theirs)]
    times = {name: {"first": 1.0, "rounds": r} for name, r in zip(turns.LIBRARIES, rounds, strict=True)}
    return {"case": case, "group": group, "bytes": 10**7, "flops": 10**6, "times": times, "agrees": True}


def test_one_case_from_the_command_line(tmp_path, capfd):
    path = tmp_path / "figures.json"
    assert main(["--only", "multiply", "--quick", "--rounds", "1", "--json", str(path)]) == 0
    figures = json.loads(path.read_text())
    (case,) = figures["results"]
    assert (case["case"], case["group"], case["flops"]) == ("multiply", "overhead", 3)
    assert case["agrees"] and case["difference"] == 0
    assert figures["machine"]["copy"] > 0 and figures["machine"]["sgemm"] > 0
    ours, theirs = (case["times"][library]["rounds"] for library in ("minitorch", "torch"))
    assert len(ours) == len(theirs) == 1
    assert figures["means"]["overhead"] == pytest.approx(ours[0]["median"] / theirs[0]["median"])
    assert "multiply" in capfd.readouterr().out


@pytest.mark.parametrize(
    "words, says",
    [
        (["--groups", "nothing"], "invalid choice: 'nothing'"),
        (["--only", "nothing"], "invalid choice: 'nothing'"),
        (["--rounds", "0"], "0 is not at least 1"),
        (["--threads", "-1"], "-1 is not at least 1"),
        (["--groups", "conv", "--only", "exp"], "none of these cases"),
    ],
)
def test_bad_arguments(words, says, capsys):
    with pytest.raises(SystemExit) as ended:
        arguments(words)
    assert ended.value.code == 2
    assert says in capsys.readouterr().err


def test_names_are_unique():
    assert len(CASES) == sum(map(len, GROUPS.values()))


def test_every_group_of_work_has_a_target():
    assert set(report.TARGETS["cpu"]) == set(GROUPS) - {"start"}


def test_ratio_and_its_spread():
    r = report.ratio(*result("exp", "pointwise", [2.0, 3.0, 2.5], [4.0, 5.0, 10.0])["times"].values())
    assert (r.least, r.medians, r.lowest, r.highest) == (0.5, 0.5, 0.25, 0.6)


def test_geometric_mean_of_a_group():
    """Twice as fast and twice as slow is even; a case that failed does not count."""
    results = [
        result("exp", "pointwise", [1.0], [2.0]),
        result("tanh", "pointwise", [2.0], [1.0]),
        {"case": "gelu", "group": "pointwise", "error": "it failed"},
        result("max", "reduce", [3.0], [1.0]),
    ]
    assert report.means(results) == pytest.approx({"pointwise": 1.0, "reduce": 3.0})


@pytest.mark.parametrize("draw", [picture.bars, picture.roofline])
def test_pictures_name_every_case(draw, tmp_path):
    figure = draw([result("exp", "pointwise", [1.0], [2.0]), result("max", "reduce", [3.0], [1.0])], MACHINE)
    figure.savefig(tmp_path / "picture.svg")
    text = (tmp_path / "picture.svg").read_text()  # letters are drawn as curves, under a comment that has the words
    assert "<!-- exp -->" in text and "<!-- max -->" in text


def test_a_case_is_prepared_and_timed():
    work, results, first = prepare(CASES["chain"], Side(minitorch, "cpu", lambda function: function))
    assert first > 0 and [array.shape for array in results] == [(3,)]
    times = turn(work.run, 0.002, wall_clock)
    assert 0 < times["least"] <= times["median"] and times["calls"] > 1


def test_difference_of_results():
    a = {"0": np.array([1.0, 4.0], np.float32)}
    assert turns.difference(a, a) == 0
    assert turns.difference({"0": np.array([1.0, 5.0], np.float32)}, a) == 0.25
    for wrong in (np.array([1.0, 4.0]), np.ones(1, np.float32), np.array([1.0, np.nan], np.float32)):
        assert turns.difference({"0": wrong}, a) == np.inf
    assert turns.difference({}, a) == np.inf
