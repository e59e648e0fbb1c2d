"""`DataLoader`: a data set in batches.

https://docs.pytorch.org/docs/stable/data.html#torch.utils.data.DataLoader
"""

import functools
import itertools
import math
import multiprocessing
import warnings

from minitorch.cuda import is_available
from minitorch.utils.data.collate import default_collate, default_convert, pinned
from minitorch.utils.data.dataset import IterableDataset
from minitorch.utils.data.fetch import Ended, IterableFetcher, MapFetcher
from minitorch.utils.data.sampler import BatchSampler, RandomSampler, SequentialSampler, draw_seed
from minitorch.utils.data.worker import Workers

FIXED = ("batch_size", "batch_sampler", "sampler", "drop_last", "dataset", "persistent_workers")


class NoIndices:
    """The sampler of an iterable data set, which needs none: None without end."""

    def __iter__(self):
        return itertools.repeat(None)


class DataLoader:
    """Iterates over a data set in batches, in another order each time if shuffle.

    sampler           gives the indices, in place of shuffle; batch_sampler gives lists of them, in place of batch_size
    drop_last         leaves out a last batch that is not full
    collate_fn        makes a batch of a list of samples: default_collate
    batch_size=None   samples come one by one, through collate_fn: default_convert
    generator         where the order's random numbers come from, and the workers' seeds
    num_workers       so many processes load (worker.py); 0: samples are loaded where the loop runs. With them:
                      worker_init_fn(id) is called first; prefetch_factor batches of each are loaded in advance (2);
                      RuntimeError where a batch takes longer than timeout seconds (0: wait); persistent_workers: one
                      set of processes for all runs; multiprocessing_context: how they start, such as "spawn"
    pin_memory        puts the tensors of a batch into pinned memory, from where .to("cuda", non_blocking=True) copies
                      them while the host goes on; a warning where there is no GPU
    pin_memory_device, in_order   accepted, and change nothing: batches always come in order

    ValueError for settings that contradict each other.
    """

    def __init__(
        self,
        dataset,
        batch_size=1,
        shuffle=None,
        sampler=None,
        batch_sampler=None,
        num_workers=0,
        collate_fn=None,
        pin_memory=False,
        drop_last=False,
        timeout=0,
        worker_init_fn=None,
        multiprocessing_context=None,
        generator=None,
        *,
        prefetch_factor=None,
        persistent_workers=False,
        pin_memory_device="",
        in_order=True,
    ):
        check_workers(num_workers, timeout, prefetch_factor, persistent_workers, multiprocessing_context)
        iterable = isinstance(dataset, IterableDataset)
        if iterable:
            given = {"shuffle": shuffle or None, "sampler": sampler, "batch_sampler": batch_sampler}
            for name, value in given.items():
                if value is not None:
                    raise ValueError(
                        f"DataLoader with IterableDataset: expected unspecified {name} option, but got {name}={value}"
                    )
        if sampler is not None and shuffle:
            raise ValueError("sampler option is mutually exclusive with shuffle")
        if batch_sampler is not None:
            if batch_size != 1 or shuffle or sampler is not None or drop_last:
                raise ValueError(
                    "batch_sampler option is mutually exclusive with batch_size, shuffle, sampler, and drop_last"
                )
            batch_size, drop_last = None, False
        elif batch_size is None and drop_last:
            raise ValueError("batch_size=None option disables auto-batching and is mutually exclusive with drop_last")
        if sampler is None:
            if iterable:
                sampler = NoIndices()
            else:
                sampler = RandomSampler(dataset, generator=generator) if shuffle else SequentialSampler(dataset)
        if batch_size is not None:
            batch_sampler = BatchSampler(sampler, batch_size, drop_last)
        self.dataset, self.batch_size, self.drop_last = dataset, batch_size, drop_last
        self.sampler, self.batch_sampler, self.generator = sampler, batch_sampler, generator
        self.collate_fn = collate_fn or (default_convert if batch_sampler is None else default_collate)
        self.num_workers, self.worker_init_fn, self.timeout = num_workers, worker_init_fn, timeout
        self.prefetch_factor = 2 if num_workers and prefetch_factor is None else prefetch_factor
        self.multiprocessing_context = multiprocessing_context
        self.pin_memory, self.pin_memory_device, self.in_order = pin_memory, pin_memory_device, in_order
        self.persistent_workers = persistent_workers
        self._workers = None  # those that persist; from here on, what FIXED names is fixed

    def __setattr__(self, name, value):
        if name in FIXED and hasattr(self, "_workers"):
            raise ValueError(f"{name} attribute should not be set after DataLoader is initialized")
        super().__setattr__(name, value)

    def __iter__(self):
        indices = self.sampler if self.batch_sampler is None else self.batch_sampler
        found = self._batches(indices)
        if self.pin_memory and is_available():
            return map(pinned, found)
        if self.pin_memory:
            warnings.warn(
                "'pin_memory' argument is set as true but no accelerator is found, then device pinned memory won't be "
                "used.",
                stacklevel=2,
            )
        return found

    def _batches(self, indices):
        if self._workers is not None:
            self._workers.restart(indices)
            return self._workers
        seed = draw_seed(self.generator)  # the workers'. Without any, too: so the sampler draws the same numbers then
        fetcher = functools.partial(
            IterableFetcher if isinstance(self.dataset, IterableDataset) else MapFetcher,
            collate_fn=self.collate_fn,
            batched=self.batch_sampler is not None,
            drop_last=self.drop_last,
        )
        if self.num_workers == 0:
            return batches(fetcher(self.dataset), indices)
        workers = Workers(
            self.dataset,
            fetcher,
            self.num_workers,
            seed,
            self.worker_init_fn,
            start_method(self.multiprocessing_context),
            self.prefetch_factor,
            self.timeout,
            self.persistent_workers,
        )
        workers.start(indices)
        if self.persistent_workers:
            self._workers = workers
        return workers

    def __len__(self):
        if not isinstance(self.dataset, IterableDataset):
            return len(self.sampler if self.batch_sampler is None else self.batch_sampler)
        if self.batch_size is None:
            return len(self.dataset)
        whole = len(self.dataset) / self.batch_size
        return math.floor(whole) if self.drop_last else math.ceil(whole)


def batches(fetch, indices):
    """The batches at these indices, fetched one by one."""
    for some in indices:
        batch = fetch(some)
        if isinstance(batch, Ended):
            return
        yield batch


def check_workers(num_workers, timeout, prefetch_factor, persistent_workers, multiprocessing_context):
    """ValueError for settings of workers that make no sense, or that are given where there are no workers."""
    if num_workers < 0:
        raise ValueError("num_workers option should be non-negative; use num_workers=0 to disable multiprocessing.")
    if timeout < 0:
        raise ValueError("timeout option should be non-negative")
    if prefetch_factor is not None and prefetch_factor < 0:
        raise ValueError("prefetch_factor option should be non-negative")
    if num_workers == 0:
        if prefetch_factor is not None:
            raise ValueError("prefetch_factor option could only be specified in multiprocessing: num_workers > 0")
        if persistent_workers:
            raise ValueError("persistent_workers option needs num_workers > 0")
        if multiprocessing_context is not None:
            raise ValueError("multiprocessing_context can only be used with num_workers > 0")
    start_method(multiprocessing_context)


def start_method(context):
    """How processes start: a context of multiprocessing, from its name, or as Python does it where None is given."""
    if context is None or isinstance(context, str):
        return multiprocessing.get_context(context)  # ValueError for an unknown name
    if not isinstance(context, multiprocessing.context.BaseContext):
        raise TypeError(f"multiprocessing_context option should be a context or its name, but got {context}")
    return context
