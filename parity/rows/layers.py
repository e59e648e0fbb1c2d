"""The layers and losses that modules.py does not have, with drawn settings: what they are made of after a seed, results
in training and in evaluation, gradients, printed form.
"""

from parity.draw import Fixed, arrays, case, masks, pick, whole
from parity.harness import Row
from parity.rows.modules import WITHOUT, classes, flag, images, rows, seed

LIKE_NORMAL = ("Embedding", "EmbeddingBag")  # begin with numbers that normal_ draws, to rounding


def used(name, inputs):
    """The row's function: make nn.<name> after a seed, use it in training and in evaluation, and tell all about it."""

    def call(lib, *args, seed, **settings):
        lib.manual_seed(seed)
        module = getattr(lib.nn, name)(*args[inputs:], **settings)
        before = {} if name.startswith("Lazy") else {k: v.clone() for k, v in module.state_dict().items()}
        if name in LIKE_NORMAL:
            before = lib.nn.init.uniform_(module.weight)
        x = args[:inputs]
        module.double().to(x[0].device)
        lib.manual_seed(seed)
        y = module(*x)
        parameters = [p for p in module.parameters() if p.requires_grad]
        total = sum((t * t).sum() for t in tensors(y) if t.requires_grad)
        how = {"create_graph": "Transformer" not in name, "allow_unused": True}  # torch's fused attention has no second
        grads = lib.autograd.grad(total, parameters, **how) if parameters else ()
        after = {k: v.clone() for k, v in module.state_dict().items()}
        module.eval()
        names = [n for n, _ in module.named_parameters()] + [n for n, _ in module.named_modules()]
        return before, y, [g for g in grads if g is not None], after, module(*x), names, repr(module)

    return call


def tensors(y):
    """The floating tensors of a result: one, a tuple of results, or None."""
    if isinstance(y, tuple):
        return [t for part in y for t in tensors(part)]
    return [y] if y is not None and y.is_floating_point() else []


EDGES = (  # whose functions' rows leave nan, inf and the ends of their pieces out, too, and say why
    "Hardsigmoid", "ReLU6", "Hardshrink", "Softshrink", "Hardtanh", "PReLU", "Bilinear", "KLDivLoss",
    "BCEWithLogitsLoss", "SoftMarginLoss", "LPPool1d", "LPPool2d", "LPPool3d",
)  # fmt: skip


ERRORS = (  # tables without rows; float32 statistics, shown in float64; and a variance less its eps is next to 0
    "Embedding", "EmbeddingBag", *(f"{lazy}InstanceNorm{dims}d" for lazy in ("", "Lazy") for dims in (1, 2, 3)),
    "TransformerEncoderLayer", "TransformerDecoderLayer", "Transformer",
)  # fmt: skip


def of(name, *args, inputs=1, bernoulli=False, **settings):
    """A row: strategies of so many inputs, then of the arguments of the constructor."""
    left_out = {"edges": name in EDGES, "errors": name in ERRORS, "grad": name == "Hardsigmoid"}
    without = (*WITHOUT, *(column for column, is_so in left_out.items() if is_so))
    cases = case(*args, seed=seed, **settings)
    return Row(name, used(name, inputs), cases, "sums", without, bernoulli=bernoulli, float32_part=inputs > 1)


signals = arrays(pick((2, 2, 5), (1, 2, 4)), "normal")
volumes = arrays(pick((1, 2, 4, 3, 4), (2, 2, 3, 3, 3)), "normal")
steps = arrays(pick((3, 2, 3), (1, 1, 3)), "normal")  # (T, B, I)
one_step = arrays(pick((2, 3), (1, 3)), "normal")
reduction = pick("mean", "sum", "none")
yes_or_no = masks((4, 3)).map(lambda mask: Fixed(mask.astype(float)))
signs, sign = (masks(shape).map(lambda mask: Fixed(mask * 2.0 - 1)) for shape in ((4, 3), (4,)))
table = arrays((4, 3), "normal")
unit = arrays((4, 3), "unit")
positive = arrays((4, 3), "positive")

# -- convolutions ------------------------------------------------------------------------------------------------------


def convolutions(dims, x):
    """The four kinds: of so many dims, transposed, and lazy."""
    window = {"stride": pick(1, 2), "padding": pick(0, 1), "groups": pick(1, 2), "bias": flag}
    channels, k, free = (2, 4), pick(2, 1), {"dilation": pick(1, 2), "padding_mode": pick("zeros", "replicate")}
    spread = {"output_padding": pick(0, 1), "dilation": pick(1, 2)}
    return [
        of(f"Conv{dims}d", x, *channels, k, **window, **free),
        of(f"ConvTranspose{dims}d", x, *channels, k, **window, **spread),
        of(f"LazyConv{dims}d", x, channels[1], k, **window, **free),
        of(f"LazyConvTranspose{dims}d", x, channels[1], k, **window, **spread),
    ]


CONVOLUTIONS = [
    r
    for dims, x in ((1, signals), (2, images), (3, volumes))
    for r in convolutions(dims, x)
    if r.name not in ("Conv2d", "ConvTranspose2d")  # which modules.py has
]

# -- norms -------------------------------------------------------------------------------------------------------------


def norms(dims, x):
    """Batch and instance norms, lazy ones too. (Five elements can be near to each other: hence an eps of 0.1.)"""
    settings = {"momentum": pick(0.1, None, 0.5), "affine": flag, "track_running_stats": flag}
    kinds = [f"InstanceNorm{dims}d", f"LazyBatchNorm{dims}d", f"LazyInstanceNorm{dims}d"]
    kinds += [f"BatchNorm{dims}d"] if dims == 3 else []
    made = {kind: ([] if kind.startswith("Lazy") else [2]) + ([0.1] if "Instance" in kind else []) for kind in kinds}
    return [of(kind, x, *made[kind], **settings) for kind in kinds]


NORMS = [r for dims, x in ((1, signals), (2, images), (3, volumes)) for r in norms(dims, x)]
NORMS += [
    of("LayerNorm", signals, pick(5, 4, (2, 5)), elementwise_affine=flag, bias=flag),
    of("GroupNorm", arrays((2, 4, 3), "normal"), pick(2, 1, 4, 3), 4, affine=flag),
    of("RMSNorm", signals, pick(5, 4, (2, 5)), eps=pick(None, 0.1), elementwise_affine=flag),
    of("LocalResponseNorm", images, pick(2, 1, 3), alpha=pick(1e-4, 0.5), beta=pick(0.75, 1.0), k=pick(1.0, 2.0)),
]

# -- activations, dropout, padding, shapes -----------------------------------------------------------------------------

ACTIVATIONS = [
    of(name, rows)
    for name in ("LogSigmoid", "Softsign", "Tanhshrink", "SELU", "SiLU", "Mish", "Hardsigmoid", "Hardswish", "ReLU6")
]
ACTIVATIONS += [
    of("ELU", rows, alpha=pick(1.0, 0.5)),
    of("CELU", rows, alpha=pick(1.0, 0.5)),
    of("GLU", table, dim=pick(0, -1)),
    of("Hardshrink", rows, lambd=pick(0.5, 1.0)),
    of("Softshrink", rows, lambd=pick(0.5, 1.0)),
    of("Hardtanh", rows, pick(-1.0, 0.0), pick(1.0, 0.5)),
    of("LeakyReLU", rows, pick(0.01, -1.0)),
    of("PReLU", rows, pick(1, 3), init=pick(0.25, -1.0)),
    of("RReLU", rows, lower=pick(0.1, 0.3), upper=0.3),
    of("Softplus", rows, beta=pick(1.0, 3.0), threshold=pick(20.0, 1.0)),
    of("Threshold", rows, pick(0.0, 0.5), pick(1.0, -1.0)),
    of("Softmin", rows, dim=pick(-1, 0)),
    of("Softmax2d", images),
]
DROPOUTS = [
    of(name, x, p=pick(0.5, 0.1, 1.0), bernoulli=True)
    for name, x in (
        ("Dropout1d", signals), ("Dropout2d", images), ("Dropout3d", volumes), ("AlphaDropout", rows),
        ("FeatureAlphaDropout", signals),
    )
]  # fmt: skip
PADDINGS = [
    of(f"{kind}Pad{dims}d", x, pick(1, 2, (1, 0) * dims), **({"value": pick(0.0, 3.5)} if kind == "Constant" else {}))
    for kind in ("Zero", "Constant", "Reflection", "Replication", "Circular")
    for dims, x in ((1, signals), (2, images), (3, volumes))
]
SHAPES = [
    of("PixelShuffle", arrays((1, 4, 2, 3), "normal"), pick(2, 1)),
    of("PixelUnshuffle", arrays((1, 2, 4, 2), "normal"), pick(2, 1)),
    of("ChannelShuffle", arrays((1, 4, 3), "normal"), pick(2, 1, 4)),
    of("Upsample", images, size=pick((3, 5), 2), mode=pick("nearest", "bilinear", "bicubic", "area")),
    of("UpsamplingNearest2d", images, scale_factor=pick(2.0, 1.5)),
    of("UpsamplingBilinear2d", images, size=pick(3, (5, 2))),
]

# -- pooling -----------------------------------------------------------------------------------------------------------

POOLS = [
    of(f"{kind}Pool{dims}d", x, pick(2, 1), stride=pick(None, 2), ceil_mode=flag)
    for kind in ("Max", "Avg")
    for dims, x in ((1, signals), (3, volumes))
]
POOLS += [
    of(f"Adaptive{kind}Pool{dims}d", x, pick(1, 2))
    for kind in ("Max", "Avg")
    for dims, x in ((1, signals), (2, images), (3, volumes))
]
POOLS += [
    of(f"LPPool{dims}d", x, pick(2, 3), pick(2, 1), ceil_mode=flag)
    for dims, x in ((1, signals.map(abs)), (2, images.map(abs)), (3, volumes.map(abs)))
]

# -- dense, tables, recurrent, attention -------------------------------------------------------------------------------

DENSE = [
    of("LazyLinear", rows, pick(2, 1), bias=flag),
    of("Bilinear", table, arrays((4, 2), "normal"), 3, 2, pick(2, 1), bias=flag, inputs=2),
    of("CosineSimilarity", table, unit, dim=pick(1, 0), eps=pick(1e-8, 0.1), inputs=2),
    of("PairwiseDistance", table, unit, p=pick(2.0, 1.0, 3.0), keepdim=flag, inputs=2),
    of("Embedding", whole((2, 3), 0, 4), 4, 2, padding_idx=pick(None, 1, -1), max_norm=pick(None, 0.5)),
    of("EmbeddingBag", whole((2, 3), 0, 4), 4, 2, mode=pick("mean", "sum", "max"), padding_idx=pick(None, 1)),
]
SEQUENCES = {
    "num_layers": pick(1, 2), "bias": flag, "batch_first": flag, "bidirectional": flag, "dropout": pick(0.0, 0.5),
}  # fmt: skip
RECURRENT = [
    of("RNN", steps, 3, pick(2, 1), nonlinearity=pick("tanh", "relu"), bernoulli=True, **SEQUENCES),
    of("LSTM", steps, 3, pick(2, 3), proj_size=pick(0, 1), bernoulli=True, **SEQUENCES),
    of("GRU", steps, 3, pick(2, 1), bernoulli=True, **SEQUENCES),
    of("RNNCell", one_step, 3, pick(2, 1), bias=flag, nonlinearity=pick("tanh", "relu")),
    of("LSTMCell", one_step, 3, pick(2, 1), bias=flag),
    of("GRUCell", one_step, 3, pick(2, 1), bias=flag),
]
words, others = arrays((3, 2, 4), "normal"), arrays((2, 2, 4), "normal")  # (L, B, E), (S, B, E)
LAYER = {
    "dropout": pick(0.0, 0.5), "activation": pick("relu", "gelu"), "norm_first": flag, "bias": flag,
    "batch_first": flag, "layer_norm_eps": pick(1.0, 2.0),  # so that no norm makes rounding errors much larger
}  # fmt: skip
ATTENTION = [
    of(
        "MultiheadAttention", words, others, others, 4, pick(2, 1, 4), inputs=3, bias=flag, add_bias_kv=flag,
        add_zero_attn=flag, dropout=pick(0.0, 0.5), bernoulli=True,
    ),
    of("TransformerEncoderLayer", words, 4, pick(2, 1), 3, bernoulli=True, **LAYER),
    of("TransformerDecoderLayer", words, words, 4, pick(2, 1), 3, inputs=2, bernoulli=True, **LAYER),
    of("Transformer", words, words, 4, 2, pick(1, 2), 1, 3, inputs=2, bernoulli=True, **LAYER),
]  # fmt: skip

# -- losses ------------------------------------------------------------------------------------------------------------

two = {"inputs": 2, "reduction": reduction}
LOSSES = [
    of("L1Loss", table, unit, **two),
    of("SmoothL1Loss", table, unit, beta=pick(1.0, 0.1), **two),
    of("HuberLoss", table, unit, delta=pick(1.0, 0.1), **two),
    of("KLDivLoss", table, unit, log_target=flag, inputs=2, reduction=pick("mean", "sum", "none", "batchmean")),
    of("PoissonNLLLoss", positive, positive, log_input=flag, full=flag, **two),
    of("GaussianNLLLoss", table, unit, positive, full=flag, inputs=3, reduction=reduction),
    of("BCELoss", unit, yes_or_no, weight=pick(None), **two),
    of("BCEWithLogitsLoss", table, yes_or_no, pos_weight=arrays((3,), "positive").map(Fixed), **two),
    of("SoftMarginLoss", table, signs, **two),
    of("HingeEmbeddingLoss", table, signs, margin=pick(1.0, 0.5), **two),
    of("MarginRankingLoss", table, unit, signs, margin=pick(0.0, 0.5), inputs=3, reduction=reduction),
    of("CosineEmbeddingLoss", table, unit, sign, inputs=3, reduction=reduction),
    of("TripletMarginLoss", table, unit, positive, p=pick(2.0, 1.0), swap=flag, inputs=3, reduction=reduction),
    of("MultiMarginLoss", arrays((2, 3), "normal"), whole((2,), 0, 3), p=pick(1, 2), margin=pick(1.0, 0.5), **two),
    of("MultiLabelMarginLoss", arrays((2, 3), "normal"), whole((2, 3), -1, 3), **two),
    of("MultiLabelSoftMarginLoss", table, yes_or_no, **two),
    of("LinearCrossEntropyLoss", rows, classes, 3, pick(3, 4), bias=flag, label_smoothing=pick(0.0, 0.1), **two),
    of("AdaptiveLogSoftmaxWithLoss", rows, classes, 3, pick(4, 5), pick((1,), (2,), (1, 3)), head_bias=flag, inputs=2),
]

ROWS = [
    *CONVOLUTIONS, *NORMS, *ACTIVATIONS, *DROPOUTS, *PADDINGS, *SHAPES, *POOLS, *DENSE, *RECURRENT, *ATTENTION,
    *LOSSES,
]  # fmt: skip
