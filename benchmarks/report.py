"""What the times say: a row per case, the geometric mean of a group beside its target."""

from dataclasses import dataclass
from statistics import geometric_mean, median

from rich.table import Table

from benchmarks.cases import start

TARGETS = {  # geometric means of our time over torch's
    "cpu": {
        "pointwise": 0.6,
        "reduce": 0.8,
        "move": 1.0,
        "matmul": 1.0,
        "conv": 0.8,
        "rnn": 0.7,
        "optim": 0.5,
        "overhead": 0.8,
        "train": 0.7,
    },
    "cuda": {"pointwise": 1.0, "reduce": 1.0, "move": 1.2, "matmul": 1.5, "conv": 1.5, "optim": 1.0, "train": 1.5},
}
WORST = 1.3  # no single case on a CPU above it
MEMORY = 1.1  # nor the peak memory of a case in train


@dataclass(frozen=True)
class Ratio:
    """Our time over theirs. A round's time is the median of its runs; `least` compares the best rounds."""

    least: float
    medians: float
    lowest: float  # of the single rounds
    highest: float


def ratio(ours, theirs):
    ours, theirs = ([turn["median"] for turn in times["rounds"]] for times in (ours, theirs))
    rounds = [a / b for a, b in zip(ours, theirs, strict=True)]
    return Ratio(min(ours) / min(theirs), median(ours) / median(theirs), min(rounds), max(rounds))


def best(times):
    """The time of the best round."""
    return min(turn["median"] for turn in times["rounds"])


def ratios(results):
    """{group: {case: the ratio by which it is judged}} of the cases that ran in both libraries."""
    groups = {}
    for result in results:
        if "error" not in result:
            least = ratio(result["times"]["minitorch"], result["times"]["torch"]).least
            groups.setdefault(result["group"], {})[result["case"]] = least
    return groups


def means(results):
    """{group: the geometric mean of its ratios}."""
    return {group: geometric_mean(cases.values()) for group, cases in ratios(results).items()}


def tables(results, machine):
    """All there is to print."""
    work, starts = ([r for r in results if (r["group"] == "start") is wanted] for wanted in (False, True))
    memory = [result for result in results if "memory" in result]
    if work:
        yield of_cases(work, machine)
        yield of_groups(work, machine["device"])
    if memory:
        yield of_memory(memory)
    if starts:
        yield of_starts(starts)


def of_cases(results, machine):
    """A row per case, a line after each group."""
    compiled = any("compiled" in result.get("times", {}) for result in results)
    out = Table(title="time per run, forward and backward")
    headings = ["case", "ours", "torch", "ratio", "of medians", "of rounds", "GB/s", "GFLOP/s", "of roof", "first run"]
    for heading in headings + (["to compiled"] if compiled else []):
        out.add_column(heading, justify="left" if heading == "case" else "right", no_wrap=True)
    for result, following in zip(results, [*results[1:], None], strict=True):
        last = following is None or following["group"] != result["group"]
        out.add_row(*cells(result, machine, compiled), end_section=last)
    return out


def cells(result, machine, compiled):
    """The row of one case."""
    if "error" in result:
        return result["case"], "[red]failed"
    ours, theirs = result["times"]["minitorch"], result["times"]["torch"]
    r, seconds = ratio(ours, theirs), best(ours)
    out = [
        result["case"] + ("" if result.get("agrees", True) else " [red](wrong)"),
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
        out.append(f"{ratio(ours, other).least:.2f}" if other else "")
    return out


def roof(result, machine):
    """The seconds that this machine needs at least: to move the bytes, or to compute, whichever is longer."""
    return max(result["bytes"] / machine["copy"], result["flops"] / machine["sgemm"])


def of_groups(results, device):
    """A row per group: the geometric mean of its ratios, its target, and its slowest case."""
    out = Table("group", "mean ratio", "target", "", "worst case", "", title="geometric means of our time over torch's")
    for group, cases in ratios(results).items():
        mean, target = geometric_mean(cases.values()), TARGETS[device].get(group)
        slowest = max(cases, key=cases.get)
        row = [group, f"{mean:.2f}", *(("none", "") if target is None else (f"{target}", met(mean, target)))]
        out.add_row(*row, f"{slowest} {cases[slowest]:.2f}", met(cases[slowest], WORST) if device == "cpu" else "")
    return out


def met(value, target):
    return "[green]met" if value <= target else "[red]not met"


def of_memory(results):
    """Peak memory beyond the imports, and of the whole process."""
    out = Table("case", "ours", "torch", "ratio", "", "our process", "torch's", title="peak memory, MB")
    for result in results:
        ours, theirs = result["memory"]["minitorch"], result["memory"]["torch"]
        r = ours["beyond"] / theirs["beyond"]
        sizes = [f"{held['beyond'] / 1e6:.0f}" for held in (ours, theirs)]
        whole = [f"{held['whole'] / 1e6:.0f}" for held in (ours, theirs)]
        out.add_row(result["case"], *sizes, f"{r:.2f}", met(r, MEMORY), *whole)
    return out


def of_starts(results):
    """Seconds until a program has done something."""
    limits = {case.name: case.limit for case in start.CASES}
    out = Table("case", "ours", "torch", "ratio", "ours at most", "", title="start")
    for result in results:
        ours, theirs = (median(t["median"] for t in result["times"][lib]["rounds"]) for lib in ("minitorch", "torch"))
        limit = limits[result["case"]]
        out.add_row(result["case"], unit(ours), unit(theirs), f"{ours / theirs:.2f}", f"{limit} s", met(ours, limit))
    return out


def about(machine):
    """The machine in a line."""
    versions = ", ".join(f"{name} {version}" for name, version in machine["versions"].items())
    rates = f"copies {machine['copy'] / 1e9:.3g} GB/s, sgemm {machine['sgemm'] / 1e9:.3g} GFLOP/s"
    return f"{machine['date']}, {machine['processor']}, {machine['threads']} threads: {rates}; {versions}"


def unit(seconds):
    """A time with three digits and its unit."""
    for factor, name in ((1e6, "us"), (1e3, "ms")):
        if seconds * factor < 1000:
            return f"{seconds * factor:.3g} {name}"
    return f"{seconds:.3g} s"
