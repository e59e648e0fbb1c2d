"""The examples are listed, and run by name; .ci/run runs them all. The README leads to each."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PROGRAMS = {file.stem for file in (ROOT / "examples").glob("[!_]*.py")}


def examples(*arguments):
    command = [sys.executable, "-m", "examples", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)


def test_every_program_is_listed_with_a_line():
    lines = dict(line.split(maxsplit=1) for line in examples().stdout.splitlines())
    assert lines.keys() == PROGRAMS
    for name, line in lines.items():
        assert line.endswith("."), f"examples/{name}.py: its docstring's first line is one sentence"


def test_a_program_runs_by_its_name_and_its_exit_status_is_passed_on():
    shown = examples("digits_lenet", "--help")
    assert shown.returncode == 0 and "--beside-torch" in shown.stdout
    assert examples("digits_lenet", "--no-such-option").returncode == 2


def test_an_unknown_name_is_refused_with_the_names_there_are():
    refused = examples("digits_lanet")
    assert refused.returncode == 2 and "digits_lenet" in refused.stderr


def test_the_readme_links_every_program_and_nothing_that_is_not_there():
    links = re.findall(r"\]\(([^)#]+)", (ROOT / "README.md").read_text(encoding="utf-8"))
    files = {link for link in links if not link.startswith("http")}
    assert not {file for file in files if not (ROOT / file).exists()}
    assert {f"examples/{name}.py" for name in PROGRAMS} <= files
