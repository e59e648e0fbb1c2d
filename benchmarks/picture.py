"""The table as pictures: how long each case takes beside torch, and how near it comes to this machine's limits."""

from matplotlib.figure import Figure

from benchmarks.report import TARGETS, about, best, means, ratio

FASTER, SLOWER, GREY = "#2a78b5", "#d1702a", "#777777"
COLOURS = ["#1f77b4", "#ff7f0e", "#2ca02c", "#d62728", "#9467bd", "#8c564b", "#e377c2", "#17becf", "#444444"]


def bars(results, machine):
    """A bar per case from torch's time, at 1, to ours; its whisker spans the single rounds. A mean per group."""
    timed = [result for result in results if "error" not in result]
    figure = Figure(figsize=(8, 1.5 + 0.19 * len(timed) + 0.4 * len(means(timed))))
    axes = figure.subplots()
    places, names, y = [], [], 0.0
    for group, mean in means(timed).items():
        target = TARGETS[machine["device"]].get(group)
        axes.text(
            1.03, y, heading(group, mean, target), transform=axes.get_yaxis_transform(), va="center", weight="bold"
        )
        cases = [result for result in timed if result["group"] == group]
        if target is not None:
            axes.plot([target, target], [y - 0.5, y + len(cases) - 0.5], color="black", linewidth=1, linestyle=":")
        for result in cases:
            r = ratio(result["times"]["minitorch"], result["times"]["torch"])
            axes.barh(y, r.least - 1, left=1, height=0.8, color=FASTER if r.least <= 1 else SLOWER)
            axes.plot([r.lowest, r.highest], [y, y], color="black", linewidth=0.7)
            places, names, y = [*places, y], [*names, result["case"]], y + 1
        y += 1
    axes.set_yticks(places, names, fontsize=8)
    axes.set_ylim(y - 0.5, -1)
    axes.set_xscale("log", base=2)
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
    axes.axvline(1, color="black", linewidth=1)
    axes.grid(axis="x", color="#dddddd", linewidth=0.5)
    axes.set_axisbelow(True)
    axes.set_xlabel("our time over torch's (left of 1: ours is faster; dotted: the group's target)")
    axes.set_title(about(machine), fontsize=7, color=GREY)
    return figure


def heading(group, mean, target):
    return f"{group} {mean:.2f}" + ("" if target is None else f" (target {target})")


def roofline(results, machine):
    """Operations a second over operations per byte, both libraries; a grey line joins torch's (hollow) with ours.

    No case can be above the roofs for long: memory feeds `copy` bytes a second (a case whose arrays stay in the caches
    may beat it), the processor computes at most about `sgemm` operations a second. A case without operations has no
    place in it. Williams, Waterman and Patterson, 2009.
    """
    figure = Figure(figsize=(11, 8))
    axes = figure.subplots()
    drawn = [result for result in results if "error" not in result and result.get("flops")]
    for number, group in enumerate(means(drawn)):
        for result in (result for result in drawn if result["group"] == group):
            x = result["flops"] / result["bytes"]
            ours, theirs = (result["flops"] / best(result["times"][library]) for library in ("minitorch", "torch"))
            colour = COLOURS[number % len(COLOURS)]
            axes.plot([x, x], [theirs, ours], color="#bbbbbb", linewidth=0.8, zorder=1)
            axes.plot(x, theirs, "o", markersize=4, markerfacecolor="white", color=colour)
            axes.plot(x, ours, "o", markersize=5, color=colour)
            axes.annotate(result["case"], (x, ours), (3, 3), textcoords="offset points", fontsize=6, color=colour)
        axes.plot([], [], "o", color=COLOURS[number % len(COLOURS)], label=group)
    corner = machine["sgemm"] / machine["copy"]  # from here on the arithmetic is what takes the time
    intensities = [corner, *(result["flops"] / result["bytes"] for result in drawn)]
    low, high = min(intensities) / 2, max(intensities) * 4
    axes.plot([low, corner, high], [low * machine["copy"], machine["sgemm"], machine["sgemm"]], color="black")
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlim(low, high)
    axes.grid(color="#eeeeee", linewidth=0.5)
    axes.set_xlabel("operations per byte")
    axes.set_ylabel("operations per second (full: ours; hollow: torch)")
    axes.set_title(about(machine), fontsize=7, color=GREY)
    axes.legend(fontsize=8)
    return figure
