"""Loading in other processes: each worker has a copy of the data set, gets lists of indices and sends back batches.

Batch k is asked of worker k mod n, and each worker answers in order. So the batches' order is that of the sampler,
whatever time each one takes, and the loop only waits where the next batch isn't there yet. A worker draws its random
numbers from seed base + id; the base is drawn from the loader's generator. Both as torch has it.
https://docs.pytorch.org/docs/stable/data.html#multi-process-data-loading
"""

import itertools
import multiprocessing
import queue
import random
import traceback
from collections import deque
from dataclasses import dataclass
from typing import Any

import numpy as np

from minitorch.random import manual_seed
from minitorch.settings import set_num_threads
from minitorch.utils.data.fetch import Ended

PATIENCE = 5.0  # seconds: how often a worker looks whether the main process lives; how long it has to end itself


@dataclass(frozen=True)
class WorkerInfo:
    """Which worker this is."""

    id: int
    num_workers: int
    seed: int
    dataset: Any


_info = None


def get_worker_info():
    """In a worker process its WorkerInfo: id, num_workers, seed, and dataset, its copy. None elsewhere."""
    return _info


class Restart:
    """A request for another run through the data set."""


class Stop:
    """The last request."""


class Failed:
    """A worker's answer where loading raised: the class of the error, and where it came from."""

    def __init__(self, error, worker_id):
        self.kind = type(error)
        trace = "".join(traceback.format_exception(error))
        self.message = f"Caught {self.kind.__name__} in DataLoader worker process {worker_id}.\nOriginal {trace}"

    def reraise(self):
        """Raise an error of the same class, or RuntimeError where that class takes more than a message."""
        try:
            error = self.kind(self.message)
        except TypeError:
            error = RuntimeError(self.message)
        raise error


# -- in the worker -----------------------------------------------------------------------------------------------------


def work(dataset, fetcher, requests, answers, worker_id, num_workers, base_seed, init_fn):
    """What a worker does: for each list of indices that it is asked for, send a batch."""
    global _info
    set_num_threads(1)
    seed = base_seed + worker_id
    random.seed(seed)
    manual_seed(seed)
    np.random.seed(np.random.SeedSequence([worker_id, base_seed & 0xFFFFFFFF, base_seed >> 32, 0]).generate_state(4))
    _info = WorkerInfo(worker_id, num_workers, seed, dataset)
    failure = fetch = None
    try:
        if init_fn is not None:
            init_fn(worker_id)
        fetch = fetcher(dataset)
    except Exception as error:
        failure = Failed(error, worker_id)
    for request in until_stop(requests):
        try:
            if isinstance(request, Restart):
                fetch = fetcher(dataset)
                continue
            answer = failure or fetch(request)
        except Exception as error:
            answer = Failed(error, worker_id)
        try:
            answers.send(answer)
        except BrokenPipeError:  # nobody listens: the loop was left
            return
        except Exception as error:  # the batch can't be pickled
            answers.send(Failed(error, worker_id))


def until_stop(requests):
    """What comes through a queue, until Stop, or until the main process has gone."""
    while multiprocessing.parent_process().is_alive():
        try:
            request = requests.get(timeout=PATIENCE)
        except queue.Empty:
            continue
        if isinstance(request, Stop):
            return
        yield request


# -- in the main process -----------------------------------------------------------------------------------------------


class Workers:
    """The worker processes, and an iterator over their batches.

    `prefetch` batches of each worker are asked for in advance. At the end the processes stop, unless `persistent`:
    then start() begins another run with the same ones.
    """

    def __init__(self, dataset, fetcher, num_workers, base_seed, init_fn, context, prefetch, timeout, persistent):
        self.num_workers, self.prefetch, self.timeout, self.persistent = num_workers, prefetch, timeout, persistent
        self.asked = deque()  # the workers that have yet to answer, in the order of the batches
        self.requests, self.answers, self.processes = [], [], []
        for i in range(num_workers):
            requests = context.Queue()  # unlike a pipe, it takes any number of requests without waiting
            answers, sender = context.Pipe(duplex=False)
            arguments = (dataset, fetcher, requests, sender, i, num_workers, base_seed, init_fn)
            process = context.Process(target=work, args=arguments, daemon=True)
            process.start()
            sender.close()  # the worker's end alone stays open: if the worker dies, the pipe ends
            self.requests.append(requests)
            self.answers.append(answers)
            self.processes.append(process)

    def start(self, batches_of_indices):
        """Begin a run; ask for its first batches."""
        while self.asked:  # by a run that was left before its end
            self.answer(self.asked.popleft())
        self.indices = iter(batches_of_indices)
        self.turns = itertools.cycle(range(self.num_workers))
        self.ended = set()  # the workers whose copy of an iterable data set has no more samples
        for _ in range(self.prefetch * self.num_workers):
            self.ask()

    def restart(self, batches_of_indices):
        """Begin another run."""
        for requests in self.requests:
            requests.put(Restart())
        self.start(batches_of_indices)

    def ask(self):
        """Ask the next worker for the next batch, where there is one of each."""
        worker = next((w for w in itertools.islice(self.turns, self.num_workers) if w not in self.ended), None)
        if worker is None:
            return
        for indices in itertools.islice(self.indices, 1):
            self.requests[worker].put(indices)
            self.asked.append(worker)

    def answer(self, worker):
        """The next answer of a worker. RuntimeError where none comes within the timeout, or the worker has died."""
        try:
            if self.timeout and not self.answers[worker].poll(self.timeout):
                raise RuntimeError(f"DataLoader timed out after {self.timeout} seconds")
            return self.answers[worker].recv()
        except EOFError:
            pid = self.processes[worker].pid
            raise RuntimeError(f"DataLoader worker (pid(s) {pid}) exited unexpectedly") from None

    def __iter__(self):
        return self

    def __next__(self):
        while self.asked:
            worker = self.asked.popleft()
            answer = self.answer(worker)
            if isinstance(answer, Ended):
                self.ended.add(worker)
            self.ask()
            if isinstance(answer, Failed):
                answer.reraise()
            if not isinstance(answer, Ended):
                return answer
        if not self.persistent:
            self.stop()
        raise StopIteration

    def stop(self):
        """End the processes."""
        for requests, answers in zip(self.requests, self.answers, strict=True):
            requests.put(Stop())
            answers.close()  # a worker that is still sending gets an error and ends
        for requests, process in zip(self.requests, self.processes, strict=True):
            process.join(PATIENCE)
            if process.is_alive():
                process.terminate()
                process.join()
            requests.close()
            requests.cancel_join_thread()
        self.requests, self.answers, self.processes = [], [], []

    def __del__(self):
        self.stop()  # also where the loop was left before its end
