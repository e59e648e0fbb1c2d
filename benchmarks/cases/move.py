"""Values brought elsewhere, about a million; and their gradients brought back."""

from benchmarks.cases.case import MILLION, WORD, Case, forward_backward

SIDE = 1000
PAIRS = 100_000
VOCABULARY, WIDTH, TOKENS = 10_000, 128, 8192
INDEX = 8  # bytes of an int64


def transpose(side):
    return forward_backward(side, lambda x: x.transpose(0, 1).contiguous(), side.randn(SIDE, SIDE))


def cat(side):
    """Four matrices side by side."""
    parts = [side.randn(SIDE, SIDE // 4) for _ in range(4)]
    return forward_backward(side, lambda *parts: side.lib.cat(parts, 1), *parts)


def embedding(side):
    """8192 tokens of 10,000 words, 128 wide."""
    tokens, table = side.randint(VOCABULARY, 64, TOKENS // 64), side.randn(VOCABULARY, WIDTH)
    return forward_backward(side, side.lib.nn.functional.embedding, tokens, table)


def gather(side):
    """out[i, j] = x[i, index[i, j]]."""
    x, index = side.randn(SIDE, SIDE), side.randint(SIDE, SIDE, SIDE)
    return forward_backward(side, lambda x, index: x.gather(1, index), x, index)


def index_rows(side):
    """x[i]: 1000 rows, some of them several times."""
    return forward_backward(side, lambda x, i: x[i], side.randn(SIDE, SIDE), side.randint(SIDE, SIDE))


def index_pairs(side):
    """x[i, j]: 100,000 single values."""
    i, j = side.randint(SIDE, PAIRS), side.randint(SIDE, PAIRS)
    return forward_backward(side, lambda x, i, j: x[i, j], side.randn(SIDE, SIDE), i, j)


CASES = [
    # read and written once, forward and backward
    Case("transpose", transpose, bytes=4 * WORD * MILLION, flops=0),
    Case("cat", cat, bytes=4 * WORD * MILLION, flops=0),
    # the rows read and written; their gradients read and added to zeros of the table's size
    Case(
        "embedding",
        embedding,
        bytes=4 * WORD * TOKENS * WIDTH + WORD * VOCABULARY * WIDTH + 2 * INDEX * TOKENS,
        flops=TOKENS * WIDTH,
    ),
    Case("gather", gather, bytes=(5 * WORD + 2 * INDEX) * MILLION, flops=MILLION),
    Case("index_rows", index_rows, bytes=5 * WORD * MILLION, flops=MILLION),
    # zeros of x's size; the values read and written, and their gradients; four indices a value
    Case("index_pairs", index_pairs, bytes=WORD * MILLION + (5 * WORD + 4 * INDEX) * PAIRS, flops=PAIRS),
]
