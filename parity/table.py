"""The table: one row an operation; and the same as JSON, HTML or SVG."""

import json

import torch
from rich import box
from rich.console import Console
from rich.syntax import Syntax
from rich.table import Table

import minitorch
from parity.harness import COLUMNS

HEADS = {
    "forward": "fwd",
    "grad": "grad",
    "grad grad": "grad2",
    "float32": "f32",
    "dtypes": "types",
    "layout": "view",
    "edges": "nan",
    "errors": "err",
}
CAPTION = (
    "ulp: worst float64 error against torch; ours, torch's: worst float32 error against a float64 truth. "
    "grad2: second derivatives; types: integers, bool, mixtures; view: non-contiguous inputs; nan: nan, inf, signed "
    "zeros; err: where torch raises, we raise the same class."
)
MARKS = {True: "[green]✓[/]", False: "[bold red]✗[/]", None: "[dim]·[/]"}


def number(x):
    """An error in ulp, short."""
    return "0" if x == 0 else f"{x:.2f}" if x < 100 else f"{x:.1e}"


def mark(result, column):
    """True passed, False failed, None not tried."""
    return None if column not in result.tried else column not in result.failed


def table(results):
    """A rich Table of Results (parity.harness)."""
    title = f"minitorch {minitorch.__version__} beside torch {torch.__version__}"
    out = Table(title=title, caption=CAPTION, box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), caption_justify="left")
    out.add_column("operation", style="bold", no_wrap=True)
    for name in ("cases", "ulp", "ours", "torch's"):
        out.add_column(name, justify="right", no_wrap=True)
    for column in COLUMNS:
        out.add_column(HEADS[column], justify="center", no_wrap=True)
    family = None
    for r in results:
        if r.family != family and family is not None:
            out.add_section()
        family = r.family
        errors = [number(r.worst)] + [number(x) if "float32" in r.tried else "" for x in (r.float32, r.float32_torch)]
        name = f"{r.name} ({r.note})" if r.note else r.name
        out.add_row(name, str(sum(r.tried.values())), *errors, *(MARKS[mark(r, c)] for c in COLUMNS))
    return out


def report(console, results, seconds):
    """Print the failures as snippets, then the table and a last line."""
    console.print(table(results))
    for r in results:
        for failure in r.failures:
            console.rule(f"[red]{r.name}: {failure.column}")
            console.print(Syntax(failure.snippet, "python", background_color="default", word_wrap=True))
    failed = [r.name for r in results if not r.passed]
    cases = sum(sum(r.tried.values()) for r in results)
    verdict = (
        f"[bold red]{len(failed)} failed[/]: {', '.join(failed)}" if failed else "[bold green]all agree with torch[/]"
    )
    console.print(f"{len(results)} operations, {cases} cases in {seconds:.0f} s: {verdict}")


def as_json(results, **about):
    """Everything the table says, as text."""
    rows = [
        {
            "name": r.name,
            "family": r.family,
            "cases": sum(r.tried.values()),
            "worst_ulp": r.worst,
            "float32_ulp": r.float32,
            "float32_ulp_torch": r.float32_torch,
            "columns": {c: mark(r, c) for c in COLUMNS},
            "note": r.note,
            "failures": [{"column": f.column, "message": f.message, "snippet": f.snippet} for f in r.failures],
        }
        for r in results
    ]
    head = {"minitorch": minitorch.__version__, "torch": torch.__version__, **about}
    return json.dumps({**head, "passed": all(r.passed for r in results), "rows": rows}, indent=1)


def write_picture(path, results, seconds):
    """The report as an .html or .svg file."""
    with open("/dev/null", "w") as nowhere:
        console = Console(record=True, width=108, file=nowhere, force_terminal=True)
        report(console, results, seconds)
    if str(path).endswith(".svg"):
        console.save_svg(str(path), title="python -m parity")
    else:
        console.save_html(str(path))
