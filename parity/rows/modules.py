"""Layers: initial weights after a seed, output, gradients of the parameters, state_dict and printed form. More of them
are in layers.py.
"""

from parity.draw import arrays, case, pick, whole
from parity.harness import Row

WITHOUT = ("grad grad", "float32", "dtypes", "layout")  # a layer is its function, whose rows check these


def layer(make):
    """The row's function: build the layer after a seed, use it in training and evaluation, and tell all about it."""

    def call(lib, x, *args, seed, **settings):
        lib.manual_seed(seed)
        module = make(lib.nn, *args, **settings)
        state = {k: v.clone() for k, v in module.state_dict().items()}
        module.double().to(x.device)
        y = module(x)
        parameters = [p for p in module.parameters() if p.requires_grad]
        grads = lib.autograd.grad((y * y).sum(), parameters, create_graph=True) if parameters else ()
        trained = {k: v.clone() for k, v in module.state_dict().items()}
        module.eval()
        names = [name for name, _ in module.named_parameters()] + [name for name, _ in module.named_modules()]
        return (state, y, grads, trained, module(x), names, repr(module))

    return call


def network(nn, width):
    """Containers within containers. (A bias before a BatchNorm would have the gradient 0, which is rounding.)"""
    return nn.Sequential(
        nn.Conv2d(1, width, 3, padding=1, bias=False),
        nn.BatchNorm2d(width),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Sequential(nn.Linear(width * 4, 3), nn.Tanh(), nn.Dropout(0.5)),
    )


def loss(make):
    """The row's function: a loss module's value and printed form."""

    def call(lib, x, target, **settings):
        module = make(lib.nn, **settings)
        return (module(x, target), repr(module), list(module.state_dict()))

    return call


seed = pick(0, 7)
flag = pick(True, False)
rows = arrays(pick((2, 3), (4, 3)), "normal")
classes = whole(pick((2,), (4,)), 0, 3)
images = arrays(pick((2, 2, 4, 4), (1, 2, 5, 3)), "normal")


def module(name, make, *args, bernoulli=False, **settings):
    """A row of a layer."""
    return Row(name, layer(make), case(*args, seed=seed, **settings), "sums", WITHOUT, bernoulli=bernoulli)


ROWS = [
    module("Linear", lambda nn, n, bias: nn.Linear(3, n, bias=bias), rows, pick(2, 1), bias=flag),
    module(
        "Conv2d",
        lambda nn, k, **s: nn.Conv2d(2, 4, k, **s),
        images,
        pick(2, 3, (1, 2)),
        stride=pick(1, 2),
        padding=pick(0, 1, "same"),
        dilation=pick(1, (1, 1)),
        groups=pick(1, 2),
        bias=flag,
    ),
    module(
        "Conv2d padding_mode",
        lambda nn, k, **s: nn.Conv2d(2, 2, k, **s),
        images,
        pick(2, 3, (1, 2)),
        padding=pick(1, 0, (1, 2), "same"),
        padding_mode=pick("circular", "reflect", "replicate"),
    ),
    module(
        "ConvTranspose2d",
        lambda nn, k, **s: nn.ConvTranspose2d(2, 4, k, **s),
        images,
        pick(2, 3, (1, 2)),
        stride=pick(1, 2),
        padding=pick(0, 1),
        output_padding=pick(0, 1),
        groups=pick(1, 2),
        bias=flag,
    ),
    Row(
        "ConvTranspose2d output_size",
        lambda lib, x, size: lib.nn.ConvTranspose2d(2, 2, 3, stride=2).double()(x, output_size=size).shape,
        case(arrays((1, 2, 4, 3), "normal"), pick((9, 7), (10, 8), (1, 2, 9, 8), (11, 7), (9,))),
        without=("grad", "grad grad", "dtypes", "float32", "layout", "edges"),  # a shape
        gpu=False,
    ),
    module("Unfold", lambda nn, **s: nn.Unfold(**s), images, kernel_size=pick(2, (1, 2)), stride=pick(1, 2)),
    module("Fold", lambda nn, size: nn.Fold(size, 2), arrays(pick((1, 8, 6), (8, 6)), "normal"), pick((3, 4), (4, 3))),
    Row(
        "MaxUnpool2d",
        lambda lib, x, k: lib.nn.MaxUnpool2d(k)(*lib.nn.MaxPool2d(k, return_indices=True)(x), output_size=x.shape),
        case(images, pick(2, (2, 1))),
    ),
    module(
        "BatchNorm1d",
        lambda nn, **s: nn.BatchNorm1d(3, **s),
        arrays(pick((4, 3), (6, 3)), "normal"),  # the difference of two rows can be small, and is divided by
        momentum=pick(0.1, None, 0.5),
        affine=flag,
        track_running_stats=flag,
    ),
    module("BatchNorm2d", lambda nn, **s: nn.BatchNorm2d(2, **s), images, eps=pick(1e-5, 0.1), affine=flag),
    module(
        "MaxPool2d",
        lambda nn, k, **s: nn.MaxPool2d(k, **s),
        images,
        pick(2, (2, 1)),
        stride=pick(None, 1),
        ceil_mode=flag,
    ),
    module(
        "AvgPool2d",
        lambda nn, k, **s: nn.AvgPool2d(k, **s),
        images,
        pick(2, (2, 1)),
        stride=pick(None, 1),
        ceil_mode=flag,
    ),
    module("ReLU", lambda nn, **s: nn.ReLU(**s), rows),
    module("GELU", lambda nn, **s: nn.GELU(**s), rows, approximate=pick("none", "tanh")),
    module("Sigmoid", lambda nn: nn.Sigmoid(), rows),
    module("Tanh", lambda nn: nn.Tanh(), rows),
    module("Softmax", lambda nn, **s: nn.Softmax(**s), rows, dim=pick(-1, 0, None)),
    module("LogSoftmax", lambda nn, **s: nn.LogSoftmax(**s), rows, dim=pick(-1, 0, None)),
    module("Dropout", lambda nn, p: nn.Dropout(p), rows, pick(0.5, 0.1, 2.0), bernoulli=True),
    module("Flatten", lambda nn, **s: nn.Flatten(**s), images, start_dim=pick(1, 0, 2), end_dim=pick(-1, 2)),
    module(
        "Unflatten", lambda nn, dim, size: nn.Unflatten(dim, size), rows, pick(1, 0), pick((3, 1), (-1, 1), (1, 2, 1))
    ),
    module("Identity", lambda nn: nn.Identity(), rows),
    module("Sequential", network, arrays((2, 1, 4, 4), "normal"), pick(2, 3), bernoulli=True),
    Row(
        "MSELoss",
        loss(lambda nn, **s: nn.MSELoss(**s)),
        case(rows, rows, reduction=pick("mean", "sum", "none")),
        "sums",
        WITHOUT,
    ),
    Row(
        "CrossEntropyLoss",
        loss(lambda nn, **s: nn.CrossEntropyLoss(**s)),
        case(rows, classes, label_smoothing=pick(0.0, 0.1), ignore_index=pick(-100, 1), reduction=pick("mean", "sum")),
        "sums",
        WITHOUT,
    ),
    Row(
        "NLLLoss",
        loss(lambda nn, **s: nn.NLLLoss(**s)),
        case(rows, classes, ignore_index=pick(-100, 1), reduction=pick("mean", "sum", "none")),
        "sums",
        WITHOUT,
    ),
]
