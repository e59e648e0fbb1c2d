"""Schedulers of the learning rate. Begin with scheduler.py; formulas.py has those that torch lacks.

https://docs.pytorch.org/docs/stable/optim.html#how-to-adjust-learning-rate
"""

from minitorch.optim.lr_scheduler.compound import ChainedScheduler, SequentialLR
from minitorch.optim.lr_scheduler.cosine import CosineAnnealingLR, CosineAnnealingWarmRestarts
from minitorch.optim.lr_scheduler.cyclic import CyclicLR
from minitorch.optim.lr_scheduler.decay import ExponentialLR, LinearLR, PolynomialLR
from minitorch.optim.lr_scheduler.formulas import (
    CosineScheduler,
    FactorScheduler,
    InverseTimePolynomial,
    PiecewiseConstant,
)
from minitorch.optim.lr_scheduler.functions import LambdaLR, MultiplicativeLR
from minitorch.optim.lr_scheduler.one_cycle import OneCycleLR
from minitorch.optim.lr_scheduler.plateau import ReduceLROnPlateau
from minitorch.optim.lr_scheduler.scheduler import LRScheduler
from minitorch.optim.lr_scheduler.stairs import ConstantLR, MultiStepLR, StepLR

__all__ = [
    "ChainedScheduler",
    "ConstantLR",
    "CosineAnnealingLR",
    "CosineAnnealingWarmRestarts",
    "CosineScheduler",
    "CyclicLR",
    "ExponentialLR",
    "FactorScheduler",
    "InverseTimePolynomial",
    "LRScheduler",
    "LambdaLR",
    "LinearLR",
    "MultiStepLR",
    "MultiplicativeLR",
    "OneCycleLR",
    "PiecewiseConstant",
    "PolynomialLR",
    "ReduceLROnPlateau",
    "SequentialLR",
    "StepLR",
]
