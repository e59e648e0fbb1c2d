"""The steps of optimizers, in place: what minitorch/optim computes with plain operations, in one pass over memory.

All parameters are stepped together, so that many small ones are worth a second thread as one large one is.
"""

from itertools import accumulate

from kernels.cpu.threads import LONG, spread

NANOSECONDS = 0.025  # for a byte of the arrays, on one thread: all is memory traffic


def take_steps(steps):
    """Change parameters and what is remembered of them. A step is (rule, arrays, numbers):

    rule      a function of kernels/steps.py, which is done for each element
    arrays    the parameter, its gradient, and what the rule remembers
    numbers   sign and weight_decay, which make of g what the rule is told, sign g + weight_decay p; and the rule's
    """
    from kernels.cpu.optim_jit import loop

    work, n, nbytes = [], 0, 0  # n: all elements, one parameter after the other
    for rule, arrays, numbers in steps:
        p, number = arrays[0], arrays[0].dtype.type
        flat = [a.ravel() for a in arrays]  # copies of those that do not lie row by row
        sign, weight_decay, *numbers = map(number, numbers)
        work.append((n, p.size, loop(rule, len(arrays)), flat, (sign, weight_decay, tuple(numbers))))
        n += p.size
        nbytes += p.nbytes * len(arrays)

    def run(start, stop):
        for at, size, compiled, flat, settings in work:
            first, last = max(start - at, 0), min(stop - at, size)
            if first < last:
                compiled(*[a[first:last] for a in flat], *settings)

    nanoseconds = NANOSECONDS * nbytes
    if nanoseconds > LONG and any_twice([arrays[0] for _, arrays, _ in steps]):
        nanoseconds = 0
    spread(run, n, nanoseconds)
    for (_, arrays, _), (_, _, _, flat, _) in zip(steps, work, strict=True):
        for array, result in zip(arrays, flat, strict=True):
            if not array.flags.c_contiguous:
                array[...] = result.reshape(array.shape)


def any_twice(parameters):
    """Whether two of these are the same memory: then one step must come after the other."""
    return len({p.__array_interface__["data"] for p in parameters}) < len(parameters)


def one_thread_each(run, parts, nanoseconds):
    """run(*part) for each of the parts on all cores; each by one thread. nanoseconds: about what each takes."""
    ends = list(accumulate(nanoseconds))

    def run_those(start, stop):
        for part, end, length in zip(parts, ends, nanoseconds, strict=True):
            if start <= end - length / 2 < stop:  # its middle, so that the threads have about as much to do
                run(*part)

    spread(run_those, int(ends[-1]) + 1, ends[-1])
