"""What the programs of this folder share: their command line, and how their pictures look."""

import argparse
from pathlib import Path

import matplotlib

matplotlib.use("Agg")  # draw to a file: no screen is needed
import matplotlib.pyplot as plt

# Okabe and Ito: told apart by everybody
COLOURS = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000"]
plt.rcParams |= {
    "axes.prop_cycle": plt.cycler(color=COLOURS),
    "axes.grid": True,
    "grid.alpha": 0.3,
    "figure.constrained_layout.use": True,
    "legend.fontsize": 9,
    "savefig.dpi": 120,
}


def options(doc, picture):
    """The command line of a program with this docstring: --quick, and --picture FILE."""
    parser = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="as little as shows that it runs")
    parser.add_argument("--picture", type=Path, default=Path(picture), help="where the picture goes")
    return parser.parse_args()
