"""Generalisation: under- and overfitting, k folds, weight decay, dropout; the test data are asked once, at the end.

python examples/generalisation.py                prints the errors, draws generalisation.png

training data      the weights are fitted to them. Their error says how well the model can remember
validation data    choose between models (a degree, a strength of weight decay, when to stop). With few data, k folds:
                   each part in turn is held out of the training, and the k errors are averaged
test data          used once, for the model that was chosen. (Chosen by it, a model would look better than it is)

The generalisation error is that on all the data there could be, which a test estimates. Its distance from the training
error is the gap: a small gap with large errors is underfitting, a large gap overfitting.
"""

from _program import options, plt
from digits_lenet import digits
from rich.progress import track

import minitorch
from minitorch import nn, optim
from minitorch.metrics import Accuracy
from minitorch.trainer import Trainer
from minitorch.utils.data import DataLoader, Subset, TensorDataset, random_split

# -- polynomials -------------------------------------------------------------------------------------------------------


def cubic(n):
    """n noisy points (x, y) of y = 5 + 1.2x - 3.4x^2/2 + 5.6x^3/6, for x of [-3, 3]."""
    x = 6 * minitorch.rand(n, dtype=minitorch.float64) - 3
    return TensorDataset(x, 5 + 1.2 * x - 1.7 * x**2 + 5.6 / 6 * x**3 + 2 * minitorch.randn(n, dtype=minitorch.float64))


def powers(x, degree):
    """(N,) -> (N, degree + 1): 1, x/3, (x/3)^2 ..."""
    return (x[:, None] / 3) ** minitorch.arange(degree + 1)


def fit(data, degree):
    """The coefficients with the least squared error."""
    x, y = data[:]
    return minitorch.linalg.lstsq(powers(x, degree), y[:, None]).solution[:, 0]


def error(w, data):
    """Mean squared error."""
    x, y = data[:]
    return (powers(x, len(w) - 1) @ w - y).square().mean().item()


def folds(data, k):
    """k pairs (the rest, a part): each sample is in one of the parts."""
    parts = random_split(range(len(data)), [1 / k] * k)
    for held in parts:
        rest = [i for part in parts if part is not held for i in part.indices]
        yield Subset(data, rest), Subset(data, held.indices)


def choose_degree(axes, curve_axes):
    """By 5 folds of 40 points. Draws the errors, and three of the polynomials."""
    data, unseen, degrees = cubic(40), cubic(10000), range(12)
    training, validation = [], []
    for degree in degrees:
        errors = [(error(fit(rest, degree), rest), error(fit(rest, degree), part)) for rest, part in folds(data, 5)]
        for curve, values in zip((training, validation), zip(*errors, strict=True), strict=True):
            curve.append(sum(values) / 5)
    best = validation.index(min(validation))
    print(f"5 folds choose degree {best} of {degrees[-1]}: validation error {validation[best]:.2f}")
    print(f"  fitted to all 40 points, test error {error(fit(data, best), unseen):.2f}; the noise alone makes 4.00")
    axes.semilogy(degrees, training, "--", label="training, mean of 5 folds")
    axes.semilogy(degrees, validation, label="validation, mean of 5 folds")
    axes.semilogy(degrees, [error(fit(data, d), unseen) for d in degrees], ":", label="10,000 new points")
    axes.set(title="underfitting, overfitting", xlabel="degree of the polynomial", ylabel="squared error")
    axes.set_ylim(1, 1e3)
    x = minitorch.linspace(-3, 3, 300, dtype=minitorch.float64)
    curve_axes.plot(*data[:], "k.")
    for degree in (1, 3, 11):
        curve_axes.plot(x, powers(x, degree) @ fit(data, degree), label=f"degree {degree}")
    curve_axes.set(title="40 points of a cubic", xlabel="x", ylabel="y", ylim=(-45, 25))


# -- networks ----------------------------------------------------------------------------------------------------------


def network(dropout):
    """64 pixels to 10 scores. Dropout comes after an activation, h -> h mask / (1 - p), and is off in evaluation."""
    hidden = lambda i, o: [nn.Linear(i, o), nn.ReLU(), nn.Dropout(dropout)]
    return nn.Sequential(nn.Flatten(), *hidden(64, 128), *hidden(128, 128), nn.Linear(128, 10))


def compare(epochs, grid):
    """300 digits to learn from, a quarter of them with a wrong label; 500 to choose by, the rest to test."""
    images, labels = (minitorch.cat([minitorch.tensor(a) for a in pair]) for pair in zip(*digits(), strict=True))
    data = TensorDataset(images.float(), labels)
    training, validation, test = random_split(data, [300, 500, len(data) - 800])
    wrong = training.indices[:75]
    labels[wrong] = (labels[wrong] + minitorch.randint(1, 10, (75,))) % 10
    held = [data[validation.indices]]  # one batch
    models = {"plain": (0.0, 0.0), "weight decay": (0.0, 3.0), "dropout": (0.5, 0.0), "both": (0.5, 3.0)}
    trainers = {}
    for colour, (name, (dropout, decay)) in enumerate(track(models.items(), "digits")):
        minitorch.manual_seed(1)
        net = network(dropout)
        optimizer = optim.AdamW(net.parameters(), lr=2e-3, weight_decay=decay)  # w -= lr decay w, beside Adam's step
        metrics = {"accuracy": Accuracy()}
        trainers[name] = Trainer(net, nn.CrossEntropyLoss(), optimizer, metrics=metrics, progress=False)
        history = trainers[name].fit(DataLoader(training, 50, shuffle=True), held, epochs=epochs)
        grid[0].semilogy(history["train loss"], "--", color=f"C{colour}")
        grid[0].semilogy(history["validation loss"], color=f"C{colour}", label=name)
        grid[1].plot([100 * share for share in history["validation accuracy"]], label=name)
        loss, right = history["validation loss"][-1], history["validation accuracy"][-1]
        print(f"{name:13} validation: loss {loss:.3f}, {right:.1%} right")
    best = min(trainers, key=lambda name: trainers[name].history["validation loss"][-1])
    print(f"chosen: {best}. Test: {trainers[best].evaluate([data[test.indices]])['accuracy']:.1%} right")
    grid[0].set(title="300 digits, a quarter mislabelled; dashed: training", xlabel="epoch", ylabel="cross-entropy")
    grid[1].set(title="validation", xlabel="epoch", ylabel="% right", ylim=(60, 100))


def main():
    arguments = options(__doc__, "generalisation.png")
    minitorch.manual_seed(0)
    figure, grid = plt.subplots(2, 2, figsize=(12, 8.5))
    choose_degree(grid[0, 1], grid[0, 0])
    compare(2 if arguments.quick else 100, grid[1])
    for axes in grid.flat:
        axes.legend()
    figure.savefig(arguments.picture)
    print(f"picture: {arguments.picture}")


if __name__ == "__main__":
    main()
