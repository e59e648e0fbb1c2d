"""LeNet reads handwritten digits: 1,797 real images of 8 by 8, which scikit-learn ships.

python examples/digits_lenet.py                  train to over 97% on the test images, save the curves as a picture
python examples/digits_lenet.py --beside-torch   train torch's twin from the same seed too, and compare the losses

The network is LeNet-5 (LeCun et al., Gradient-based learning applied to document recognition, 1998) with ReLU and max
pooling, its kernels made smaller for the smaller images.
"""

import argparse
from pathlib import Path

import matplotlib
import numpy as np
from rich.progress import Progress
from sklearn.datasets import load_digits

import minitorch

matplotlib.use("Agg")  # draw to a file: no screen is needed
import matplotlib.pyplot as plt


def lenet(lib):
    """LeNet for images (N, 1, 8, 8): scores (N, 10). `lib` is minitorch or torch: the code is the same."""
    nn = lib.nn
    return nn.Sequential(
        nn.Conv2d(1, 16, kernel_size=3, padding=1), nn.ReLU(),  # (N, 1, 8, 8) -> (N, 16, 8, 8)
        nn.MaxPool2d(2),  # -> (N, 16, 4, 4)
        nn.Conv2d(16, 32, kernel_size=3, padding=1), nn.ReLU(),  # -> (N, 32, 4, 4)
        nn.MaxPool2d(2),  # -> (N, 32, 2, 2)
        nn.Flatten(),  # -> (N, 128)
        nn.Linear(128, 84), nn.ReLU(),
        nn.Linear(84, 10),
    )  # fmt: skip


def digits():
    """(training images, labels), (test images, labels): every fifth image is for testing. Pixels from 0 to 1."""
    data = load_digits()
    images, labels = data.images[:, None] / 16, data.target  # (1797, 8, 8) -> (1797, 1, 8, 8)
    test = np.arange(len(images)) % 5 == 0
    return (images[~test], labels[~test]), (images[test], labels[test])


def train(lib, dtype, epochs, max_steps, tell):
    """Train with Adam; tell(step, loss) after every step. Returns the network and the losses."""
    lib.manual_seed(0)
    net = lenet(lib).to(dtype)
    images, labels = (lib.tensor(array) for array in digits()[0])
    dataset = lib.utils.data.TensorDataset(images.to(dtype), labels)
    loader = lib.utils.data.DataLoader(dataset, batch_size=32, shuffle=True)
    optimizer = lib.optim.Adam(net.parameters(), lr=2e-3)
    criterion = lib.nn.CrossEntropyLoss()
    losses = []
    for _ in range(epochs):
        for x, y in loader:
            optimizer.zero_grad()
            loss = criterion(net(x), y)
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
            tell(len(losses), losses[-1])
            if len(losses) == max_steps:
                return net, losses
    return net, losses


def accuracy(net, dtype):
    """The share of test images whose highest score is the right digit's."""
    images, labels = digits()[1]
    with minitorch.no_grad():
        scores = net(minitorch.tensor(images).to(dtype))
    return (scores.argmax(1).numpy() == labels).mean()


def draw(curves, path):
    """The loss at every step, one line a library, and their mean over 20 steps."""
    figure, axes = plt.subplots(figsize=(7, 4), layout="constrained")
    for (name, losses), style in zip(curves.items(), ("-", "--"), strict=False):
        smooth = np.convolve(losses, np.ones(20) / 20, mode="valid") if len(losses) >= 20 else losses
        axes.semilogy(losses, style, alpha=0.3, linewidth=0.8)
        axes.semilogy(
            np.arange(len(smooth)) + len(losses) - len(smooth),
            smooth,
            style,
            label=name,
            color=axes.lines[-1].get_color(),
        )
    axes.set(xlabel="step", ylabel="cross-entropy of the batch", title="LeNet on handwritten digits")
    axes.legend()
    axes.grid(alpha=0.3)
    figure.savefig(path, dpi=120)
    plt.close(figure)


def run(lib, name, dtype, epochs, max_steps):
    """Train with a progress bar."""
    steps = min(max_steps or 10**9, epochs * -(-len(digits()[0][0]) // 32))
    with Progress() as progress:
        bar = progress.add_task(name, total=steps)
        tell = lambda step, loss: progress.update(bar, completed=step, description=f"{name}: loss {loss:.4f}")
        return train(lib, dtype, epochs, max_steps, tell)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--epochs", type=int, default=15)
    parser.add_argument("--quick", action="store_true", help="a few steps only, to see that it runs")
    parser.add_argument("--beside-torch", action="store_true", help="train torch's twin too, 200 steps in float64")
    parser.add_argument("--picture", type=Path, default=Path("digits_lenet.png"), help="where the curves go")
    arguments = parser.parse_args()
    steps = 10 if arguments.quick else 200 if arguments.beside_torch else None

    if arguments.beside_torch:
        import torch

        net, ours = run(minitorch, "minitorch", minitorch.float64, arguments.epochs, steps)
        _, theirs = run(torch, "torch", torch.float64, arguments.epochs, steps)
        for step in [*range(0, len(ours), max(len(ours) // 10, 1)), len(ours) - 1]:
            print(f"step {step + 1:4d}   minitorch {ours[step]:.15f}   torch {theirs[step]:.15f}")
        difference = max(abs(a - b) / abs(b) for a, b in zip(ours, theirs, strict=True))
        print(f"largest relative difference of the losses over {len(ours)} steps: {difference:.1e}")
        curves, dtype = {"minitorch": ours, "torch": theirs}, minitorch.float64
    else:
        net, ours = run(minitorch, "minitorch", minitorch.float32, arguments.epochs, steps)
        curves, dtype = {"minitorch": ours}, minitorch.float32
    print(f"accuracy on the test images: {accuracy(net, dtype):.2%}")
    draw(curves, arguments.picture)
    print(f"curves: {arguments.picture}")


if __name__ == "__main__":
    main()
