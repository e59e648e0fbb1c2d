"""Data sets and loaders: the order of shuffled batches is torch's."""

from parity.draw import arrays, case, pick
from parity.harness import Row

WITHOUT = ("grad", "grad grad", "dtypes", "layout", "edges", "float32")


def loader(lib, x, y, seed, batch_size, shuffle, drop_last, own_generator):
    """Two epochs of batches, and what the random stream gives afterwards."""
    lib.manual_seed(seed)
    data = lib.utils.data
    generator = lib.Generator().manual_seed(seed + 1) if own_generator else None
    loader = data.DataLoader(
        data.TensorDataset(x, y), batch_size, shuffle=shuffle, drop_last=drop_last, generator=generator
    )
    epochs = [[tuple(batch) for batch in loader] for _ in range(2)]
    return (epochs, len(loader), len(loader.dataset), lib.rand(2))


def pairs(lib, x, y):
    """A dataset's items."""
    dataset = lib.utils.data.TensorDataset(x, y)
    return (len(dataset), dataset[0], dataset[-1])


def split(lib, x, lengths, seed):
    """A dataset split at random."""
    data = lib.utils.data
    generator = lib.Generator().manual_seed(seed)
    return [
        [tuple(part[i]) for i in range(len(part))]
        for part in data.random_split(data.TensorDataset(x), lengths, generator=generator)
    ]


def samples(lib, n, seed, replacement, num_samples, batch_size, drop_last):
    """What the samplers give."""
    data = lib.utils.data
    lib.manual_seed(seed)
    random = data.RandomSampler(range(n), replacement=replacement, num_samples=num_samples)
    batches = data.BatchSampler(data.SequentialSampler(range(n)), batch_size, drop_last)
    weighted = data.WeightedRandomSampler(range(1, n + 1), min(n, 5), replacement)
    subset = data.SubsetRandomSampler(range(0, n, 2))
    drawn = [list(sampler) for sampler in (random, random, weighted, subset)]
    return (drawn, len(random), len(weighted), len(subset), list(batches), len(batches))


tens = arrays((10, 2), "normal")
flag = pick(False, True)

ROWS = [
    Row(
        "DataLoader",
        loader,
        case(
            tens,
            arrays((10,), "normal"),
            seed=pick(0, 3),
            batch_size=pick(1, 3, 10, 16, 0),
            shuffle=flag,
            drop_last=flag,
            own_generator=flag,
        ),
        "exact",
        WITHOUT,
        gpu=False,
    ),
    Row("TensorDataset", pairs, case(arrays(pick((3, 2), (1,))), arrays(pick((3,), (2, 2)))), "exact", WITHOUT),
    Row(
        "random_split",
        split,
        case(tens, pick([7, 3], [0.5, 0.5], [0.35, 0.35, 0.3], [9, 2], [10, 0]), pick(0, 5)),
        "exact",
        WITHOUT,
        gpu=False,
    ),
    Row(
        "samplers",
        samples,
        case(
            pick(5, 1, 40),
            seed=pick(0, 5),
            replacement=flag,
            num_samples=pick(None, 3, 50, 0),
            batch_size=pick(2, 7, 0),
            drop_last=flag,
        ),
        "exact",
        WITHOUT,
        gpu=False,
    ),
]
