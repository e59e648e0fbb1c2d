"""The trainer: means, early stop, and runs that are killed and go on to the same bits."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import minitorch
from minitorch import nn, optim
from minitorch.metrics import Accuracy, IoU
from minitorch.trainer import Trainer
from minitorch.utils.data import BatchSampler, DataLoader, RandomSampler, TensorDataset

ROOT = Path(__file__).resolve().parent.parent


# -- training ----------------------------------------------------------------------------------------------------------


def line(n=40):
    """Points of two classes, with a little noise."""
    minitorch.manual_seed(0)
    x = minitorch.randn(n, 2)
    return TensorDataset(x, (x.sum(1) + 0.5 * minitorch.randn(n) > 0).long())


def trainer(**settings):
    minitorch.manual_seed(1)
    net = nn.Sequential(nn.Linear(2, 8), nn.ReLU(), nn.Linear(8, 2))
    optimizer = optim.SGD(net.parameters(), lr=0.5)
    return Trainer(net, nn.CrossEntropyLoss(), optimizer, progress=False, **settings)


def test_the_history_is_that_of_a_plain_loop():
    data, ours = line(), trainer(metrics={"accuracy": Accuracy()}, clip_norm=0.3)
    history = ours.fit(DataLoader(data, 16, shuffle=True), DataLoader(data, 16), epochs=3)
    twin = trainer()
    net, optimizer, losses = twin.net, twin.optimizer, []
    for _ in range(3):
        total = 0.0
        for x, y in DataLoader(data, 16, shuffle=True):
            optimizer.zero_grad()
            loss = nn.functional.cross_entropy(net(x), y)
            loss.backward()
            nn.utils.clip_grad_norm_(net.parameters(), 0.3)
            optimizer.step()
            total += loss.item() * len(y)
        losses.append(total / len(data))
        list(DataLoader(data, 16))  # draws as the validation does
    assert history["train loss"] == losses
    x, y = data.tensors
    assert history["validation accuracy"][-1] == (net(x).argmax(1) == y).double().mean().item()
    assert history["validation loss"][-1] == pytest.approx(nn.functional.cross_entropy(net(x), y).item())


def test_it_stops_early_and_puts_the_best_weights_back():
    data = line()
    ours = trainer(patience=3)
    ours.optimizer.param_groups[0]["lr"] = 30.0  # far too large: it gets worse
    history = ours.fit(DataLoader(data, 8, shuffle=True), DataLoader(data, 40), epochs=100)
    losses = history["validation loss"]
    best = losses.index(min(losses)) + 1
    assert len(losses) == best + 3 < 100
    assert ours.evaluate(DataLoader(data, 40))["loss"] == min(losses)


@pytest.mark.parametrize("schedule", ["epoch", "batch"])
def test_the_scheduler_steps_as_asked_for(schedule):
    ours = trainer(schedule=schedule)
    ours.scheduler = optim.lr_scheduler.ExponentialLR(ours.optimizer, 0.5)
    ours.fit(DataLoader(line(), 20), epochs=3)
    assert ours.optimizer.param_groups[0]["lr"] == 0.5 ** (1 + (3 if schedule == "epoch" else 6))


def test_a_plateau_is_told_the_validation_loss():
    ours = trainer()
    ours.scheduler = optim.lr_scheduler.ReduceLROnPlateau(ours.optimizer, patience=0, threshold=0.9)
    ours.fit(DataLoader(line(), 20), DataLoader(line(), 20), epochs=2)
    assert ours.scheduler.best == ours.history["validation loss"][0]
    assert ours.optimizer.param_groups[0]["lr"] == 0.05


def test_evaluation_leaves_the_mode_as_it_was_and_records_nothing():
    ours = trainer()
    ours.net.append(nn.Dropout(0.5))
    ours.net.eval()
    ours.evaluate([line().tensors])
    assert not ours.net.training and all(p.grad is None for p in ours.net.parameters())


def test_settings_that_cannot_be_are_refused(tmp_path):
    with pytest.raises(ValueError, match="'epoch' or 'batch'"):
        trainer(schedule="step")
    first = trainer(checkpoint=tmp_path / "run.pt")
    with pytest.raises(ValueError, match="persistent workers"):
        first.fit(DataLoader(line(), 20, num_workers=1, persistent_workers=True), epochs=1)
    first.fit(DataLoader(line(), 20), epochs=1)
    with pytest.raises(ValueError, match="of another run"):
        trainer(checkpoint=tmp_path / "run.pt").fit(DataLoader(line(), 10), epochs=1, resume=True)


def test_the_plot_and_the_bar(tmp_path, capsys):
    ours = trainer(plot=tmp_path / "curves.png", metrics={"accuracy": Accuracy()})
    ours.progress = True
    ours.fit(DataLoader(line(), 20), DataLoader(line(), 20), epochs=2)
    assert (tmp_path / "curves.png").read_bytes().startswith(b"\x89PNG")
    assert "epoch 2: loss" in capsys.readouterr().out


# -- killed, and resumed -----------------------------------------------------------------------------------------------


class Jittered(TensorDataset):
    """Points that are moved a little, at random, each time they are looked at."""

    def __getitem__(self, index):
        x, y = super().__getitem__(index)
        return x + 0.1 * minitorch.randn(2), y


def long_run(folder, num_workers=0):
    """60 steps with all that has a state: dropout, running statistics, momenta, a schedule, several generators."""
    data = Jittered(*line(60).tensors)
    minitorch.manual_seed(2)
    net = nn.Sequential(nn.Linear(2, 32), nn.BatchNorm1d(32), nn.ReLU(), nn.Dropout(0.5), nn.Linear(32, 2))
    optimizer = optim.AdamW(net.parameters(), lr=0.01)
    loader = DataLoader(data, 5, shuffle=True, generator=minitorch.Generator().manual_seed(3), num_workers=num_workers)
    schedule = {"scheduler": optim.lr_scheduler.OneCycleLR(optimizer, 0.05, total_steps=60), "schedule": "batch"}
    metrics = {"accuracy": Accuracy(), "iou": IoU(2)}
    saved = {"checkpoint": folder / "run.pt", "every": 1, "patience": 9, "progress": False}
    run = Trainer(net, nn.CrossEntropyLoss(), optimizer, metrics=metrics, **schedule, **saved)
    order = RandomSampler(data, generator=minitorch.Generator().manual_seed(4))
    run.fit(loader, DataLoader(data, batch_sampler=BatchSampler(order, 30, False)), epochs=5, resume=True)
    minitorch.save([net.state_dict(), optimizer.state_dict(), run.history, minitorch.rand(3)], folder / "end.pt")


class Interrupted(Exception):
    pass


@pytest.mark.parametrize(("num_workers", "stops"), [(0, [1, 11, 12, 13, 30]), (1, [7])])
def test_a_run_stopped_at_any_batch_ends_with_the_same_bits(tmp_path, monkeypatch, num_workers, stops):
    for name in ("whole", "stopped"):
        (tmp_path / name).mkdir()
    long_run(tmp_path / "whole", num_workers)
    step, done = Trainer.step, []

    def stopping(self, batch):
        if len(done) in stops and done[-1] is not None:
            done[-1] = None
            raise Interrupted
        done.append(0)
        return step(self, batch)

    monkeypatch.setattr(Trainer, "step", stopping)
    for _ in stops:
        with pytest.raises(Interrupted):
            long_run(tmp_path / "stopped", num_workers)
    long_run(tmp_path / "stopped", num_workers)
    assert len(done) == 60
    assert (tmp_path / "whole/end.pt").read_bytes() == (tmp_path / "stopped/end.pt").read_bytes()


def start(folder):
    code = f"from pathlib import Path; import tests.test_trainer as t; t.long_run(Path({str(folder)!r}))"
    return subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)})


def test_a_run_killed_several_times_ends_with_the_same_bits(tmp_path):
    for name in ("whole", "killed"):
        (tmp_path / name).mkdir()
    assert start(tmp_path / "whole").wait(60) == 0
    checkpoint, ends = tmp_path / "killed/run.pt", []
    for _ in range(3):
        before = checkpoint.stat().st_mtime_ns if checkpoint.exists() else 0
        process = start(tmp_path / "killed")
        while process.poll() is None and (not checkpoint.exists() or checkpoint.stat().st_mtime_ns == before):
            time.sleep(0.001)
        time.sleep(random.uniform(0, 0.1))  # a few batches, and most of the time the writing of checkpoints
        process.send_signal(signal.SIGKILL)
        ends.append(process.wait())
    assert -signal.SIGKILL in ends
    assert start(tmp_path / "killed").wait(60) == 0
    assert (tmp_path / "whole/end.pt").read_bytes() == (tmp_path / "killed/end.pt").read_bytes()
    assert sorted(p.name for p in (tmp_path / "killed").iterdir()) == ["end.pt", "run.pt"]
