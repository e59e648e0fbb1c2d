"""float16 and bfloat16 beside torch's: what adds up numbers to one that fits must not overflow on the way."""

import numpy as np
import pytest
import torch

import minitorch

NUMBERS = np.random.default_rng(0).standard_normal((64, 50)).astype("float32") * 200

PROGRAMS = [
    lambda lib, x, y: x.mean(),
    lambda lib, x, y: x.abs().mean(0),
    lambda lib, x, y: x.var(1),
    lambda lib, x, y: x.std(),
    lambda lib, x, y: x.norm(),
    lambda lib, x, y: x.norm(3, 1),
    lambda lib, x, y: x.norm(1, 1),
    lambda lib, x, y: x.dist(y),
    lambda lib, x, y: lib.nn.functional.normalize(x),
    lambda lib, x, y: lib.nn.functional.cosine_similarity(x, y),
    lambda lib, x, y: lib.nn.functional.pairwise_distance(x, y),
    lambda lib, x, y: lib.nn.functional.rms_norm(x, (50,)),
    lambda lib, x, y: lib.nn.functional.layer_norm(x, (50,)),
    lambda lib, x, y: lib.nn.functional.mse_loss(x / 10, y / 10),
    lambda lib, x, y: lib.nn.functional.l1_loss(x, y),
    lambda lib, x, y: lib.nn.functional.huber_loss(x, y, delta=2.0),
    lambda lib, x, y: lib.nn.functional.poisson_nll_loss(x / 100, y.abs()),
    lambda lib, x, y: lib.nn.functional.triplet_margin_loss(x, y, x.flip(0), margin=300.0),
    lambda lib, x, y: lib.nn.functional.softplus(x / 20),
    lambda lib, x, y: lib.nn.functional.softplus(x / 40, 3.0),
    lambda lib, x, y: lib.nn.functional.embedding_bag(lib.arange(20).view(2, 10), x),
    lambda lib, x, y: lib.nn.utils.get_total_norm([x]),
    lambda lib, x, y: lib.nn.utils.get_total_norm([x, y]),
    lambda lib, x, y: lib.stack([x.mean()]) + lib.cat([x[0]]).amax(),
]


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
@pytest.mark.parametrize("program", PROGRAMS)
def test_sums_that_fit(program, dtype):
    ours, theirs = (
        program(lib, *(lib.from_numpy(a).to(getattr(lib, dtype)) for a in (NUMBERS, NUMBERS * np.float32(0.7) + 30)))
        for lib in (minitorch, torch)
    )
    assert str(ours.dtype).split(".")[-1] == str(theirs.dtype).split(".")[-1] == dtype
    ulp = 2**-10 if dtype == "float16" else 2**-7
    np.testing.assert_allclose(ours.float().numpy(), theirs.float().numpy(), rtol=4 * ulp, atol=ulp / 8)


def test_gradients_through_wide_sums():
    for program in PROGRAMS[:6]:
        grads = []
        for lib in (minitorch, torch):
            x = lib.from_numpy(NUMBERS).half().requires_grad_()
            program(lib, x, None).float().sum().backward()
            grads.append(x.grad.float().numpy())
        np.testing.assert_allclose(*grads, rtol=4e-3, atol=1e-4)
