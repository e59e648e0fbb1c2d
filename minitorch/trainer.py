"""`Trainer`: the loop over epochs and batches, with what one always writes around it.

    trainer = Trainer(net, nn.CrossEntropyLoss(), optim.Adam(net.parameters()), metrics={"accuracy": Accuracy()})
    history = trainer.fit(DataLoader(train, 32, shuffle=True), DataLoader(validation, 256), epochs=20)
    trainer.evaluate(DataLoader(test, 256))  # {"loss": 0.1, "accuracy": 0.97}

The loop itself is `Trainer.step`, five lines. All the rest is bookkeeping: means, plots, early stop and checkpoints,
from which a run that was killed goes on to the same weights, bit for bit.
"""

import contextlib
import copy
import math
from pathlib import Path

from minitorch.autograd import no_grad
from minitorch.creation import from_numpy
from minitorch.metrics import Mean
from minitorch.nn.utils import clip_grad_norm_
from minitorch.optim.lr_scheduler import ReduceLROnPlateau
from minitorch.random import Generator
from minitorch.serialization import load, save
from minitorch.serialization.archive import replacing
from minitorch.stream import default_streams
from minitorch.tensor import Tensor


class Trainer:
    """Trains net with optimizer, so that criterion(net(x), y) becomes small.

    metrics     {name: metric} (metrics.py): computed beside the loss, on the training batches as they come by
    scheduler   of the learning rate, a step each "epoch" or each "batch" (`schedule`); a ReduceLROnPlateau is told the
                validation loss
    clip_norm   the gradients are scaled down to this norm at most
    patience    stop when the validation loss (the training loss, if there is no validation) has not fallen for so many
                epochs; the weights of the best epoch are then put back, as they are at the end of any run with patience
    checkpoint  a file that is written after each epoch, and after `every` batches of an epoch
    plot        a picture of the history, drawn anew after each epoch: a viewer that reloads shows it live
    progress    whether to show a bar (rich)

    `history` is {"train loss": [one an epoch], "validation loss": ..., "validation accuracy": ...}.
    A model whose batches or loss are of another form: override `loss`.
    """

    def __init__(
        self, net, criterion, optimizer, *, metrics=None, scheduler=None, schedule="epoch", clip_norm=None,
        patience=None, checkpoint=None, every=None, plot=None, progress=True
    ):  # fmt: skip
        if schedule not in ("epoch", "batch"):
            raise ValueError(f"Trainer: schedule is 'epoch' or 'batch', not {schedule!r}")
        self.net, self.criterion, self.optimizer = net, criterion, optimizer
        self.metrics, self.scheduler, self.schedule = metrics or {}, scheduler, schedule
        self.clip_norm, self.patience, self.plot, self.progress = clip_norm, patience, plot, progress
        self.checkpoint, self.every = checkpoint, every
        self.history, self.best = {}, {"loss": math.inf, "epoch": 0, "net": None}
        self.epoch = self.batch = 0  # how many are done: epochs, and batches of this one
        self.meters = self.began = None  # of this epoch: its metrics so far; the random states when it began

    # -- the loop ------------------------------------------------------------------------------------------------------

    def fit(self, train, validation=None, *, epochs, resume=False):
        """Train until so many epochs are done in all; returns the history.

        train, validation: DataLoaders, or what else has a length and gives its batches again each time.
        resume: go on where the checkpoint stands, if there is one, in the middle of an epoch if need be. The net, the
        optimizer and so on must be made as for the run that wrote it (ValueError, RuntimeError or KeyError if not).
        """
        self.loaders = [loader for loader in (train, validation) if loader is not None]
        owners = list(self.loaders)  # of generators
        for owner in owners:
            parts = (getattr(owner, name, None) for name in ("dataset", "sampler", "batch_sampler"))
            owners += [part for part in parts if all(part is not other for other in owners)]  # the loop goes on to them
        given = [owner.generator.stream for owner in owners if isinstance(getattr(owner, "generator", None), Generator)]
        self.streams = list(dict.fromkeys([*default_streams.values(), *given]))
        if self.checkpoint and any(getattr(loader, "persistent_workers", False) for loader in self.loaders):
            raise ValueError("Trainer: persistent workers have random numbers that no checkpoint holds")
        if resume and self.checkpoint and Path(self.checkpoint).exists():
            self.load()
        with progress_bar(self.progress, epochs) as tell:
            while self.epoch < epochs and not self.out_of_patience():
                self.net.train()
                for batch in self.batches_to_come(train):
                    loss = self.step(batch)
                    self.batch += 1
                    if self.checkpoint and self.every and self.batch % self.every == 0:
                        self.save()
                    tell(f"epoch {self.epoch + 1}: loss {loss:.4f}", self.epoch + self.batch / len(train))
                self.end_epoch(validation)
        if self.patience is not None and self.best["net"] is not None:
            self.net.load_state_dict(self.best["net"])
        return self.history

    def step(self, batch):
        """One batch: forward, backward, update. Returns the loss."""
        self.optimizer.zero_grad()
        loss, outputs, targets = self.loss(self.on_device(batch))
        loss.backward()
        if self.clip_norm is not None:
            clip_grad_norm_(self.net.parameters(), self.clip_norm)
        self.optimizer.step()
        if self.scheduler is not None and self.schedule == "batch":
            self.scheduler.step()
        return measure(self.meters, loss, outputs, targets)

    def loss(self, batch):
        """(loss, outputs, targets) of a batch: here of one that is (x, y). The last two go to the metrics."""
        x, y = batch
        outputs = self.net(x)
        return self.criterion(outputs, y), outputs, y

    def evaluate(self, loader):
        """{"loss": ..., and each metric} over a loader, in evaluation mode, without gradients."""
        training, meters = self.net.training, self.fresh_meters()
        self.net.eval()
        with no_grad():
            for batch in loader:
                measure(meters, *self.loss(self.on_device(batch)))
        self.net.train(training)
        return {name: meter.compute() for name, meter in meters.items()}

    def end_epoch(self, validation):
        """Validate, write down, step the scheduler, plot and save."""
        values = {f"train {name}": meter.compute() for name, meter in self.meters.items()}
        if validation is not None:
            values |= {f"validation {name}": value for name, value in self.evaluate(validation).items()}
        for name, value in values.items():
            self.history.setdefault(name, []).append(value)
        self.epoch, self.batch = self.epoch + 1, 0
        watched = values.get("validation loss", values["train loss"])
        if self.scheduler is not None and self.schedule == "epoch":
            self.scheduler.step(*[watched] * isinstance(self.scheduler, ReduceLROnPlateau))
        if self.patience is not None and watched < self.best["loss"]:
            self.best = {"loss": watched, "epoch": self.epoch, "net": copy.deepcopy(self.net.state_dict())}
        if self.plot:
            self.draw(self.plot)
        if self.checkpoint:
            self.save()

    def out_of_patience(self):
        return self.patience is not None and self.epoch - self.best["epoch"] >= max(self.patience, 1)

    def fresh_meters(self):
        return {"loss": Mean(), **copy.deepcopy(self.metrics)}

    def on_device(self, batch):
        """The tensors of a batch where the net's are."""
        if isinstance(batch, Tensor):
            return batch.to(next(self.net.parameters()).device)
        return type(batch)(map(self.on_device, batch)) if isinstance(batch, list | tuple) else batch

    # -- checkpoints ---------------------------------------------------------------------------------------------------

    def batches_to_come(self, train):
        """The batches of this epoch that are not done.

        The order was drawn when the epoch began (by all samplers there are here, but not by one that asks the default
        generator for each batch anew). So the generators are set back to that moment, the batches that are done are
        drawn again and passed over, and the generators go on where they stood. Random numbers that a data set takes
        from elsewhere, NumPy or Python, are not held.
        """
        if self.batch == 0:
            self.began, self.meters = self.random_states(), self.fresh_meters()
            return iter(train)
        now = self.random_states()
        self.set_random_states(self.began)
        batches = iter(train)
        for _ in range(self.batch):
            next(batches)
        self.set_random_states(now)
        return batches

    def random_states(self):
        """The states of the default generators, and of those of the loaders, their samplers and data sets."""
        return [from_numpy(stream.get_state()) for stream in self.streams]

    def set_random_states(self, states):
        for stream, state in zip(self.streams, states, strict=True):
            stream.set_state(state.numpy())

    def save(self):
        """Write the checkpoint: the old one stays until it is complete, so a run may be killed at any moment."""
        parts = (self.net, self.optimizer, self.scheduler)
        save(
            {
                "states": [None if part is None else part.state_dict() for part in parts],
                "place": [self.epoch, self.batch, [len(loader) for loader in self.loaders]],
                "meters": {name: vars(meter) for name, meter in self.meters.items()},
                "random": [self.began, self.random_states()],
                "history": self.history,
                "best": self.best,
            },
            self.checkpoint,
        )

    def load(self):
        """Go back to where the checkpoint was written."""
        path = Path(self.checkpoint)
        found = load(path, map_location="cpu")
        self.epoch, self.batch, batches = found["place"]
        if batches != [len(loader) for loader in self.loaders]:
            raise ValueError(f"{path} is of another run: its loaders had {batches} batches")
        for part, state in zip((self.net, self.optimizer, self.scheduler), found["states"], strict=True):
            if part is not None:
                part.load_state_dict(state)
        self.meters, self.history, self.best = self.fresh_meters(), found["history"], found["best"]
        for name, meter in self.meters.items():
            vars(meter).update(found["meters"][name])
        self.began, now = found["random"]
        self.set_random_states(now)
        for leftover in path.parent.glob(f".{path.name}.*"):  # what was being written when a run was killed
            leftover.unlink()

    # -- what one sees -------------------------------------------------------------------------------------------------

    def draw(self, path):
        """The history as a picture, a panel for the loss and for each metric."""
        from matplotlib.figure import Figure  # of the extra "train"

        names = ["loss", *self.metrics]
        figure = Figure(figsize=(4.5 * len(names), 3.4), layout="constrained")
        for axes, name in zip(figure.subplots(1, len(names), squeeze=False)[0], names, strict=True):
            for part, style in (("train", "--"), ("validation", "-")):
                if f"{part} {name}" in self.history:
                    values = self.history[f"{part} {name}"]
                    axes.plot(range(1, len(values) + 1), values, style, marker=".", label=part)
            axes.set(xlabel="epoch", title=name)
            axes.xaxis.get_major_locator().set_params(integer=True)
            axes.legend()
            axes.grid(alpha=0.3)
        with replacing(path) as file:
            figure.savefig(file, format=Path(path).suffix[1:] or "png", dpi=120)


def measure(meters, loss, outputs, targets):
    """Tell the meters of a batch; returns the loss."""
    value = loss.item()
    meters["loss"].update(value, len(targets))
    for name, meter in meters.items():
        if name != "loss":
            meter.update(outputs.detach(), targets)
    return value


@contextlib.contextmanager
def progress_bar(shown, epochs):
    """Gives tell(text, epochs done), which moves a bar, or does nothing."""
    if not shown:
        yield lambda text, done: None
        return
    from rich.progress import Progress  # of the extra "train"

    with Progress() as bar:
        task = bar.add_task("", total=epochs)
        yield lambda text, done: bar.update(task, description=text, completed=done)
