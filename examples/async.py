"""Python runs ahead of the GPU: a call on a CUDA tensor only puts work into a queue, and returns at once.

    python examples/async.py            the queue fills, then who waits for it
    python examples/async.py --quick    less work, to see that it runs

Where there is no GPU, numba's simulator takes its place. There, each kernel is computed when it is asked for, so
nothing runs ahead; but which calls wait for the GPU can be seen all the same.
"""

import argparse
import os
import sys
import time

import minitorch

BAR = 50  # characters


def on_the_simulator():
    """Start this program again on the simulator, which has to be chosen before numba is imported."""
    print("There is no GPU here: the simulator takes its place.\n", flush=True)
    os.execve(sys.executable, [sys.executable, *sys.argv], {**os.environ, "NUMBA_ENABLE_CUDASIM": "1"})


# -- the queue fills ---------------------------------------------------------------------------------------------------


def run_ahead(size, launches):
    """(milliseconds of Python, of the GPU) for so many steps x = x * x, each on a matrix of size x size."""
    x = minitorch.full((size, size), 1.0, device="cuda")
    x @ x  # compiled, and its memory taken from the driver, before the clock starts
    minitorch.cuda.synchronize()
    start, end = (minitorch.cuda.Event(enable_timing=True) for _ in range(2))
    begin = time.perf_counter()
    start.record()
    for _ in range(launches):
        x = x @ x * (1 / size)  # the product of two matrices of ones, made one of ones again
    end.record()
    python = 1000 * (time.perf_counter() - begin)  # all is asked for ...
    print(f"    asked for {2 * launches} kernels; done with the last one: {'yes' if end.query() else 'no'}")
    end.synchronize()  # ... and now it is done
    assert x[0, 0].item() == 1
    return python, start.elapsed_time(end)


def bars(**milliseconds):
    """A line of text for each."""
    longest = max(milliseconds.values())
    for name, time_taken in milliseconds.items():
        print(f"    {name:6} {'#' * max(1, round(BAR * time_taken / longest))} {time_taken:.1f} ms")


# -- who waits ---------------------------------------------------------------------------------------------------------

CALLS = {
    "x + 1, x @ x, x.sum()": lambda x: (x + 1, x @ x, x.sum()),
    "x.sort(), x.argmax()": lambda x: (x.sort(), x.argmax()),
    "x[i] for a tensor i": lambda x: x[x[0].long()],
    "x[i] += 1": lambda x: x.clone().index_put_((x[0].long(),), x[0], accumulate=True),
    "softmax, and its gradient": lambda x: x.detach().requires_grad_().softmax(1).sum().backward(),
    "cross_entropy": lambda x: minitorch.nn.functional.cross_entropy(x, x[0].long()),
    "rand, dropout": lambda x: minitorch.nn.functional.dropout(minitorch.rand_like(x)),
    "tensor([1.0]).cuda()": lambda x: minitorch.tensor([1.0]).cuda(),
    "x.item()": lambda x: x[0, 0].item(),
    "x.tolist()": lambda x: x.tolist(),
    "x.cpu()": lambda x: x.cpu(),
    "print(x)": repr,
    "if x.any():": lambda x: bool(x.any()),
    "x.nonzero(), x[x > 0]": lambda x: (x.nonzero(), x[x > 0]),
    "x.masked_select(x > 0)": lambda x: x.masked_select(x > 0),
    "x.unique()": lambda x: x.unique(),
}


def how_often_it_waits(call, x):
    """How often `call` waits for the GPU. All that the host ever learns of the numbers comes through one function."""
    import kernels.cuda.array as way_back

    class Counted:
        def __init__(self, queue):
            self.queue = queue

        def __getattr__(self, name):
            return getattr(self.queue, name)

        def synchronize(self):
            count.append(1)
            self.queue.synchronize()

    count, queue = [], way_back.queue
    way_back.queue = lambda: Counted(queue())
    try:
        call(x)
    finally:
        way_back.queue = queue
    return len(count)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--quick", action="store_true", help="less work, to see that it runs")
    quick = parser.parse_args().quick
    if not minitorch.cuda.is_available():
        if not minitorch.backends.cuda.is_built():
            print("There is no GPU here, and no simulator either: pip install 'minitorch[cuda]'")
            return
        on_the_simulator()
    name = minitorch.cuda.get_device_name()
    simulated = "simulator" in name
    print(f"On {name}:\n\nPython asks for a row of products, each of which needs the one before.")
    size, launches = (4, 3) if simulated else (1024, 20) if quick else (2048, 200)
    python, gpu = run_ahead(size, launches)
    bars(Python=python, GPU=gpu)
    print("    (The simulator computes when it is asked: both take the same time.)" if simulated else "")
    print("\nWho waits for the GPU?")
    x = minitorch.eye(3, device="cuda")
    for text, call in CALLS.items():
        waits = how_often_it_waits(call, x)
        print(f"    {text:28} {'waits' if waits else 'returns at once'}")
    reserved = minitorch.cuda.memory_reserved()
    print(f"\nMemory: {minitorch.cuda.memory_allocated()} bytes in use, {reserved} held for the next tensors.")


if __name__ == "__main__":
    main()
