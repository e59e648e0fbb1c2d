"""Compiled code on disk is thrown away as soon as any source file of the kernels has changed.

Numba keeps what it compiled beside the source (__pycache__/*.nbi and *.nbc) and compiles a file's functions anew when
that file changes; but not when another file does, whose functions they call. The old code would go on, and where the
two no longer agree on how numbers lie in memory, it would compute nonsense.
"""

from pathlib import Path


def forget_stale_code(sources, folders):
    """Remove Numba's files from the __pycache__ of the folders, unless the sources (files) are as they were."""
    states = [(str(file), file.stat()) for file in sorted(sources)]
    now = "".join(f"{name} {state.st_mtime_ns} {state.st_size}\n" for name, state in states)
    for folder in folders:
        cache = folder / "__pycache__"
        note = cache / "compiled_from.txt"
        if note.is_file() and note.read_text() == now:
            continue
        try:
            for file in cache.glob("*.nb[ic]"):
                file.unlink(missing_ok=True)
            cache.mkdir(exist_ok=True)
            note.write_text(now)
        except OSError:  # where nobody may write, Numba keeps nothing
            continue


def forget_stale_kernels():
    """Look through all files that hold compiled code, or functions that it calls."""
    kernels = Path(__file__).parents[1]
    stream = kernels.parent / "minitorch" / "stream"
    folders = kernels / "cpu", stream
    forget_stale_code([*kernels.glob("*.py"), *(f for folder in folders for f in folder.glob("*.py"))], folders)
