"""Optimizers. Begin with sgd.py.

https://docs.pytorch.org/docs/stable/optim.html
"""

from minitorch.optim import lr_scheduler
from minitorch.optim.adam import Adam
from minitorch.optim.optimizer import Optimizer
from minitorch.optim.sgd import SGD

__all__ = ["SGD", "Adam", "Optimizer", "lr_scheduler"]
