"""Strong Wolfe line search: how far to go along a direction.

Nocedal and Wright, Numerical Optimization, 2nd edition, algorithms 3.5 and 3.6; the details (and so the numbers) are
those of torch's LBFGS, which has them from Mark Schmidt's minFunc.
"""

from typing import NamedTuple

from minitorch.tensor import Tensor


class Point(NamedTuple):
    """Where the search has been: t, the loss there, its gradient, and its slope along the direction."""

    t: float | Tensor
    loss: float
    gradient: Tensor
    slope: Tensor


def strong_wolfe(at, t, start, width, most, c1=1e-4, c2=0.9, tolerance=1e-9):
    """(Point, evaluations): a point with loss <= start.loss + c1 t start.slope and |slope| <= c2 |start.slope|.

    at(t) evaluates a Point; t is the first guess, start the Point at t = 0, width the largest element of the direction;
    `most` limits the number of evaluations.
    """
    # First: step out until two neighbours have such a point between them.
    previous, new, count = start, at(t), 0
    while count < most:
        too_high = new.loss > start.loss + c1 * new.t * start.slope
        if too_high or (count > 1 and new.loss >= previous.loss):
            bracket = [previous, new]
            break
        if abs(new.slope) <= -c2 * start.slope:
            return new, count + 1
        if new.slope >= 0:
            bracket = [previous, new]
            break
        further = new.t + 0.01 * (new.t - previous.t), 10 * new.t
        previous, new, count = new, at(cubic_minimum(previous, new, further)), count + 1
    else:
        bracket = [start, new]

    # Then: narrow them. `low` is the one of the lower loss.
    low, high = (0, 1) if bracket[0].loss <= bracket[1].loss else (1, 0)
    stuck = False
    while count < most and not abs(bracket[1].t - bracket[0].t) * width < tolerance:  # NaN, as in torch, goes on
        t, stuck = away_from_ends(cubic_minimum(*bracket), bracket[0].t, bracket[1].t, stuck)
        new, count = at(t), count + 1
        if new.loss > start.loss + c1 * t * start.slope or new.loss >= bracket[low].loss:
            bracket[high] = new
            low, high = (0, 1) if bracket[0].loss <= bracket[1].loss else (1, 0)
            continue
        if abs(new.slope) <= -c2 * start.slope:
            return new, count + 1
        if new.slope * (bracket[high].t - bracket[low].t) >= 0:
            bracket[high] = bracket[low]
        bracket[low] = new
    return bracket[low], count + 1


def cubic_minimum(a, b, bounds=None):
    """Where the cubic through two points, with their slopes, is least; within bounds, or else between the points."""
    a, b = (a, b) if a.t <= b.t else (b, a)
    least, most = bounds or (a.t, b.t)
    d1 = a.slope + b.slope - 3 * (a.loss - b.loss) / (a.t - b.t)
    square = d1**2 - a.slope * b.slope
    if not square >= 0:  # it has no minimum
        return (least + most) / 2
    d2 = square.sqrt()
    t = b.t - (b.t - a.t) * ((b.slope + d2 - d1) / (b.slope - a.slope + 2 * d2))
    return min(max(t, least), most)


def away_from_ends(t, a, b, stuck):
    """(t, stuck): t, unless it is near an end of the interval a ... b for the second time: then a tenth inside."""
    least, most = min(a, b), max(a, b)
    tenth = 0.1 * (most - least)
    if not min(most - t, t - least) < tenth:
        return t, False
    if not (stuck or t >= most or t <= least):
        return t, True
    return (most - tenth if abs(t - most) < abs(t - least) else least + tenth), False
