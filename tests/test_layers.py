"""Layers that torch's module database does not have: printed form, state, results and refusals beside torch's."""

import numpy as np
import pytest
import torch

import minitorch


def run(lib, make, shapes, training):
    """The layer's printed form and state, and what it makes of numbers of these shapes (of indices: of dtype int)."""
    lib.manual_seed(0)
    module = make(lib.nn).double().train(training)
    rng = np.random.default_rng(0)
    inputs = [rng.integers(0, 5, s) if kind == "int" else rng.standard_normal(s) for kind, s in shapes]
    with_gradient = [lib.from_numpy(x).requires_grad_(x.dtype.kind == "f") for x in inputs]
    y = module(*with_gradient)
    leaves = [x for x in (*with_gradient, *module.parameters()) if x.requires_grad]
    grads = lib.autograd.grad((y * y).sum(), leaves) if leaves else ()
    state = {name: v.numpy() for name, v in module.state_dict().items()}
    return repr(module).replace("minitorch", "torch"), state, y.detach().numpy(), [g.numpy() for g in grads]


IMAGE, FLAT, PAIR, INDICES = ("float", (2, 4, 4, 6)), ("float", (3, 5)), [("float", (3, 5))] * 2, ("int", (3, 4))
LAYERS = [
    (lambda nn: nn.Upsample(scale_factor=2), [IMAGE]),
    (lambda nn: nn.Upsample(size=(3, 9), mode="bicubic", align_corners=True), [IMAGE]),
    (lambda nn: nn.Upsample(scale_factor=(1.5, 2), mode="bilinear"), [IMAGE]),
    (lambda nn: nn.UpsamplingNearest2d(scale_factor=2), [IMAGE]),
    (lambda nn: nn.UpsamplingBilinear2d(size=5), [IMAGE]),
    (lambda nn: nn.PixelShuffle(2), [IMAGE]),
    (lambda nn: nn.PixelUnshuffle(2), [IMAGE]),
    (lambda nn: nn.ChannelShuffle(2), [IMAGE]),
    (lambda nn: nn.Softmax2d(), [IMAGE]),
    (lambda nn: nn.Dropout1d(0.0), [FLAT]),
    (lambda nn: nn.Dropout2d(0.0, inplace=True), [IMAGE]),
    (lambda nn: nn.Dropout3d(0.3), [("float", (2, 3, 2, 2, 2))]),
    (lambda nn: nn.AlphaDropout(0.3), [FLAT]),
    (lambda nn: nn.FeatureAlphaDropout(0.3), [IMAGE]),
    (lambda nn: nn.RReLU(), [FLAT]),
    (lambda nn: nn.CosineSimilarity(0), PAIR),
    (lambda nn: nn.PairwiseDistance(3, keepdim=True), PAIR),
    (lambda nn: nn.TripletMarginLoss(2.0, swap=True), [*PAIR, FLAT]),
    (lambda nn: nn.TripletMarginWithDistanceLoss(margin=2.0, swap=True), [*PAIR, FLAT]),
    (lambda nn: nn.EmbeddingBag(5, 2), [INDICES]),
    (lambda nn: nn.EmbeddingBag(5, 2, mode="max", padding_idx=-1), [INDICES]),
    (lambda nn: nn.EmbeddingBag(5, 2, mode="sum", max_norm=1, norm_type=1.0), [INDICES]),
    (lambda nn: nn.Embedding(5, 2, padding_idx=-2, max_norm=1.5), [INDICES]),
]


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("number", range(len(LAYERS)))
def test_layer(number, training):
    ours, theirs = (run(lib, *LAYERS[number], training) for lib in (minitorch, torch))
    assert ours[0] == theirs[0]
    assert list(ours[1]) == list(theirs[1])
    for a, b in zip([*ours[1].values(), ours[2], *ours[3]], [*theirs[1].values(), theirs[2], *theirs[3]], strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-6, atol=1e-12)  # rtol: of normal_, whose float32 is torch's to 3 ulp


@pytest.mark.parametrize("program", [
    lambda lib: lib.nn.Embedding(3, 2, padding_idx=3),
    lambda lib: lib.nn.Embedding(3, 2, _weight=lib.ones(2, 2)),
    lambda lib: lib.nn.Embedding.from_pretrained(lib.ones(2)),
    lambda lib: lib.nn.EmbeddingBag(3, 2)(lib.tensor([1, 2])),
    lambda lib: lib.nn.EmbeddingBag(3, 2)(lib.tensor([1, 2]), lib.tensor([1])),
    lambda lib: lib.nn.EmbeddingBag(3, 2, mode="most")(lib.tensor([[1, 2]])),
    lambda lib: lib.nn.Hardtanh(1.0, -1.0),
    lambda lib: lib.nn.Unflatten(1, 3),
    lambda lib: lib.nn.Unflatten(1, (2, 1.5)),
    lambda lib: lib.nn.GroupNorm(2, 3),
    lambda lib: lib.nn.InstanceNorm1d(3, affine=True)(lib.ones(2, 4, 5)),
    lambda lib: lib.nn.CircularPad2d(1)(lib.ones(2, 3)),
    lambda lib: lib.nn.TripletMarginLoss(margin=0),
    lambda lib: lib.nn.MultiMarginLoss(p=3),
    lambda lib: lib.nn.MultiLabelMarginLoss()(lib.ones(1, 2, 3), lib.zeros(1, 2, 3, dtype=lib.int64)),
    lambda lib: lib.nn.MultiLabelMarginLoss()(lib.ones(2, 0), lib.zeros(2, 0, dtype=lib.int64)),
    lambda lib: lib.nn.Bilinear(0, 2, 2),
    lambda lib: lib.nn.LSTMCell(2, 3)(lib.ones(1, 2), lib.ones(1, 3)),
    lambda lib: lib.nn.LSTM(2, 3)(lib.nn.utils.rnn.pack_sequence([lib.ones(2, 2)]), lib.ones(1, 1, 3)),
    lambda lib: lib.nn.Softmax2d()(lib.ones(2, 2)),
    lambda lib: lib.nn.functional.interpolate(lib.ones(1, 1, 3), size=2, mode="bilinear"),
    lambda lib: lib.nn.functional.interpolate(lib.ones(1, 1, 3), size=2, scale_factor=2),
    lambda lib: lib.nn.functional.interpolate(lib.ones(1, 1, 3), size=2, align_corners=True),
    lambda lib: lib.nn.functional.grid_sample(lib.ones(1, 1, 2, 2), lib.ones(2, 2, 2, 2), align_corners=False),
    lambda lib: lib.nn.functional.local_response_norm(lib.ones(2, 2), 2),
])  # fmt: skip
def test_same_refusals(both, program):
    with pytest.raises(Exception):  # noqa: B017 - which one, `both` compares
        program(torch)
    both(program)


def test_a_pretrained_table_is_frozen_and_shared():
    table = minitorch.randn(3, 2)
    layer = minitorch.nn.Embedding.from_pretrained(table)
    assert not layer.weight.requires_grad and layer.weight.data_ptr() == table.data_ptr()
    assert minitorch.nn.EmbeddingBag.from_pretrained(table, freeze=False).weight.requires_grad


def test_sparse_gradients_are_refused():
    for layer in (minitorch.nn.Embedding, minitorch.nn.EmbeddingBag):
        with pytest.raises(NotImplementedError, match="sparse gradients are not supported"):
            layer(3, 2, sparse=True)(minitorch.tensor([[0, 1]]))


SCORED = [
    lambda lib, layer, x: layer(x, lib.tensor([0, 5, 11, 2, 9])),
    lambda lib, layer, x: layer(x, lib.tensor([0, 1, 2, 2, 0])),
    lambda lib, layer, x: layer(x[:1], lib.tensor([9])),
    lambda lib, layer, x: layer(x[0], lib.tensor(9)),
    lambda lib, layer, x: layer(x * 1e4, lib.tensor([0, 5, 11, 2, 9])),
    lambda lib, layer, x: layer.log_prob(x),
    lambda lib, layer, x: [layer.predict(x), layer.predict(100 * x), layer.predict(-100 * x)],
]


def scored(lib, program):
    """What program says of a layer of 12 classes in three clusters, and its derivatives."""
    lib.manual_seed(0)
    layer = lib.nn.AdaptiveLogSoftmaxWithLoss(8, 12, [3, 7], div_value=2.0, head_bias=True)
    x = lib.from_numpy(np.random.default_rng(0).standard_normal((5, 8)).astype("float32")).requires_grad_()
    out = program(lib, layer, x)
    if out[-1].is_floating_point():
        out[-1].sum().backward()
    return [*out, x.grad, *(p.grad for p in layer.parameters())]


@pytest.mark.parametrize("program", SCORED)
def test_adaptive_softmax(program):
    for ours, theirs in zip(scored(minitorch, program), scored(torch, program), strict=True):
        assert (ours is None) == (theirs is None)
        if ours is not None:
            np.testing.assert_allclose(ours.detach().numpy(), theirs.detach().numpy(), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("cutoffs, target", [
    ([], [0]), ([3, 3], [0]), ([5, 3], [0]), ([0, 3], [0]), ([3, 12], [0]), ([3.5], [0]),
    ([3], [12]), ([3], [-1]), ([3], [0, 1]), ([3], 0), ([3], [[0]]),
])  # fmt: skip
def test_adaptive_softmax_refuses(both, cutoffs, target):
    def program(lib):
        return lib.nn.AdaptiveLogSoftmaxWithLoss(8, 12, cutoffs)(lib.ones(1, 8), lib.tensor(target))

    with pytest.raises((ValueError, RuntimeError)):
        program(torch)
    both(program)


@pytest.mark.parametrize("shape", [(0, 2, 4), (3, 0, 4), (0, 4)])
@pytest.mark.parametrize("make", [
    lambda nn: nn.TransformerEncoderLayer(4, 2, 8), lambda nn: nn.TransformerEncoderLayer(4, 2, 8, batch_first=True),
    lambda nn: nn.TransformerEncoder(nn.TransformerEncoderLayer(4, 2, 8), 2),
])  # fmt: skip
def test_attention_to_nothing(both, make, shape):
    both(lambda lib: [make(lib.nn).train(mode)(lib.ones(shape)) for mode in (True, False)])


# Not float64: float32 statistics are moved there by torch in another order, one rounding of float32 apart.
@pytest.mark.parametrize("dtype", ["float32", "float16", "bfloat16", "int64"])
def test_running_statistics_keep_their_dtype(both, dtype):
    def program(lib):
        mean, var = (lib.full((3,), n, dtype=getattr(lib, dtype)) for n in (10, 20))
        lib.nn.functional.instance_norm(lib.arange(24.0).reshape(2, 3, 4), mean, var, momentum=0.3)
        return [mean, var]

    both(program)
