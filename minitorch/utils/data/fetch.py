"""Fetching: a batch of a data set at given indices. A loader does it where its loop runs, a worker in its process."""

from itertools import islice

from minitorch.utils.data.dataset import fetch_samples


class Ended:
    """What fetching gives where an iterable data set has no more samples."""


class MapFetcher:
    """Of a map-style data set: the samples at a list of indices; where they are not batched, the one at an index."""

    def __init__(self, dataset, collate_fn, batched, drop_last):
        self.dataset, self.collate_fn, self.batched = dataset, collate_fn, batched

    def __call__(self, indices):
        return self.collate_fn(fetch_samples(self.dataset, indices) if self.batched else self.dataset[indices])


class IterableFetcher:
    """Of an iterable data set: as many of its next samples as there are indices, whatever these say."""

    def __init__(self, dataset, collate_fn, batched, drop_last):
        self.samples, self.collate_fn, self.batched, self.drop_last = iter(dataset), collate_fn, batched, drop_last

    def __call__(self, indices):
        wanted = len(indices) if self.batched else 1
        samples = list(islice(self.samples, wanted))
        if not samples or (self.drop_last and len(samples) < wanted):
            return Ended()
        return self.collate_fn(samples if self.batched else samples[0])
