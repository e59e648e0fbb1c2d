"""Parity: minitorch beside torch, one row an operation. `python -m parity` runs them all; `check` is for your own."""

import os

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # before torch loads: its idle threads must not spin

from parity import draw
from parity.draw import Case, Fixed
from parity.harness import Row, check, check_row

__all__ = ["Case", "Fixed", "Row", "check", "check_row", "draw"]
