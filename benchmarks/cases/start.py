"""What a program waits for before it has done anything; benchmarks/startup.py is the process that is timed."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Start:
    """Seconds in a new process, and how many of them ours may take."""

    name: str
    limit: float


IMPORT = Start("import", limit=0.25)  # beyond numpy's import
COLD = Start("first_step_cold", limit=20.0)  # of LeNet, after the import; no kernel was ever compiled on this machine
WARM = Start("first_step_warm", limit=1.0)  # the same when an earlier process compiled them
CASES = [IMPORT, COLD, WARM]
