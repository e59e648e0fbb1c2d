"""What the times say: a row per case, the geometric mean of a group beside its target."""

from dataclasses import dataclass
from statistics import geometric_mean, median

from rich.table import Table

TARGETS = {  # geometric means of our time over torch's; no single case above WORST
    "pointwise": 0.6,
    "reduce": 0.8,
    "move": 1.0,
    "matmul": 1.0,
    "conv": 0.8,
    "rnn": 0.7,
    "optim": 0.5,
    "overhead": 0.8,
    "train": 0.7,
}
WORST = 1.3


@dataclass(frozen=True)
class Ratio:
    """Of two libraries' rounds. A round's time is the median of its runs; `least` compares the best rounds."""

    least: float
    medians: float
    lowest: float  # of the single rounds
    highest: float


def best(times):
    """The time of the best round."""
    return min(turn["median"] for turn in times["rounds"])


def ratio(ours, theirs):
    """Our time over theirs."""
    ours, theirs = ([turn["median"] for turn in times["rounds"]] for times in (ours, theirs))
    rounds = [a / b for a, b in zip(ours, theirs, strict=True)]
    return Ratio(min(ours) / min(theirs), median(ours) / median(theirs), min(rounds), max(rounds))


def least(result):
    """The ratio of a case by which it is judged."""
    return ratio(result["times"]["minitorch"], result["times"]["torch"]).least


def means(results):
    """{group: the geometric mean of its cases' ratios}, of those cases that were timed on both sides."""
    groups = {}
    for result in results:
        if "error" not in result:
            groups.setdefault(result["group"], []).append(least(result))
    return {group: geometric_mean(ratios) for group, ratios in groups.items()}


def table(results, machine):
    """A row per case."""
    compiled = any("compiled" in result.get("times", {}) for result in results)
    out = Table(title="time per run, forward and backward")
    headings = ["case", "ours", "torch", "ratio", "of medians", "of rounds", "GB/s", "GFLOP/s", "of roof", "first run"]
    for heading in headings + (["to compiled"] if compiled else []):
        out.add_column(heading, justify="left" if heading == "case" else "right", no_wrap=True)
    for result, following in zip(results, [*results[1:], None], strict=True):
        last = following is None or following["group"] != result["group"]
        out.add_row(*row(result, machine, compiled), end_section=last)
    return out


def row(result, machine, compiled):
    """The cells of one case."""
    if "error" in result:
        return result["case"], f"[red]{result['error']}"
    ours, theirs = result["times"]["minitorch"], result["times"]["torch"]
    r, seconds = ratio(ours, theirs), best(ours)
    cells = [
        result["case"] + ("" if result["agrees"] else " [red](not torch's result)"),
        unit(seconds),
        unit(best(theirs)),
        f"[red]{r.least:.2f}" if r.least > WORST else f"{r.least:.2f}",
        f"{r.medians:.2f}",
        f"{r.lowest:.2f}-{r.highest:.2f}",
        f"{result['bytes'] / seconds / 1e9:.3g}",
        f"{result['flops'] / seconds / 1e9:.3g}",
        f"{roof(result, machine) / seconds:.0%}",
        unit(ours["first"]),
    ]
    if compiled:
        other = result["times"].get("compiled")
        cells.append(f"{ratio(ours, other).least:.2f}" if other else "")
    return cells


def roof(result, machine):
    """The seconds that this machine needs at least: to move the bytes, or to compute, whichever is longer."""
    return max(result["bytes"] / machine["copy"], result["flops"] / machine["sgemm"])


def summary(results):
    """A row per group: the geometric mean of its ratios, its target, and its slowest case."""
    out = Table("group", "mean ratio", "target", "", "worst case", "", title="geometric means of our time over torch's")
    for group, mean in means(results).items():
        ratios = {r["case"]: least(r) for r in results if r["group"] == group and "error" not in r}
        slowest = max(ratios, key=ratios.get)
        target = TARGETS[group]
        worst = ratios[slowest]
        out.add_row(group, f"{mean:.2f}", f"{target}", met(mean, target), f"{slowest} {worst:.2f}", met(worst, WORST))
    return out


def met(value, target):
    return "[green]met" if value <= target else "[red]not met"


def unit(seconds):
    """A time with three digits and its unit."""
    for factor, name in ((1e6, "us"), (1e3, "ms")):
        if seconds * factor < 1000:
            return f"{seconds * factor:.3g} {name}"
    return f"{seconds:.3g} s"
