"""Tests that need a GPU, or numba's simulator of one: where there is no GPU, their file is run again on the simulator.

The simulator has to be chosen before numba is imported: so it takes another Python.
"""

import os
import subprocess
import sys

SIMULATED = os.environ.get("NUMBA_ENABLE_CUDASIM") == "1"


def run_again(file):
    """Run a file of tests on the simulator: AssertionError where one fails."""
    environment = {**os.environ, "NUMBA_ENABLE_CUDASIM": "1"}
    command = [sys.executable, "-m", "pytest", "-q", "-x", "--no-header", "-p", "no:cacheprovider", file]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-2000:]
