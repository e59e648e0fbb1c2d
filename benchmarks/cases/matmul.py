"""Products of matrices, forward and backward: each output is one product, each gradient another of the same size."""

from benchmarks.cases.case import WORD, Case, forward_backward


def product(name, function, left, right, n, m, k, batch=1, bias=0):
    """function(lib) of two tensors: batch products of (n, k) by (k, m).

    Operations: 2 n m k a product, three of them. Bytes: the forward reads both and writes the output; each gradient
    reads the output's and one input, and is written.
    """

    def prepare(side):
        inputs = [side.randn(*left), side.randn(*right)] + ([side.randn(bias)] if bias else [])
        return forward_backward(side, function(side.lib), *inputs)

    arrays = 3 * (n * k + k * m + n * m)
    return Case(name, prepare, bytes=WORD * batch * arrays, flops=6 * batch * n * m * k)


def attention(name, heads, length, width, causal):
    """softmax(q k^T / sqrt(width)) v: of each of two products, one output and two gradients; the scores are kept."""

    def prepare(side):
        attend = side.lib.nn.functional.scaled_dot_product_attention
        inputs = [side.randn(4, heads, length, width) for _ in range(3)]  # (B, H, T, D)
        return forward_backward(side, lambda q, k, v: attend(q, k, v, is_causal=causal), *inputs)

    rows = 4 * heads * length
    flops = 12 * rows * length * width // (2 if causal else 1)
    return Case(name, prepare, bytes=WORD * rows * 11 * width, flops=flops)


CASES = [
    product("square_256", lambda lib: lib.matmul, (256, 256), (256, 256), 256, 256, 256),
    product("square_1024", lambda lib: lib.matmul, (1024, 1024), (1024, 1024), 1024, 1024, 1024),
    product("batched", lambda lib: lib.matmul, (64, 128, 64), (64, 64, 128), 128, 128, 64, batch=64),
    product("linear", lambda lib: lib.nn.functional.linear, (256, 784), (512, 784), 256, 512, 784, bias=512),
    # the scores of attention as one line: (B, H, Q, D) and (B, H, K, D) -> (B, H, Q, K)
    product(
        "einsum",
        lambda lib: lambda q, k: lib.einsum("bhqd,bhkd->bhqk", q, k),
        (8, 8, 128, 64), (8, 8, 128, 64), 128, 128, 64, batch=64,
    ),
    attention("attention", heads=8, length=128, width=64, causal=False),
    attention("attention_causal", heads=8, length=256, width=64, causal=True),
]  # fmt: skip
