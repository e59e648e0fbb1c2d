"""utils.data beside torch: data sets, samplers, batches, and loading by workers. (Orders: parity/rows/data.py.)"""

import random
from collections import OrderedDict, namedtuple

import numpy as np
import pytest
import torch

import minitorch

Point = namedtuple("Point", ["x", "y"])


def plain(x):
    """Tensors as their dtype and lists, inside of anything: the same for both libraries."""
    if hasattr(x, "tolist"):
        return str(getattr(x, "dtype", "")).rsplit(".")[-1], x.tolist()
    if isinstance(x, dict):
        return type(x), {key: plain(value) for key, value in x.items()}
    if isinstance(x, list | tuple):
        return type(x), [plain(value) for value in x]
    return x


def alike(f, *args):
    """Check that f(library, ...) gives the same with both."""
    assert plain(f(minitorch, *args)) == plain(f(torch, *args))


class Noisy:
    """Samples that draw from all the streams of random numbers that a worker seeds."""

    def __init__(self, lib):
        self.lib = lib

    def __len__(self):
        return 11

    def __getitem__(self, i):
        return float(i), self.lib.rand(2), random.random(), np.random.rand()


def stream(lib, n):
    """An iterable data set of 0 ... n - 1, which workers share."""

    class Stream(lib.utils.data.IterableDataset):
        def __iter__(self):
            worker = lib.utils.data.get_worker_info()
            return iter(range(n) if worker is None else range(worker.id, n, worker.num_workers))

        def __len__(self):
            return n

    return Stream()


@pytest.mark.parametrize("num_workers", [0, 1, 3])
@pytest.mark.parametrize("shuffle", [False, True])
def test_workers_give_the_batches_and_the_random_numbers_of_torch(num_workers, shuffle):
    def batches(lib):
        lib.manual_seed(3), random.seed(1), np.random.seed(2)
        loader = lib.utils.data.DataLoader(Noisy(lib), 3, shuffle=shuffle, num_workers=num_workers)
        return [list(loader), list(loader), len(loader), lib.rand(2)]

    alike(batches)


def test_workers_that_persist_go_on_with_their_random_numbers():
    def batches(lib):
        lib.manual_seed(3), random.seed(1)
        loader = lib.utils.data.DataLoader(Noisy(lib), 2, shuffle=True, num_workers=2, persistent_workers=True)
        whole, left = list(loader), next(iter(loader))
        return [whole, left, list(loader), lib.rand(1)]

    alike(batches)


@pytest.mark.parametrize("num_workers", [0, 2])
@pytest.mark.parametrize("n", [0, 1, 7])
@pytest.mark.parametrize(("batch_size", "drop_last"), [(3, False), (3, True), (None, False)])
def test_iterable_data_sets(num_workers, n, batch_size, drop_last):
    def batches(lib):
        loader = lib.utils.data.DataLoader(stream(lib, n), batch_size, drop_last=drop_last, num_workers=num_workers)
        return [list(loader), list(loader), len(loader)]

    alike(batches)


class Broken:
    def __init__(self, error):
        self.error = error

    def __len__(self):
        return 4

    def __getitem__(self, i):
        if i == 2:
            raise self.error
        return i


class TwoArguments(Exception):
    def __init__(self, a, b):
        super().__init__(a, b)


@pytest.mark.parametrize(("error", "kind"), [(KeyError("two"), KeyError), (TwoArguments("two", 2), RuntimeError)])
def test_an_error_in_a_worker_is_raised_where_the_loop_runs(error, kind):
    loader = iter(minitorch.utils.data.DataLoader(Broken(error), num_workers=1))
    assert next(loader).tolist() == [0]
    assert next(loader).tolist() == [1]
    with pytest.raises(kind, match=r"(?s)worker process 0.*two"):
        next(loader)
    assert next(loader).tolist() == [3]


def die(worker_id):
    raise SystemExit


def test_a_worker_that_dies_is_noticed():
    with pytest.raises(RuntimeError, match="exited unexpectedly"):
        list(minitorch.utils.data.DataLoader([1, 2], num_workers=1, worker_init_fn=die))


def test_workers_end_with_the_loop():
    loader = iter(minitorch.utils.data.DataLoader(range(1000), num_workers=2))
    next(loader)
    processes = loader.processes
    assert all(process.is_alive() for process in processes)
    del loader
    assert not any(process.is_alive() for process in processes)


def say_who(sample):
    return minitorch.utils.data.get_worker_info().id, sample


def test_workers_may_be_spawned():
    loader = minitorch.utils.data.DataLoader(
        range(4), batch_size=None, num_workers=2, multiprocessing_context="spawn", collate_fn=say_who
    )
    assert list(loader) == [(0, 0), (1, 1), (0, 2), (1, 3)]
    assert minitorch.utils.data.get_worker_info() is None


BATCHES = [
    [1, 2],
    [1.5, 2.0],
    [True, False],
    ["a", "b"],
    [b"x"],
    [("a", 1), ("b", 2)],
    [[1, 2.0], [3, 4.0]],
    [{"a": 1, "b": "x"}, {"a": 2, "b": "y"}],
    [OrderedDict(a=1)],
    [Point(1, 2.0), Point(3, 4.0)],
    [range(2), range(2)],
    [np.float32(1), np.float32(2)],
    [np.float64(1), np.float64(2)],
    [np.ones(2), np.zeros(2)],
    [np.array("a")],
    [[1], [1, 2]],
    [...],  # of no type that is collated
]


def outcome(f, *args):
    """What f gives, or the class of what it raises."""
    try:
        return f(*args)
    except Exception as error:
        return type(error).__name__


@pytest.mark.parametrize("batch", BATCHES, ids=repr)
def test_collate(batch):
    alike(lambda lib: outcome(lib.utils.data.default_collate, batch))


@pytest.mark.parametrize(
    "sample", [np.ones(2), {"a": np.ones(1), "b": "x"}, (1, np.zeros(2)), [np.float32(1)], Point(np.ones(1), 2), "s"]
)
def test_convert(sample):
    alike(lambda lib: lib.utils.data.default_convert(sample))


def test_data_sets_joined():
    def joined(lib):
        data = lib.utils.data
        concat = data.ConcatDataset([range(3), "ab"])
        named, chain = data.StackDataset(a=range(3), b="xyz"), stream(lib, 2) + stream(lib, 3)
        return [
            [concat[0], concat[3], concat[-1], len(concat), concat.cumulative_sizes],
            [named[1], data.StackDataset(range(3), "xyz")[2], len(named), list(data.DataLoader(named, 2))],
            [list(chain), len(chain), list(data.DataLoader(chain, 2))],
            [list(data.DataLoader(data.Subset(concat, [4, 0]))), data.Subset(range(9), [5, 6]).__getitems__([1])],
        ]

    alike(joined)


REFUSED = [
    lambda data, s: data.DataLoader([1], num_workers=-1),
    lambda data, s: data.DataLoader([1], timeout=-1),
    lambda data, s: data.DataLoader([1], prefetch_factor=2),
    lambda data, s: data.DataLoader([1], persistent_workers=True),
    lambda data, s: data.DataLoader([1], multiprocessing_context="spawn"),
    lambda data, s: data.DataLoader([1], num_workers=1, multiprocessing_context="x"),
    lambda data, s: data.DataLoader([1], num_workers=1, multiprocessing_context=3),
    lambda data, s: data.DataLoader([1], batch_size=None, drop_last=True),
    lambda data, s: data.DataLoader(s, shuffle=True),
    lambda data, s: data.DataLoader(s, sampler=[1]),
    lambda data, s: data.DataLoader(s, batch_sampler=[[1]]),
    lambda data, s: setattr(data.DataLoader([1]), "batch_size", 3),
    lambda data, s: data.IterableDataset(),
    lambda data, s: data.ConcatDataset([]),
    lambda data, s: data.ConcatDataset([s]),
    lambda data, s: data.ConcatDataset([[1, 2]])[-3],
    lambda data, s: data.ConcatDataset([[1, 2]])[2],
    lambda data, s: list(data.ChainDataset([[1]])),
    lambda data, s: data.StackDataset([1], [1, 2]),
    lambda data, s: data.StackDataset(),
    lambda data, s: data.StackDataset([1], a=[1]),
    lambda data, s: type("Own", (data.Subset,), {"__getitem__": lambda self, i: i})([1], [0]),
    lambda data, s: data.WeightedRandomSampler([[1.0]], 1),
    lambda data, s: data.WeightedRandomSampler([1.0], 0),
    lambda data, s: data.WeightedRandomSampler([1.0], 1, replacement=2),
    lambda data, s: data.random_split([1, 2], [1.5, -0.5]),
]


@pytest.mark.parametrize("refused", REFUSED)
def test_refusals(refused):
    with pytest.raises(Exception) as theirs:
        refused(torch.utils.data, stream(torch, 2))
    with pytest.raises(theirs.type):
        refused(minitorch.utils.data, stream(minitorch, 2))
