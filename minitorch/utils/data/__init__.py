"""Data sets, and loading them in batches.

dataset.py   what has samples, and how to join, split and subset it
sampler.py   in which order samples are taken
collate.py   how a list of samples becomes a batch
loader.py    DataLoader: all of it together
worker.py    loading in other processes

The orders are torch's: same seed, same batches. https://docs.pytorch.org/docs/stable/data.html
"""

from minitorch.utils.data.collate import default_collate, default_convert
from minitorch.utils.data.dataset import (
    ChainDataset,
    ConcatDataset,
    Dataset,
    IterableDataset,
    StackDataset,
    Subset,
    TensorDataset,
    random_split,
)
from minitorch.utils.data.loader import DataLoader
from minitorch.utils.data.sampler import (
    BatchSampler,
    RandomSampler,
    Sampler,
    SequentialSampler,
    SubsetRandomSampler,
    WeightedRandomSampler,
)
from minitorch.utils.data.worker import get_worker_info

__all__ = [
    "BatchSampler",
    "ChainDataset",
    "ConcatDataset",
    "DataLoader",
    "Dataset",
    "IterableDataset",
    "RandomSampler",
    "Sampler",
    "SequentialSampler",
    "StackDataset",
    "Subset",
    "SubsetRandomSampler",
    "TensorDataset",
    "WeightedRandomSampler",
    "default_collate",
    "default_convert",
    "get_worker_info",
    "random_split",
]
