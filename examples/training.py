"""A Trainer at work: LeNet on the digits with plots and early stop; killed three times, it ends with the same bits.

python examples/training.py                      trains, draws training.png; trains again, kills that run and resumes it

A checkpoint is everything that the rest of a run depends on: the weights and running statistics, the optimizer's
momenta, the schedule, the states of the random generators (now, and when the epoch began: they make the order of its
images), the place in the epoch, and the means so far. It is written beside the old one and then takes its name, which a
file system does in one step: whenever the process is killed, one of the two is whole.
"""

import multiprocessing
import random
import tempfile
import time
from pathlib import Path

from _program import options
from digits_lenet import digits, lenet

import minitorch
from minitorch import nn, optim
from minitorch.metrics import Accuracy
from minitorch.trainer import Trainer
from minitorch.utils.data import DataLoader, TensorDataset, random_split


def data(quick):
    """Training, validation and test images."""
    training, test = (TensorDataset(minitorch.tensor(x).float(), minitorch.tensor(y)) for x, y in digits())
    generator = minitorch.Generator().manual_seed(0)
    training, validation = random_split(training, [1200, len(training) - 1200], generator)
    if quick:
        training.indices = training.indices[:200]
    return training, validation, test


def run(folder, quick, **settings):
    """Train, or go on with the training whose checkpoint is in the folder; then write the weights there."""
    training, validation, _ = data(quick)
    minitorch.manual_seed(0)
    net = lenet(minitorch).append(nn.Dropout(0.1))  # of scores: it draws random numbers in each step
    optimizer = optim.AdamW(net.parameters(), lr=2e-3)
    settings |= {"scheduler": optim.lr_scheduler.ExponentialLR(optimizer, 0.95), "metrics": {"accuracy": Accuracy()}}
    settings |= {"clip_norm": 1.0, "patience": 3, "checkpoint": folder / "run.pt", "every": 5}
    trainer = Trainer(net, nn.CrossEntropyLoss(), optimizer, **settings)
    loaders = DataLoader(training, 32, shuffle=True), DataLoader(validation, 256)
    trainer.fit(*loaders, epochs=2 if quick else 25, resume=True)
    minitorch.save(net.state_dict(), folder / "end.pt")
    return trainer


def killed_and_resumed(folder, quick, kills, seconds):
    """Run in another process, which is killed so many times; what it wrote at the end."""
    checkpoint = folder / "run.pt"
    for attempt in range(kills + 1):
        process = multiprocessing.Process(target=run, args=(folder, quick), kwargs={"progress": False})
        written = checkpoint.stat().st_mtime_ns if checkpoint.exists() else 0
        process.start()
        if attempt < kills:
            while process.is_alive() and (not checkpoint.exists() or checkpoint.stat().st_mtime_ns == written):
                time.sleep(0.01)
            time.sleep(random.uniform(0, seconds / (kills + 2)))
            process.kill()
            process.join()
            epoch, batch, _ = minitorch.load(checkpoint)["place"]
            print(f"killed; the checkpoint is whole: epoch {epoch + 1}, after {batch} batches")
        process.join()
    return (folder / "end.pt").read_bytes()


def main():
    arguments = options(__doc__, "training.png")
    with tempfile.TemporaryDirectory() as name:
        whole, killed = Path(name, "whole"), Path(name, "killed")
        whole.mkdir()
        killed.mkdir()
        began = time.perf_counter()
        trainer = run(whole, arguments.quick, plot=arguments.picture)
        seconds = time.perf_counter() - began
        losses = trainer.history["validation loss"]
        print(f"{len(losses)} epochs in {seconds:.1f} s; the best was epoch {losses.index(min(losses)) + 1}")
        accuracy = trainer.evaluate(DataLoader(data(arguments.quick)[2], 512))["accuracy"]
        print(f"test images read rightly: {accuracy:.2%}; curves: {arguments.picture}")
        end = killed_and_resumed(killed, arguments.quick, 1 if arguments.quick else 3, seconds)
        print(f"the weights at the end are the same, bit for bit: {end == (whole / 'end.pt').read_bytes()}")


if __name__ == "__main__":
    main()
