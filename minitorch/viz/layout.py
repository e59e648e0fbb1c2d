"""Where the boxes of a graph go: in layers, with all edges downwards.

    layers   a box lies as low as those below it let it: one above the highest of them
    bends    an edge over several layers gets a place in each, so that it goes around the boxes there
    order    in a layer each goes to the mean place of its neighbours, downwards and upwards in turns; the order with
             the fewest crossings is kept
    places   least squares: edges shall be vertical, those between long edges' bends first of all. With the order fixed,
             the best places in one layer are an isotonic regression

(Sugiyama, Tagawa and Toda, Methods for visual understanding of hierarchical system structures, 1981; the weights of
edges are from Gansner, Koutsofios, North and Vo, A technique for drawing directed graphs, 1993.)
"""

import itertools

import numpy as np

SWEEPS = 24  # for the order
SETTLING = 120  # for the places


def layout(edges, widths, gap):
    """(layers, xs, chains) of boxes 0 ... len(widths) - 1 with edges (a, b), a < b.

    layers: lists of items, the upper one first; an item is a box, or a bend, numbered from len(widths) on. xs: the
    middle of each item. chains: for each edge its items, from a through the bends to b.
    """
    boxes = len(widths)
    depth = [0] * boxes
    for a, b in sorted(edges, reverse=True):  # what is below a is done when a is
        depth[a] = max(depth[a], depth[b] + 1)
    chains = []
    for a, b in edges:
        bends = range(len(depth), len(depth) + depth[a] - depth[b] - 1)
        depth += range(depth[a] - 1, depth[b], -1)
        chains.append([a, *bends, b])
    above, below = [[] for _ in depth], [[] for _ in depth]
    for a, b in itertools.chain.from_iterable(map(itertools.pairwise, chains)):
        below[a].append(b)
        above[b].append(a)
    layers = [[] for _ in range(max(depth) + 1)]
    for item in from_below(above, [i for i in range(boxes) if not below[i]]):
        layers[max(depth) - depth[item]].append(item)
    layers = fewest_crossings(layers, above, below)
    return layers, places(layers, above, below, [*widths, *[0.0] * (len(depth) - boxes)], boxes, gap), chains


def from_below(above, ends):
    """All items, each before those above it are looked at: what belongs together comes together."""
    found, todo = {}, list(reversed(ends))
    while todo:
        item = todo.pop()
        if item not in found:
            found[item] = None
            todo += reversed(above[item])
    return found


def fewest_crossings(layers, above, below):
    """The layers, each in the best order seen."""
    best, fewest = layers, crossings(layers, below)
    for sweep in range(SWEEPS):
        downwards = sweep % 2 == 1
        neighbours, rows = (above, layers) if downwards else (below, layers[::-1])
        done = [rows[0]]
        for row in rows[1:]:
            place = {item: i for i, item in enumerate(done[-1])}
            mean = {x: np.mean([place[n] for n in neighbours[x]]) if neighbours[x] else i for i, x in enumerate(row)}
            done.append(sorted(row, key=mean.get))
        layers = done if downwards else done[::-1]
        count = crossings(layers, below)
        if count < fewest:
            best, fewest = layers, count
    return best


def crossings(layers, below):
    """How many pairs of edges cross."""
    count = 0
    for upper, lower in itertools.pairwise(layers):
        place = {item: i for i, item in enumerate(lower)}
        ends = np.array([(i, place[b]) for i, a in enumerate(upper) for b in below[a]])
        left, right = ends[:, None], ends[None]
        count += int(((left[..., 0] < right[..., 0]) & (left[..., 1] > right[..., 1])).sum())
    return count


def places(layers, above, below, widths, boxes, gap):
    """The middle of each item, in the order of its layer, at least gap apart."""
    inner = {item for item in range(boxes) if above[item]}  # operations: their edges are the trunk of the picture

    def weight(a, b):
        bends = (a >= boxes) + (b >= boxes)
        if not bends:
            return 2.0 if a in inner and b in inner else 1e-4  # a leaf goes to its operation, not the other way round
        return (0.2, 8.0)[bends - 1]

    xs = np.zeros(len(widths))
    offsets = []
    for row in layers:
        half = np.array([widths[item] / 2 for item in row])
        offsets.append(np.concatenate([[0.0], np.cumsum(half[:-1] + gap + half[1:])]))
        xs[row] = offsets[-1] - offsets[-1][-1] / 2
    for sweep in range(SETTLING):
        numbers = range(len(layers)) if sweep % 2 else range(len(layers) - 1, -1, -1)
        for n in numbers:
            wanted, weights = [], []
            for item in layers[n]:
                near = [*above[item], *below[item]] if sweep > 3 else (above if sweep % 2 else below)[item]
                w = np.array([weight(item, other) for other in near])
                wanted.append((w @ xs[near] if near else xs[item]) / (w.sum() if near else 1.0))
                weights.append(w.sum() if near else 1e-3)
            xs[layers[n]] = isotonic(np.array(wanted) - offsets[n], weights) + offsets[n]
    return xs - min(xs[row[0]] - widths[row[0]] / 2 for row in layers)


def isotonic(wanted, weights):
    """The numbers that never fall, nearest to `wanted` by weighted least squares: neighbours that fall become their
    mean (pool adjacent violators)."""
    blocks = []  # [mean, weight, how many]
    for x, w in zip(wanted, weights, strict=True):
        blocks.append([x, w, 1])
        while len(blocks) > 1 and blocks[-2][0] > blocks[-1][0]:
            (x1, w1, n1), (x2, w2, n2) = blocks[-2:]
            blocks[-2:] = [[(w1 * x1 + w2 * x2) / (w1 + w2), w1 + w2, n1 + n2]]
    return np.array([x for x, _, n in blocks for _ in range(n)])
