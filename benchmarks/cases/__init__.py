"""What is timed, a file a group."""

from benchmarks.cases import conv, matmul, move, optim, overhead, pointwise, reduce, rnn, start, train

GROUPS = {
    "pointwise": pointwise.CASES,
    "reduce": reduce.CASES,
    "move": move.CASES,
    "matmul": matmul.CASES,
    "conv": conv.CASES,
    "rnn": rnn.CASES,
    "optim": optim.CASES,
    "overhead": overhead.CASES,
    "train": train.CASES,
    "start": start.CASES,
}
CASES = {case.name: case for cases in GROUPS.values() for case in cases}
