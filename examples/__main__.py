"""The programs of this folder: `python -m examples` lists them, `python -m examples NAME --quick` runs one.

What follows the name goes to the program; `python -m examples NAME --help` tells what it takes. Pictures are saved
where you are.
"""

import argparse
import ast
import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent


def programs():
    """{name: the first line of its docstring}."""
    files = sorted(HERE.glob("[!_]*.py"))
    return {f.stem: ast.get_docstring(ast.parse(f.read_text(encoding="utf-8"))).split("\n")[0] for f in files}


def run(name, arguments):
    """The exit status of a program, which runs with the minitorch beside it, installed or not."""
    path = os.pathsep.join(filter(None, [str(HERE.parent), os.environ.get("PYTHONPATH")]))
    command = [sys.executable, HERE / f"{name}.py", *arguments]
    return subprocess.run(command, env={**os.environ, "PYTHONPATH": path}).returncode


def main():
    parser = argparse.ArgumentParser(prog="python -m examples", description=__doc__.split("\n")[0])
    parser.add_argument("name", nargs="?", choices=programs(), metavar="NAME", help="which one to run")
    parser.add_argument("arguments", nargs=argparse.REMAINDER, metavar="...", help="what it is given, such as --quick")
    given = parser.parse_args()
    if given.name:
        sys.exit(run(given.name, given.arguments))
    width = max(map(len, programs()))
    for name, line in programs().items():
        print(f"{name:{width}}  {line}")


if __name__ == "__main__":
    main()
